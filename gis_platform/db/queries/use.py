"""How often the public side is used: added to and read as ``gis_portal``, through functions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

Counted = tuple[date, str, str, str, int]
"""Day, layer, kind of use, format, how often."""


def add(connection: Connection, counted: Sequence[Counted]) -> None:
    """Add what was counted to what is known."""
    days, layers, kinds, formats, counts = (list(each) for each in zip(*counted, strict=True))
    connection.execute(
        text("SELECT access.add_use(:days, :layers, :kinds, :formats, :counts)"),
        {"days": days, "layers": layers, "kinds": kinds, "formats": formats, "counts": counts},
    )


def merge(connection: Connection) -> None:
    """Let days of long ago become their months."""
    connection.execute(text("SELECT access.merge_use()"))


def by_month(connection: Connection, since: date) -> list[dict[str, Any]]:
    """Month, layer, kind, format and count since a day; sums under five are left out."""
    found = connection.execute(text("SELECT * FROM access.use_by_month(:since)"), {"since": since})
    return [dict(row) for row in found.mappings()]
