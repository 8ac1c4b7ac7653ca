"""What the public sees: the catalogue, features, rows and files of published layers.

Every function takes a connection of the role ``gis_portal``. Whatever is asked for, nothing comes
back but columns of the allow-list that was approved.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from gis_platform.core.errors import NotFound, Place, Text, UsageError
from gis_platform.core.settings import Settings
from gis_platform.db.queries import published as ask
from gis_platform.db.queries.published import Box, Value
from gis_platform.opendata.catalogue import Entry
from gis_platform.opendata.files import files_folder

PublicState = Literal["published", "superseded", "corrected", "withdrawn"]
OUTPUT_SRIDS = (4326, 3857, 5254)
"""CRS a reader may ask for, beside CRS84 (``None``): in the axis order of their authority."""
_TRUE, _FALSE = frozenset({"true", "1", "t"}), frozenset({"false", "0", "f"})


@dataclass(frozen=True)
class PublicFile:
    """One file of a published version; ``format`` is the exporter's name, ``size`` in bytes."""

    format: str
    name: str
    media_type: str
    size: int
    sha256: str

    @property
    def kind(self) -> str:
        """The media type without its parameters."""
        return self.media_type.partition(";")[0]


@dataclass(frozen=True)
class PublicLayer:
    """One version of a layer as the public may know it.

    Attributes:
        entry: titles, description, licence, columns … as they were approved.
        row_count: features, exact.
        extent: west, south, east, north in degrees; ``None`` without features.
        edition: edition of the catalogue this was read from.
        withdrawn_at: when it was taken back, ``reason`` says why; the answer is then 410.
    """

    name: str
    version: int
    state: PublicState
    entry: Entry
    row_count: int
    extent: Box | None
    data_sha256: str
    metadata_sha256: str
    files: tuple[PublicFile, ...]
    published_at: datetime
    edition: int
    withdrawn_at: datetime | None = None
    reason: str | None = None

    @property
    def is_current(self) -> bool:
        """Whether this is the version the public is served."""
        return self.state == "published"

    @property
    def semantic_version(self) -> str:
        """The version as programs compare them."""
        return f"{self.version}.0.0"

    @property
    def served(self) -> ask.Served:
        """The table behind it."""
        types = tuple(self.entry.types.items())
        entry = self.entry
        return ask.Served(
            f"{self.name}_v{self.version}", entry.key, types, entry.label, entry.geometry
        )


@dataclass(frozen=True)
class PageQuery:
    """What a reader asks for, in the words of an address; every part but ``limit`` narrows.

    Attributes:
        limit: features or rows of the page, at least 1.
        after: key of the last feature seen; quick at any depth, goes with no ``sort``.
        offset: features to pass over; the slow way of paging.
        bbox: west, south, east, north in degrees; or in ``bbox_srid``, in that CRS's axis order.
        filters: value by column, as text; a feature has to match them all.
        contains: part of a text by column of text; letters and capitals are folded.
        during: first and last moment for the layer's ``time`` column, ISO 8601, ``None`` = open;
            without effect on a layer that has no such column.
        sort: column names, ``-`` in front for descending.
        columns: columns wanted; ``None`` = all that are published.
        srid: CRS of the coordinates, one of ``OUTPUT_SRIDS``; ``None`` = CRS84, RFC 7946.
        with_count: whether ``matched`` is wanted.
    """

    limit: int = 10
    after: str | None = None
    offset: int = 0
    bbox: Box | None = None
    bbox_srid: int | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    contains: Mapping[str, str] = field(default_factory=dict)
    during: tuple[str | None, str | None] | None = None
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    srid: int | None = None
    with_geometry: bool = True
    with_count: bool = True


EVERYTHING = PageQuery()
"""The first page of the whole layer."""


@dataclass(frozen=True)
class FeaturesPage:
    """Part of an answer: GeoJSON texts and how to go on.

    Attributes:
        next_after: give it as ``after`` for the next page; ``None`` on the last page and where
            another order than that of the key was asked for (then use ``offset``).
        has_more: whether another page follows.
        matched: features that answer the question, exact; ``None`` where they were not counted.
    """

    features: tuple[str, ...]
    next_after: str | None
    has_more: bool
    matched: int | None

    def collection(self, members: Mapping[str, Any] | None = None) -> str:
        """A GeoJSON FeatureCollection, with further ``members`` (links, timeStamp) if given."""
        numbers: dict[str, Any] = {"numberReturned": len(self.features)}
        if self.matched is not None:
            numbers["numberMatched"] = self.matched
        head = json.dumps({**numbers, **(members or {})}, ensure_ascii=False)[1:-1]
        features = ",".join(self.features)
        return f'{{"type":"FeatureCollection",{head},"features":[{features}]}}'


