"""The quality of a published version, by the measures of ISO 19157, counted in its own rows.

Counted once, when the version is published, and kept with it; what depends on today (the age) is
worked out where it is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal

from sqlalchemy import Connection

from gis_platform.db.queries import measures as ask
from gis_platform.db.queries.catalogue import FrozenCopy
from gis_platform.opendata.catalogue import Entry
from gis_platform.opendata.charts import charts_of, ranged_columns
from gis_platform.opendata.public import PublicLayer

MeasureName = Literal[
    "filled", "left_out", "valid", "duplicates", "in_domain", "breaches", "age_days"
]
ISO_MEASURES: Mapping[MeasureName, tuple[str, int | None]] = {
    "filled": ("completeness-omission", 7),
    "left_out": ("completeness-omission", 6),
    "duplicates": ("completeness-commission", 4),
    "valid": ("logical-consistency-conceptual", 13),
    "in_domain": ("logical-consistency-domain", 17),
    "breaches": ("logical-consistency-conceptual", 10),
    "age_days": ("temporal-quality-currency", None),
}
"""Element of quality, and the number of the measure in ISO 19157 annex D it rests on."""


@dataclass(frozen=True)
class Measured:
    """What was counted in a version.

    Attributes:
        empty: rows without a value, by column.
        outside: values that are not in the code list, by column that has one.
        duplicates: rows whose key another row has too.
        invalid: shapes that break the rules of OGC Simple Features.
        left_out: rows of the source that have no geometry and were not published.
        controls: what the layer's profile of controls found: code, action, count; ``None`` where
            the layer does not come from the register.
        charts: as ``opendata.charts`` made them.
    """

    version: int
    measured_at: datetime
    rows: int
    empty: Mapping[str, int]
    outside: Mapping[str, int]
    duplicates: int
    invalid: int
    left_out: int
    controls: tuple[Mapping[str, Any], ...] | None
    charts: tuple[Mapping[str, Any], ...]

    @property
    def filled(self) -> float | None:
        """Share of values that are there."""
        values = self.rows * len(self.empty)
        return 1 - sum(self.empty.values()) / values if values else None

    @property
    def valid(self) -> float | None:
        """Share of rows whose shape is valid."""
        return 1 - self.invalid / self.rows if self.rows else None

    @property
    def in_domain(self) -> float | None:
        """Share of values of coded columns that are in their list; ``None`` without any."""
        values = sum(self.rows - self.empty.get(name, 0) for name in self.outside)
        return 1 - sum(self.outside.values()) / values if values else None

    @property
    def breaches(self) -> int | None:
        """Findings of the controls."""
        return None if self.controls is None else sum(each["count"] for each in self.controls)


def measure(
    connection: Connection, copy: FrozenCopy, entry: Entry, screening: Mapping[str, Any] | None
) -> None:
    """Count a public version and write the numbers down; as ``gis_office``."""
    domains = {
        column.name: tuple(each.code for each in column.codes)
        for column in entry.columns if column.codes
    }  # fmt: skip
    texts = frozenset(name for name, kind in entry.types.items() if kind == "string")
    found = ask.totals(connection, copy, ask.Looked(texts, domains, ranged_columns(entry)))
    ranges = found.pop("ranges")
    said = screening or {}
    controls = said.get("controls")
    measures = found | {
        "left_out": said.get("quality", {}).get("left_out", 0),
        "controls": None if controls is None else controls["counts"],
    }
    charts = charts_of(connection, copy, entry, ranges, found["rows"])
    ask.keep_measures(connection, copy.layer, copy.version, measures, charts)


def is_measured(connection: Connection, copy: FrozenCopy) -> bool:
    """Whether a version was counted already; those of earlier days were not."""
    return copy.version in ask.kept_measures(connection, copy.layer)


def measured_versions(connection: Connection, name: str) -> list[Measured]:
    """What was counted in the versions the public may read, the newest first."""
    return [_measured(row) for row in ask.measured(connection, name)]


def results(layer: PublicLayer, measured: Measured, on: date) -> Iterator[dict[str, Any]]:
    """Every measure as JSON: name, element, number in ISO 19157, value, and column where of one.

    Args:
        layer: the version that was measured.
        measured: its numbers.
        on: the day the age is counted to.
    """
    values: dict[MeasureName, float | int | None] = {
        "filled": measured.filled, "left_out": measured.left_out, "valid": measured.valid,
        "duplicates": measured.duplicates, "in_domain": measured.in_domain,
        "breaches": measured.breaches, "age_days": (on - layer.published_at.date()).days,
    }  # fmt: skip
    for name, value in values.items():
        if value is not None:
            yield _result(name, value)
    for column, empty in measured.empty.items():
        if measured.rows:
            yield _result("filled", 1 - empty / measured.rows) | {"column": column}


def is_late(layer: PublicLayer, on: date) -> bool:
    """Whether the version after this one should be there by now."""
    return layer.entry.next_due is not None and layer.entry.next_due < on


def days_between(versions: Sequence[PublicLayer]) -> dict[int, int]:
    """Days from the version before, by version."""
    pairs = pairwise(versions)
    return {new.version: (new.published_at.date() - old.published_at.date()).days
            for new, old in pairs}  # fmt: skip


def _result(name: MeasureName, value: float) -> dict[str, Any]:
    element, number = ISO_MEASURES[name]
    is_share = isinstance(value, float)
    return {
        "measure": name, "element": element, "iso_19157_measure": number,
        "value": round(value, 6) if is_share else value,
        "unit": "share" if is_share else "days" if name == "age_days" else "count",
    }  # fmt: skip


def _measured(row: Mapping[str, Any]) -> Measured:
    said = row["measures"]
    controls = said["controls"]
    return Measured(
        version=row["version"], measured_at=row["measured_at"],
        controls=None if controls is None else tuple(controls), charts=tuple(row["charts"]),
        **{name: said[name]
           for name in ("rows", "empty", "outside", "duplicates", "invalid", "left_out")},
    )  # fmt: skip
