"""What routes receive: the service behind them, a connection of the public role, the language."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from gis_platform.api.catalogue import CatalogueCache
from gis_platform.api.index import AddressIndex
from gis_platform.api.kept import Kept
from gis_platform.api.rights import Caller, caller_of
from gis_platform.api.uses import Uses
from gis_platform.core.language import Language
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.pool import ReadPool
from gis_platform.db.queries.changes import What
from gis_platform.opendata.changes import ChangePage
from gis_platform.opendata.coverage import Coverage
from gis_platform.opendata.portal.assets import Assets
from gis_platform.opendata.portal.content_pages import Content
from gis_platform.opendata.portal.paths import LANGUAGES, language_of
from gis_platform.opendata.portal.render import Renderer
from gis_platform.opendata.withheld import Register


@dataclass(frozen=True)
class Service:
    """What the application holds for its whole life.

    Attributes:
        callers: connections to keys, allowances and units.
        uses: how often layers are used, counted without a trace of who.
        content: pages of prose.
        register: what is not published, as far as it is known without the database.
        is_copy: whether the answers become a static copy, behind which no server stands.
    """

    settings: Settings
    database: Database
    catalogue: CatalogueCache
    index: AddressIndex
    assets: Assets
    renderer: Renderer
    outlines: Kept[str]
    starts: Kept[tuple[float, float] | None]
    facts: Kept[dict[str, Any]]
    counts: Kept[dict[What, int]]
    changes: Kept[ChangePage]
    callers: ReadPool
    uses: Uses
    content: Content
    register: Register
    coverages: Kept[Coverage]
    is_copy: bool = False


@dataclass(frozen=True)
class Visit:
    """One request, and the service behind it.

    Attributes:
        base_url: scheme and host under which the public reaches us, no slash at the end.
    """

    service: Service
    language: Language
    base_url: str
    request_id: str
    caller: Caller


class ApiQuery(BaseModel):
    """Query parameters of every address under ``/api``; what is not named is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lang: Language | None = Field(
        default=None,
        description="mesajların dili; yoksa Accept-Language / "
        "language of messages; else Accept-Language",
    )


def service_of(request: Request) -> Service:
    """The service behind the application."""
    service: Service = request.app.state.service
    return service


def visit_of(request: Request) -> Visit:
    """The request, in the language of its path or, under ``/api``, the one it asks for."""
    path = request.url.path
    language = spoken_language(request) if path.startswith("/api/") else language_of(path)
    return Visit(service_of(request), language, base_url(request), request.state.request_id,
                 caller_of(request))  # fmt: skip


def public_connection(request: Request) -> Iterator[Connection]:
    """A read-only connection with the rights of ``gis_portal``, for the time of the request."""
    with service_of(request).database.engine("gis_portal").connect() as connection:
        yield connection


def spoken_language(request: Request) -> Language:
    """The language of an answer: ``lang``, else the first of ``Accept-Language`` that is ours."""
    said = request.query_params.get("lang")
    for language in LANGUAGES:
        if said == language:
            return language
    preferred = sorted(_preferences(request.headers.get("accept-language", "")), reverse=True)
    return preferred[0][1] if preferred else "tr"


def base_url(request: Request) -> str:
    """Scheme and host under which the public reaches us, without a slash at the end."""
    named = service_of(request).settings.server.public_url
    return named or str(request.base_url).rstrip("/")


def refuse_doubled(request: Request) -> None:
    """Refuse a query parameter that is given twice: one of the two would be ignored.

    Raises:
        RequestValidationError: naming it.
    """
    doubled = doubled_in(name for name, _ in request.query_params.multi_items())
    if doubled:
        raise RequestValidationError(doubled)


def doubled_in(names: Iterable[str]) -> list[dict[str, Any]]:
    """The faults of names that stand there twice."""
    doubled = sorted(name for name, times in Counter(names).items() if times > 1)
    return [{"type": "doubled", "loc": ("query", name), "msg": "given twice"} for name in doubled]


def _preferences(header: str) -> Iterator[tuple[float, Language]]:
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        for language in LANGUAGES:
            if tag.partition("-")[0].lower() == language:  # ASCII: a language tag
                try:
                    yield float(weight or 1), language
                except ValueError:
                    continue


VisitDep = Annotated[Visit, Depends(visit_of)]
ServiceDep = Annotated[Service, Depends(service_of)]
ConnectionDep = Annotated[Connection, Depends(public_connection)]
