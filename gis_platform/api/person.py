"""Who a request speaks for: the one place that asks, whatever means of identification there are."""

from typing import Annotated

from fastapi import Depends, Request

from gis_platform.core.errors import Text, Unidentified
from gis_platform.opendata.approval import Actor, actor_of


def person_of(request: Request) -> Actor:
    """The person behind a request, as whoever let them in wrote it into ``request.state.person``.

    Raises:
        Unidentified: nobody was; then only what is public is open.
    """
    name = getattr(request.state, "person", None)
    if name is None:
        raise Unidentified(
            Text("Kim olduğunuz bilinmiyor.", "It is not known who you are."),
            remedy=Text(
                "“publication” yetkili bir belirteçle girin ya da komutu kullanın: gis layer",
                "sign in with a token that has “publication”, or use the command: gis layer",
            ),
        )
    return actor_of(name)


PersonDep = Annotated[Actor, Depends(person_of)]
