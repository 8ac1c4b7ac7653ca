"""What is known of a layer beside its rows: quality, code lists, changes between versions."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from pydantic import Field
from sqlalchemy import Connection

from gis_platform.api.caching import kept
from gis_platform.api.deps import ApiQuery, ConnectionDep, Service, ServiceDep, Visit, VisitDep
from gis_platform.api.entrance import EMBEDDED
from gis_platform.api.problems import PROBLEMS
from gis_platform.core.errors import NotFound, Text, UsageError
from gis_platform.db.queries.changes import What
from gis_platform.opendata.changes import (
    Versions,
    change_counts,
    change_page,
    changes_csv,
    kinds_of,
)
from gis_platform.opendata.portal.changes_page import ROWS_PER_PAGE, change_view, changes_page
from gis_platform.opendata.portal.embed_page import embed_page
from gis_platform.opendata.portal.layer_facts import layer_facts, readable
from gis_platform.opendata.portal.outline import starting_place
from gis_platform.opendata.portal.paths import PAGES
from gis_platform.opendata.quality import results

router = APIRouter(tags=["layers"], responses=PROBLEMS)
pages = APIRouter(include_in_schema=False)
AnyQuery = Annotated[ApiQuery, Query()]
Known = Annotated[str | None, Header(alias="if-none-match")]
_CSV = "text/csv; charset=utf-8"
_DIGITS = 9


class BetweenQuery(ApiQuery):
    """Two versions; without them the public one and the one before it."""

    from_: int | None = Field(default=None, alias="from", ge=1, le=10**_DIGITS,
                              description="eski sürüm / old version")  # fmt: skip
    to: int | None = Field(default=None, ge=1, le=10**_DIGITS,
                           description="yeni sürüm / new version")  # fmt: skip


class ChangesQuery(BetweenQuery):
    """Which changes, and how many of them."""

    what: Literal["added", "removed", "changed"] | None = Field(
        default=None, description="değişikliğin türü / kind of change"
    )
    after: str | None = Field(
        default=None, max_length=500,
        description="bu anahtardan sonrakiler / those behind this key",
    )  # fmt: skip
    limit: int = Field(default=100, ge=1, le=1000)


@router.get("/layers/{name}/quality")
def quality(visit: VisitDep, connection: ConnectionDep, name: str, query: AnyQuery) -> JSONResponse:
    """Sürümlerin kalite ölçüleri, ISO 19157. / Quality of each version, ISO 19157."""
    catalogue, today = visit.service.catalogue, datetime.now(UTC).date()
    measured = {each.version: each for each in catalogue.measured(connection, name)}
    said = [
        {
            "version": layer.version, "published_at": layer.published_at.isoformat(),
            "rows": layer.row_count,
            "measured_at": measured[layer.version].measured_at.isoformat(),
            "measures": list(results(layer, measured[layer.version], today)),
        }
        for layer in catalogue.versions(connection, name) if layer.version in measured
    ]  # fmt: skip
    return JSONResponse({"layer": name, "versions": said})


@router.get("/layers/{name}/codes/{column}.csv")
def codes(  # noqa: PLR0913, PLR0917  # a header beside what every address has
    service: ServiceDep, connection: ConnectionDep, name: str, column: str, query: AnyQuery,
    known: Known = None,
) -> Response:  # fmt: skip
    """Bir sütunun kod listesi, CSV. / The code list of a column, CSV."""
    layer = service.catalogue.layer(connection, name)
    found = next((each for each in layer.entry.columns if each.name == column), None)
    if found is None or not found.codes:
        raise NotFound(
            Text(f"“{column}” sütununun kod listesi yok.", f"Column “{column}” has no code list.")
        )
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(("code", "tr", "en"))
    rows.writerows((each.code, each.tr, each.en) for each in found.codes)
    return kept(out.getvalue().encode(), _CSV, known)


@router.get("/layers/{name}/changes")
def changes(
    visit: VisitDep, connection: ConnectionDep, name: str,
    query: Annotated[ChangesQuery, Query()],
) -> JSONResponse:  # fmt: skip
    """İki sürüm arasında değişen kayıtlar. / Records that changed between two versions."""
    versions = _between(visit.service, connection, name, query.from_, query.to)
    counts = _counts(visit.service, connection, versions)
    kinds = kinds_of(counts, query.what)
    found = change_page(connection, versions, kinds, after=query.after, limit=query.limit)
    return JSONResponse(
        {
            "layer": name, "from": versions.before.version, "to": versions.after.version,
            "key": versions.after.entry.key, "counts": counts,
            "not_compared": [*versions.only_before, *versions.only_after],
            "changes": [each.as_json() for each in found.changes],
            "next_after": found.next_after,
        }
    )  # fmt: skip


@router.get("/layers/{name}/changes.csv")
def changes_as_csv(
    visit: VisitDep, connection: ConnectionDep, name: str,
    query: Annotated[BetweenQuery, Query()],
) -> StreamingResponse:  # fmt: skip
    """İki sürüm arasındaki bütün değişiklikler, CSV. / All changes between two versions, CSV."""
    versions = _between(visit.service, connection, name, query.from_, query.to)
    file = f"{name}_v{versions.before.version}-v{versions.after.version}.csv"
    headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-cache"}
    kinds = kinds_of(_counts(visit.service, connection, versions))
    lines = _streamed(visit.service, versions, kinds)
    return StreamingResponse(lines, media_type=_CSV, headers=headers)


def changes_html(
    visit: VisitDep, connection: ConnectionDep, name: str, request: Request
) -> HTMLResponse:
    """What changed between two versions, for people."""
    said = request.query_params
    versions = _between(visit.service, connection, name, *(
        int(said[each]) if said.get(each, "").isdecimal() and len(said[each]) <= _DIGITS else None
        for each in ("from", "to")
    ))  # fmt: skip
    view = change_view(said)
    counts = _counts(visit.service, connection, versions)
    kinds = kinds_of(counts, view.what)
    found = visit.service.changes.get(
        (_key(versions), view),
        lambda: change_page(connection, versions, kinds, after=view.after, limit=ROWS_PER_PAGE),
    )
    kept_versions = readable(visit.service.catalogue.versions(connection, name))
    page = changes_page(versions, kept_versions, counts, found, (view, visit.language))
    return HTMLResponse(
        visit.service.renderer.page(page, visit.base_url),
        headers={"cache-control": "no-cache", "content-language": visit.language},
    )


def embed(visit: VisitDep, connection: ConnectionDep, name: str) -> HTMLResponse:
    """The map alone, for the frames of other sites."""
    catalogue = visit.service.catalogue
    layer = catalogue.layer(connection, name)
    others = [each for each in catalogue.published(connection) if each.name != name]
    start = visit.service.starts.get(
        (name, layer.data_sha256), lambda: starting_place(connection, layer)
    )
    page = embed_page(layer, others, visit.language, start)
    return HTMLResponse(
        visit.service.renderer.page(page, visit.base_url),
        headers={**EMBEDDED, "cache-control": "no-cache", "content-language": visit.language},
    )


for _name, _endpoint in (("changes", changes_html), ("embed", embed)):
    for _language, _path in PAGES[_name].items():
        pages.get(_path, name=f"{_name}-{_language}")(_endpoint)


def facts_of(visit: Visit, connection: Connection, name: str) -> dict[str, Any]:
    """What the layer's page shows of its content; drawn once a day and version."""
    catalogue, today = visit.service.catalogue, datetime.now(UTC).date()
    versions = catalogue.versions(connection, name)
    asked = (visit.language, today, visit.base_url)
    return visit.service.facts.get(
        (name, versions[0].edition, *asked),
        lambda: layer_facts(versions, catalogue.measured(connection, name), asked),
    )


