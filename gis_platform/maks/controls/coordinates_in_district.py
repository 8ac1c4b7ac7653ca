"""Coordinates lie in the district, in the register's CRS."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gis_platform.core.crs import DISTRICT_ENVELOPE_5254
from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import EVERY_LAYER, Violation, control
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.model import LAYERS
from gis_platform.maks.placing import fits_of

_ED50_STEP_M, _SLACK_M, _ENOUGH = 189.4, 30.0, 20


@control(
    "R-SP-09",
    layer=EVERY_LAYER,
    severity=Severity.ERROR,
    source="EPSG:5254; ilçe zarfı",
    evidence="C",
    rule=Text(
        "Koordinatlar ilçenin içinde ve TUREF/TM30'dadır.",
        "Coordinates lie in the district and are TUREF/TM30.",
    ),
    text=Text(
        "{kimlik_no} numaralı kayıt ({layer}) ilçenin {metres} m dışında: sağa {x}, yukarı {y}.",
        "{kimlik_no} ({layer}) lies {metres} m outside the district: east {x}, north {y}.",
    ),
    kinds={
        "shifted": Text(
            "Kapılar yapılarından topluca {metres} m kaymış; ED50 ile TUREF karışmış olabilir.",
            "The doors as a whole stand {metres} m off their buildings; ED50 and TUREF may be "
            "mixed.",
        )
    },
    remedy=Text(
        "koordinatı ya da katmanın koordinat sistemini düzeltin",
        "mend the coordinate, or the CRS of the layer",
    ),
)
def check(layers: JoinedLayers, *, buffer_m: float = 500.0) -> Iterable[Violation]:
    """Features that do not touch the district, and layers shifted as by an old datum."""
    district = shapely.box(*DISTRICT_ENVELOPE_5254)
    near = shapely.buffer(district, buffer_m)
    shapely.prepare(near)
    for layer in layers:
        if LAYERS[layer].geometry is None:
            continue
        frame = layers[layer]
        shapes = np.asarray(frame.geometry.array)
        for at in np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.intersects(near, shapes)):
            values = _said(shapes[at], district)
            yield Violation(frame.index[at], values, remedy=_remedy(shapes[at]), layer=layer)
    yield from _shifted(layers)


def _said(shape: BaseGeometry, district: BaseGeometry) -> dict[str, str]:
    x, y, _, _ = shape.bounds
    metres = f"{shapely.distance(shape, district):,.0f}"
    return {"metres": metres, "x": f"{x:,.1f}", "y": f"{y:,.1f}"}


def _remedy(shape: BaseGeometry) -> Text | None:
    """Which CRS the numbers would fit, if one does."""
    fits = fits_of(np.array([shape], dtype=object))
    if not fits:
        return None
    swapped = Text(" (eksenler ters)", " (axes swapped)") if fits[0].is_swapped else Text("", "")
    srid = fits[0].srid
    return Text(
        f"sayılar EPSG:{srid}{swapped.tr} gibi; dönüştürün",
        f"the numbers look like EPSG:{srid}{swapped.en}; transform them",
    )


def _shifted(layers: JoinedLayers) -> Iterable[Violation]:
    """Doors that stand off their buildings, most of them by the step between ED50 and TUREF."""
    door = layers["numarataj"]
    outline = np.asarray(layers.lookup(door["yapi_id"], "yapi", "geometry"), dtype=object)
    point = np.asarray(door.geometry.array)
    both = ~pd.isna(outline) & ~shapely.is_missing(point)
    if both.sum() < _ENOUGH:
        return
    middle = shapely.centroid(outline[both])
    east = np.median(shapely.get_x(point[both]) - shapely.get_x(middle))
    north = np.median(shapely.get_y(point[both]) - shapely.get_y(middle))
    if abs(np.hypot(east, north) - _ED50_STEP_M) < _SLACK_M:
        values = {"metres": f"{np.hypot(east, north):.0f}"}
        yield Violation(None, values, "shifted", layer="numarataj")
