"""What a waiting version of a layer changes of the public one: as lines, as JSON, as a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import shapely
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number
from gis_platform.report.drawing import (
    Area,
    Dot,
    Drawing,
    Line,
    Point,
    Shape,
    lines_of,
    rings_of,
    svg,
)
from gis_platform.report.page import templates

KINDS: dict[str, tuple[Text, str]] = {
    "added": (Text("eklenen", "added"), "#2f7d6b"),
    "removed": (Text("çıkarılan", "removed"), "#b5493b"),
    "moved": (Text("yeri değişen", "moved"), "#2b5f9e"),
    "changed": (Text("bilgisi değişen", "changed values"), "#d9a441"),
}
"""What happened to a feature: its word and its colour on the map."""
_SIZE, _MARGIN = 560.0, 12.0
_GROUND, _EDGE = "#e6ebe8", "#9eaaa5"
_WORDS = {
    "title": Text("Yayındaki sürümle farkı", "Difference to the public version"),
    "first": Text("Yayında sürüm yok; tümü yeni.", "Nothing is public yet; all of it is new."),
    "nothing": Text("Veride fark yok.", "The data does not differ."),
    "rows": Text("satır", "rows"),
    "farthest": Text("en uzağı {metres} m, ortancası {median} m",
                     "farthest {metres} m, median {median} m"),
    "columns": Text("Sütunlar", "Columns"),
    "column": Text("sütun", "column"),
    "key": Text("anahtar", "key"),
    "metres": Text("metre", "metres"),
    "before": Text("önce", "before"),
    "after": Text("sonra", "after"),
    "description": Text("Açıklamalar", "Description"),
    "examples": Text("Örnekler", "Examples"),
    "values": Text("Dağılımlar", "Distributions"),
    "screening": Text("Tarama ve kalite", "Screening and quality"),
    "map": Text("Harita", "Map"),
    "added_column": Text("yeni sütun", "new column"),
    "removed_column": Text("kalkan sütun", "column that goes"),
    "empty": Text("boş", "empty"),
    "distinct": Text("farklı değer", "distinct values"),
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """The difference, ready to be shown.

    Attributes:
        before: number of the public version; ``None`` where there is none.
        counts: ``added``, ``removed``, ``moved``, ``changed``: features.
        farthest: largest move, metres; ``median`` that of the middle.
        columns: by column: ``state`` (kept, added, removed), ``changed`` (rows) and ``examples``
            (key, before, after).
        examples: by what happened, a few keys with metres.
        distributions: by column, ``before`` and ``after``.
        description: key of the description to what stood there and what stands there.
        screening: lines of the screening report.
        places: what happened, and where it was and is, EPSG:5254.
        ground: some shapes of the version that waits, EPSG:5254.
    """

    layer: str
    before: int | None
    after: int
    rows: tuple[int, int]
    counts: Mapping[str, int]
    farthest: float | None
    median: float | None
    columns: Mapping[str, Mapping[str, Any]]
    examples: Mapping[str, Sequence[Mapping[str, Any]]]
    distributions: Mapping[str, Mapping[str, Any]]
    description: Mapping[str, tuple[Any, Any]]
    screening: tuple[str, ...]
    places: Sequence[tuple[str, float, float, float, float]] = field(default=())
    ground: Sequence[BaseGeometry] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """All of it but the drawing."""
        said = asdict(self)
        del said["places"], said["ground"]
        return said

    def lines(self, language: Language) -> Iterator[str]:
        """Lines for the console."""
        before = f"v{self.before}" if self.before is not None else "–"
        rows = _WORDS["rows"].say(language)
        yield f"{self.layer} {before} → v{self.after}: {self.rows[0]} → {self.rows[1]} {rows}"
        if self.before is None:
            yield f"  {_WORDS['first'].say(language)}"
        for what, (name, _) in KINDS.items():
            if self.counts[what]:
                more = f" ({self.distance(language)})" if what == "moved" else ""
                keys = ", ".join(str(each["key"]) for each in self.examples.get(what, ())[:5])
                yield f"  {name.say(language)}: {self.counts[what]}{more}  {keys}"
        yield from self._column_lines(language)
        for key, (old, new) in self.description.items():
            yield f"  {key}: {old} → {new}"
        yield from (f"  {line}" for line in self.screening)

    def distance(self, language: Language) -> str:
        """How far features moved, in words."""
        said = _WORDS["farthest"].say(language)
        farthest, median = (number(each or 0, language, 1) for each in (self.farthest, self.median))
        return said.format(metres=farthest, median=median)

    def _column_lines(self, language: Language) -> Iterator[str]:
        for name, facts in self.columns.items():
            if facts["state"] != "kept":
                yield f"  {name}: {_WORDS[facts['state'] + '_column'].say(language)}"
            elif facts["changed"]:
                first = facts["examples"][0] if facts["examples"] else ("", "", "")
                yield f"  {name}: {facts['changed']}  ({first[0]}: {first[1]} → {first[2]})"


def as_html(difference: Difference, language: Language) -> str:
    """The difference as one page that needs no other file."""
    drawing = difference_map(difference, language)
    return templates.get_template("difference.html").render(
        d=difference,
        language=language,
        kinds={key: (name.say(language), colour) for key, (name, colour) in KINDS.items()},
        map=Markup(svg(drawing, "map")) if drawing else None,  # noqa: S704 - made by us, escaped
        word=lambda key: _WORDS[key].say(language),
        number=lambda value, decimals=0: number(value, language, decimals),
    )


def difference_map(difference: Difference, language: Language) -> Drawing | None:
    """Where something happened, on the ground of the layer; a move is a line with its end."""
    points = [(x, y) for _, *each in difference.places for x, y in (each[:2], each[2:])]
    bounds = [shape.bounds for shape in difference.ground if not shape.is_empty]
    if not points and not bounds:
        return None
    corners = [*points, *((b[at], b[at + 1]) for b in bounds for at in (0, 2))]
    to_sheet, width, height = _frame(corners)
    shapes: list[Shape] = []
    for ground in difference.ground:
        shapes += _ground(ground, to_sheet)
    for what, *ends in difference.places:
        colour = KINDS[what][1]
        old, new = to_sheet((ends[0], ends[1])), to_sheet((ends[2], ends[3]))
        if what == "moved":
            shapes.append(Line((old, new), colour, 1.2))
        shapes.append(Dot(new, 2.4, colour))
    return Drawing(width, height, tuple(shapes), _WORDS["map"].say(language))


def _frame(corners: Sequence[Point]) -> tuple[Any, float, float]:
    """From the ground to the sheet, which is as wide and as high as what is on it."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    wide, high = max(max(xs) - min(xs), 1.0), max(max(ys) - min(ys), 1.0)
    scale = (_SIZE - 2 * _MARGIN) / max(wide, high)

    def to_sheet(point: Point) -> Point:
        return (
            _MARGIN + (point[0] - min(xs)) * scale,
            _MARGIN + (max(ys) - point[1]) * scale,
        )

    return to_sheet, wide * scale + 2 * _MARGIN, high * scale + 2 * _MARGIN


def _ground(shape: BaseGeometry, to_sheet: Any) -> Iterator[Shape]:
    for rings in rings_of(shape):
        yield Area(tuple(tuple(map(to_sheet, ring)) for ring in rings), _GROUND, _EDGE)
    for line in lines_of(shape):
        yield Line(tuple(to_sheet(point) for point in line), _EDGE, 1.0)
    if shape.geom_type == "Point":
        yield Dot(to_sheet(shapely.get_coordinates(shape)[0]), 1.0, _EDGE)
