"""The values of a layer's page: description, files, licence, map, table, dictionary, examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.language import Language
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.portal.messages import catalogue, date, message, number
from gis_platform.opendata.portal.page import (
    MapBox,
    Named,
    frame,
    map_around,
    rows_said,
    shape_of,
)
from gis_platform.opendata.portal.paths import file_path, outline_path, path_of, tile_path
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.public import PageQuery, PublicFile, PublicLayer, table_page

ROWS_PER_PAGE = 20
_PAGE_DIGITS = 9
_LAST = 1000
_LATEST: dict[Language, str] = {"tr": "son", "en": "latest"}
_FREE_LICENCES = ("https://creativecommons.org/licenses/by/",)
_FIGURES = frozenset({"number"})


@dataclass(frozen=True)
class TableView:
    """Which part of the table is asked for: page from 1 on, sorted by a column or by the key."""

    page: int = 1
    sort: str | None = None
    is_descending: bool = False

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
class Table:
    """The part of the table a page shows."""

    caption: str
    columns: tuple[HeadCell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    page: int
    pages: int
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class Download:
    """A file as the page offers it."""

    path: str
    title: str
    use: str
    size: int
    sha256: str
    name: str


@dataclass(frozen=True)
class ColumnMeaning:
    """A row of the data dictionary."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class EarlierVersion:
    """A version that has been replaced and can still be downloaded."""

    number: int
    published_at: datetime
    files: list[Download]


def table_view(layer: PublicLayer, page: str, sort: str, order: str) -> TableView:
    """What the address asks for; what cannot be understood is as if it were not there."""
    pages = max(1, ceil(layer.row_count / ROWS_PER_PAGE))
    number_asked = (
        int(page) if page.isascii() and page.isdigit() and len(page) <= _PAGE_DIGITS else 1
    )
    column = sort if sort in layer.entry.types else None
    is_descending = column is not None and order == "desc"
    return TableView(min(max(number_asked, 1), pages), column, is_descending)


@dataclass(frozen=True)
class Asked:
    """What a reader of the page asked for.

    Attributes:
        view: part of the table.
        base_url: scheme and host for absolute links, without a slash at the end.
        start: where the map begins if it cannot show the whole layer.
    """

    language: Language
    view: TableView
    base_url: str
    start: tuple[float, float] | None = None


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
        "examples": _examples(layer, language, base_url),
        "earlier": _earlier(versions, language),
        "linked_data": _linked_data(layer, language, base_url),
    }
    head = frame("layer", language, title, description, query=view.query() or None, name=layer.name)
    return Page("layer.html", head, values)


def attribution(layer: PublicLayer, language: Language) -> str:
    """The sentence a user copies to name the source."""
    said = layer.entry.licence.attribution.say(language)
    title = layer.entry.title.say(language)
    return said.replace("{title}", title).replace("{version}", str(layer.version))


def downloads(layer: PublicLayer, language: Language) -> list[Download]:
    """The files of a version, the most useful first."""
    return [_download(layer, file, language) for file in sorted(layer.files, key=_file_rank)]


def _file_rank(file: PublicFile) -> tuple[int, str]:
    known = exporters[file.format].order if file.format in exporters else _LAST
    return known, file.format


def _download(layer: PublicLayer, file: PublicFile, language: Language) -> Download:
    """A file; one of a format that is no longer made goes by the name it was made under."""
    name = f"layer.format_{file.format}"
    use = message(language, name) if name in catalogue(language) else ""
    is_known = file.format in exporters
    title = exporters[file.format].title.say(language) if is_known else file.format
    path = file_path(layer.name, layer.version, file.name)
    return Download(path, title, use, file.size, file.sha256, file.name)


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
    first = (view.page - 1) * ROWS_PER_PAGE
    query = PageQuery(limit=ROWS_PER_PAGE, offset=first, sort=view.order, with_count=False)
    found = table_page(connection, layer, query)
    pages = max(1, ceil(layer.row_count / ROWS_PER_PAGE))
    caption = message(
        language, "layer.table_caption", title=layer.entry.title.say(language),
        first=number(language, first + 1), last=number(language, first + len(found.rows)),
        total=number(language, layer.row_count),
    )  # fmt: skip

    def path(**changes: Any) -> str:
        return path_of("layer", language, view.query(**changes) or None, name=layer.name)

    types = layer.entry.types
    return Table(
        caption=caption,
        columns=tuple(_head(name, types[name], view, path) for name in types),
        rows=tuple(_row(row, types, language) for row in found.rows),
        page=view.page,
        pages=pages,
        previous=path(page=view.page - 1) if view.page > 1 else None,
        next=path(page=view.page + 1) if view.page < pages else None,
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
            column.name, message(language, f"type.{column.type}"), column.meaning.say(language)
        )
        for column in layer.entry.columns
    ]
    geometry = message(language, "type.geometry"), message(language, "layer.geometry_meaning")
    return [*rows, ColumnMeaning("geometry", *geometry)]


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


def _examples(layer: PublicLayer, language: Language, base_url: str) -> list[Named]:
    items = f"{base_url}/ogc/collections/{layer.name}/items"
    named = [Named(message(language, "layer.api_service"), f"{base_url}/ogc/")]
    file = next((each for each in downloads(layer, language) if each.name.endswith(".gpkg")), None)
    if file is not None:
        code = f'import geopandas\n\nframe = geopandas.read_file("{base_url}{file.path}")'
        named.append(Named(message(language, "layer.api_python"), code))
        latest = f"{base_url}/files/{layer.name}/{_LATEST[language]}/{file.name}"
        named.append(Named(message(language, "layer.latest"), latest))
    named += [
        Named(message(language, "layer.api_curl"), f"curl '{items}?f=json&limit=10'"),
        Named(
            message(language, "layer.api_tiles"), base_url + tile_path(layer.name, layer.version)
        ),
    ]
    return named


def _earlier(versions: Sequence[PublicLayer], language: Language) -> list[EarlierVersion]:
    return [
        EarlierVersion(each.version, each.published_at, downloads(each, language))
        for each in versions
        if each.state in {"superseded", "corrected"} and each.files
    ]


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
