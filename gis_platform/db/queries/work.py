"""What became of a batch: its matches, the rows that wait or were refused, its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, Select, Table, and_, func, select

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID
from gis_platform.core.errors import NotFound, Text
from gis_platform.db.tables import AKS_ROW, BATCH, FINDING, HELD, MATCH, REJECTED, RUN

_MATCH_COLUMNS = [column for column in MATCH.c if column.name != "batch_id"]


@dataclass(frozen=True)
class BatchLine:
    """A file that was received, and whether a run over it has reached its end."""

    id: int
    kind: str
    file_name: str
    sha256: str
    received_at: datetime
    state: str
    counts: dict[str, int] | None


def list_batches(connection: Connection, kind: str | None = None) -> list[BatchLine]:
    """Batches, the newest first."""
    columns = [BATCH.c[name] for name in BatchLine.__dataclass_fields__]
    question = select(*columns).order_by(BATCH.c.id.desc())
    if kind is not None:
        question = question.where(BATCH.c.kind == kind)
    return [BatchLine(*row) for row in connection.execute(question)]


def newest_batch(connection: Connection, kind: str) -> BatchLine:
    """The batch the last run of this kind was over, else the one received last.

    Raises:
        NotFound: nothing of this kind was received yet.
    """
    last_run = (
        select(RUN.c.batch_id)
        .join(BATCH, BATCH.c.id == RUN.c.batch_id)
        .where(BATCH.c.kind == kind, RUN.c.ended_at.is_not(None))
        .order_by(RUN.c.id.desc())
        .limit(1)
    )
    chosen = connection.execute(last_run).scalar_one_or_none()
    batches = list_batches(connection, kind)
    for batch in batches:
        if chosen in {None, batch.id}:
            return batch
    raise NotFound(
        Text("Henüz bu türden bir dosya yüklenmedi.", "No file of this kind was loaded yet."),
        remedy=Text("gis run aks_to_maks DOSYA", "gis run aks_to_maks FILE"),
    )


def find_batch(connection: Connection, batch_id: int) -> BatchLine:
    """The batch with this number.

    Raises:
        NotFound: there is none.
    """
    for batch in list_batches(connection):
        if batch.id == batch_id:
            return batch
    raise NotFound(Text(f"{batch_id} numaralı yükleme yok.", f"There is no batch {batch_id}."))


def batch_facts(connection: Connection, batch_id: int) -> tuple[str, dict[str, Any]]:
    """The kind of a batch and whatever else was kept of it.

    Raises:
        NotFound: there is none.
    """
    find_batch(connection, batch_id)
    question = select(BATCH.c.kind, BATCH.c.facts).where(BATCH.c.id == batch_id)
    kind, facts = connection.execute(question).one()
    return str(kind), dict(facts)


def read_matches(
    connection: Connection, batch_id: int, *, statuses: Sequence[str] = ()
) -> pd.DataFrame:
    """What the matcher said of the rows of a batch, in their order, with the row as received.

    Args:
        connection: as ``gis_etl``.
        batch_id: the AKS file.
        statuses: only these (``matched``, ``review``, ``unmatched``); all where none is named.

    Returns:
        ``row_no, match_status, …`` as in ``RESULT_COLUMNS`` and ``EXPLANATION_COLUMNS``, and
        ``values`` (header to text).
    """
    same_row = and_(AKS_ROW.c.batch_id == MATCH.c.batch_id, AKS_ROW.c.row_no == MATCH.c.row_no)
    question = select(*_MATCH_COLUMNS, AKS_ROW.c["values"]).join(AKS_ROW, same_row)
    question = question.where(MATCH.c.batch_id == batch_id).order_by(MATCH.c.row_no)
    if statuses:
        question = question.where(MATCH.c.match_status.in_(list(statuses)))
    return _frame(connection, question)


def count_matches(connection: Connection, batch_id: int) -> pd.DataFrame:
    """Rows of a batch by ``mahalle_kod, csbm_kod, match_status, match_level, reason``."""
    keys = (MATCH.c.mahalle_kod, MATCH.c.csbm_kod, MATCH.c.match_status, MATCH.c.match_level,
            MATCH.c.reason)  # fmt: skip
    question = select(*keys, func.count().label("rows")).where(MATCH.c.batch_id == batch_id)
    return _frame(connection, question.group_by(*keys).order_by(*keys))


def read_rejected(connection: Connection, batch_id: int) -> pd.DataFrame:
    """Refused rows of a batch, in their order, each with reason, remedy and ``values``."""
    return _frame(connection, _of_batch(REJECTED, batch_id, "file", "row_no", "id"))


def read_held(connection: Connection, batch_id: int, layer: str | None = None) -> gpd.GeoDataFrame:
    """Features of a batch that findings keep out of the register; EPSG:5254, east first."""
    question = _of_batch(HELD, batch_id, "layer", "kimlik_no", "id")
    if layer is not None:
        question = question.where(HELD.c.layer == layer)
    return _shapes(connection, question, REGISTER_SRID)


def read_findings(
    connection: Connection, batch_id: int, codes: Sequence[str] = ()
) -> gpd.GeoDataFrame:
    """What controls said of a batch; EPSG:4326, longitude first."""
    question = _of_batch(FINDING, batch_id, "code", "layer", "feature_id", "id")
    if codes:
        question = question.where(FINDING.c.code.in_(list(codes)))
    return _shapes(connection, question, PUBLISHED_SRID)


def count_findings(connection: Connection, batch_id: int) -> pd.DataFrame:
    """Findings of a batch per ``code, layer, severity``, with ``count``."""
    keys = (FINDING.c.code, FINDING.c.layer, FINDING.c.severity)
    question = select(*keys, func.count().label("count")).where(FINDING.c.batch_id == batch_id)
    return _frame(connection, question.group_by(*keys).order_by(*keys))


def list_runs(connection: Connection, batch_id: int | None = None) -> pd.DataFrame:
    """Runs that reached their end, the newest first, with the account of their rows."""
    question = select(*RUN.c).where(RUN.c.ended_at.is_not(None)).order_by(RUN.c.id.desc())
    if batch_id is not None:
        question = question.where(RUN.c.batch_id == batch_id)
    return _frame(connection, question)


def _of_batch(table: Table, batch_id: int, *order: str) -> Select[Any]:
    columns = [
        func.ST_AsBinary(column).label("geometry") if column.name == "geometry" else column
        for column in table.c
        if column.name not in {"id", "batch_id"}
    ]
    in_order = [table.c[name] for name in order]
    return select(*columns).where(table.c.batch_id == batch_id).order_by(*in_order)


def _frame(connection: Connection, question: Select[Any]) -> pd.DataFrame:
    found = connection.execute(question)
    names = list(found.keys())
    frame = pd.DataFrame(found.fetchall(), columns=names, dtype=object)
    whole = [name for name in names if name.endswith(("_kod", "_no", "_kimlik_no"))]
    numbers = [n for n in whole if n not in {"dis_kapi_no", "ic_kapi_no"}]
    return frame.astype(dict.fromkeys(numbers, "Int64"))


def _shapes(connection: Connection, question: Select[Any], srid: int) -> gpd.GeoDataFrame:
    frame = _frame(connection, question)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries.from_wkb(frame["geometry"], crs=srid))
