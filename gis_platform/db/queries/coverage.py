"""Doors by mahalle, counted in the published layers; runs as ``gis_portal``."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    TableClause,
    and_,
    collate,
    column,
    func,
    null,
    select,
    table,
)
from sqlalchemy.types import Boolean, NullType

from gis_platform.db.queries.published import TURKISH, Served

CertifiedCount = int | None


def doors_by_mahalle(
    connection: Connection, doors: Served, areas: Served, certified: str | None
) -> list[tuple[str, int, int, CertifiedCount]]:
    """Name of each mahalle, its doors, those with a whole address, those certified.

    Args:
        connection: with the rights of ``gis_portal``.
        doors: with the columns ``dis_kapi_no``, ``csbm_kodu`` and ``mahalle_kodu``.
        areas: their key is that code, their label the name.
        certified: column that says whether the municipality stands for a door; without one the
            last number is ``None``.
    """
    door = _table(doors)
    is_whole = and_(func.coalesce(door.c.dis_kapi_no, "") != "", door.c.csbm_kodu.is_not(None))
    is_certified: ColumnElement[int] = null().cast(Integer)
    if certified is not None:
        is_certified = func.count().filter(door.c[certified].cast(Boolean))
    counted = (
        select(
            door.c.mahalle_kodu.label("code"), func.count().label("doors"),
            func.count().filter(is_whole).label("whole"), is_certified.label("certified"),
        )
        .group_by(door.c.mahalle_kodu)
        .subquery()
    )  # fmt: skip
    area = _table(areas)
    zero = 0 if certified is not None else None
    question = (
        select(
            area.c[areas.label], func.coalesce(counted.c.doors, 0),
            func.coalesce(counted.c.whole, 0),
            func.coalesce(counted.c.certified, zero) if zero is not None else null(),
        )
        .select_from(area.outerjoin(counted, counted.c.code == area.c[areas.key]))
        .order_by(collate(area.c[areas.label], TURKISH))
    )  # fmt: skip
    return [(str(row[0]), row[1], row[2], row[3]) for row in connection.execute(question)]


def _table(served: Served) -> TableClause:
    columns = (column(name, NullType()) for name, _ in served.types)
    return table(served.name, *columns, schema="published")
