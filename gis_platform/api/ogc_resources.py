"""Every resource of the OGC API: path, formats, query parameters, and how it is described."""

from dataclasses import dataclass

from gis_platform.api.ogc_request import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Format
from gis_platform.core.errors import Text


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
    "items", f"{_COLLECTION}/items", (GEOJSON, HTML), "getFeatures", "Features",
    Text("{title}: detaylar", "{title}: features"), ITEMS_PARAMETERS, has_columns=True,
)  # fmt: skip
ITEM = Resource(
    "item", f"{_COLLECTION}/items/{{item_id}}", (GEOJSON, HTML), "getFeature", "Feature",
    Text("{title}: bir detay", "{title}: one feature"), ITEM_PARAMETERS,
)  # fmt: skip

RESOURCES = (
    LANDING, API, CONFORMANCE, COLLECTIONS, COLLECTION, QUERYABLES, SORTABLES, SCHEMA_OF, ITEMS,
    ITEM,
)  # fmt: skip

NOT_SERVED = {
    "/asyncapi": "nothing is announced by message",
    "/processes": "no process is offered",
    "/jobs": "no process is offered",
    "/stac": "the catalogue is not a STAC",
    "/stac-api": "the catalogue is not a STAC",
    "/admin": "the catalogue is changed by approval only",
    "/TileMatrixSets": "map tiles are the portal's",
    f"{_COLLECTION}/tiles": "map tiles are the portal's",
    f"{_COLLECTION}/coverage": "no layer is a coverage",
    f"{_COLLECTION}/map": "no layer is a map",
    f"{_COLLECTION}/styles": "no layer is a map",
    **{
        f"{_COLLECTION}/{query}": "no layer is environmental data"
        for query in (
            "position", "area", "cube", "radius", "trajectory", "corridor", "locations", "instances"
        )
    },
}  # fmt: skip
"""Paths of pygeoapi that do not exist here, with everything below them, and why."""
