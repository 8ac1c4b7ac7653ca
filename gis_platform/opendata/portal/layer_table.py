"""The table of a layer's page: filter, sort, pages, the chosen row, the subset to take home."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.core.errors import UsageError
from gis_platform.core.language import Language
from gis_platform.db.queries.features import Shape, count_rows, table_rows
from gis_platform.opendata.cql2.check import LANGUAGES, read_filter
from gis_platform.opendata.cql2.check import Filter as Expression
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.ogc import MOST_IN_FILE
from gis_platform.opendata.portal.conditions import (
    MOST_CONDITIONS,
    OPERATORS,
    Condition,
    as_filter,
    conditions_of,
)
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.portal.page import Named
from gis_platform.opendata.portal.paths import path_of, rows_path
from gis_platform.opendata.portal.values import cell_text, coded_text
from gis_platform.opendata.public import PublicLayer, column_value

ROWS_PER_PAGE = 20
SUBSET_FORMATS = ("csv_excel", "csv", "geojson", "gpkg")
_PAGE_DIGITS = 9
_KEY_LIMIT = 200
_FIGURES = frozenset({"number"})


@dataclass(frozen=True)
class TableView:
    """Which part of the table: page from 1 on, sorted by a column or the key, rows that answer.

    Attributes:
        chosen: key of the row that is shown on the map too.
    """

    page: int = 1
    sort: str | None = None
    is_descending: bool = False
    conditions: tuple[Condition, ...] = ()
    chosen: str | None = None

    def query(self, **changes: Any) -> list[tuple[str, str]]:
        """The query of the address that shows this part, with something changed."""
        view = replace(self, **changes)
        said = [("page", str(view.page))] if view.page > 1 else []
        if view.sort is not None:
            order = "desc" if view.is_descending else "asc"
            said += [("sort", view.sort), ("order", order)]
        for each in view.conditions:
            said += [("column", each.column), ("op", each.op), ("value", each.value)]
        if view.chosen is not None:
            said.append(("feature", view.chosen))
        return said


@dataclass(frozen=True)
class HeadCell:
    """The head of a column: the address that sorts by it, and how it is sorted now."""

    name: str
    meaning: str
    path: str
    is_figure: bool
    sorted: str | None


@dataclass(frozen=True)
class Cell:
    """One value as people read it."""

    text: str
    is_figure: bool


@dataclass(frozen=True)
class Row:
    """A row: its key, what it is called, the address that shows it on the map."""

    key: str
    name: str
    path: str
    cells: tuple[Cell, ...]
    is_chosen: bool = False


@dataclass(frozen=True)
class Narrowing:
    """A condition that holds, in words, and the address without it."""

    text: str
    path: str


@dataclass(frozen=True)
class Filter:
    """The form above the table, the conditions that hold, and why one could not be understood."""

    columns: tuple[Named, ...]
    operators: tuple[Named, ...]
    kept: tuple[tuple[str, str], ...]
    narrowings: tuple[Narrowing, ...]
    all_path: str | None
    problem: str | None
    is_full: bool = False


@dataclass(frozen=True)
class Table:
    """The part of the table a page shows.

    Attributes:
        subset: formats in which the rows that answer are taken home; none where they are too many.
        api: address of these very rows for programs.
    """

    caption: str
    columns: tuple[HeadCell, ...]
    rows: tuple[Row, ...]
    page: int
    pages: int
    previous: str | None
    next: str | None
    filter: Filter
    chosen: Row | None = None
    subset: tuple[Named, ...] = ()
    subset_note: str = ""
    api: str = ""


@dataclass(frozen=True)
class _Asked:
    """What all parts of the table need."""

    layer: PublicLayer
    view: TableView
    language: Language
    expression: Expression | None = None
    said: str | None = None
    problem: UsageError | None = None
    path: Any = field(default=None)


def table_view(layer: PublicLayer, said: Iterable[tuple[str, str]]) -> TableView:
    """What the address asks for; what cannot be understood is as if it were not there."""
    pairs = list(said)
    last = dict(pairs)
    page, sort, chosen = (last.get(name, "") for name in ("page", "sort", "feature"))
    is_number = page.isascii() and page.isdigit() and len(page) <= _PAGE_DIGITS
    pages = max(1, ceil(layer.row_count / ROWS_PER_PAGE))
    is_key = chosen and len(chosen) <= _KEY_LIMIT and "\0" not in chosen
    return TableView(
        page=min(max(int(page) if is_number else 1, 1), pages),
        sort=sort if sort in layer.entry.types else None,
        is_descending=sort in layer.entry.types and last.get("order") == "desc",
        conditions=conditions_of(layer, pairs),
        chosen=chosen if is_key else None,
    )


def layer_table(
    connection: Connection, layer: PublicLayer, view: TableView, language: Language
) -> Table:
    """The rows a view shows, with everything around them."""
    asked = _read(layer, view, language)
    found, total = ([], 0) if asked.problem else _found(connection, asked)
    pages = max(1, ceil((layer.row_count if total is None else total) / ROWS_PER_PAGE))
    if view.page > pages:
        return layer_table(connection, layer, replace(view, page=pages), language)
    shown = found[:ROWS_PER_PAGE]
    rows = tuple(_row(row, asked) for row in shown)
    is_here = any(row.is_chosen for row in rows)
    has_more = len(found) > ROWS_PER_PAGE
    subset, note = _subset(asked, total)
    return Table(
        caption=_caption(asked, len(shown), total),
        columns=tuple(_head(name, asked) for name in layer.entry.types),
        rows=rows,
        page=view.page,
        pages=pages,
        previous=asked.path(page=view.page - 1) if view.page > 1 else None,
        next=asked.path(page=view.page + 1) if has_more else None,
        filter=_filter(asked),
        chosen=None if is_here else _chosen(connection, asked),
        subset=subset,
        subset_note=note,
        api=rows_path(layer.name, _api_query(asked)),
    )


def _read(layer: PublicLayer, view: TableView, language: Language) -> _Asked:
    def path(**changes: Any) -> str:
        said = urlencode(view.query(**changes))
        page = path_of("layer", language, name=layer.name)
        return f"{page}?{said}" if said else page

    asked = partial(_Asked, layer, view, language, path=path)
    if not view.conditions:
        return asked()
    try:
        said = as_filter(layer, view.conditions, language)
        expression = read_filter(said, LANGUAGES[0], layer.served.types, PUBLISHED_SRID)
    except UsageError as error:
        return asked(problem=error)
    return asked(expression=expression, said=said)


def _shape(asked: _Asked) -> tuple[Shape, Mapping[str, Any]]:
    view, expression = asked.view, asked.expression
    sort = () if view.sort is None else ((view.sort, view.is_descending),)
    shape = Shape(
        served=asked.layer.served, sort=sort, start="offset",
        filter=None if expression is None else expression.expression,
    )  # fmt: skip
    return shape, {} if expression is None else expression.values


def _found(connection: Connection, asked: _Asked) -> tuple[list[dict[str, Any]], int | None]:
    """The rows asked for, one more where others follow, and of how many; ``None`` = too many."""
    shape, values = _shape(asked)
    first = (asked.view.page - 1) * ROWS_PER_PAGE
    paged = {**values, "limit": ROWS_PER_PAGE + 1, "offset": first}
    rows = table_rows(connection, shape, paged)
    if asked.expression is None:
        return rows, asked.layer.row_count
    return rows, count_rows(connection, shape, values, MOST_IN_FILE)


def _caption(asked: _Asked, shown: int, total: int | None) -> str:
    language, first = asked.language, (asked.view.page - 1) * ROWS_PER_PAGE
    name = "table_caption" if total is not None else "table_caption_many"
    return message(
        language, f"layer.{name}", title=asked.layer.entry.title.say(language),
        first=number(language, first + min(shown, 1)), last=number(language, first + shown),
        total=number(language, MOST_IN_FILE if total is None else total),
    )  # fmt: skip


def _head(name: str, asked: _Asked) -> HeadCell:
    view, entry = asked.view, asked.layer.entry
    is_sorted = view.sort == name
    state = ("descending" if view.is_descending else "ascending") if is_sorted else None
    path = asked.path(page=1, sort=name, is_descending=is_sorted and not view.is_descending)
    meaning = entry.column(name).meaning.say(asked.language)
    return HeadCell(name, meaning, path, _is_figure(asked.layer, name), state)


def _is_figure(layer: PublicLayer, name: str) -> bool:
    """Whether a column is read from its last digit: measures are, whole numbers may be codes."""
    return layer.entry.types[name] in _FIGURES


def _row(row: Mapping[str, Any], asked: _Asked) -> Row:
    layer, language = asked.layer, asked.language
    key = str(row[layer.entry.key])
    cells = tuple(
        Cell(coded_text(row[column.name], column, language), _is_figure(layer, column.name))
        for column in layer.entry.columns
    )
    name = cell_text(row[layer.entry.label], language) or key
    return Row(key, name, asked.path(chosen=key), cells, is_chosen=key == asked.view.chosen)


def _chosen(connection: Connection, asked: _Asked) -> Row | None:
    """The chosen row where it is not on this page."""
    layer, wanted = asked.layer, asked.view.chosen
    if wanted is None:
        return None
    try:
        key = column_value(layer, layer.entry.key, wanted)
    except UsageError:
        return None
    shape = Shape(served=layer.served, equals=(layer.entry.key,), start="offset")
    found = table_rows(connection, shape, {"equal_0": key, "limit": 1, "offset": 0})
    return _row(found[0], asked) if found else None


def _filter(asked: _Asked) -> Filter:
    view, language, entry = asked.view, asked.language, asked.layer.entry
    problem = asked.problem.say(language) if asked.problem else None
    return Filter(
        columns=tuple(
            Named(name, f"{name} – {entry.column(name).meaning.say(language)}")
            for name in sorted(entry.types, key=lambda each: each != entry.label)
        ),
        operators=tuple(Named(op, message(language, f"layer.op_{op}")) for op in OPERATORS),
        kept=tuple(view.query(page=1, chosen=None)),
        narrowings=tuple(
            Narrowing(_in_words(each, language), asked.path(page=1, conditions=_without(view, at)))
            for at, each in enumerate(view.conditions)
        ),
        all_path=asked.path(page=1, conditions=()) if view.conditions else None,
        problem=problem,
        is_full=len(view.conditions) >= MOST_CONDITIONS,
    )


def _without(view: TableView, place: int) -> tuple[Condition, ...]:
    return view.conditions[:place] + view.conditions[place + 1 :]


def _in_words(said: Condition, language: Language) -> str:
    op = message(language, f"layer.op_{said.op}")
    return f"{said.column} {op} {said.value}".strip()


def _subset(asked: _Asked, total: int | None) -> tuple[tuple[Named, ...], str]:
    """The rows that answer as files, and why there are none."""
    language, layer = asked.language, asked.layer
    if asked.said is None or total == 0:
        return (), ""
    if total is None:
        most = number(language, MOST_IN_FILE)
        return (), message(language, "layer.subset_many", most=most)
    said = _api_query(asked)
    return tuple(
        Named(exporters[each].title.say(language), rows_path(layer.name, [*said, ("format", each)]))
        for each in SUBSET_FORMATS
    ), message(language, "layer.subset_note", total=number(language, total))


def _api_query(asked: _Asked) -> Sequence[tuple[str, str]]:
    """The same rows, as the row API is asked for them."""
    view = asked.view
    said = [] if asked.said is None else [("filter", asked.said)]
    if view.sort is not None:
        said.append(("sort", f"-{view.sort}" if view.is_descending else view.sort))
    return said
