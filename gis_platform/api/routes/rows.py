"""Rows of a published data set as JSON or as a file: filtered, sorted, paged, put together."""

import asyncio
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from gis_platform.api.ogc import Service
from gis_platform.api.ogc_abandoned import while_waited_for
from gis_platform.api.ogc_answer import answer, stamp, unchanged, version_of
from gis_platform.api.ogc_encodings import file_of
from gis_platform.api.ogc_items import Page, guarded, page_body
from gis_platform.api.ogc_problem import Refused, bad
from gis_platform.api.ogc_query import Position, token_of
from gis_platform.api.ogc_request import (
    GEOJSON,
    JSON,
    Asked,
    Format,
    language_of,
    place_of,
    read_parameters,
)
from gis_platform.api.problems import PROBLEMS
from gis_platform.api.rows_described import OPENAPI, RESPONSES
from gis_platform.api.rows_query import PARAMETERS, RowsAsked, read_rows_query
from gis_platform.api.rows_read import RowsReader, groups_csv, rows_body
from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.exporters.csv import STANDARD
from gis_platform.opendata.exporters.csv_excel import EXCEL
from gis_platform.opendata.ogc import MOST_IN_FILE
from gis_platform.opendata.public import PublicLayer

router = APIRouter(tags=["rows"], responses=PROBLEMS)
_WRITTEN = {JSON.name: JSON, "geojson": replace(GEOJSON, name="geojson")}
_DIALECTS = {"csv": STANDARD, "csv_excel": EXCEL}


@router.get(
    "/datasets/{name}/rows", response_class=Response, responses=RESPONSES, openapi_extra=OPENAPI
)
async def rows(request: Request, name: str) -> Response:
    """Satırlar: süzme, sıralama, sayfa, toplam. / Rows: filter, sort, page, aggregate."""
    return await while_waited_for(partial(_rows, name), request)


async def _rows(name: str, request: Request) -> Response:
    service: Service = request.app.state.ogc_service
    reader = _reader(request, service)
    edition = await service.catalogue.current()
    layer = edition.layer(name)
    asked = _asked(request, service, layer)

    async def read(layer: PublicLayer) -> Response:
        known = stamp(version_of(layer), asked, layer.published_at)
        if known.is_held_by(request):  # of these very parameters: they were read before
            return unchanged(asked, known)
        said = await reader.in_mahalle(layer, asked.parameters)
        wanted = read_rows_query(layer, said, is_file=_is_file(asked))
        _check_format(asked, wanted)
        if known.is_known_to(request):
            return unchanged(asked, known)
        body, following = await _body(reader, layer, wanted, asked)
        headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        if asked.format is not JSON:
            suffix = _suffix(asked.format)
            file_name = f"{layer.name}_v{layer.version}_secim{suffix}"
            headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
        return answer(request, asked, body, known, headers)

    return await guarded(service.catalogue, edition, name, read)


def _reader(request: Request, service: Service) -> RowsReader:
    state = request.app.state
    if not hasattr(state, "rows_reader"):
        state.rows_reader = RowsReader(service.pool, service.counts)
    reader: RowsReader = state.rows_reader
    return reader


def _asked(request: Request, service: Service, layer: PublicLayer) -> Asked:
    """The request, read strictly: parameters of rows and the layer's columns, nothing else."""
    said = read_parameters(request, (*PARAMETERS, *layer.entry.types))
    if "f" in said and "f" not in layer.entry.types:
        remedy = Text("format=csv yazın", "write format=csv")
        raise bad("f", "böyle bir parametre yok", "not known", remedy=remedy)
    formats = (*_WRITTEN, *(each for each in exporters if each not in _WRITTEN))
    name = said.get("format", JSON.name)
    if name not in formats:
        there = ", ".join(formats)
        raise bad("format", f"olanlar: {there}", f"there are: {there}")
    return Asked(
        place_of(request, service.settings), request.scope["path"], said, _format(name),
        language_of(said.get("lang"), request.headers.get("accept-language", "")), "lang" in said,
    )  # fmt: skip


def _format(name: str) -> Format:
    if name in _WRITTEN:
        return _WRITTEN[name]
    return Format(name, exporters[name].media_type, ())


def _is_file(asked: Asked) -> bool:
    return asked.format is not JSON


def _suffix(wanted: Format) -> str:
    return exporters[wanted.name].suffix


def _check_format(asked: Asked, wanted: RowsAsked) -> None:
    """Refuse what a format cannot hold: groups have no place."""
    if wanted.grouping is not None and asked.format is not JSON:
        there = ("json", *_DIALECTS)
        if asked.format.name not in there:
            known = ", ".join(there)
            raise bad("format", f"group ile olanlar: {known}", f"with group there are: {known}")


async def _body(
    reader: RowsReader, layer: PublicLayer, wanted: RowsAsked, asked: Asked
) -> tuple[bytes, str | None]:
    """The answer and the address that goes on behind it."""
    if wanted.grouping is not None:
        return await _grouped(reader, layer, wanted, asked)
    page = await reader.page(layer, wanted, with_place=_is_file(asked))
    if page.following is not None and _is_file(asked) and "limit" not in asked.parameters:
        raise _too_many(page)
    following = None
    if page.following is not None:
        token = token_of(page.following, wanted.query.order)
        following = asked.link(token=token, offset=None)
    if asked.format is JSON:
        said = list(page.features)
        return rows_body(layer, said, matched=page.matched, following=following), following
    if asked.format.name in _WRITTEN:
        links = [{"href": following, "rel": "next"}] if following else []
        return page_body(page, links), following
    file = await asyncio.to_thread(file_of, layer, page, wanted.query, asked.format.name)
    return file, following


async def _grouped(
    reader: RowsReader, layer: PublicLayer, wanted: RowsAsked, asked: Asked
) -> tuple[bytes, str | None]:
    assert wanted.grouping is not None  # noqa: S101 (looked at before)
    query = wanted.query
    found = await reader.groups(wanted, wanted.grouping)
    shown, following = found[: query.limit], None
    if len(found) > query.limit:
        passed: Position = query.position
        following = asked.link(offset=str(passed.passed + query.limit))
    if asked.format is not JSON:
        return await groups_csv(shown, _DIALECTS[asked.format.name]), following
    matched = len(shown) if following is None and query.position.passed == 0 else None
    return rows_body(layer, shown, matched=matched, following=following), following


def _too_many(page: Page) -> Refused:
    how_many = "" if page.matched is None else f" ({page.matched})"
    return bad(
        "format", f"seçilen satırlar{how_many} bir dosya için çok; en çok {MOST_IN_FILE}",
        f"too many rows{how_many} for one file; at most {MOST_IN_FILE}",
        remedy=Text(
            "süzgeci daraltın, limit verip “next” bağlantısıyla ilerleyin ya da veri kümesinin "
            "tamamını indirin",
            "narrow the filter, give a limit and go on by “next”, or download the whole data set",
        ),
    )  # fmt: skip
