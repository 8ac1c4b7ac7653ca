"""The catalogue of data sets over HTTP: a collection of records that is searched (20-004r1)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gis_platform.api.ogc_catalogue import Edition
from gis_platform.api.ogc_links import OGC_REL, link_at, link_to
from gis_platform.api.ogc_problem import bad
from gis_platform.api.ogc_query import (
    check_names,
    degrees,
    read_edges,
    read_interval,
    read_limit,
    read_offset,
    read_order,
)
from gis_platform.api.ogc_request import Asked
from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.core.settings import Settings
from gis_platform.opendata.ogc import CRS84, PLACE, REFERENCE_SYSTEMS, instant
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.portal.paths import path_of
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.records import (
    CATALOGUE,
    DEFAULT_ORDER,
    DESCRIPTION,
    SORTABLES,
    TITLE,
    Wanted,
    find,
    record,
)

PATH = f"/collections/{CATALOGUE}"
_SELF = Text("Bu belge", "This document")
_NEXT = Text("Sonraki sayfa", "Next page")
_PREV = Text("Önceki sayfa", "Previous page")
_RECORDS = Text("Kayıtlar", "The records")
_PORTAL = Text("Portaldaki katalog", "The catalogue in the portal")
_SORTABLES = Text("Sıralanabilir özellikler", "Sortables")
_CATALOGUE_PROFILE = "http://www.opengis.net/def/profile/OGC/0/ogc-catalog"
_SCHEMA = "application/schema+json"
_LONGEST = 500


def catalogue(edition: Edition, language: Language) -> dict[str, Any]:
    """The catalogue itself, as a collection whose items are records."""
    layers, portal = _public(edition), PLACE + path_of("layers", language)
    newest = max((layer.published_at for layer in layers), default=datetime.now(UTC))
    boxes = [layer.extent for layer in layers if layer.extent is not None]
    described: dict[str, Any] = {
        "id": CATALOGUE, "type": "Collection", "itemType": "record",
        "title": TITLE.say(language), "description": DESCRIPTION.say(language),
        "updated": newest.isoformat(), "crs": [CRS84], "storageCrs": CRS84,
        "language": {"code": language},
        "defaultSortOrder": [f"{'-' if down else '+'}{name}" for name, down in DEFAULT_ORDER],
        "links": [
            link_to("self", PATH, _SELF, language, "application/json"),
            link_at("alternate", portal, _PORTAL, language, "text/html"),
            link_to("items", f"{PATH}/items", _RECORDS, language, "application/geo+json"),
            link_to(f"{OGC_REL}sortables", f"{PATH}/sortables", _SORTABLES, language, _SCHEMA),
            {"rel": "profile", "href": _CATALOGUE_PROFILE, "title": "OGC API – Records: catalogue"},
        ],
    }  # fmt: skip
    if boxes:
        edges = list(zip(*boxes, strict=True))
        around = [min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3])]
        described["extent"] = {
            "spatial": {"bbox": [[round(edge, 7) for edge in around]], "crs": CRS84}
        }
    return described


def sortables(_edition: Edition, language: Language) -> dict[str, Any]:
    """What ``sortby`` takes, as JSON Schema (20-004r1, class sorting)."""
    kinds = {"title": {"type": "string"}, "updated": {"type": "string", "format": "date-time"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{PLACE}/ogc{PATH}/sortables",
        "type": "object", "title": TITLE.say(language), "additionalProperties": False,
        "properties": {
            name: {"title": said.say(language), **kinds[name]} for name, said in SORTABLES.items()
        },
    }  # fmt: skip


def catalogue_link(language: Language) -> dict[str, Any]:
    """The link by which the landing page leads to the catalogue."""
    return link_to(f"{OGC_REL}ogc-catalog", PATH, TITLE, language, "application/json")


def read_wanted(said: Mapping[str, str]) -> Wanted:
    """What the query parameters search for.

    Raises:
        Refused: 400, naming the parameter.
    """
    since, until = read_interval(said["datetime"]) if "datetime" in said else (None, None)
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    if "bbox" in said:
        boxes = tuple(degrees(*read_edges(said["bbox"], REFERENCE_SYSTEMS[CRS84])))
    if len(said.get("q", "")) > _LONGEST:
        raise bad("q", f"en çok {_LONGEST} karakter", f"at most {_LONGEST} characters")
    return Wanted(
        q=said.get("q"), boxes=boxes, since=since, until=until, kind=_list(said, "type"),
        ids=_list(said, "ids"), external_ids=_list(said, "externalIds"),
        sort=_order(said),
    )  # fmt: skip


def records(edition: Edition, asked: Asked, settings: Settings) -> dict[str, Any]:
    """A page of the records that are searched for.

    Raises:
        Refused: 400, naming the parameter.
    """
    said = asked.parameters
    limit, offset = read_limit(said), read_offset(said)
    found = find(_finder(edition), read_wanted(said), asked.language)
    shown = found[offset : offset + limit]
    return {
        "type": "FeatureCollection",
        "timeStamp": instant(datetime.now(UTC)),
        "numberMatched": len(found), "numberReturned": len(shown),
        "features": [_whole(layer, asked.language, settings) for layer in shown],
        "links": _page_links(asked, offset, limit, len(found)),
    }  # fmt: skip


def one_record(edition: Edition, language: Language, name: str, settings: Settings) -> Any:
    """One record.

    Raises:
        Refused: 404 where there is none, 410 where its layer was withdrawn.
    """
    return _whole(edition.layer(name), language, settings)


def templates_header(said: Mapping[str, Any], place: str) -> dict[str, str]:
    """The templated links of a record as the header that carries them (RFC 9652).

    The title stays in the body: a header holds ASCII.
    """
    links = (
        f'"{each["uriTemplate"]}"; rel="{each["rel"]}"; type="{each["type"]}"'
        for each in said["linkTemplates"]
    )
    return {"Link-Template": ", ".join(links).replace(PLACE, place)}


def _whole(layer: PublicLayer, language: Language, settings: Settings) -> dict[str, Any]:
    said = record(layer, language, settings)
    own = [
        link_to("self", f"{PATH}/items/{layer.name}", _SELF, language, "application/geo+json"),
        link_to("collection", PATH, TITLE, language, "application/json"),
    ]
    return said | {"links": own + said["links"]}


def _page_links(asked: Asked, offset: int, limit: int, found: int) -> list[dict[str, Any]]:
    kind = "application/geo+json"
    links = [link_at("self", asked.link(), _SELF, asked.language, kind)]
    if offset + limit < found:
        href = asked.link(offset=str(offset + limit))
        links.append(link_at("next", href, _NEXT, asked.language, kind))
    if offset:
        before = max(0, offset - limit)
        href = asked.link(offset=str(before) if before else None)
        links.append(link_at("prev", href, _PREV, asked.language, kind))
    return [*links, link_to("collection", PATH, TITLE, asked.language, "application/json")]


def _public(edition: Edition) -> list[PublicLayer]:
    return [layer for layer in edition.layers.values() if layer.is_current]


def _finder(edition: Edition) -> Finder:
    """The words of the layers, read once for an edition."""
    if ("finder",) not in edition.kept:
        edition.kept["finder",] = Finder(_public(edition))
    made: Finder = edition.kept["finder",]
    return made


def _order(said: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    order = read_order(said, "sortby")
    check_names("sortby", [name for name, _ in order], SORTABLES)
    return order


def _list(said: Mapping[str, str], name: str) -> tuple[str, ...]:
    if name not in said:
        return ()
    parts = tuple(each.strip() for each in said[name].split(","))
    if not all(parts):
        raise bad(name, "boş değer", "holds an empty value")
    return parts


def body(said: Any, place: str) -> bytes:
    """A document as it is sent, with the real scheme and host."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return text.replace(PLACE, place).encode()
