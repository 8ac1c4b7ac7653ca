"""Waivers of controls; where UAVT and the register differ, and what people decide about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd
import shapely
from sqlalchemy import Connection, delete, func, insert, select

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.core.errors import Conflict, NotFound, Text
from gis_platform.db.copy import copy_rows, ewkb_of, json_rows, values_of
from gis_platform.db.tables import RECONCILE_DECISION, RECONCILED, WAIVER, WAIVER_END
from gis_platform.maks.waiver import Waiver

Choice = Literal["add", "delete", "keep", "move"]
_GIVEN = ("code", "kind", "layer", "kimlik_no", "mahalle", "reason", "until")


@dataclass(frozen=True)
class ReconcileDecision:
    """What a person decided about one address on which UAVT and the register differ.

    Attributes:
        key: ``adres:NO``, or ``kapi:KIMLIK_NO`` of a door only the register has.
        status: what the comparison had said.
        decision: ``add`` where it is missing, ``delete`` where it is surplus, ``keep`` both as
            they are, ``move`` to the door ``numarataj_kimlik_no``.
    """

    key: str
    status: str
    decision: Choice
    decided_by: str
    batch_id: int | None = None
    numarataj_kimlik_no: int | None = None
    note: str | None = None


def store_waiver(connection: Connection, waiver: Waiver) -> int:
    """Keep a waiver; its number."""
    values = {name: getattr(waiver, name) for name in _GIVEN}
    kept = insert(WAIVER).values(given_by=waiver.person, **values).returning(WAIVER.c.id)
    return int(connection.execute(kept).scalar_one())


def end_waiver(connection: Connection, number: int, *, person: str, reason: str) -> None:
    """Take a waiver back from now on.

    Raises:
        NotFound: there is no such waiver.
        Conflict: it has ended already.
    """
    known = connection.execute(select(WAIVER.c.id).where(WAIVER.c.id == number)).scalar()
    if known is None:
        raise NotFound(
            Text(f"{number} numaralı muafiyet yok.", f"There is no waiver {number}."),
            remedy=Text("gis maks waiver list", "gis maks waiver list"),
        )
    ended = connection.execute(
        select(WAIVER_END.c.waiver_id).where(WAIVER_END.c.waiver_id == number)
    )
    if ended.scalar() is not None:
        raise Conflict(
            Text(f"{number} numaralı muafiyet bitirilmiş.", f"Waiver {number} has ended already.")
        )
    connection.execute(insert(WAIVER_END).values(waiver_id=number, ended_by=person, reason=reason))


def read_waivers(connection: Connection, *, on: date | None = None) -> list[Waiver]:
    """Waivers by their number; with ``on`` only those in force that day."""
    question = (
        select(WAIVER, WAIVER_END.c.waiver_id.label("ended"))
        .outerjoin(WAIVER_END, WAIVER_END.c.waiver_id == WAIVER.c.id)
        .order_by(WAIVER.c.id)
    )
    if on is not None:
        question = question.where(
            WAIVER.c.until >= on,
            func.date(WAIVER.c.given_at) <= on,
            WAIVER_END.c.waiver_id.is_(None) | (func.date(WAIVER_END.c.ended_at) > on),
        )
    return [_waiver(row) for row in connection.execute(question)]


def read_waiver_ends(connection: Connection) -> dict[int, tuple[str, str, date]]:
    """Waivers taken back: number to who did it, why and on which day."""
    found = connection.execute(select(WAIVER_END))
    return {row.waiver_id: (row.ended_by, row.reason, row.ended_at.date()) for row in found}


def store_reconcile_decisions(
    connection: Connection, decisions: Sequence[ReconcileDecision]
) -> None:
    """Append decisions; the newest about a key is the one in force."""
    if decisions:
        names = ReconcileDecision.__dataclass_fields__
        connection.execute(
            insert(RECONCILE_DECISION), [{n: getattr(d, n) for n in names} for d in decisions]
        )


def read_reconcile_decisions(connection: Connection) -> pd.DataFrame:
    """The decision in force of each key: ``key, status, decision, …``, the key as index."""
    newest = select(func.max(RECONCILE_DECISION.c.id)).group_by(RECONCILE_DECISION.c.key)
    found = connection.execute(
        select(RECONCILE_DECISION).where(RECONCILE_DECISION.c.id.in_(newest))
    )
    names = list(found.keys())
    frame = pd.DataFrame(found.fetchall(), columns=names, dtype=object)
    return frame.astype({"numarataj_kimlik_no": "Int64"}).set_index("key")


def store_reconciled(connection: Connection, batch_id: int, items: pd.DataFrame) -> None:
    """Write what a comparison with UAVT found, in place of the last one over the batch.

    Args:
        connection: in the caller's transaction.
        batch_id: the AKS file.
        items: ``ITEM_COLUMNS`` of ``jobs.reconcile``.
    """
    connection.execute(delete(RECONCILED).where(RECONCILED.c.batch_id == batch_id))
    names = ("key", "status", "place", "reason", "mahalle_kod", "csbm_kod", "adres_no",
             "numarataj_kimlik_no", "decision")  # fmt: skip
    told = items.assign(numarataj_kimlik_no=items["door"].fillna(items["register_door"]))
    told["place"] = told["place"].replace("", None)
    shapes = shapely.points(items["lon"].astype(float), items["lat"].astype(float))
    shapes[items["lon"].isna().to_numpy()] = None
    said = json_rows(pd.DataFrame(items)[["row_no", "text", "dis_kapi_no", "ic_kapi_no"]])
    columns = [values_of(told[name]) for name in names]
    rows = zip([batch_id] * len(items), *columns, said, ewkb_of(shapes, PUBLISHED_SRID),
               strict=True)  # fmt: skip
    copy_rows(connection, "work.reconciled", ("batch_id", *names, "values", "geometry"), rows)


def _waiver(row: Any) -> Waiver:
    values = {name: getattr(row, name) for name in _GIVEN}
    return Waiver(id=row.id, person=row.given_by, given_on=row.given_at.date(), **values)
