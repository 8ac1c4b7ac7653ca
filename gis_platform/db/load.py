"""Frames into tables: everything a run leaves behind, in the one transaction its caller opens.

Nothing here commits. What came in is stored once per content; what became of it is replaced at the
next run over the same batch, so that a run can be repeated at any time, also after ``kill -9``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gis_platform.core.crs import REGISTER_SRID, epsg_of
from gis_platform.core.errors import Text
from gis_platform.core.findings import Account, Finding
from gis_platform.db.copy import copy_rows, ewkb_of, json_of, json_rows, storable, values_of
from gis_platform.db.merge import LayerCounts, merge_layer
from gis_platform.db.tables import (
    BATCH,
    FINDING,
    HELD,
    MATCH,
    REJECTED,
    REVIEW_DECISION,
    RUN,
)
from gis_platform.maks.check import CODES
from gis_platform.maks.layers import FILE, ROW
from gis_platform.matching.model import EXPLANATION_COLUMNS, RESULT_COLUMNS
from gis_platform.sources.table import FAULT, OURS, RAW

__all__ = [
    "Batch", "BatchFacts", "Decision", "LayerCounts", "Rejection", "begin_batch", "begin_run",
    "finish_batch", "finish_run", "merge_layer", "store_decisions", "store_features",
    "store_findings", "store_held", "store_matches", "store_rejected", "store_rows",
]  # fmt: skip

_LOAD_LOCK = 7_525_401
"""Advisory lock under which one load at a time touches the register."""
_BATCH_COLUMNS = (BATCH.c.id, BATCH.c.kind, BATCH.c.file_name, BATCH.c.received_at)
_JSON_COLUMNS = frozenset({"candidates", "faults", "unused_words"})


@dataclass(frozen=True)
class BatchFacts:
    """What is known of a file or delivery before its rows are read.

    Attributes:
        sha256: of the content; the same content is the same batch.
        size: bytes.
        source_srid: EPSG code of the coordinates as received.
        crs_operation: name of the transformation into the CRS of the register.
        crs_accuracy_m: its stated accuracy, metres.
        more: anything else worth keeping.
    """

    kind: Literal["aks", "maks", "fix"]
    file_name: str
    sha256: str
    size: int
    source_srid: int | None = None
    crs_operation: str | None = None
    crs_accuracy_m: float | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """A batch in ``raw.batch``.

    Attributes:
        is_known: its content was received before; its raw rows are there already.
    """

    id: int
    kind: str
    file_name: str
    received_at: datetime
    is_known: bool


@dataclass(frozen=True)
class Rejection:
    """A row that was refused, with what a person needs to mend it."""

    file: str
    row: int
    code: str
    text: Text
    values: Mapping[str, Any]
    field: str | None = None
    remedy: Text | None = None


@dataclass(frozen=True)
class Decision:
    """What a person decided about a doubtful address.

    Attributes:
        key: normalised address or adres no the decision holds for.
        decision: ``accept`` the place named by the codes, or ``refuse`` every one.
    """

    key: str
    address: str
    decision: Literal["accept", "refuse"]
    decided_by: str
    mahalle_kod: int | None = None
    csbm_kod: int | None = None
    dis_kapi_no: str | None = None
    numarataj_kimlik_no: int | None = None
    batch_id: int | None = None
    row_no: int | None = None
    note: str | None = None


def begin_batch(connection: Connection, facts: BatchFacts, *, started_by: str) -> Batch:
    """Register a batch, or find the one with the same content; one load at a time from here on."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOAD_LOCK)))
    values = {name: getattr(facts, name) for name in BatchFacts.__dataclass_fields__}
    values["facts"] = dict(values.pop("more"))
    new = upsert(BATCH).values(started_by=started_by, **values).on_conflict_do_nothing()
    made = connection.execute(new.returning(*_BATCH_COLUMNS)).one_or_none()
    if made is not None:
        return _batch(made, is_known=False)
    known = select(*_BATCH_COLUMNS).where(
        BATCH.c.kind == facts.kind, BATCH.c.sha256 == facts.sha256
    )
    return _batch(connection.execute(known).one(), is_known=True)


