"""How often the public side is used: what is counted, and what of it the public is told.

Nothing of who asks is kept: a count by day and layer. Sums under five are told to nobody outside
the office (portal.md §6.2), and left out of every total, so that no difference gives them away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from gis_platform.db.engine import Database
from gis_platform.db.queries import use as ask

Kind = Literal["page", "download", "api"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MONTHS = 12
"""Months that are shown, the present one among them."""
SMALLEST = 5
"""The smallest sum that is told; the database holds to it (``257_use_count.sql``)."""
_CLOCK = ZoneInfo("Europe/Istanbul")


@dataclass(frozen=True, order=True)
class Use:
    """What is counted together: a kind of use of a layer on a day; ``format`` of a download."""

    day: date
    layer: str
    kind: Kind
    format: str = ""


@dataclass(frozen=True)
class MonthUse:
    """How often, in a month that begins with ``month``."""

    month: date
    layer: str
    kind: Kind
    format: str
    count: int


def today() -> date:
    """The day by the clock of Istanbul."""
    return datetime.now(_CLOCK).date()


def shown_months(day: date) -> list[date]:
    """The first days of the months that are shown on ``day``, the oldest first."""
    last = day.year * 12 + day.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(last - MONTHS + 1, last + 1)]


def add_use(database: Database, counted: Mapping[Use, int], *, merges: bool = False) -> None:
    """Add counts to what is known; ``merges``: days of long ago become months too.

    Raises:
        DBAPIError: the database does not answer; nothing was added.
    """
    rows = [(each.day, each.layer, each.kind, each.format, counted[each]) for each in counted]
    # The public role reads only; the functions it calls here are how it may write.
    with database.engine("gis_portal").connect() as plain:
        connection = plain.execution_options(postgresql_readonly=False)
        if rows:
            ask.add(connection, rows)
        if merges:
            ask.merge(connection)
        connection.commit()


def use_by_month(connection: Connection, day: date) -> list[MonthUse]:
    """What the public is told on ``day`` of the last twelve months."""
    return [MonthUse(**row) for row in ask.by_month(connection, shown_months(day)[0])]
