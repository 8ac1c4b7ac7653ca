"""Every resource of the OGC API: path, formats, query parameters, and how it is described."""

from dataclasses import dataclass

from gis_platform.api.ogc_request import (
    CSV,
    FLATGEOBUF,
    GEOJSON,
    HTML,
    JSON,
    JSON_FG,
    MVT,
    OPENAPI,
    SCHEMA,
    STYLE,
    TILEJSON,
    Format,
)
from gis_platform.core.errors import Text
from gis_platform.opendata.records import CATALOGUE


@dataclass(frozen=True)
class Resource:
    """One resource; the routes, the strict reading of parameters and the OpenAPI come from this.

    Attributes:
        name: ours.
        path: below ``/ogc``; ``/`` also answers without the slash.
        parameters: query parameters beside ``f`` and ``lang``.
        has_columns: whether every column of the layer is a query parameter too.
        operation: ``operationId``; ``response``: its answer among the components.
        summary: sentence of the API description; ``{title}`` is the layer's.
    """

    name: str
    path: str
    formats: tuple[Format, ...]
    operation: str
    response: str
    summary: Text
    parameters: tuple[str, ...] = ()
    has_columns: bool = False

    @property
    def route(self) -> str:
        """The path for the router; the key of a feature may hold a slash."""
        return self.path.replace("{item_id}", "{item_id:path}")


_COLLECTION = "/collections/{collection_id}"
ITEM_PARAMETERS = ("crs",)
ITEMS_FORMATS = (GEOJSON, HTML, JSON_FG, CSV, FLATGEOBUF)
ITEMS_PARAMETERS = (
    "limit", "offset", "token", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang",
    "filter-crs", "sortby", "properties", "skipGeometry",
)  # fmt: skip

LANDING = Resource(
    "landing", "/", (JSON, HTML), "getLandingPage", "LandingPage",
    Text("Servisin başlangıcı", "Landing page of the service"),
)  # fmt: skip
API = Resource(
    "openapi", "/openapi", (OPENAPI, HTML), "getApi", "Api",
    Text("Bu tanım", "This description"),
)  # fmt: skip
CONFORMANCE = Resource(
    "conformance", "/conformance", (JSON, HTML), "getConformance", "Conformance",
    Text("Uyulan standart sınıfları", "Conformance classes"),
)  # fmt: skip
COLLECTIONS = Resource(
    "collections", "/collections", (JSON, HTML), "getCollections", "Collections",
    Text("Yayımdaki katmanlar", "The published layers"),
)  # fmt: skip
COLLECTION = Resource(
    "collection", _COLLECTION, (JSON, HTML), "getCollection", "Collection",
    Text("{title}: katmanın kendisi", "{title}: about the layer"),
)  # fmt: skip
QUERYABLES = Resource(
    "queryables", f"{_COLLECTION}/queryables", (SCHEMA, HTML), "getQueryables", "Schema",
    Text("{title}: sorgulanabilir özellikler", "{title}: queryables"),
)  # fmt: skip
SORTABLES = Resource(
    "sortables", f"{_COLLECTION}/sortables", (SCHEMA, HTML), "getSortables", "Schema",
    Text("{title}: sıralanabilir özellikler", "{title}: sortables"),
)  # fmt: skip
SCHEMA_OF = Resource(
    "schema", f"{_COLLECTION}/schema", (SCHEMA, HTML), "getSchema", "Schema",
    Text("{title}: şema", "{title}: schema"),
)  # fmt: skip
ITEMS = Resource(
    "items", f"{_COLLECTION}/items", ITEMS_FORMATS, "getFeatures", "Features",
    Text("{title}: detaylar", "{title}: features"), ITEMS_PARAMETERS, has_columns=True,
)  # fmt: skip
ITEM = Resource(
    "item", f"{_COLLECTION}/items/{{item_id}}", (GEOJSON, HTML), "getFeature", "Feature",
    Text("{title}: bir detay", "{title}: one feature"), ITEM_PARAMETERS,
)  # fmt: skip