def finish_batch(connection: Connection, batch: Batch, counts: Mapping[str, int]) -> None:
    """Write down how many rows were received, per table; afterwards the batch cannot change."""
    connection.execute(
        update(BATCH)
        .where(BATCH.c.id == batch.id, BATCH.c.state == "received")
        .values(state="loaded", counts=dict(counts))
    )


def store_rows(connection: Connection, batch: Batch, frame: pd.DataFrame) -> None:
    """Append a frame of ``sources.table`` to ``raw.aks_row``; nothing where the batch is known."""
    if batch.is_known or frame.empty:
        return
    values = json_rows(frame[[name for name in frame.columns if name not in OURS]])
    lines = [storable(line) or None for line in values_of(frame[RAW])]
    faults = [fault or None for fault in values_of(frame[FAULT])]
    numbers = values_of(frame[ROW])
    copy_rows(
        connection,
        "raw.aks_row",
        ("batch_id", "row_no", "values", "raw_line", "fault"),
        zip([batch.id] * len(frame), numbers, values, lines, faults, strict=True),
    )


def store_features(
    connection: Connection,
    batch: Batch,
    layer: str,
    frame: pd.DataFrame,
    *,
    srid: int | None = None,
) -> None:
    """Append delivered features to ``raw.feature``; nothing where the batch is known.

    Args:
        connection: in the caller's transaction.
        batch: the delivery.
        layer: MAKS layer.
        frame: any columns, ``_file``, ``_row``, and ``geometry`` in the CRS it came in.
        srid: EPSG code of the geometry; read from the frame where not given.
    """
    if batch.is_known or frame.empty:
        return
    shapes: list[str | None] = [None] * len(frame)
    if isinstance(frame, gpd.GeoDataFrame):
        srid = epsg_of(frame.crs) if srid is None else srid
        shapes = ewkb_of(frame.geometry.to_numpy(), srid)
    kept = [name for name in frame.columns if name not in {FILE, ROW, "geometry"}]
    values = json_rows(pd.DataFrame(frame)[kept])
    copy_rows(
        connection,
        "raw.feature",
        ("batch_id", "layer", "file", "row_no", "values", "geometry", "srid"),
        (
            (batch.id, layer, file, row, said, shape, srid)
            for file, row, said, shape in zip(
                values_of(frame[FILE]), values_of(frame[ROW]), values, shapes, strict=True
            )
        ),
    )


def store_matches(
    connection: Connection, batch: Batch, row_numbers: Sequence[int], matches: pd.DataFrame
) -> None:
    """Write what the matcher said of these rows in place of what it said before.

    Args:
        connection: in the caller's transaction.
        batch: the AKS file.
        row_numbers: ``_row`` of each line of ``matches``, in its order.
        matches: ``RESULT_COLUMNS`` and, where asked for, ``EXPLANATION_COLUMNS``.
    """
    if matches.empty:
        return
    span = (min(row_numbers), max(row_numbers))
    connection.execute(
        delete(MATCH).where(MATCH.c.batch_id == batch.id, MATCH.c.row_no.between(*span))
    )
    names = [n for n in (*RESULT_COLUMNS, *EXPLANATION_COLUMNS) if n in matches.columns]
    columns = [_match_values(name, matches[name]) for name in names]
    rows = zip([batch.id] * len(matches), row_numbers, *columns, strict=True)
    copy_rows(connection, "work.match", ("batch_id", "row_no", *names), rows)


def store_rejected(connection: Connection, batch: Batch, rejected: Iterable[Rejection]) -> None:
    """Write the refused rows of a batch in place of those of its last run."""
    connection.execute(delete(REJECTED).where(REJECTED.c.batch_id == batch.id))
    names = ("batch_id", "file", "row_no", "field", "code", "text_tr", "text_en", "remedy_tr",
             "remedy_en", "values")  # fmt: skip
    rows = (
        (batch.id, r.file, r.row, r.field, r.code, *_said(r.text), *_said(r.remedy),
         json_of(dict(r.values)))
        for r in rejected
    )  # fmt: skip
    copy_rows(connection, "work.rejected", names, rows)