def _between(
    service: Service, connection: Connection, name: str, old: int | None, new: int | None
) -> Versions:
    """The two versions asked for; those that were withdrawn are gone, with their reason."""
    catalogue = service.catalogue
    after = (catalogue.layer(connection, name) if new is None
             else catalogue.version(connection, name, new))  # fmt: skip
    if old is None:
        older = [each for each in readable(catalogue.versions(connection, name))
                 if each.version < after.version]  # fmt: skip
        if not older:
            raise NotFound(
                Text(f"“{name}” katmanının {after.version}. sürümünden önce yayımlanmışı yok.",
                     f"No version of layer “{name}” was published before {after.version}.")
            )  # fmt: skip
        return Versions(older[0], after)
    before = catalogue.version(connection, name, old)
    if before.version >= after.version:
        raise UsageError(
            Text(f"Eski sürüm ({before.version}) yeniden ({after.version}) önce olmalı.",
                 f"The old version ({before.version}) must be before the new ({after.version}).")
        )  # fmt: skip
    return Versions(before, after)


def _counts(service: Service, connection: Connection, versions: Versions) -> dict[What, int]:
    """Counted once for two versions: what was published does not change."""
    return service.counts.get(_key(versions), lambda: change_counts(connection, versions))


def _key(versions: Versions) -> tuple[str, ...]:
    sides = (versions.before, versions.after)
    return (versions.after.name, *(f"{each.version} {each.data_sha256}" for each in sides))


def _streamed(service: Service, versions: Versions, kinds: Sequence[What]) -> Iterator[str]:
    """The lines, on a connection that lives as long as they are sent."""
    with service.database.engine("gis_portal").connect() as connection:
        yield from changes_csv(connection, versions, kinds)