@dataclass(frozen=True)
class TablePage:
    """Part of a table: values by column; ``next_after``, ``has_more``, ``matched`` as above."""

    rows: tuple[Mapping[str, Any], ...]
    next_after: str | None
    has_more: bool
    matched: int | None


def edition(connection: Connection) -> int:
    """A number that grows with every change of the public catalogue.

    A worker that listens on channel ``gis_catalogue`` is told it; one that missed a notice asks.
    """
    return ask.edition(connection)


def public_layers(connection: Connection) -> list[PublicLayer]:
    """Every layer once, in the portal's order: its public version, or that it was withdrawn."""
    number = ask.edition(connection)
    found: dict[str, PublicLayer] = {}
    for layer in (_layer(row, number) for row in ask.entries(connection)):
        if layer.is_current or (layer.state == "withdrawn" and layer.name not in found):
            found[layer.name] = layer
    return sorted(found.values(), key=lambda each: (each.entry.order, each.name))


def public_versions(connection: Connection, name: str) -> list[PublicLayer]:
    """Every version of a layer the public may know of, the newest first; empty where unknown."""
    number = ask.edition(connection)
    return [_layer(row, number) for row in ask.entries(connection) if row["layer"] == name]


def features_page(
    connection: Connection, layer: PublicLayer, query: PageQuery = EVERYTHING
) -> FeaturesPage:
    """A page of GeoJSON features, in the order of the key unless ``query.sort`` says otherwise.

    Raises:
        UsageError: unknown column or CRS, or a value that is not of the column's kind.
    """
    _check_columns(layer, query.columns or ())
    question, window = _question(layer, query), _window(layer, query)
    output = ask.Output(query.columns, _srid(query.srid), query.with_geometry)
    found = ask.feature_texts(connection, layer.served, question, window, output)
    texts = tuple(said for _, said in found[: query.limit])
    keys = [key for key, _ in found]
    matched = _matched(connection, layer, question) if query.with_count else None
    return FeaturesPage(texts, _next_after(keys, query), len(found) > query.limit, matched)


def feature(
    connection: Connection, layer: PublicLayer, feature_id: str, *, srid: int | None = None
) -> str | None:
    """The GeoJSON text of one feature; ``None`` where there is none of that key."""
    try:
        key = column_value(layer, layer.entry.key, feature_id)
    except UsageError:
        return None
    question = ask.Question(equals=((layer.entry.key, key),))
    window = ask.Window(limit=1)
    output = ask.Output(srid=_srid(srid))
    found = ask.feature_texts(connection, layer.served, question, window, output)
    return found[0][1] if found else None


def neighbours(
    connection: Connection, layer: PublicLayer, feature_id: str
) -> tuple[str | None, str | None]:
    """Keys of the features before and after this one, in the order of the key."""
    before, after = ask.neighbours(
        connection, layer.served, column_value(layer, layer.entry.key, feature_id)
    )
    return (None if before is None else str(before), None if after is None else str(after))


def table_page(
    connection: Connection, layer: PublicLayer, query: PageQuery = EVERYTHING
) -> TablePage:
    """A page of rows without geometry; the key is always among the columns.

    Raises:
        UsageError: unknown column, or a value that is not of the column's kind.
    """
    _check_columns(layer, query.columns or ())
    question, window, key = _question(layer, query), _window(layer, query), layer.entry.key
    columns = query.columns and tuple(dict.fromkeys((*query.columns, key)))
    found = ask.rows(connection, layer.served, question, window, columns=columns)
    keys = [row[key] for row in found]
    matched = _matched(connection, layer, question) if query.with_count else None
    rows = tuple(found[: query.limit])
    return TablePage(rows, _next_after(keys, query), len(found) > query.limit, matched)


def file_path(settings: Settings, layer: PublicLayer, file_name: str) -> Path:
    """Where a file of a version lies.

    Raises:
        NotFound: the version has no file of that name.
    """
    if file_name not in {file.name for file in layer.files}:
        raise NotFound(
            Text(f"“{file_name}” diye bir dosya yok.", f"There is no file “{file_name}”.")
        )
    return files_folder(settings, layer.name, layer.version) / file_name


