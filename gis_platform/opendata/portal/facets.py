"""Narrows the catalogue by theme, unit, format, licence and update, and puts it in order."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Literal, get_args

from gis_platform.core.language import Language
from gis_platform.core.text import fold, sort_key
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.public import PublicLayer

Order = Literal["relevance", "title", "newest", "largest"]
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True)
class Choice:
    """What the address of the catalogue asks for; an empty text asks for nothing."""

    q: str = ""
    theme: str = ""
    unit: str = ""
    format: str = ""
    licence: str = ""
    update: str = ""
    sort: str = ""
    page: int = 1

    def query(self, **changes: str | int) -> dict[str, str]:
        """The query of the address that asks for this, with something changed."""
        asked = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        said = {field.name: str(getattr(asked, field.name)) for field in fields(asked)}
        return {name: value for name, value in said.items() if value and (name, value) != _FIRST}


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """A text as it stands in an address: folded, words joined by hyphens."""
    return "-".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


_FIRST = ("page", "1")
Values = Callable[[PublicLayer], Sequence[str]]
FACETS: dict[str, Values] = {
    "theme": lambda layer: (layer.entry.theme,),
    "unit": lambda layer: (slug(layer.entry.owner_unit.tr),),
    "format": lambda layer: tuple(file.format for file in layer.files),
    "licence": lambda layer: (slug(layer.entry.licence.name),),
    "update": lambda layer: (layer.entry.update_frequency,),
}
"""What the catalogue is narrowed by: name in the address, and a layer's values."""


@dataclass(frozen=True)
class Option:
    """A value of a facet: how many layers have it beside what else is chosen."""

    value: str
    title: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """A facet and its values, those of most layers first."""

    name: str
    title: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> Option | None:
        """The value that is asked for; ``None`` without one."""
        return next((each for each in self.options if each.is_chosen), None)


def narrow(layers: Iterable[PublicLayer], choice: Choice, but: str = "") -> list[PublicLayer]:
    """The layers that have every chosen value; ``but`` names a facet that is not looked at."""
    asked = [
        (values, getattr(choice, name))
        for name, values in FACETS.items()
        if name != but and getattr(choice, name)
    ]
    return [each for each in layers if all(wanted in values(each) for values, wanted in asked)]


def facets(layers: Sequence[PublicLayer], choice: Choice, language: Language) -> list[Facet]:
    """Every facet with counts among the layers that the other choices leave."""
    found = (_facet(layers, choice, name, language) for name in FACETS)
    return [facet for facet in found if facet.options]


def in_order(layers: Sequence[PublicLayer], order: str, language: Language) -> list[PublicLayer]:
    """The layers as asked for; as they came, where the order is unknown."""
    if order == "title":
        return sorted(layers, key=lambda each: sort_key(each.entry.title.say(language)))
    if order == "newest":
        return sorted(layers, key=lambda each: each.published_at, reverse=True)
    if order == "largest":
        return sorted(layers, key=lambda each: -each.row_count)
    return list(layers)


def _facet(layers: Sequence[PublicLayer], choice: Choice, name: str, language: Language) -> Facet:
    values, wanted = FACETS[name], getattr(choice, name)
    left = narrow(layers, choice, but=name)
    counts = Counter(value for layer in left for value in values(layer))
    titles = {value: layer for layer in left for value in values(layer)}
    options = [
        Option(value, _title(name, value, titles[value], language), count, value == wanted)
        for value, count in counts.items()
    ]
    options.sort(key=lambda each: (-each.count, sort_key(each.title)))
    return Facet(name, message(language, f"layers.facet_{name}"), tuple(options))


def _title(name: str, value: str, layer: PublicLayer, language: Language) -> str:
    if name == "theme":
        return message(language, f"theme.{value}")
    if name == "unit":
        return layer.entry.owner_unit.say(language)
    if name == "format":
        return exporters[value].title.say(language) if value in exporters else value
    if name == "licence":
        return layer.entry.licence.name
    return message(language, f"frequency.{value}")