def store_findings(connection: Connection, batch: Batch, findings: Iterable[Finding]) -> None:
    """Write the findings of a run in place of those of the last run over the same batch."""
    connection.execute(delete(FINDING).where(FINDING.c.batch_id == batch.id))
    names = ("batch_id", "code", "layer", "feature_id", "severity", "text_tr", "text_en",
             "remedy_tr", "remedy_en", "values", "file", "row_no", "field", "geometry")  # fmt: skip
    rows = (
        (batch.id, f.code, f.layer, f.feature_id, f.severity.value, *_said(f.text),
         *_said(f.remedy), json_of(dict(f.values)), f.place.file, f.place.row, f.place.field,
         f"SRID=4326;{f.wkt}" if f.wkt else None)
        for f in findings
    )  # fmt: skip
    copy_rows(connection, "work.finding", names, rows)


def store_held(connection: Connection, batch: Batch, held: Mapping[str, pd.DataFrame]) -> None:
    """Write the features that findings keep out of the register, in place of the last run's.

    Args:
        connection: in the caller's transaction.
        batch: where they came from.
        held: frames by layer, as ``maks.check.split`` gives them, with the codes in ``_codes``.
    """
    connection.execute(delete(HELD).where(HELD.c.batch_id == batch.id))
    names = ("batch_id", "layer", "kimlik_no", "codes", "values", "file", "row_no", "geometry")
    for layer, frame in held.items():
        copy_rows(connection, "work.held", names, _held_rows(batch, layer, frame))


def store_decisions(connection: Connection, decisions: Sequence[Decision]) -> None:
    """Append decisions of people; the newest about a key is the one in force."""
    if decisions:
        rows = [{n: getattr(d, n) for n in Decision.__dataclass_fields__} for d in decisions]
        connection.execute(insert(REVIEW_DECISION), rows)


def begin_run(
    connection: Connection,
    name: str,
    batch: Batch | None,
    *,
    started_by: str,
    versions: Mapping[str, str],
) -> int:
    """Write down that a pipeline runs; it is seen only if the run reaches its end."""
    run = insert(RUN).values(
        name=name,
        batch_id=batch.id if batch else None,
        started_by=started_by,
        versions=dict(versions),
    )
    return int(connection.execute(run.returning(RUN.c.id)).scalar_one())


def finish_run(connection: Connection, run_id: int, account: Account) -> None:
    """Write down the account of a run and when it ended."""
    steps = [vars(step) for step in account.steps]
    said = {"read": account.read, "loaded": account.loaded, "held": account.held,
            "rejected": account.rejected, "steps": steps}  # fmt: skip
    connection.execute(
        update(RUN).where(RUN.c.id == run_id).values(account=said, ended_at=func.clock_timestamp())
    )


def _batch(row: Any, *, is_known: bool) -> Batch:
    return Batch(row.id, row.kind, row.file_name, row.received_at, is_known)


def _match_values(name: str, series: pd.Series) -> list[Any]:
    if name in _JSON_COLUMNS:
        return [_json_cell(value) for value in series.tolist()]
    return [value if value != "" else None for value in values_of(series)]


def _json_cell(value: Any) -> str | None:
    """A list as JSON; text that is JSON already stays as it is."""
    if value is None or (isinstance(value, float) and pd.isna(value)) or value is pd.NA:
        return None
    if isinstance(value, str):
        if not value:
            return None
        return storable(value) if value[0] in "[{" else json_of(value.split())
    return json_of(list(value))


def _held_rows(batch: Batch, layer: str, frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    shapes: list[str | None] = [None] * len(frame)
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = ewkb_of(frame.geometry.to_numpy(), REGISTER_SRID)
    kept = [name for name in frame.columns if name not in {FILE, ROW, CODES, "geometry"}]
    columns = (frame["kimlik_no"], frame[CODES], frame[FILE], frame[ROW])
    said = json_rows(pd.DataFrame(frame)[kept])
    rows = zip(*map(values_of, columns), said, shapes, strict=True)
    for number, codes, file, row, values, shape in rows:
        yield batch.id, layer, number, (codes or "").split(";"), values, file, row, shape


def _said(text: Text | None) -> tuple[str | None, str | None]:
    return (None, None) if text is None else (storable(text.tr), storable(text.en))
