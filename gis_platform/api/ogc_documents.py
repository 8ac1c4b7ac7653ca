"""What pygeoapi says of the service and its layers, put right: links, titles, schemas, classes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pygeoapi.api import (
    conformance,
    describe_collections,
    get_collection_schema,
    landing_page,
)
from pygeoapi.api.itemtypes import get_collection_queryables

from gis_platform.api.ogc_catalogue import Edition
from gis_platform.api.ogc_links import OGC_REL
from gis_platform.api.ogc_records import catalogue, catalogue_link
from gis_platform.api.ogc_request import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.opendata.ogc import PLACE, attribution, column_schema
from gis_platform.opendata.public import PublicLayer

_SPEC = "http://www.opengis.net/spec/"
CONFORMS_TO = (
    f"{_SPEC}ogcapi-common-1/1.0/conf/core",
    f"{_SPEC}ogcapi-common-1/1.0/conf/landing-page",
    f"{_SPEC}ogcapi-common-1/1.0/conf/json",
    f"{_SPEC}ogcapi-common-1/1.0/conf/html",
    f"{_SPEC}ogcapi-common-1/1.0/conf/oas30",
    f"{_SPEC}ogcapi-common-2/1.0/conf/collections",
    f"{_SPEC}ogcapi-features-1/1.0/conf/core",
    f"{_SPEC}ogcapi-features-1/1.0/conf/geojson",
    f"{_SPEC}ogcapi-features-1/1.0/conf/html",
    f"{_SPEC}ogcapi-features-1/1.0/conf/oas30",
    f"{_SPEC}ogcapi-features-2/1.0/conf/crs",
    f"{_SPEC}ogcapi-features-3/1.0/conf/queryables",
    f"{_SPEC}ogcapi-features-3/1.0/conf/queryables-query-parameters",
    f"{_SPEC}ogcapi-features-3/1.0/conf/filter",
    f"{_SPEC}ogcapi-features-3/1.0/conf/features-filter",
    f"{_SPEC}json-fg-1/1.0/conf/core",
    f"{_SPEC}ogcapi-features-5/1.0/conf/schemas",
    f"{_SPEC}ogcapi-features-5/1.0/conf/returnables-and-receivables",
    f"{_SPEC}ogcapi-features-5/1.0/conf/queryables",
    f"{_SPEC}ogcapi-features-5/1.0/conf/sortables",
    *(
        f"{_SPEC}ogcapi-records-1/1.0/conf/{name}"
        for name in (
            "record-core",
            "record-core-query-parameters",
            "records-api",
            "sorting",
            "oas30",
            "autodiscovery",
        )
    ),
    *(
        f"{_SPEC}ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
    ),
    *(
        f"{_SPEC}cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "property-property",
            "arithmetic",
        )
    ),
)
"""The classes whose abstract tests pass (``tests/conformance``), and no others."""
_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"

# Titles of links by relation and kind of answer; a relation that is not here is not served.
LINK_TITLES: dict[tuple[str, str], Text] = {
    ("self", "json"): Text("Bu belge, JSON", "This document as JSON"),
    ("self", "jsonfg"): Text("Bu belge, JSON-FG", "This document as JSON-FG"),
    ("self", "csv"): Text("Bu belge, CSV", "This document as CSV"),
    ("self", "fgb"): Text("Bu belge, FlatGeobuf", "This document as FlatGeobuf"),
    ("self", "html"): Text("Bu belge, HTML", "This document as HTML"),
    ("root", "json"): Text("Servisin başlangıcı, JSON", "Landing page of the service as JSON"),
    ("root", "html"): Text("Servisin başlangıcı, HTML", "Landing page of the service as HTML"),
    ("service-desc", "json"): Text("OpenAPI tanımı, JSON", "OpenAPI definition as JSON"),
    ("service-doc", "html"): Text("OpenAPI tanımı, HTML", "OpenAPI definition as HTML"),
    ("conformance", "json"): Text("Uyulan standart sınıfları", "Conformance classes"),
    ("data", "json"): Text("Katmanlar", "Collections"),
    ("next", "json"): Text("Sonraki sayfa", "Next page"),
    **{("next", name): Text("Sonraki sayfa", "Next page") for name in ("jsonfg", "csv", "fgb")},
    **{("prev", name): Text("Önceki sayfa", "Previous page") for name in ("jsonfg", "csv", "fgb")},
    ("next", "html"): Text("Sonraki sayfa, HTML", "Next page as HTML"),
    ("prev", "json"): Text("Önceki sayfa", "Previous page"),
    ("prev", "html"): Text("Önceki sayfa, HTML", "Previous page as HTML"),
    ("collection", "json"): Text("Katmanı", "Its collection"),
    ("items", "json"): Text("Detaylar, GeoJSON", "Items as GeoJSON"),
    ("items", "html"): Text("Detaylar, HTML", "Items as HTML"),
    ("schema", "json"): Text("Şema, JSON", "Schema as JSON"),
    ("schema", "html"): Text("Şema, HTML", "Schema as HTML"),
    ("queryables", "json"): Text("Sorgulanabilir özellikler, JSON", "Queryables as JSON"),
    ("queryables", "html"): Text("Sorgulanabilir özellikler, HTML", "Queryables as HTML"),
    ("tilesets-vector", "json"): Text("Vektör karolar", "Vector tiles"),
    ("tiling-schemes", "json"): Text("Karo düzenleri", "Tile matrix sets"),
    ("styles", "json"): Text("Stiller", "Styles"),
    ("sortables", "json"): Text("Sıralanabilir özellikler, JSON", "Sortables as JSON"),
    ("sortables", "html"): Text("Sıralanabilir özellikler, HTML", "Sortables as HTML"),
}
_KINDS = frozenset(each.accepts[0] for each in (JSON, HTML, GEOJSON, SCHEMA, OPENAPI))
_OWN = frozenset({"license", "describedby", "enclosure"})
"""Relations whose links come from our configuration, titles and all."""


def landing(edition: Edition, language: Language) -> dict[str, Any]:
    """The landing page."""
    said = edition.ask(landing_page, language)
    said["links"] = [each for each in said["links"] if "TileMatrixSets" not in each["href"]]
    said["links"].append({
        "type": "application/json", "rel": f"{OGC_REL}tiling-schemes",
        "href": f"{PLACE}/ogc/tileMatrixSets",
    })  # fmt: skip
    whole = _with_links(said, language)
    whole["links"].append(catalogue_link(language))
    return whole


def classes(edition: Edition, language: Language) -> dict[str, Any]:
    """The conformance declaration: of what pygeoapi declares, what is true."""
    return edition.ask(conformance, language) | {"conformsTo": list(CONFORMS_TO)}


def collections(edition: Edition, language: Language) -> dict[str, Any]:
    """Every public layer."""
    said = _with_links(edition.ask(describe_collections, language), language)
    said["collections"] = [
        _collection(each, edition.layers[each["id"]], language) for each in said["collections"]
    ]
    said["collections"].append(catalogue(edition, language))
    return said


def collection(edition: Edition, language: Language, name: str) -> dict[str, Any]:
    """One public layer."""
    said = edition.ask(describe_collections, language, name)
    return _collection(said, edition.layers[name], language)


def schema(edition: Edition, language: Language, name: str) -> dict[str, Any]:
    """The schema of a layer's features."""
    return _schema(edition, get_collection_schema, language, name)


