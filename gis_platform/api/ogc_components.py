"""Parameters, answers and schemas of the API description: written here, so that none is remote."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gis_platform.api.ogc_problem import MEDIA_TYPE
from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.opendata.cql2.check import LANGUAGES
from gis_platform.opendata.ogc import CRS84, DEFAULT_LIMIT, MAX_LIMIT, REFERENCE_SYSTEMS

TAGS = Text("Servisin kendisi", "The service itself")
MAX_OFFSET = 1_000_000_000
_CRS: dict[str, Any] = {
    "type": "string", "format": "uri", "enum": list(REFERENCE_SYSTEMS), "default": CRS84,
}  # fmt: skip
_NUMBERS = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
_SAID = {
    "f": Text("Cevabın biçimi; yoksa Accept.", "Format of the answer; else Accept."),
    "lang": Text("Cevabın dili; yoksa Accept-Language.", "Language; else Accept-Language."),
    "limit": Text("En çok kaç detay.", "How many features at most."),
    "offset": Text(
        "Kaç detay atlansın; derin sayfalar için next bağlantısı hızlıdır.",
        "Features to pass over; for deep pages the next link is quick.",
    ),
    "token": Text("Nereden devam edileceği; next bağlantısı verir.", "Where to go on; from next."),
    "bbox": Text("Kutuyla kesişen detaylar.", "Features that meet the box."),
    "bbox-crs": Text("Kutunun referans sistemi.", "Reference system of the box."),
    "crs": Text("Cevabın referans sistemi.", "Reference system of the answer."),
    "datetime": Text(
        "An ya da aralık (RFC 3339); zamanı olmayan katmanda etkisizdir.",
        "Instant or interval (RFC 3339); without effect on a layer without time.",
    ),
    "filter": Text("Süzgeç, CQL2.", "Filter, CQL2."),
    "filter-lang": Text("Süzgecin dili.", "Language of the filter."),
    "filter-crs": Text(
        "Süzgeçteki koordinatların referans sistemi.", "Reference system of the filter’s shapes."
    ),
    "sortby": Text(
        "Sıra: virgülle ayrılmış özellikler, önünde - azalan demektir; boşlar sonda.",
        "Order: properties, comma between; a leading - is descending; what is empty comes last.",
    ),
    "properties": Text(
        "Yalnızca bu özellikler, virgülle ayrılmış.", "Only these properties, comma between."
    ),
    "skipGeometry": Text("Geometri olmadan.", "Without geometry."),
    "featureId": Text("Detayın kimliği.", "Identifier of the feature."),
    "tileMatrixSetId": Text("Karo düzeni: WebMercatorQuad.", "Tile matrix set: WebMercatorQuad."),
    "tileMatrix": Text("Yakınlık, 0–22.", "Zoom, 0 to 22."),
    "tileRow": Text("Satır, kuzeyden.", "Row, from the north."),
    "tileCol": Text("Sütun, batıdan.", "Column, from the west."),
    "recordId": Text("Kaydın kimliği: katmanın adı.", "Identifier of the record: the layer’s."),
    "q": Text(
        "Aranan sözcükler; virgül “ya da” demektir.", "Words searched for; a comma means “or”."
    ),
    "type": Text("Kaydın türü.", "Kind of the record."),
    "ids": Text("Kayıt kimlikleri, virgülle.", "Identifiers of records, comma between."),
    "externalIds": Text(
        "Onaylanan verinin SHA-256 özeti, virgülle.", "SHA-256 of the approved data, comma between."
    ),
    "styleId": Text("Stilin kimliği: maplibre.", "Identifier of the style: maplibre."),
}
_SCHEMA_OF: dict[str, dict[str, Any]] = {
    "lang": {"type": "string", "enum": ["tr", "en"], "default": "tr"},
    "limit": {
        "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT,
    },
    "offset": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
    "token": {"type": "string"},
    "bbox": _NUMBERS,
    "bbox-crs": _CRS,
    "crs": _CRS,
    "datetime": {"type": "string"},
    "filter": {"type": "string"},
    "filter-lang": {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
    "filter-crs": _CRS,
    "q": {"type": "array", "items": {"type": "string"}},
    "type": {"type": "array", "items": {"type": "string"}},
    "ids": {"type": "array", "items": {"type": "string"}},
    "externalIds": {"type": "array", "items": {"type": "string"}},
    "sortby": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    "properties": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    "skipGeometry": {"type": "boolean", "default": False},
}  # fmt: skip


PATH_PARAMETERS = (
    "featureId", "tileMatrixSetId", "tileMatrix", "tileRow", "tileCol", "styleId", "recordId",
)  # fmt: skip


def parameter(name: str, schema: dict[str, Any], said: str, language: Language) -> dict[str, Any]:
    """A query parameter as OpenAPI describes it."""
    return {
        "name": name, "in": "query", "required": False, "style": "form", "explode": False,
        "description": _SAID[said].say(language), "schema": schema,
    }  # fmt: skip


def _of_query(name: str, language: Language) -> dict[str, Any]:
    return parameter(name, _SCHEMA_OF[name], name, language)


def _of_path(name: str, language: Language) -> dict[str, Any]:
    said = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    return said | {"description": _SAID[name].say(language)}


PARAMETERS: dict[str, Callable[[Language], dict[str, Any]]] = {
    **{name: partial(_of_query, name) for name in _SCHEMA_OF},
    **{name: partial(_of_path, name) for name in PATH_PARAMETERS},
}

_HTML = {"text/html": {"schema": {"type": "string"}}}


def _content(media_type: str, schema: str) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _response(text: Text, content: dict[str, Any], language: Language) -> dict[str, Any]:
    return {"description": text.say(language)} | ({"content": content} if content else {})


_ANSWERS: dict[str, tuple[Text, dict[str, Any]]] = {
    "LandingPage": (
        Text("Başlangıç sayfası", "The landing page"),
        _content("application/json", "LandingPage") | _HTML,
    ),
    "Api": (
        Text("API tanımı", "The API description"),
        {"application/vnd.oai.openapi+json;version=3.0": {"schema": {"type": "object"}}} | _HTML,
    ),
    "Conformance": (
        Text("Uyulan sınıflar", "The conformance classes"),
        _content("application/json", "Conformance") | _HTML,
    ),
    "Collections": (
        Text("Katmanlar", "The layers"),
        _content("application/json", "Collections") | _HTML,
    ),
    "Collection": (
        Text("Katman", "The layer"),
        _content("application/json", "Collection") | _HTML,
    ),
    "Schema": (
        Text("JSON Schema", "A JSON Schema"),
        {"application/schema+json": {"schema": {"type": "object"}}} | _HTML,
    ),
    "Features": (
        Text("Detaylar", "The features"),
        _content("application/geo+json", "Features")
        | _HTML
        | {
            "application/vnd.ogc.fg+json": {"schema": {"type": "object"}},
            "text/csv; charset=utf-8": {"schema": {"type": "string"}},
            "application/vnd.flatgeobuf": {"schema": {"type": "string", "format": "binary"}},
        },
    ),
    "Feature": (
        Text("Detay", "The feature"),
        _content("application/geo+json", "Feature") | _HTML,
    ),
    "Document": (
        Text("JSON belgesi", "A JSON document"),
        {"application/json": {"schema": {"type": "object"}}},
    ),
    "Style": (
        Text("MapLibre stili", "A style for MapLibre"),
        {"application/vnd.mapbox.style+json": {"schema": {"type": "object"}}},
    ),
    "Tile": (
        Text("Vektör karo (MVT)", "A vector tile (MVT)"),
        {"application/vnd.mapbox-vector-tile": {"schema": {"type": "string", "format": "binary"}}},
    ),
    "Nothing": (Text("Karoda çizilecek bir şey yok", "Nothing is in the tile"), {}),
    "NotModified": (Text("Değişmedi", "Not changed"), {}),
    "Problem": (
        Text("İstek karşılanamadı (RFC 9457)", "The request was not met (RFC 9457)"),
        _content(MEDIA_TYPE, "Problem") | _HTML,
    ),
}
RESPONSES: dict[str, Callable[[Language], dict[str, Any]]] = {
    name: partial(_response, text, content) for name, (text, content) in _ANSWERS.items()
}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    """An object; OpenAPI 3.0 knows no empty list of required members."""
    said: dict[str, Any] = {"type": "object", "properties": properties}
    return said | {"required": list(required)} if required else said


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_STRING = {"type": "string"}
_LINKS = _array({"$ref": "#/components/schemas/Link"})
_NUMBER = {"type": "integer", "minimum": 0}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Link": _object(
        "href", "rel",
        href=_STRING, rel=_STRING, type=_STRING, hreflang=_STRING, title=_STRING,
        length={"type": "integer"},
    ),
    "LandingPage": _object("links", title=_STRING, description=_STRING, links=_LINKS),
    "Conformance": _object("conformsTo", conformsTo=_array(_STRING)),
    "Extent": _object(
        spatial=_object(bbox=_array(_array({"type": "number"})), crs=_STRING),
        temporal=_object(
            interval=_array(_array({"type": "string", "nullable": True})), trs=_STRING
        ),
    ),
    "Collection": _object(
        "id", "links",
        id=_STRING, title=_STRING, description=_STRING, keywords=_array(_STRING), links=_LINKS,
        extent={"$ref": "#/components/schemas/Extent"}, itemType=_STRING, crs=_array(_STRING),
        storageCrs=_STRING, attribution=_STRING, updated=_STRING,
    ),
    "Collections": _object(
        "links", "collections",
        links=_LINKS, collections=_array({"$ref": "#/components/schemas/Collection"}),
    ),
    "Geometry": _object(
        "type", "coordinates",
        type={"type": "string", "enum": ["Point", "MultiPoint", "LineString", "MultiLineString",
                                         "Polygon", "MultiPolygon"]},
        coordinates=_array({}),
    ),
    "Feature": _object(
        "type", "geometry", "properties",
        type={"type": "string", "enum": ["Feature"]},
        id={"oneOf": [{"type": "string"}, {"type": "integer"}]},
        geometry={"$ref": "#/components/schemas/Geometry"},
        properties={"type": "object"}, links=_LINKS,
    ),
    "Features": _object(
        "type", "features",
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_array({"$ref": "#/components/schemas/Feature"}), links=_LINKS,
        timeStamp={"type": "string", "format": "date-time"},
        numberMatched=_NUMBER, numberReturned=_NUMBER,
    ),
    "Problem": _object(
        "status", "title", "code",
        type=_STRING, title=_STRING, status={"type": "integer"}, detail=_STRING, code=_STRING,
        description=_STRING, parameter=_STRING,
    ),
}  # fmt: skip
