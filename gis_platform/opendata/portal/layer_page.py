"""The values of a layer's page: description, files, licence, map, table, dictionary, examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.errors import UsageError
from gis_platform.core.language import Language
from gis_platform.opendata.catalogue import EntryColumn
from gis_platform.opendata.portal.layer_use import (
    citations,
    downloads,
    examples,
    history,
    related,
    trend,
)
from gis_platform.opendata.portal.messages import date, message, number
from gis_platform.opendata.portal.page import (
    MapBox,
    Named,
    card_of,
    frame,
    map_around,
    rows_said,
    shape_of,
)
from gis_platform.opendata.portal.paths import file_path, outline_path, path_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.public import PageQuery, PublicLayer, table_page

ROWS_PER_PAGE = 20
_PAGE_DIGITS = 9
_VALUE_LIMIT = 100
SEARCHED_ROWS = 200_000
"""In a layer of more rows than this a text is compared as a whole: no part of it is looked for."""
_FREE_LICENCES = ("https://creativecommons.org/licenses/by/",)
_FIGURES = frozenset({"number"})


@dataclass(frozen=True)
class TableView:
    """Which part of the table: page from 1 on, sorted by a column or the key, rows of a value."""

    page: int = 1
    sort: str | None = None
    is_descending: bool = False
    column: str | None = None
    value: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """As ``public.table_page`` takes it."""
        return () if self.sort is None else (("-" if self.is_descending else "") + self.sort,)

    def query(self, **changes: Any) -> dict[str, str]:
        """The query of the address that shows this part, with something changed."""
        view = TableView(**{**self.__dict__, **changes})
        said = {"page": str(view.page)} if view.page > 1 else {}
        if view.sort is not None:
            said |= {"sort": view.sort, "order": "desc" if view.is_descending else "asc"}
        if view.column is not None:
            said |= {"column": view.column, "value": view.value}
        return said


@dataclass(frozen=True)
class HeadCell:
    """The head of a column: the address that sorts by it, and how it is sorted now."""

    name: str
    path: str
    is_figure: bool
    sorted: str | None


@dataclass(frozen=True)
class Cell:
    """One value as people read it."""

    text: str
    is_figure: bool


@dataclass(frozen=True)
class Filter:
    """The form above the table, and why what it asked for could not be looked for."""

    columns: tuple[str, ...]
    column: str
    value: str
    kept: dict[str, str]
    all_path: str | None
    problem: str | None


@dataclass(frozen=True)
class Table:
    """The part of the table a page shows."""

    caption: str
    columns: tuple[HeadCell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    page: int
    pages: int
    previous: str | None
    next: str | None
    filter: Filter


@dataclass(frozen=True)
class ColumnMeaning:
    """A row of the data dictionary."""

    name: str
    kind: str
    meaning: str


def table_view(layer: PublicLayer, said: Mapping[str, str]) -> TableView:
    """What the address asks for; what cannot be understood is as if it were not there."""
    page, sort, column = (said.get(name, "") for name in ("page", "sort", "column"))
    is_number = page.isascii() and page.isdigit() and len(page) <= _PAGE_DIGITS
    value = said.get("value", "").strip()[:_VALUE_LIMIT]
    is_narrowed = column in layer.entry.types and value and "\0" not in value
    pages = max(1, ceil(layer.row_count / ROWS_PER_PAGE))
    return TableView(
        page=min(max(int(page) if is_number else 1, 1), pages),
        sort=sort if sort in layer.entry.types else None,
        is_descending=sort in layer.entry.types and said.get("order") == "desc",
        column=column if is_narrowed else None,
        value=value if is_narrowed else "",
    )


@dataclass(frozen=True)
class Asked:
    """What a reader of the page asked for.

    Attributes:
        view: part of the table.
        base_url: scheme and host for absolute links, without a slash at the end.
        start: where the map begins if it cannot show the whole layer.
        facts: as ``layer_facts`` makes them.
    """

    language: Language
    view: TableView
    base_url: str
    start: tuple[float, float] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def layer_page(
    connection: Connection,
    versions: Sequence[PublicLayer],
    others: Sequence[PublicLayer],
    asked: Asked,
) -> Page:
    """The page of the published one among ``versions``; ``others`` stand behind it on the map."""
    language, view, base_url = asked.language, asked.view, asked.base_url
    layer = next(each for each in versions if each.is_current)
    entry = layer.entry
    title, description = entry.title.say(language), entry.description.say(language)
    values = {
        "layer": layer,
        "entry": entry,
        "title": title,
        "description": description,
        "shape": shape_of(layer),
        "rows_said": rows_said(layer, language),
        "files": downloads(layer, language),
        "licence_words": _licence_words(entry.licence.uri, language),
        "attribution": attribution(layer, language),
        "map": _map(layer, others, asked),
        "table": _table(connection, layer, view, language),
        "dictionary": _dictionary(layer, language),
        "facts": _facts(layer, language),
        "contact_role": entry.contact.role.say(language),
        "keywords": entry.keywords.say(language),
        "collection_path": f"/ogc/collections/{layer.name}",
        "examples": examples(layer, language, base_url),
        "citations": citations(layer, language, base_url),
        "related": [card_of(each, language) for each in related(layer, others)],
        "trend": trend(versions),
        "history": history(versions, language),
        "linked_data": _linked_data(layer, language, base_url),
        **asked.facts,
    }
    head = frame("layer", language, title, description, query=view.query() or None, name=layer.name)
    return Page("layer.html", head, values)


def attribution(layer: PublicLayer, language: Language) -> str:
    """The sentence a user copies to name the source."""
    said = layer.entry.licence.attribution.say(language)
    title = layer.entry.title.say(language)
    return said.replace("{title}", title).replace("{version}", str(layer.version))


def _licence_words(uri: str, language: Language) -> str:
    is_free = uri.startswith(_FREE_LICENCES)
    return message(language, "layer.licence_plain" if is_free else "layer.licence_other")


def _map(layer: PublicLayer, others: Sequence[PublicLayer], asked: Asked) -> MapBox:
    language = asked.language
    title = layer.entry.title.say(language)
    return MapBox(
        config={**map_around(layer, others, language), "start": asked.start},
        title=title,
        outline=outline_path(layer.name, layer.version) if layer.extent else None,
        alt=message(language, "layer.map_picture", title=title),
        zoom_note=layer.entry.min_zoom > 0,
    )


def _table(
    connection: Connection, layer: PublicLayer, view: TableView, language: Language
) -> Table:
    found, total, problem = _found(connection, layer, view)
    first = (view.page - 1) * ROWS_PER_PAGE
    pages = max(1, ceil(total / ROWS_PER_PAGE))
    if view.page > pages:
        return _table(connection, layer, replace(view, page=pages), language)
    caption = message(
        language, "layer.table_caption", title=layer.entry.title.say(language),
        first=number(language, min(first + 1, total)),
        last=number(language, first + len(found)), total=number(language, total),
    )  # fmt: skip

    def path(**changes: Any) -> str:
        return path_of("layer", language, view.query(**changes) or None, name=layer.name)

    types = layer.entry.types
    return Table(
        caption=caption,
        columns=tuple(_head(name, types[name], view, path) for name in types),
        rows=tuple(_row(row, types, language) for row in found),
        page=view.page,
        pages=pages,
        previous=path(page=view.page - 1) if view.page > 1 else None,
        next=path(page=view.page + 1) if view.page < pages else None,
        filter=_filter(layer, view, language, problem),
    )


def _found(
    connection: Connection, layer: PublicLayer, view: TableView
) -> tuple[Sequence[Mapping[str, Any]], int, UsageError | None]:
    """The rows asked for, of how many, and why a value could not be looked for."""
    first = (view.page - 1) * ROWS_PER_PAGE
    query = PageQuery(limit=ROWS_PER_PAGE, offset=first, sort=view.order, with_count=False)
    if view.column is None:
        return table_page(connection, layer, query).rows, layer.row_count, None
    is_part = layer.entry.types[view.column] == "string" and layer.row_count <= SEARCHED_ROWS
    wanted = {view.column: view.value}
    query = replace(query, with_count=True)
    query = replace(query, contains=wanted) if is_part else replace(query, filters=wanted)
    try:
        page = table_page(connection, layer, query)
    except UsageError as error:
        return (), 0, error
    least = first + len(page.rows) + (ROWS_PER_PAGE if page.has_more else 0)
    return page.rows, least if page.matched is None else page.matched, None


def _filter(
    layer: PublicLayer, view: TableView, language: Language, problem: UsageError | None
) -> Filter:
    kept = {"sort": view.sort, "order": "desc" if view.is_descending else "asc"}
    return Filter(
        columns=tuple(layer.entry.types),
        column=view.column or layer.entry.label,
        value=view.value,
        kept={name: said for name, said in kept.items() if view.sort and said},
        all_path=path_of("layer", language, name=layer.name) if view.column else None,
        problem=problem.say(language) if problem else None,
    )


def _head(name: str, kind: str, view: TableView, path: Any) -> HeadCell:
    is_sorted = view.sort == name
    state = ("descending" if view.is_descending else "ascending") if is_sorted else None
    flipped = is_sorted and not view.is_descending
    return HeadCell(name, path(page=1, sort=name, is_descending=flipped), kind in _FIGURES, state)


def _row(row: Mapping[str, Any], types: Mapping[str, str], language: Language) -> tuple[Cell, ...]:
    return tuple(Cell(_said(row[name], language), kind in _FIGURES) for name, kind in types.items())


def _said(value: object, language: Language) -> str:
    """A value as people read it; codes keep their digits, only measures get a decimal comma."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return message(language, "type.true" if value else "type.false")
    if isinstance(value, float):
        said = f"{value:.10g}"
        return said.replace(".", ",") if language == "tr" else said
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)