def queryables(edition: Edition, language: Language, name: str) -> dict[str, Any]:
    """What can be asked for in a layer: its columns, as query parameters of its items."""
    said = _schema(edition, get_collection_queryables, language, name)
    return said | {"additionalProperties": False}


def sortables(edition: Edition, language: Language, name: str) -> dict[str, Any]:
    """What ``sortby`` takes: every column (Features 5, 23-058r2)."""
    said = _schema(edition, get_collection_schema, language, name)
    columns = {column: said["properties"][column] for column in edition.layers[name].entry.types}
    return said | {
        "$id": f"{PLACE}/ogc/collections/{name}/sortables",
        "properties": columns,
        "additionalProperties": False,
    }


def mended_links(links: Iterable[Mapping[str, Any]], language: Language) -> list[dict[str, Any]]:
    """Links to what is served, with a title in the language."""
    return [_titled(link, language) for link in links if _is_served(link)]


def speaking(said: Any, language: Language) -> Any:
    """The document with the language kept in every link to the service itself."""
    if isinstance(said, list):
        return [speaking(each, language) for each in said]
    if not isinstance(said, dict):
        return said
    said = {name: speaking(each, language) for name, each in said.items()}
    if str(said.get("href", "")).startswith(f"{PLACE}/ogc"):
        said["href"] += f"{'&' if '?' in said['href'] else '?'}lang={language}"
    return said


