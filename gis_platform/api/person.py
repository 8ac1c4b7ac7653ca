"""Who a request speaks for: the one place that asks, whatever means of identification there are."""

from typing import Annotated

from fastapi import Depends, Request

from gis_platform.core.errors import NotAllowed, Text
from gis_platform.opendata.approval import Actor, actor_of


def person_of(request: Request) -> Actor:
    """The person behind a request, as whoever let them in wrote it into ``request.state.person``.

    Raises:
        NotAllowed: nobody was identified; then only what is public is open.
    """
    name = getattr(request.state, "person", None)
    if name is None:
        raise NotAllowed(
            Text("Kim olduğunuz bilinmiyor.", "It is not known who you are."),
            remedy=Text(
                "kimliğinizi belirterek girin ya da komutu kullanın: gis layer",
                "sign in, or use the command: gis layer",
            ),
        )
    return actor_of(name)


PersonDep = Annotated[Actor, Depends(person_of)]
