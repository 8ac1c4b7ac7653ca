"""The shape of a page, and what several pages show: cards, figures, maps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gis_platform.core.language import Language
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.portal.paths import (
    LANGUAGES,
    Query,
    labels_path,
    outline_path,
    path_of,
    tile_path,
)
from gis_platform.opendata.portal.render import Frame
from gis_platform.opendata.public import PublicLayer

_TONES = ("area", "building", "way", "door")
_NEAR_ZOOM = 12
MOST_LABELS = 500
MapConfig = dict[str, Any]
"""What ``map.mjs`` reads: layers, pins, bounds."""


@dataclass(frozen=True)
class Named:
    """A value and what it is called."""

    name: str
    value: str


@dataclass(frozen=True)
class LayerCard:
    """A layer on a page that lists several."""

    path: str
    title: str
    description: str
    shape: str
    rows: str
    published_at: datetime
    outline: str | None


@dataclass(frozen=True)
class MapBox:
    """A map that opens on request.

    Attributes:
        config: layers, pins and bounds.
        outline: picture shown until then, ``alt`` its text.
        spot: where the chosen feature lies on it.
    """

    config: MapConfig
    title: str = ""
    outline: str | None = None
    alt: str = ""
    zoom_note: bool = False
    spot: "Spot | None" = None


@dataclass(frozen=True)
class Spot:
    """A place on the picture of a layer, in the picture's own pixels."""

    x: float
    y: float
    width: int
    height: int


def frame(
    page: str,
    language: Language,
    title: str,
    description: str = "",
    *,
    query: Query | None = None,
    **parts: str,
) -> Frame:
    """The frame of a page that exists in both languages."""
    alternates = {each: path_of(page, each, query, **parts) for each in LANGUAGES}
    return Frame(language, title, description, alternates, current=page)


def shape_of(layer: PublicLayer) -> str:
    """``point``, ``line`` or ``polygon``."""
    kind = layer.entry.geometry.removeprefix("multi")
    return "line" if kind == "linestring" else kind


def dimension_of(layer: PublicLayer) -> int:
    """0 for points, 1 for lines, 2 for areas."""
    return ("point", "line", "polygon").index(shape_of(layer))


def rows_said(layer: PublicLayer, language: Language) -> str:
    """``1.234 kayıt``."""
    if layer.row_count == 1:
        return message(language, "layer.rows_one")
    return message(language, "layer.rows_many", count=number(language, layer.row_count))


def card_of(layer: PublicLayer, language: Language) -> LayerCard:
    """The card of a published layer."""
    return LayerCard(
        path=path_of("layer", language, name=layer.name),
        title=layer.entry.title.say(language),
        description=layer.entry.description.say(language),
        shape=shape_of(layer),
        rows=rows_said(layer, language),
        published_at=layer.published_at,
        outline=outline_path(layer.name, layer.version) if layer.extent else None,
    )


def map_layer(layer: PublicLayer, language: Language, tone: str) -> dict[str, Any]:
    """What the map needs to know of a layer; ``tone`` names its colour in the style sheet."""
    entry = layer.entry
    return {
        "name": layer.name,
        "title": entry.title.say(language),
        "tiles": tile_path(layer.name, layer.version),
        "shape": shape_of(layer),
        "key": entry.key,
        "label": entry.label if entry.label != entry.key else None,
        "labels": labels_path(layer.name, layer.version) if has_labels(layer) else None,
        "minZoom": entry.min_zoom,
        "bounds": layer.extent,
        "tone": tone,
        "columns": {column.name: column.meaning.say(language) for column in entry.columns},
    }


def map_around(main: PublicLayer, others: Sequence[PublicLayer], language: Language) -> MapConfig:
    """The map of one layer; the others that are not points stand behind it, in grey."""
    behind = _drawable(each for each in others if shape_of(each) != "point")
    layers = [map_layer(each, language, "context") for each in behind]
    return {
        "layers": [*layers, map_layer(main, language, "main")],
        "pins": [],
        "bounds": main.extent,
    }


def map_of(
    layers: Sequence[PublicLayer],
    language: Language,
    *,
    pins: Sequence[Mapping[str, Any]] = (),
    bounds: Sequence[float] | None = None,
) -> MapConfig:
    """A map of several layers, each in its colour.

    Args:
        layers: what is drawn, in the order of the portal.
        language: of titles and meanings.
        pins: places marked, each with lon, lat and label.
        bounds: what is shown first; without it what the first layer covers.
    """
    drawn = _drawable(layers)
    extents = [layer.extent for layer in drawn]
    return {
        "layers": [map_layer(each, language, _tone(each)) for each in drawn],
        "pins": list(pins),
        "bounds": bounds or (extents[0] if extents else None),
    }


def has_labels(layer: PublicLayer) -> bool:
    """Whether its areas are few and named: then each name is written once, in the middle."""
    is_named = layer.entry.label != layer.entry.key
    return is_named and shape_of(layer) == "polygon" and layer.row_count <= MOST_LABELS


def _drawable(layers: Iterable[PublicLayer]) -> list[PublicLayer]:
    """Those that hold something: wide areas lowest, then small ones, lines and points."""
    found = [layer for layer in layers if layer.extent]
    return sorted(found, key=lambda each: _TONES.index(_tone(each)))


def _tone(layer: PublicLayer) -> str:
    """Areas seen from afar are ground, those seen near are buildings."""
    shape = shape_of(layer)
    if shape == "polygon":
        return "building" if layer.entry.min_zoom >= _NEAR_ZOOM else "area"
    return "way" if shape == "line" else "door"
