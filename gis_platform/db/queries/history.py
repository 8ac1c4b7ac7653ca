"""The history of the register: moments by their date or batch, and what changed between two."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import ColumnClause, Connection, column, func, select, union_all

from gis_platform.core.crs import REGISTER_SRID
from gis_platform.core.errors import Text, UsageError
from gis_platform.db.queries.work import find_batch
from gis_platform.db.tables import LAYER_TABLES, RUN

DIFF_COLUMNS = ("layer", "kimlik_no", "change", "metres", "changes", "batch_id")
_ANSWER: list[ColumnClause[Any]] = [column(name) for name in DIFF_COLUMNS]


def moment_of(connection: Connection, said: str) -> datetime:
    """A moment told as a date (its end, here), a time, or the number of a batch (when it was in).

    Raises:
        UsageError: it is none of these.
        NotFound: there is no batch of that number.
    """
    if said.isdecimal():
        return _batch_moment(connection, int(said))
    moment = moment_in(said)
    if moment is None:
        raise UsageError(
            Text(
                f"“{said}” bir tarih ya da parti numarası değil.",
                f"“{said}” is neither a date nor the number of a batch.",
            ),
            remedy=Text("örneğin 2026-01-31 ya da 12", "for example 2026-01-31 or 12"),
        )
    return moment


def moment_in(said: str) -> datetime | None:
    """A date as its last moment, here; a time as it is, here where it has no zone; else nothing."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    if moment.time() == time() and "T" not in said and " " not in said:
        moment = datetime.combine(moment.date(), time.max)
    return moment.astimezone(UTC)


def read_diff(
    connection: Connection, a: datetime, b: datetime, layers: Iterable[str] | None = None
) -> gpd.GeoDataFrame:
    """What is not the same at two moments.

    Args:
        connection: as ``gis_etl`` or ``gis_office``.
        a: the moment compared from.
        b: the moment compared with.
        layers: MAKS layers; every one if not given.

    Returns:
        ``DIFF_COLUMNS``: layer, kimlik_no, change (added, changed, closed, moved), metres moved,
        changes (column to ``[before, after]``), batch_id that made it so; geometry as it is at
        ``b``, of closed features as it was at ``a`` (EPSG:5254, east first).
    """
    names = list(LAYER_TABLES) if layers is None else list(layers)
    parts = [_layer_diff(connection, name, a, b) for name in names]
    there = [part for part in parts if len(part)] or parts[:1]
    frame = pd.concat(there, ignore_index=True)
    shapes = gpd.GeoSeries.from_wkb(frame.pop("geometry"), crs=REGISTER_SRID)
    return gpd.GeoDataFrame(frame, geometry=shapes)


def _layer_diff(connection: Connection, name: str, a: datetime, b: datetime) -> pd.DataFrame:
    found = func.maks.layer_diff(name, a, b).table_valued(
        *_ANSWER, column("geometry_before"), column("geometry_after")
    )
    shape = func.coalesce(found.c.geometry_after, found.c.geometry_before)
    question = select(
        *(found.c[each] for each in DIFF_COLUMNS), func.ST_AsBinary(shape).label("geometry")
    )
    rows = connection.execute(question).fetchall()
    frame = pd.DataFrame(rows, columns=[*DIFF_COLUMNS, "geometry"], dtype=object)
    return frame.astype(
        {"layer": "str", "kimlik_no": "Int64", "change": "str", "metres": "float64",
         "batch_id": "Int64"}
    )  # fmt: skip


def _batch_moment(connection: Connection, number: int) -> datetime:
    """When the last version a batch began or ended did so; else when its run ended, or it came."""
    batch = find_batch(connection, number)
    times = []
    for versions in LAYER_TABLES.values():
        began, ended = func.max(versions.c.valid_from), func.max(versions.c.valid_to)
        times.append(select(began.label("at")).where(versions.c.batch_id == number))
        times.append(select(ended.label("at")).where(versions.c.closing_batch_id == number))
    touched = union_all(*times).subquery()
    moment = connection.execute(select(func.max(touched.c.at))).scalar()
    if moment is None:
        ended_at = select(func.max(RUN.c.ended_at)).where(RUN.c.batch_id == number)
        moment = connection.execute(ended_at).scalar()
    found: datetime = moment or batch.received_at
    return found
