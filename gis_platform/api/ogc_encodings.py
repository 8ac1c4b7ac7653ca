"""Pages of features in other formats than GeoJSON: CSV and FlatGeobuf as the files, and JSON-FG."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame

from gis_platform.api.ogc_items import Link, Page
from gis_platform.api.ogc_problem import bad
from gis_platform.api.ogc_query import Query
from gis_platform.api.ogc_request import CSV, FLATGEOBUF, JSON_FG, Asked, Format
from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.opendata.exporter import ExportFacts, exporters
from gis_platform.opendata.ogc import ReferenceSystem
from gis_platform.opendata.portal.page import dimension_of
from gis_platform.opendata.public import PublicLayer

_JSON_FG = "http://www.opengis.net/spec/json-fg-1/1.0/conf/core"
_EXPORTERS = {CSV.name: "csv", FLATGEOBUF.name: "flatgeobuf"}


def check_encoding(asked: Asked, query: Query) -> None:
    """Refuse what a format cannot hold: a file of rows is in longitude and latitude, with them.

    Raises:
        Refused: 400, naming the parameter.
    """
    if asked.format.name not in _EXPORTERS:
        return
    if query.system.srid is not None:
        raise bad("crs", f"{asked.format.name} yalnızca CRS84", f"{asked.format.name}: CRS84 only")
    if not query.shape.with_geometry:
        raise bad("skipGeometry", f"{asked.format.name} ile olmaz", f"not with {asked.format.name}")


def is_encoded(wanted: Format) -> bool:
    """Whether a page in this format is made here."""
    return wanted in {CSV, FLATGEOBUF, JSON_FG}


def encoded(asked: Asked, layer: PublicLayer, page: Page, query: Query, links: list[Link]) -> bytes:
    """The page in the format asked for; takes a while, and belongs in a thread."""
    if asked.format is JSON_FG:
        features = [json.loads(text) for text in page.features]
        return _json_fg(layer, features, page, query.system, links)
    return file_of(layer, page, query, _EXPORTERS[asked.format.name])


def file_of(layer: PublicLayer, page: Page, query: Query, exporter: str) -> bytes:
    """The page as the file of an exporter; takes a while, and belongs in a thread."""
    features = [json.loads(text) for text in page.features]
    return _file(layer, features, _kinds(layer, query.shape.columns), exporter)


def _kinds(layer: PublicLayer, columns: tuple[str, ...] | None) -> dict[str, str]:
    """Kind of values by column; the key is among them, else nobody knew which row is which."""
    wanted = None if columns is None else {layer.entry.key, *columns}
    return {
        name: kind for name, kind in layer.entry.types.items() if wanted is None or name in wanted
    }


def _file(
    layer: PublicLayer, features: list[dict[str, Any]], kinds: dict[str, str], exporter: str
) -> bytes:
    facts = ExportFacts(layer.name, kinds, layer.entry.geometry, layer.published_at)
    frame = _frame(features, layer.entry.key, kinds)
    with tempfile.TemporaryDirectory(prefix="gis-") as folder:
        path = Path(folder) / f"{layer.name}{exporters[exporter].suffix}"
        exporters[exporter].write(frame, path, facts)
        return path.read_bytes()


def _frame(features: list[dict[str, Any]], key: str, kinds: Mapping[str, str]) -> GeoDataFrame:
    for feature in features:
        feature["properties"].setdefault(key, feature["id"])
    names = [*kinds, "geometry"]
    frame = (
        GeoDataFrame.from_features(features, crs=PUBLISHED_SRID)
        if features
        else GeoDataFrame({name: [] for name in names}, geometry="geometry", crs=PUBLISHED_SRID)
    )
    for name, kind in kinds.items():
        frame[name] = _typed(frame[name], kind)
    return frame[names]


def _typed(values: "pd.Series[Any]", kind: str) -> "pd.Series[Any]":
    """As the files have them: whole numbers stay whole beside empty values."""
    if kind == "date-time":
        return pd.to_datetime(values, utc=True)
    types = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}
    return values.astype(types.get(kind, "object"))


def _json_fg(
    layer: PublicLayer,
    features: list[dict[str, Any]],
    page: Page,
    system: ReferenceSystem,
    links: list[Link],
) -> bytes:
    """Features and Geometries JSON (21-045r1, core): other reference systems go in ``place``."""
    for feature in features:
        _as_json_fg(feature, layer, is_crs84=system.srid is None)
    said: dict[str, Any] = {
        "type": "FeatureCollection", "conformsTo": [_JSON_FG], "featureType": layer.name,
        "geometryDimension": dimension_of(layer), "coordRefSys": system.uri,
        "numberReturned": len(features),
        **({} if page.matched is None else {"numberMatched": page.matched}),
        "links": links, "features": features,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _as_json_fg(feature: dict[str, Any], layer: PublicLayer, *, is_crs84: bool) -> None:
    feature["time"] = _time(feature, layer)
    feature["place"] = None
    if not is_crs84:
        feature["place"], feature["geometry"] = feature["geometry"], None


def _time(feature: Mapping[str, Any], layer: PublicLayer) -> dict[str, str] | None:
    column = layer.entry.time
    said = feature["properties"].get(column) if column else None
    if said is None:
        return None
    if column is not None and layer.entry.types[column] == "date":
        return {"date": said}
    return {"timestamp": pd.Timestamp(said).tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")}
