"""The shape of a page, and what several pages show: cards, figures, maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gis_platform.core.language import Language
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.portal.paths import LANGUAGES, outline_path, path_of, tile_path
from gis_platform.opendata.portal.render import Frame
from gis_platform.opendata.public import PublicLayer


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
        config: what ``map.mjs`` reads.
        outline: picture shown until then, ``alt`` its text.
    """

    config: dict[str, Any]
    title: str = ""
    outline: str | None = None
    alt: str = ""
    zoom_note: bool = False


def frame(
    page: str,
    language: Language,
    title: str,
    description: str = "",
    *,
    query: dict[str, str] | None = None,
    **parts: str,
) -> Frame:
    """The frame of a page that exists in both languages."""
    alternates = {each: path_of(page, each, query, **parts) for each in LANGUAGES}
    return Frame(language, title, description, alternates, current=page)


def shape_of(layer: PublicLayer) -> str:
    """``point``, ``line`` or ``polygon``."""
    kind = layer.entry.geometry.removeprefix("multi")
    return "line" if kind == "linestring" else kind


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


def map_layer(layer: PublicLayer, language: Language, *, is_context: bool) -> dict[str, Any]:
    """What the map needs to know of a layer."""
    entry = layer.entry
    return {
        "name": layer.name,
        "title": entry.title.say(language),
        "tiles": tile_path(layer.name, layer.version),
        "shape": shape_of(layer),
        "key": entry.key,
        "label": entry.label,
        "minZoom": entry.min_zoom,
        "bounds": layer.extent,
        "isContext": is_context,
        "columns": {column.name: column.meaning.say(language) for column in entry.columns},
    }


def map_of(
    layers: Sequence[PublicLayer],
    language: Language,
    *,
    main: PublicLayer | None = None,
    pins: Sequence[dict[str, Any]] = (),
    bounds: Sequence[float] | None = None,
) -> dict[str, Any]:
    """The configuration of a map.

    Args:
        layers: what is drawn, in the order of the portal.
        language: of titles and meanings.
        main: the layer the page is about: drawn last and strongest, the others stand behind it;
            ``None`` = all are equal.
        pins: places marked, each with lon, lat and label.
        bounds: what is shown first; without it what ``main`` covers, or the first layer.
    """
    others = [
        layer for layer in layers if layer.extent and (main is None or layer.name != main.name)
    ]
    drawn = sorted(others, key=lambda each: ["polygon", "line", "point"].index(shape_of(each)))
    shown = [map_layer(layer, language, is_context=main is not None) for layer in drawn]
    if main is not None:
        shown.append(map_layer(main, language, is_context=False))
    extents = [layer.extent for layer in ([main] if main else drawn) if layer.extent]
    return {
        "layers": shown,
        "pins": list(pins),
        "bounds": bounds or (extents[0] if extents else None),
    }