def _dictionary(layer: PublicLayer, language: Language) -> list[ColumnMeaning]:
    rows = [
        ColumnMeaning(
            column.name, message(language, f"type.{column.type}"), _meaning(column, language)
        )
        for column in layer.entry.columns
    ]
    geometry = message(language, "type.geometry"), message(language, "layer.geometry_meaning")
    return [*rows, ColumnMeaning("geometry", *geometry)]


def _meaning(column: EntryColumn, language: Language) -> str:
    """What a column means, in which unit, and what an empty value says."""
    unit = f" ({column.unit})" if column.unit else ""
    said = column.meaning.say(language) + unit
    if column.empty is None:
        return said
    return f"{said}. {message(language, 'codes.empty', meaning=column.empty.say(language))}"


def _facts(layer: PublicLayer, language: Language) -> list[Named]:
    entry = layer.entry
    optional = {name: getattr(entry, name) for name in ("lineage", "accuracy", "limits")}
    optional["legal_basis"] = entry.permit.basis if entry.permit else None
    pairs: list[tuple[str, str | None]] = [
        ("owner", entry.owner_unit.say(language)),
        ("version_label", str(layer.version)),
        ("date_label", date(language, layer.published_at)),
        ("rows_label", number(language, layer.row_count)),
        ("frequency", message(language, f"frequency.{entry.update_frequency}")),
        ("period", " – ".join(entry.period) if entry.period else None),
        ("extent", _extent(layer, language)),
        *((name, words.say(language) if words else None) for name, words in optional.items()),
    ]
    return [Named(message(language, f"layer.{name}"), value) for name, value in pairs if value]


def _extent(layer: PublicLayer, language: Language) -> str | None:
    if layer.extent is None:
        return None
    west, south, east, north = (number(language, edge, 4) for edge in layer.extent)
    return f"{south}–{north}° N, {west}–{east}° E"


def _linked_data(layer: PublicLayer, language: Language, base_url: str) -> dict[str, Any]:
    """The layer as schema.org/Dataset, for search engines."""
    entry = layer.entry
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": entry.title.say(language),
        "description": entry.description.say(language),
        "url": base_url + path_of("layer", language, name=layer.name),
        "license": entry.licence.uri,
        "keywords": list(entry.keywords.say(language)),
        "version": str(layer.version),
        "datePublished": layer.published_at.date().isoformat(),
        "inLanguage": language,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": entry.owner_unit.say(language)},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "encodingFormat": file.media_type,
                "contentUrl": base_url + file_path(layer.name, layer.version, file.name),
                "sha256": file.sha256,
            }
            for file in layer.files
        ],
    }
