"""The small picture of a layer, drawn once per version by the database, for pages without a map."""

from math import cos, radians
from typing import Any

from sqlalchemy import Connection

from gis_platform.db.queries import outline as ask
from gis_platform.db.queries.outline import Canvas
from gis_platform.opendata.public import PublicLayer

WIDTH, HEIGHT = 640, 360
_MARGIN = 8
_FINE = 200


def outline_values(connection: Connection, layer: PublicLayer) -> dict[str, Any]:
    """What ``outline.svg`` draws: filled areas, lines or dots; nothing for an empty layer."""
    values: dict[str, Any] = {
        "width": WIDTH,
        "height": HEIGHT,
        "fills": "",
        "lines": "",
        "dots": "",
    }
    values["is_fine"] = layer.row_count > _FINE
    if layer.extent is None:
        return values
    canvas = canvas_over(layer)
    served = layer.served
    values |= {"width": canvas.width, "height": canvas.height}
    is_line = "line" in served.geometry
    if "point" in served.geometry or (layer.row_count > ask.DRAWN_SHAPES and not is_line):
        cells = ask.dots(connection, served, canvas)
        return values | {"dots": " ".join(f"M{x} {y}h0" for x, y in sorted(cells))}
    drawn = " ".join(ask.shape_paths(connection, served, canvas))
    return values | {"lines" if is_line else "fills": drawn}


def label_points(connection: Connection, layer: PublicLayer) -> dict[str, Any]:
    """Where the name of each area is written, as GeoJSON."""
    name = layer.entry.label
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(x, 6), round(y, 6)]},
            "properties": {name: said},
        }
        for x, y, said in ask.label_points(connection, layer.served)
    ]
    return {"type": "FeatureCollection", "features": features}


def starting_place(connection: Connection, layer: PublicLayer) -> tuple[float, float] | None:
    """Where a map begins that cannot show the whole layer: longitude and latitude."""
    if layer.extent is None or layer.entry.min_zoom == 0:
        return None
    return ask.densest_place(connection, layer.served, canvas_over(layer))


def canvas_over(layer: PublicLayer) -> Canvas:
    """A picture that holds the layer's extent, with a margin, in its true proportions."""
    west, south, east, north = layer.extent or (0.0, 0.0, 0.0, 0.0)
    squeeze = cos(radians((south + north) / 2))
    wide, high = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)
    x_scale, y_scale = scale * squeeze, scale
    width, height = round(wide * scale) + 2 * _MARGIN, round(high * scale) + 2 * _MARGIN
    box = (
        west - _MARGIN / x_scale, south - _MARGIN / y_scale,
        east + _MARGIN / x_scale, north + _MARGIN / y_scale,
    )  # fmt: skip
    return Canvas(box, width, height, x_scale, y_scale)