_TILE_SET = f"{_COLLECTION}/tiles/{{tileMatrixSetId}}"
TILE_SCHEMES = Resource(
    "schemes", "/tileMatrixSets", (JSON,), "getTileMatrixSetsList", "Document",
    Text("Karo düzenleri", "Tile matrix sets"),
)  # fmt: skip
TILE_SCHEME = Resource(
    "scheme", "/tileMatrixSets/{tileMatrixSetId}", (JSON,), "getTileMatrixSet", "Document",
    Text("Bir karo düzeni", "One tile matrix set"),
)  # fmt: skip
TILE_SETS = Resource(
    "tile_sets", f"{_COLLECTION}/tiles", (JSON,), "collection.vector.getTileSetsList", "Document",
    Text("{title}: karo kümeleri", "{title}: tile sets"),
)  # fmt: skip
TILE_SET = Resource(
    "tile_set", _TILE_SET, (JSON, TILEJSON), "collection.vector.getTileSet", "Document",
    Text("{title}: karo kümesi", "{title}: the tile set"),
)  # fmt: skip
TILE = Resource(
    "tile", f"{_TILE_SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", (MVT,),
    "collection.vector.getTile", "Tile", Text("{title}: bir karo", "{title}: one tile"),
)  # fmt: skip
STYLES = Resource(
    "styles", f"{_COLLECTION}/styles", (JSON,), "getStyles", "Document",
    Text("{title}: stiller", "{title}: styles"),
)  # fmt: skip
STYLE_OF = Resource(
    "style", f"{_COLLECTION}/styles/{{styleId}}", (STYLE,), "getStyle", "Style",
    Text("{title}: stil", "{title}: style"),
)  # fmt: skip

_CATALOGUE = f"/collections/{CATALOGUE}"
RECORDS_PARAMETERS = (
    "limit", "offset", "bbox", "datetime", "q", "type", "ids", "externalIds", "sortby",
)  # fmt: skip
CATALOGUE_OF = Resource(
    "catalogue", _CATALOGUE, (JSON,), "getCatalog", "Collection",
    Text("Veri kataloğu", "The catalogue of data sets"),
)  # fmt: skip
SORTABLES_OF_RECORDS = Resource(
    "record_sortables", f"{_CATALOGUE}/sortables", (SCHEMA,), "getRecordSortables", "Schema",
    Text("Kayıtların sıralanabilir özellikleri", "Sortables of the records"),
)  # fmt: skip
RECORDS = Resource(
    "records", f"{_CATALOGUE}/items", (GEOJSON,), "getRecords", "Features",
    Text("Veri kümelerinin kayıtları", "Records of the data sets"), RECORDS_PARAMETERS,
)  # fmt: skip
RECORD = Resource(
    "record", f"{_CATALOGUE}/items/{{recordId}}", (GEOJSON,), "getRecord", "Feature",
    Text("Bir veri kümesinin kaydı", "The record of a data set"),
)  # fmt: skip

RESOURCES = (
    CATALOGUE_OF, SORTABLES_OF_RECORDS, RECORDS, RECORD,
    LANDING, API, CONFORMANCE, COLLECTIONS, COLLECTION, QUERYABLES, SORTABLES, SCHEMA_OF, ITEMS,
    ITEM, TILE_SCHEMES, TILE_SCHEME, TILE_SETS, TILE_SET, TILE, STYLES, STYLE_OF,
)  # fmt: skip

NOT_SERVED = {
    "/asyncapi": "nothing is announced by message",
    "/processes": "no process is offered",
    "/jobs": "no process is offered",
    "/stac": "the catalogue is not a STAC",
    "/stac-api": "the catalogue is not a STAC",
    "/admin": "the catalogue is changed by approval only",
    "/TileMatrixSets": "served as the standard writes it, /tileMatrixSets",
    f"{_COLLECTION}/tiles/{{tileMatrixSetId}}/metadata": "the tile set says all of it",
    f"{_COLLECTION}/coverage": "no layer is a coverage",
    f"{_COLLECTION}/map": "no layer is a map",
    f"{_COLLECTION}/styles/{{style_id}}/map": "no layer is a map",
    **{
        f"{_COLLECTION}/{query}": "no layer is environmental data"
        for query in (
            "position", "area", "cube", "radius", "trajectory", "corridor", "locations", "instances"
        )
    },
}  # fmt: skip
"""Paths of pygeoapi that do not exist here, with everything below them, and why."""
