"""Where the register came from, and what earlier conformity reports counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from gis_platform.db.tables import BATCH, CONFORMITY, LAYER_TABLES

WHOLE = 0
"""In place of a mahalle: the whole register."""


@dataclass(frozen=True)
class Origin:
    """A delivery from which features in force came.

    Attributes:
        features: how many of its features are in force.
        srid: EPSG code of its coordinates as received.
        operation, accuracy_m: how they came into the CRS of the register.
    """

    file_name: str
    sha256: str
    size: int
    received_at: datetime
    started_by: str
    srid: int | None
    operation: str | None
    accuracy_m: float | None
    features: int


@dataclass(frozen=True)
class Counted:
    """What one report counted; ``counts`` are findings by action."""

    reported_on: date
    features: int
    clean: int
    counts: Mapping[str, Mapping[str, int]]


def origins(connection: Connection) -> list[Origin]:
    """The deliveries the features in force came from, in the order they were received."""
    features: Counter[int] = Counter()
    for table in LAYER_TABLES.values():
        question = (
            select(table.c.batch_id, func.count())
            .where(table.c.valid_to.is_(None))
            .group_by(table.c.batch_id)
        )
        for batch_id, count in connection.execute(question):
            features[batch_id] += count
    found = connection.execute(
        select(BATCH).where(BATCH.c.id.in_(features)).order_by(BATCH.c.received_at, BATCH.c.id)
    )
    return [_origin(row, features[row.id]) for row in found]


def server_versions(connection: Connection) -> dict[str, str]:
    """Versions of PostgreSQL and PostGIS."""
    postgres, postgis = connection.execute(
        select(func.current_setting("server_version"), func.postgis_lib_version())
    ).one()
    return {"PostgreSQL": str(postgres).split()[0], "PostGIS": str(postgis)}


def earlier_reports(
    connection: Connection, profile: str, mahalle_kod: int, before: date, most: int
) -> list[Counted]:
    """The last reports before a day, the oldest first."""
    rows = connection.execute(
        select(CONFORMITY)
        .where(
            CONFORMITY.c.profile == profile,
            CONFORMITY.c.mahalle_kod == mahalle_kod,
            CONFORMITY.c.reported_on < before,
        )
        .order_by(CONFORMITY.c.reported_on.desc())
        .limit(most)
    ).all()
    return [Counted(r.reported_on, r.features, r.clean, r.counts) for r in reversed(rows)]


def store_report(
    connection: Connection,
    profile: str,
    mahalle_kod: int,
    counted: Counted,
    versions: Mapping[str, str],
) -> None:
    """Remember what a report counted, in place of another of that day."""
    values = {
        "features": counted.features,
        "clean": counted.clean,
        "counts": {code: dict(by) for code, by in counted.counts.items()},
        "versions": dict(versions),
    }
    keys = {"profile": profile, "mahalle_kod": mahalle_kod, "reported_on": counted.reported_on}
    connection.execute(
        upsert(CONFORMITY)
        .values(**keys, **values)
        .on_conflict_do_update(index_elements=list(keys), set_=values)
    )


def _origin(row: Any, features: int) -> Origin:
    return Origin(
        row.file_name, row.sha256, row.size, row.received_at, row.started_by, row.source_srid,
        row.crs_operation, row.crs_accuracy_m, features,
    )  # fmt: skip
