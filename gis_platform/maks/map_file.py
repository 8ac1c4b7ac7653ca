"""Rows of mixed geometry as a map file: GeoPackage, a layer per kind of geometry, or GeoJSON."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from gis_platform.core.disk import writing_to

MAP_SUFFIXES = frozenset({".gpkg", ".geojson"})
_FAMILIES = {
    "nokta": ("Point", "MultiPoint"),
    "cizgi": ("LineString", "MultiLineString"),
    "alan": ("Polygon", "MultiPolygon"),
}


def write_map(frame: gpd.GeoDataFrame, path: Path, name: str) -> None:
    """Write ``frame`` to a new file whose suffix says how.

    In a GeoPackage there is a layer ``name_nokta``, ``name_cizgi``, ``name_alan`` each, and
    ``name_yersiz`` for rows without a place.
    """
    with writing_to(path):
        path.unlink(missing_ok=True)
        if path.suffix == ".geojson":
            pyogrio.write_dataframe(frame, path, driver="GeoJSON", encoding="UTF-8")
        else:
            _write_layers(frame, path, name)


def _write_layers(frame: gpd.GeoDataFrame, path: Path, name: str) -> None:
    for family, kinds in _FAMILIES.items():
        part = frame[frame.geom_type.isin(kinds)]
        if len(part):
            pyogrio.write_dataframe(
                part, path, layer=f"{name}_{family}", driver="GPKG",
                promote_to_multi=family != "nokta",
            )  # fmt: skip
    rest = pd.DataFrame(frame[~frame.geom_type.isin(sum(_FAMILIES.values(), ()))])
    if len(rest) or not path.exists():
        bare = rest.drop(columns="geometry")
        pyogrio.write_dataframe(bare, path, layer=f"{name}_yersiz", driver="GPKG")
