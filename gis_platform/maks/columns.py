"""What the tables and columns of a delivery are, whatever they are called (maks.md §1.5)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz.distance import DamerauLevenshtein

from gis_platform.maks.data_files import read_data
from gis_platform.maks.model import LAYERS, Column, Layer, name_key

_EVERY = "*"
_NOT_KEPT = "-"
_CUT = 10
"""Characters of a column name a shapefile keeps."""
_REST = "_2"
_ALLOWED_EDITS = ((10, 2), (7, 1))
"""From this length on a name may differ in so many letters and still be meant."""


@dataclass(frozen=True)
class Headers:
    """What the headers of one table mean.

    Attributes:
        columns: our column name to the headers that may hold it, likeliest first.
        guessed: our column name to a misspelt header taken for it.
        not_kept: official columns the register does not keep.
        personal: headers that hold data of persons, to what they hold.
        unknown: everything else.
        missing: our columns no header means.
        rests: headers of long texts to the header that goes on where they end (``rest_name``).
    """

    columns: dict[str, list[str]]
    guessed: dict[str, str] = field(default_factory=dict)
    not_kept: list[str] = field(default_factory=list)
    personal: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rests: dict[str, str] = field(default_factory=dict)


def layer_of_table(table: str) -> Layer | None:
    """The MAKS layer a delivered table is; ``None`` where it is none.

    A schema (``maks.YOL``), a prefix (``MAKS_YOL``) or a suffix of digits does not matter.
    """
    bare = re.sub(r"[_\s]*\d+$", "", table.rpartition(".")[2])
    key = name_key(bare)
    known = _table_keys()
    return (
        known.get(key) or known.get(key.removeprefix("maks")) or known.get(key.removeprefix("nvi"))
    )


def nearest_layer(table: str) -> Layer | None:
    """The one layer whose name ``table`` nearly has; ``None`` where there are none or several."""
    key = name_key(re.sub(r"[_\s]*\d+$", "", table.rpartition(".")[2])).removeprefix("maks")
    near: dict[str, int] = {}
    for known, layer in _table_keys().items():
        allowed = next((most for least, most in _ALLOWED_EDITS if len(known) >= least), 0)
        edits = DamerauLevenshtein.distance(key, known)
        if edits <= allowed:
            near[layer.name] = min(edits, near.get(layer.name, edits))
    nearest = [name for name, edits in near.items() if edits == min(near.values())]
    return LAYERS[nearest[0]] if len(nearest) == 1 else None


def read_headers(layer: Layer, headers: Iterable[str]) -> Headers:
    """Sort the headers of a table of ``layer`` by what they mean."""
    left = {header: name_key(header) for header in headers}
    found: dict[str, list[str]] = {}
    for column in layer.columns:
        keys = list(_keys_of(layer, column))
        hits = [header for key in keys for header, has in left.items() if has == key]
        if hits:
            found[column.name] = list(dict.fromkeys(hits))
    for hits in found.values():
        for header in hits:
            left.pop(header, None)
    result = Headers(found, missing=[n for n in layer.names if n not in found])
    _take_rests(found, left, result)
    _sort_rest(layer, left, result)
    return result


def short_name(layer: Layer, column: Column) -> str:
    """The column's name in a shapefile: as seen in real deliveries, else cut (maks.md §1.5)."""
    known = _short_names()
    own = known.get((layer.name, column.official)) or known.get((_EVERY, column.official))
    return own or column.short


def rest_name(short: str) -> str:
    """The column of a shapefile that goes on where text is longer than a field of it can be."""
    return f"{short[: _CUT - len(_REST)]}{_REST}"


def personal(header: str) -> str | None:
    """What data of persons a header of that name holds; ``None`` for none."""
    key = name_key(header)
    return next((what for pattern, what in _personal_patterns() if pattern.search(key)), None)


def _take_rests(found: dict[str, list[str]], left: dict[str, str], result: Headers) -> None:
    there = list(left)
    for header in [one for hits in found.values() for one in hits]:
        rest = rest_name(header[:_CUT])
        if rest in there and len(header) <= _CUT:
            result.rests[header] = rest
            left.pop(rest, None)


def _sort_rest(layer: Layer, left: dict[str, str], result: Headers) -> None:
    not_kept = _not_kept()
    for header, key in left.items():
        what = personal(header)
        if what is not None:
            result.personal[header] = what
        elif key in not_kept:
            result.not_kept.append(header)
        elif (column := _misspelt(layer, key, result.missing)) is not None:
            result.guessed[column] = header
            result.columns[column] = [header]
            result.missing.remove(column)
        else:
            result.unknown.append(header)


def _misspelt(layer: Layer, key: str, missing: list[str]) -> str | None:
    """The one missing column whose name is nearly ``key``."""
    near = []
    for name in missing:
        official = name_key(layer.column(name).official)
        allowed = next((most for least, most in _ALLOWED_EDITS if len(official) >= least), 0)
        wanted = official[: len(key)] if len(key) == _CUT else official
        if DamerauLevenshtein.distance(key, wanted) <= allowed:
            near.append(name)
    return near[0] if len(near) == 1 else None


def _keys_of(layer: Layer, column: Column) -> Iterator[str]:
    """Names a column is known under, likeliest first, whole and cut."""
    aliases = [*column.aliases, *_column_aliases().get((layer.name, column.name), ())]
    aliases += _column_aliases().get((_EVERY, column.name), ())
    yield name_key(short_name(layer, column))
    for name in (column.official, column.name, *aliases):
        yield name_key(name)
        yield name_key(name[:_CUT])


@cache
def _aliases() -> list[dict[str, str]]:
    return list(read_data("aliases.csv"))


@cache
def _column_aliases() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in _aliases():
        if row["column"] not in {"", _NOT_KEPT}:
            found.setdefault((row["layer"], row["column"]), []).append(row["alias"])
    return found


@cache
def _short_names() -> dict[tuple[str, str], str]:
    rows = read_data("short_names.csv")
    return {(row["layer"], row["official"]): row["short"] for row in rows}


@cache
def _not_kept() -> set[str]:
    names = [row["alias"] for row in _aliases() if row["column"] == _NOT_KEPT]
    return {name_key(name) for name in names} | {name_key(name[:_CUT]) for name in names}


@cache
def _table_keys() -> dict[str, Layer]:
    known = {name_key(layer.official): layer for layer in LAYERS.values()}
    for layer in LAYERS.values():
        known |= {name_key(alias): layer for alias in layer.aliases}
    for row in _aliases():
        if not row["column"]:
            known.setdefault(name_key(row["alias"]), LAYERS[row["layer"]])
    return known


@cache
def _personal_patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(row["pattern"]), row["what"]) for row in read_data("personal_columns.csv")]
