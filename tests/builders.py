"""Builders of test data: a feature with defaults that are valid, and what the test says of it."""

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection

from gis_platform.core.crs import REGISTER_SRID
from gis_platform.db.load import BatchFacts, begin_batch, merge_layer, store_features
from gis_platform.maks.layers import MaksLayers, empty_frame
from gis_platform.maks.model import LAYERS

EAST, NORTH = 405_000.0, 4_550_000.0
"""A place inside the district, EPSG:5254, metres."""


def guid(layer: str, number: int) -> str:
    """A GUID that is the same in every run."""
    return f"{{{sorted(LAYERS).index(layer):08X}-0000-4000-8000-{number:012X}}}"


def a_feature(layer: str, kimlik_no: int, **values: Any) -> dict[str, Any]:
    """A feature of ``layer`` with a valid value in every required column."""
    defaults = {"id": guid(layer, kimlik_no), "kimlik_no": kimlik_no, **_defaults(layer, kimlik_no)}
    return {**defaults, **values}


def a_frame(layer: str, *features: dict[str, Any]) -> pd.DataFrame:
    """Features as a frame of ``MaksLayers``, with ``_file`` and ``_row``."""
    expected = empty_frame(layer)
    rows = [{"_file": "test", "_row": at, **each} for at, each in enumerate(features, 1)]
    columns = {
        name: pd.Series([row.get(name) for row in rows], dtype=dtype)
        for name, dtype in expected.dtypes.items()
        if name != "geometry"
    }
    frame = pd.DataFrame(columns)
    if LAYERS[layer].geometry is None:
        return frame
    shapes = gpd.GeoSeries([row.get("geometry") for row in rows], crs=REGISTER_SRID)
    return gpd.GeoDataFrame(frame, geometry=shapes)


def a_district() -> MaksLayers:
    """One mahalle, one road with two sides, two doors, a building and a unit, all related."""
    return MaksLayers(
        {
            "il": a_frame("il", a_feature("il", 34)),
            "ilce": a_frame("ilce", a_feature("ilce", 1325)),
            "mahalle": a_frame("mahalle", a_feature("mahalle", 30_001)),
            "yol": a_frame("yol", a_feature("yol", 501)),
            "yol_orta_hat": a_frame("yol_orta_hat", a_feature("yol_orta_hat", 601)),
            "yol_orta_hat_yon": a_frame(
                "yol_orta_hat_yon",
                a_feature("yol_orta_hat_yon", 701, tur="TEK", sayisallastirma_yon="SOL"),
                a_feature("yol_orta_hat_yon", 702, tur="ÇİFT", sayisallastirma_yon="SAĞ"),
            ),
            "yapi": a_frame("yapi", a_feature("yapi", 801)),
            "numarataj": a_frame(
                "numarataj",
                a_feature("numarataj", 901, kapi_no="1"),
                a_feature("numarataj", 902, kapi_no="3/A", geometry=_point(20, 8)),
            ),
            "bagimsiz_bolum": a_frame("bagimsiz_bolum", a_feature("bagimsiz_bolum", 1_000_000_001)),
        }
    )


def load_layers(
    connection: Connection, layers: MaksLayers, sha256: str = "a" * 64
) -> Iterator[str]:
    """Load raw features and register in the transaction of ``connection``; yields each layer."""
    facts = BatchFacts(kind="maks", file_name="teslim.gdb", sha256=sha256, size=1)
    batch = begin_batch(connection, facts, started_by="test")
    for name, frame in layers.items():
        store_features(connection, batch, name, frame)
        merge_layer(connection, batch, name, frame, is_complete=True)
        yield name


def _point(east: float, north: float) -> shapely.Point:
    return shapely.Point(EAST + east, NORTH + north)


def _box(east: float, north: float, size: float) -> shapely.Polygon:
    return shapely.box(EAST + east, NORTH + north, EAST + east + size, NORTH + north + size)


def _defaults(layer: str, number: int) -> dict[str, Any]:
    line = shapely.LineString([(EAST, NORTH), (EAST + 100, NORTH)])
    known: dict[str, dict[str, Any]] = {
        "il": {"ad": "İSTANBUL", "geometry": shapely.MultiPolygon([_box(-9000, -9000, 18_000)])},
        "ilce": {
            "ad": "EYÜPSULTAN",
            "il_id": guid("il", 34),
            "geometry": shapely.MultiPolygon([_box(-5000, -5000, 10_000)]),
        },
        "mahalle": {
            "ad": "NİŞANCI",
            "ilce_id": guid("ilce", 1325),
            "geometry": shapely.MultiPolygon([_box(-500, -500, 1000)]),
        },
        "yol": {"ad": "ÇIĞIR", "tip": 4},
        "yol_orta_hat": {"ad": "ÇIĞIR", "yol_id": guid("yol", 501), "geometry": line},
        "yol_orta_hat_yon": {
            "yol_orta_hat_id": guid("yol_orta_hat", 601),
            "mahalle_id": guid("mahalle", 30_001),
            "tanitim_kodu": str(number),
            "uavt_kodu": 741_296,
        },
        "yapi": {"geometry": _box(5, 10, 10), "zemin_ustu_kat_sayisi": 4},
        "numarataj": {
            "kapi_no": "1",
            "yol_orta_hat_yon_id": guid("yol_orta_hat_yon", 701),
            "yapi_id": guid("yapi", 801),
            "geometry": _point(10, 8),
        },
        "bagimsiz_bolum": {"numarataj_id": guid("numarataj", 901), "ic_kapi_no": "1"},
    }
    return known.get(layer, {})
