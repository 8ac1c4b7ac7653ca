"""The feature a reader has chosen: what it is called, where it lies, its own page."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection

from gis_platform.core.language import Language
from gis_platform.opendata.portal.layer_table import TableView
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.portal.outline import canvas_over
from gis_platform.opendata.portal.page import Spot
from gis_platform.opendata.portal.values import cell_text
from gis_platform.opendata.public import PublicLayer, feature

_DECIMALS = 5


@dataclass(frozen=True)
class Chosen:
    """A chosen feature; ``text`` says in words where it lies."""

    key: str
    text: str
    path: str
    spot: Spot


def chosen_feature(
    connection: Connection, layer: PublicLayer, view: TableView, language: Language
) -> Chosen | None:
    """The feature the address names; ``None`` where it names none that is there."""
    found = None if view.chosen is None else feature(connection, layer, view.chosen)
    if found is None:
        return None
    said = json.loads(found)
    places = list(_places(said["geometry"]["coordinates"]))
    lon, lat = (
        (min(each[axis] for each in places) + max(each[axis] for each in places)) / 2
        for axis in (0, 1)
    )
    name = cell_text(said["properties"][layer.entry.label], language) or str(said["id"])
    text = message(
        language, "layer.chosen", record=name,
        lon=number(language, lon, _DECIMALS), lat=number(language, lat, _DECIMALS),
    )  # fmt: skip
    key = str(said["id"])
    path = f"/ogc/collections/{quote(layer.name)}/items/{quote(key)}?f=html&lang={language}"
    canvas = canvas_over(layer)
    west, _, _, north = canvas.box
    spot = Spot(
        round((lon - west) * canvas.x_scale, 1), round((north - lat) * canvas.y_scale, 1),
        canvas.width, canvas.height,
    )  # fmt: skip
    return Chosen(key, text, path, spot)


def _places(coordinates: Any) -> Iterator[list[float]]:
    """Every position of a geometry, however deep."""
    if isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for each in coordinates:
        yield from _places(each)
