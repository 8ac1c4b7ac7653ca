"""The last look before a feature enters the register: what its table would refuse, with its place.

Controls hold such features back long before; what gets here all the same stops the job with one
line a person can act on instead of a message of the database.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import REGISTER_SRID, epsg_of
from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.maks.layers import FILE, ROW
from gis_platform.maks.model import Column, Layer

_TYPES = {"POINT": 0, "LINESTRING": 1, "POLYGON": 3, "MULTIPOLYGON": 6}
_POLYGON, _FIRST_MULTI = 3, 4


def shapes_of(layer: Layer, frame: pd.DataFrame) -> NDArray[Any] | None:
    """The geometries in two dimensions and of the layer's type where that loses nothing.

    A part of one becomes single, a polygon becomes a multipolygon where the layer has those.

    Raises:
        SourceError: the frame of a spatial layer has no geometry, or not in the register's CRS.
    """
    if layer.geometry is None:
        return None
    srid = epsg_of(frame.crs) if isinstance(frame, gpd.GeoDataFrame) else None
    if len(frame) and srid != REGISTER_SRID:
        raise SourceError(
            Text(
                f"{layer.title.tr} geometrisi EPSG:{REGISTER_SRID} değil: {srid or 'bilinmiyor'}.",
                f"The geometry of {layer.name} is not EPSG:{REGISTER_SRID}: {srid or 'unknown'}.",
            )
        )
    shapes: NDArray[Any] = shapely.force_2d(np.asarray(frame["geometry"], dtype=object))
    if layer.geometry == "MULTIPOLYGON":
        single = shapely.get_type_id(shapes) == _POLYGON
        shapes[single] = shapely.multipolygons(shapes[single][:, None]) if single.any() else None
        return shapes
    one_part = (shapely.get_type_id(shapes) >= _FIRST_MULTI) & (
        shapely.get_num_geometries(shapes) == 1
    )
    shapes[one_part] = shapely.get_geometry(shapes[one_part], 0)
    return shapes


def refuse_unfit(layer: Layer, frame: pd.DataFrame, shapes: NDArray[Any] | None) -> None:
    """Raise for the first feature the table of ``layer`` cannot take.

    Raises:
        SourceError: with file, row and field.
    """
    for column in layer.columns:
        values = frame[column.name]
        if column.required:
            _refuse(frame, values.isna(), column.name, _missing(column))
        if column.length is not None:
            too_long = values.str.len() > column.length
            _refuse(frame, too_long.fillna(value=False), column.name, _too_long(column))
    for key in ("kimlik_no", "id"):
        _refuse(frame, frame[key].duplicated(), key, _doubled(layer, key))
    if shapes is not None and layer.geometry is not None:
        wrong = (shapely.get_type_id(shapes) != _TYPES[layer.geometry]) | shapely.is_empty(shapes)
        _refuse(frame, pd.Series(wrong, index=frame.index), "geometry", _not_a(layer))


def _refuse(frame: pd.DataFrame, which: pd.Series, field: str, text: Text) -> None:
    if not which.any():
        return
    row = frame.loc[which.to_numpy(dtype=bool)].iloc[0]
    file = None if pd.isna(row.get(FILE)) else str(row[FILE])
    number = None if pd.isna(row.get(ROW)) else int(row[ROW])
    value = "" if field == "geometry" or pd.isna(row[field]) else str(row[field])
    raise SourceError(
        text.fill(kimlik_no=row["kimlik_no"], value=value),
        place=Place(file, number, field),
        remedy=Text(
            "satırı düzeltin ya da alıkoyan bir kontrol profiliyle yükleyin",
            "mend the row, or load with a profile whose controls hold it back",
        ),
    )


def _missing(column: Column) -> Text:
    return Text(
        f"{{kimlik_no}}: “{column.name}” boş olamaz.", f"{{kimlik_no}}: “{column.name}” is empty."
    )


def _too_long(column: Column) -> Text:
    return Text(
        f"{{kimlik_no}}: “{{value}}” {column.length} karakterden uzun.",
        f"{{kimlik_no}}: “{{value}}” is longer than {column.length} characters.",
    )


def _doubled(layer: Layer, key: str) -> Text:
    return Text(
        f"{layer.title.tr} katmanında {key} {{value}} birden çok kez var.",
        f"{key} {{value}} is there more than once in layer {layer.name}.",
    )


def _not_a(layer: Layer) -> Text:
    return Text(
        f"{{kimlik_no}}: geometri boş ya da {layer.geometry} değil.",
        f"{{kimlik_no}}: the geometry is empty or not a {layer.geometry}.",
    )
