"""What changed between two published versions: rows by id, so that nobody fetches all again.

Only versions the public may read are compared, and only columns both of them were approved with.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.db.queries import changes as ask
from gis_platform.db.queries.changes import KINDS, Compared, What
from gis_platform.db.queries.published import Value
from gis_platform.opendata.public import PublicLayer, column_value
from gis_platform.opendata.tabular import without_formula

GEOMETRY = "geometry"
_CSV_STEP = 2000


@dataclass(frozen=True)
class Change:
    """A row that came, went or changed.

    Attributes:
        values: old and new value by column: of a changed row those that differ, of a new or
            removed row all that are not empty.
        is_moved: whether its place changed.
    """

    key: str
    what: What
    values: Mapping[str, tuple[Any, Any]]
    is_moved: bool

    def as_json(self) -> dict[str, Any]:
        """With days and moments as ISO 8601."""
        values = {name: {"old": _plain(old), "new": _plain(new)}
                  for name, (old, new) in self.values.items()}  # fmt: skip
        return {"key": self.key, "what": self.what, "moved": self.is_moved, "values": values}


@dataclass(frozen=True)
class ChangePage:
    """Part of the changes; give ``next_after`` as ``after`` for those behind them."""

    changes: tuple[Change, ...]
    next_after: str | None


@dataclass(frozen=True)
class Versions:
    """Two versions of a layer, the older first."""

    before: PublicLayer
    after: PublicLayer

    @property
    def pair(self) -> Compared:
        """What the database compares."""
        return Compared(self.before.served, self.after.served)

    @property
    def only_before(self) -> tuple[str, ...]:
        """Columns of the older version alone, which are not compared."""
        return tuple(name for name in self.before.entry.types
                     if name not in self.after.entry.types)  # fmt: skip

    @property
    def only_after(self) -> tuple[str, ...]:
        """Columns of the newer version alone."""
        return tuple(name for name in self.after.entry.types
                     if name not in self.before.entry.types)  # fmt: skip


def change_counts(connection: Connection, versions: Versions) -> dict[What, int]:
    """How many rows were added, removed and changed."""
    return ask.change_counts(connection, versions.pair)


def kinds_of(counts: Mapping[What, int], what: What | None = None) -> list[What]:
    """The kinds of change that happened, or the one asked for; what did not is not looked for."""
    return [each for each in KINDS if counts[each] and what in {None, each}]


def change_page(
    connection: Connection,
    versions: Versions,
    kinds: Sequence[What],
    *,
    after: str | None = None,
    limit: int = 100,
) -> ChangePage:
    """Changes of these kinds in the order of their keys.

    Raises:
        UsageError: ``after`` is not a key.
    """
    start = None if after is None else _key_of(versions, after)
    found = [
        row
        for kind in kinds
        for row in ask.changed_rows(connection, versions.pair, kind, after=start, limit=limit + 1)
    ]
    found.sort(key=lambda row: row.key)
    some = tuple(_change(versions, row) for row in found[:limit])
    return ChangePage(some, some[-1].key if len(found) > limit else None)


def changes_csv(connection: Connection, versions: Versions, kinds: Sequence[What]) -> Iterator[str]:
    """All changes as CSV (RFC 4180), a line for each column that changed.

    A removed row is one line; what a spreadsheet would take for a formula is made harmless.
    """
    yield _line(("what", "key", "column", "old", "new"))
    after: str | None = None
    is_text = versions.pair.key_kind == "string"
    while True:
        page = change_page(connection, versions, kinds, after=after, limit=_CSV_STEP)
        yield "".join(
            _line(cells) for change in page.changes for cells in _cells(change, is_text=is_text)
        )
        if page.next_after is None:
            return
        after = page.next_after


def _cells(change: Change, *, is_text: bool) -> Iterator[tuple[str, ...]]:
    head = (change.what, _cell(change.key) if is_text else change.key)
    if change.what == "removed":
        yield (*head, "", "", "")
        return
    if change.is_moved:
        yield (*head, GEOMETRY, "", "")
    for name, (old, new) in change.values.items():
        yield (*head, name, _cell(old), _cell(new))


def _cell(value: Any) -> str:
    """Texts alone are made harmless: a number below zero stays one."""
    if value is None:
        return ""
    return without_formula(value) if isinstance(value, str) else str(_plain(value))


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _change(versions: Versions, row: ask.ChangedRow) -> Change:
    old, new = row.old or {}, row.new or {}
    if row.what == "changed":
        names = [name for name in versions.pair.kept if not _is_same(old[name], new[name])]
    else:
        side = versions.after if row.what == "added" else versions.before
        names = [name for name in side.entry.types
                 if name != side.entry.key and (new or old)[name] is not None]  # fmt: skip
    values = {name: (old.get(name), new.get(name)) for name in names}
    return Change(str(_plain(row.key)), row.what, values, row.is_moved)


def _is_same(old: Any, new: Any) -> bool:
    """Whether two values are one, though the column be of another kind than it was."""
    return old == new if type(old) is type(new) else str(_plain(old)) == str(_plain(new))


def _key_of(versions: Versions, said: str) -> Value:
    if versions.pair.key_kind == "string":
        if "\0" in said:
            raise UsageError(Text("Geçersiz anahtar.", "Not a key."), place=Place(field="after"))
        return said
    return column_value(versions.after, versions.after.entry.key, said)


def _plain(value: Any) -> Any:
    """A value as JSON has it; what is no number (NaN) is none."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value