def _layer(row: Mapping[str, Any], number: int) -> PublicLayer:
    known = {name: row[name] for name in (
        "version", "state", "row_count", "data_sha256", "metadata_sha256", "published_at",
        "withdrawn_at", "reason",
    )}  # fmt: skip
    return PublicLayer(
        name=row["layer"],
        entry=Entry.model_validate(row["entry"]),
        extent=tuple(row["extent"]) if row["extent"] else None,
        files=tuple(PublicFile(**file) for file in row["files"]),
        edition=number,
        **known,
    )


def _question(layer: PublicLayer, query: PageQuery) -> ask.Question:
    equals = tuple((name, column_value(layer, name, said)) for name, said in query.filters.items())
    span = None
    if query.during is not None and layer.entry.time is not None:
        time = layer.entry.time
        first, last = (None if at is None else column_value(layer, time, at) for at in query.during)
        span = (time, first, last)
    _check_columns(layer, list(query.contains))
    parts = tuple((name, _string(part)) for name, part in query.contains.items())
    return ask.Question(query.bbox, _srid(query.bbox_srid), equals, span, parts)


def _window(layer: PublicLayer, query: PageQuery) -> ask.Window:
    """One row more than asked for is read: it says whether another page follows."""
    order = tuple((name.lstrip("+-"), name.startswith("-")) for name in query.sort)
    _check_columns(layer, [name for name, _ in order])
    if query.after is not None and order:
        raise UsageError(Text("“after” sıralamayla kullanılmaz.", "“after” goes with no sorting."))
    after = None if query.after is None else column_value(layer, layer.entry.key, query.after)
    return ask.Window(query.limit + 1, after, query.offset, order)


def _next_after(keys: Sequence[Value], query: PageQuery) -> str | None:
    if query.sort or not 0 < query.limit < len(keys):
        return None
    return str(keys[query.limit - 1])


def _matched(connection: Connection, layer: PublicLayer, question: ask.Question) -> int | None:
    if question.is_open:
        return layer.row_count
    return ask.count(connection, layer.served, question)


def _check_columns(layer: PublicLayer, names: Sequence[str]) -> None:
    for name in names:
        if name not in layer.entry.types:
            known = ", ".join(layer.entry.types)
            raise UsageError(
                Text(
                    f"“{name}” diye bir sütun yok. Olanlar: {known}.",
                    f"There is no column “{name}”. Known: {known}.",
                ),
                place=Place(field=name),
            )


def _srid(srid: int | None) -> int | None:
    if srid is not None and srid not in OUTPUT_SRIDS:
        known = ", ".join(f"EPSG:{code}" for code in OUTPUT_SRIDS)
        raise UsageError(
            Text(
                f"EPSG:{srid} desteklenmiyor. Olanlar: {known}.",
                f"EPSG:{srid} is not supported. Known: {known}.",
            )
        )
    return srid


def column_value(layer: PublicLayer, name: str, said: str) -> Value:
    """The text of a question as a value of the column's kind.

    Raises:
        UsageError: there is no such column, or the value is not of its kind.
    """
    _check_columns(layer, [name])
    kind = layer.entry.types[name]
    try:
        return _READ[kind](said)
    except (ValueError, OverflowError):
        raise UsageError(
            Text(
                f"“{said}” bu sütun için geçerli bir değer değil ({kind}).",
                f"“{said}” is not a value of this column ({kind}).",
            ),
            place=Place(field=name),
        ) from None


def _integer(said: str) -> int:
    if re.fullmatch(r"[+-]?\d{1,19}", said, re.ASCII) is None:
        raise ValueError(said)
    value = int(said)
    if not -(2**63) <= value < 2**63:
        raise ValueError(said)
    return value


def _number(said: str) -> float:
    value = float(said)
    if not math.isfinite(value) or not said.isascii() or "_" in said:
        raise ValueError(said)
    return value


def _boolean(said: str) -> bool:
    if said.lower() not in _TRUE | _FALSE:  # ASCII: true or false
        raise ValueError(said)
    return said.lower() in _TRUE  # ASCII


def _string(said: str) -> str:
    if "\0" in said:
        raise ValueError(said)
    return said


def _moment(said: str) -> datetime:
    value = datetime.fromisoformat(said)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


_READ: Mapping[str, Callable[[str], Value]] = {
    "string": _string, "integer": _integer, "number": _number, "boolean": _boolean,
    "date": date.fromisoformat, "date-time": _moment,
}  # fmt: skip
