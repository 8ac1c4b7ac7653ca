"""What the address service tells of the register: single features, and what changed.

Runs as ``gis_portal``: it may call the functions of the schema ``address``, which name every member
they give, and reads no table of the register.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.sql import cast

LEVELS = ("numarataj", "csbm", "mahalle", "yapi")
"""Levels that are told without a key."""


@dataclass(frozen=True)
class Change:
    """A line of the feed.

    Attributes:
        seq: its place; whoever sees one sees every smaller one there will ever be.
        kod: kimlik no; of a csbm its UAVT code.
        change: ``added``, ``changed`` or ``closed``.
        at: when its transaction began.
        now: what its address is now; ``None`` where it is closed by now.
    """

    seq: int
    level: str
    kod: int
    change: str
    at: datetime
    now: dict[str, Any] | None


def read_address(connection: Connection, level: str, kod: int) -> dict[str, Any] | None:
    """A door, csbm, mahalle or building: geometry (EPSG:4326), properties, whether it is in force,
    history, successors, neighbours; ``None`` where there never was one.
    """  # noqa: D205
    asked = getattr(func.address, level)(cast(kod, BigInteger), type_=JSONB)
    found: dict[str, Any] | None = connection.execute(select(asked)).scalar_one_or_none()
    return found


def read_changes(
    connection: Connection, since: int, limit: int, levels: Sequence[str] = LEVELS
) -> list[Change]:
    """Changes after ``since``, oldest first, at most ``limit``."""
    names = ("seq", "level", "kod", "change", "at", "now")
    page = func.address.changes(
        cast(since, BigInteger), limit, cast(list(levels), ARRAY(TEXT))
    ).table_valued(*(column(name, JSONB) if name == "now" else column(name) for name in names))
    return [Change(*row) for row in connection.execute(select(page))]


def newest_change(connection: Connection) -> int:
    """The last place of the feed; 0 where nothing has happened yet."""
    return int(connection.execute(select(func.address.newest())).scalar_one())