def kind_of(media_type: str) -> str:
    """``html`` or ``json``, as the value of ``f`` for a media type."""
    return "html" if media_type.startswith("text/html") else "json"


def _is_served(link: Mapping[str, Any]) -> bool:
    if link["rel"] in _OWN:
        return True
    return link["type"].partition(";")[0] in _KINDS and _name_of(link) in LINK_TITLES


def _name_of(link: Mapping[str, Any]) -> tuple[str, str]:
    rel = link["rel"].removeprefix(OGC_REL)
    return ("self" if rel == "alternate" else rel), kind_of(link["type"])


def _titled(link: Mapping[str, Any], language: Language) -> dict[str, Any]:
    if link["rel"] in _OWN:
        return dict(link)
    return {**link, "title": LINK_TITLES[_name_of(link)].say(language), "hreflang": language}


def _with_links(said: dict[str, Any], language: Language) -> dict[str, Any]:
    return said | {"links": mended_links(said["links"], language)}


def _collection(said: dict[str, Any], layer: PublicLayer, language: Language) -> dict[str, Any]:
    said["links"].extend(_further_links(layer.name))
    said = _with_links(said, language)
    said["attribution"] = attribution(layer).say(language)
    said["updated"] = layer.published_at.isoformat()
    if layer.entry.period is not None:
        said["extent"]["temporal"] = {"interval": [list(layer.entry.period)], "trs": _GREGORIAN}
    return said


def _further_links(name: str) -> Iterable[dict[str, str]]:
    """To what pygeoapi does not know: sortables, tile sets, styles."""
    for rel, path in (("tilesets-vector", "tiles"), ("styles", "styles")):
        yield {
            "type": "application/json", "rel": f"{OGC_REL}{rel}",
            "href": f"{PLACE}/ogc/collections/{name}/{path}",
        }  # fmt: skip
    address = f"{PLACE}/ogc/collections/{name}/sortables"
    for each in (SCHEMA, HTML):
        media_type = each.media_type.partition(";")[0]
        yield {"type": media_type, "rel": f"{OGC_REL}sortables", "href": f"{address}?f={each.name}"}


def _schema(
    edition: Edition, function: Callable[..., Any], language: Language, name: str
) -> dict[str, Any]:
    said, layer = edition.ask(function, language, name), edition.layers[name]
    resource = "schema" if function is get_collection_schema else "queryables"
    columns = {
        column: {
            **said["properties"][column], **column_schema(layer.entry, column, language),
            "x-ogc-propertySeq": number,
        }
        for number, column in enumerate(layer.entry.types, 1)
    }  # fmt: skip
    shape = said["properties"]["geometry"] | {
        "title": Text("Geometri", "Geometry").say(language),
        "format": f"geometry-{layer.entry.geometry}",
    }
    return said | {
        "$schema": _SCHEMA,
        "$id": f"{PLACE}/ogc/collections/{name}/{resource}",
        "title": layer.entry.title.say(language),
        "description": layer.entry.description.say(language),
        "properties": columns | {"geometry": shape},
    }
