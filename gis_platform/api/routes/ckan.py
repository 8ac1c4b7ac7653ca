"""CKAN's Action API over the public catalogue, read only: ``/api/3/action/…``."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from gis_platform.api.caching import UNTIL_WITHDRAWN
from gis_platform.api.deps import ConnectionDep, Visit, VisitDep
from gis_platform.core.errors import UsageError
from gis_platform.opendata import ckan
from gis_platform.opendata.ckan import Package
from gis_platform.opendata.public import PageQuery, PublicLayer, table_page

router = APIRouter(include_in_schema=False)
_PATHS = ("/api/3/action/{action}", "/api/action/{action}")
"""With the version, and as ``ckanapi`` asks."""
_MOST, _MOST_ROWS, _MOST_RECORDS = 99_999_999, 1_000, 10_000
_TYPES = {"string": "text", "integer": "int8", "number": "float8", "boolean": "bool",
          "date": "date", "date-time": "timestamptz"}  # fmt: skip


class _Refused(Exception):
    """What CKAN answers with ``success: false``."""

    def __init__(self, status: int, kind: str, said: str) -> None:
        super().__init__(said)
        self.status, self.kind, self.said = status, kind, said


@dataclass(frozen=True)
class _Asked:
    """A call: who asks, what, and the layers there are."""

    visit: Visit
    connection: Connection
    said: Mapping[str, str]

    @property
    def layers(self) -> list[PublicLayer]:
        return self.visit.service.catalogue.published(self.connection)

    def found(self, wanted: str) -> Package:
        """The package of that name or identifier."""
        for layer in self.layers:
            if wanted in {layer.name, ckan.identifier(layer.name)}:
                return self.package(layer)
        raise _Refused(404, "Not Found Error", "Not found")

    @property
    def packages(self) -> list[Package]:
        return [self.package(each) for each in self.layers]

    def package(self, layer: PublicLayer) -> Package:
        return ckan.package(layer, self.visit.language, self.visit.base_url)

    def number(self, name: str, default: int, most: int) -> int:
        said = self.said.get(name, str(default))
        if not said.isascii() or not said.isdigit() or len(said) > 9:  # noqa: PLR2004
            raise _Refused(409, "Validation Error", f"{name}: a whole number, not {said[:50]}")
        return min(int(said), most)

    def wanted(self, *names: str) -> str:
        for name in names:
            if self.said.get(name):
                return self.said[name]
        raise _Refused(409, "Validation Error", f"{names[0]}: missing value")


def _package_show(asked: _Asked) -> Package:
    return asked.found(asked.wanted("id", "name_or_id"))


def _package_search(asked: _Asked) -> dict[str, Any]:
    finder = asked.visit.service.catalogue.finder(asked.connection)
    try:
        found = ckan.search(finder, asked.said, asked.visit.language, asked.visit.base_url)
    except ValueError as error:
        raise _Refused(409, "Validation Error", f"fq: not understood: {error}") from None
    start, rows = asked.number("start", 0, _MOST), asked.number("rows", 10, _MOST_ROWS)
    facets = ckan.facets_of(found, _facet_names(asked.said))
    return {
        "count": len(found), "sort": asked.said.get("sort", "score desc"),
        "results": found[start : start + rows], "facets": facets,
        "search_facets": {
            name: {
                "title": name,
                "items": [
                    {"name": value, "display_name": value, "count": count}
                    for value, count in counts.items()
                ],
            }
            for name, counts in facets.items()
        },
    }  # fmt: skip


def _facet_names(said: Mapping[str, str]) -> list[str]:
    wrong = f"facet.field: a JSON list of: {', '.join(ckan.FACETS)}"
    names = [str(name) for name in _json(said.get("facet.field", "[]"), list, 409, wrong)]
    if not set(names) <= {*ckan.FACETS}:
        raise _Refused(409, "Validation Error", wrong)
    return names


def _resource_show(asked: _Asked) -> dict[str, Any]:
    return _one([r for each in asked.packages for r in each["resources"]], asked.wanted("id"))


def _named(make: Callable[[_Asked], dict[str, dict[str, Any]]]) -> Callable[[_Asked], Any]:
    """A list of names, or of whole entries where ``all_fields`` is true."""

    def listed(asked: _Asked) -> list[Any]:
        found = make(asked)
        is_whole = asked.said.get("all_fields", "").lower() == "true"  # ASCII: true or false
        return list(found.values()) if is_whole else list(found)

    return listed


def _organizations(asked: _Asked) -> dict[str, dict[str, Any]]:
    return _counted([each["organization"] for each in asked.packages])


def _groups(asked: _Asked) -> dict[str, dict[str, Any]]:
    return _counted([group for each in asked.packages for group in each["groups"]])


def _tags(asked: _Asked) -> dict[str, dict[str, Any]]:
    return {tag["name"]: tag for each in asked.packages for tag in each["tags"]}


def _counted(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    counts = Counter(each["name"] for each in found)
    return {each["name"]: {**each, "package_count": counts[each["name"]]} for each in found}


def _datastore_search(asked: _Asked) -> dict[str, Any]:
    resource_id = asked.wanted("resource_id", "id")
    layer = next(
        (each for each in asked.layers if ckan.identifier(each.name, ckan.TABLE) == resource_id),
        None,
    )
    if layer is None:
        raise _Refused(404, "Not Found Error", f"Resource {resource_id[:60]} was not found.")
    query = _rows_query(asked)
    try:
        page = table_page(asked.connection, layer, query)
    except UsageError as error:
        raise _Refused(409, "Validation Error", error.say("en")) from None
    columns = query.columns or tuple(layer.entry.types)
    return {
        "resource_id": resource_id, "limit": query.limit, "offset": query.offset,
        "total": page.matched, "total_was_estimated": False, "include_total": True,
        "records_format": "objects",
        "fields": [
            {"id": name, "type": _TYPES[kind]}
            for name, kind in layer.entry.types.items()
            if name in columns
        ],
        "records": [{name: row[name] for name in columns} for row in page.rows],
    }  # fmt: skip


def _rows_query(asked: _Asked) -> PageQuery:
    said = asked.said
    filters = _json(said.get("filters") or "{}", dict, 409, "filters: a JSON object")
    if any(isinstance(each, list | dict) for each in filters.values()):
        raise _Refused(409, "Validation Error", "filters: one value a column")
    columns = (
        tuple(each.strip() for each in said["fields"].split(",")) if "fields" in said else None
    )
    return PageQuery(
        limit=max(1, asked.number("limit", 100, _MOST_RECORDS)),
        offset=asked.number("offset", 0, _MOST),
        filters={name: _as_text(value) for name, value in filters.items()},
        sort=tuple(_sort(each) for each in said["sort"].split(",")) if said.get("sort") else (),
        columns=columns, with_geometry=False,
    )  # fmt: skip


def _as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _sort(said: str) -> str:
    name, _, direction = said.strip().partition(" ")
    return f"-{name}" if direction.strip().lower() == "desc" else name  # ASCII: asc or desc


def _one(found: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    for each in found:
        if wanted in {each["id"], each["name"]}:
            return each
    raise _Refused(404, "Not Found Error", "Not found")


def _window(asked: _Asked) -> list[str]:
    names = [layer.name for layer in asked.layers]
    start = asked.number("offset", 0, _MOST)
    return names[start : start + asked.number("limit", _MOST, _MOST)]


ACTIONS: dict[str, Callable[[_Asked], Any]] = {
    "package_list": _window,
    "package_show": _package_show,
    "package_search": _package_search,
    "resource_show": _resource_show,
    "organization_list": _named(_organizations),
    "organization_show": lambda asked: _one(
        list(_organizations(asked).values()), asked.wanted("id")
    ),
    "group_list": _named(_groups),
    "group_show": lambda asked: _one(list(_groups(asked).values()), asked.wanted("id")),
    "tag_list": _named(_tags),
    "datastore_search": _datastore_search,
    "site_read": lambda _asked: True,
    "status_show": lambda asked: {
        "site_url": asked.visit.base_url, "ckan_version": "2.11", "extensions": ["datastore"],
    },
}  # fmt: skip
"""What is answered; every other action of CKAN is refused by name."""


async def _body(request: Request) -> bytes:
    return await request.body()


@router.get(_PATHS[0])
@router.get(_PATHS[1])
@router.post(_PATHS[0])
@router.post(_PATHS[1])
def act(
    request: Request,
    visit: VisitDep,
    connection: ConnectionDep,
    action: str,
    body: Annotated[bytes, Depends(_body)],
) -> JSONResponse:
    """Answer a call, by query or by a JSON body as ``ckanapi`` sends it."""
    envelope = {"help": f"{visit.base_url}/api/3/action/help_show?name={action}"}
    try:
        said = dict(request.query_params) if request.method == "GET" else _read(body)
        result = _action(action)(_Asked(visit, connection, said))
    except _Refused as error:
        wrong = {"__type": error.kind, "message": error.said}
        told = envelope | {"success": False, "error": wrong}
        return JSONResponse(told, error.status, headers={"cache-control": "no-store"})
    headers = {"cache-control": UNTIL_WITHDRAWN, "access-control-allow-origin": "*"}
    return JSONResponse(envelope | {"success": True, "result": _plain(result)}, headers=headers)


def _action(name: str) -> Callable[[_Asked], Any]:
    if name not in ACTIONS:
        there = ", ".join(ACTIONS)
        raise _Refused(400, "Bad Request", f"Action name not known: {name[:60]}; {there}")
    return ACTIONS[name]


def _read(body: bytes) -> Mapping[str, str]:
    said = _json(body or b"{}", dict, 400, "Bad request - JSON Error: an object is expected")
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in said.items()
    }


def _json(said: str | bytes, kind: type, status: int, wrong: str) -> Any:
    """JSON of that kind.

    Raises:
        _Refused: it is something else.
    """
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise _Refused(status, "Bad Request" if status == 400 else "Validation Error", wrong)  # noqa: PLR2004
    return found


def _plain(result: Any) -> Any:
    """Dates and moments as text."""
    return json.loads(json.dumps(result, default=str))
