"""Errors the public reports: handed in as ``gis_portal``, read and answered as ``gis_office``."""

from typing import Any

from sqlalchemy import Connection, text

_SHOWN = "number, at, layer, version, feature, said, state, answer, answered_at, answered_by"


def add(connection: Connection, values: dict[str, Any]) -> bool:
    """Hand a report in: number, layer, version, feature, said, sender; whether it was taken."""
    taken = connection.execute(
        text("SELECT access.report_error(:number, :layer, :version, :feature, :said, :sender)"),
        values,
    )
    return taken.scalar_one() is not None


def state(connection: Connection, number: str) -> dict[str, Any] | None:
    """What the public may know of a report."""
    found = connection.execute(
        text("SELECT * FROM access.error_report_state(:number)"), {"number": number}
    )
    row = found.mappings().first()
    return dict(row) if row else None


def reports(connection: Connection, layer: str | None, *, only_open: bool) -> list[dict[str, Any]]:
    """Reports, the oldest first."""
    found = connection.execute(
        text(
            f"SELECT {_SHOWN} FROM access.error_report "  # noqa: S608 - a constant
            "WHERE (CAST(:layer AS text) IS NULL OR layer = :layer) "
            "AND (state = 'open' OR NOT :only_open) ORDER BY at, number"
        ),
        {"layer": layer, "only_open": only_open},
    )
    return [dict(row) for row in found.mappings()]


def report(connection: Connection, number: str) -> dict[str, Any] | None:
    """One report."""
    found = connection.execute(
        text(f"SELECT {_SHOWN} FROM access.error_report WHERE number = :number"),  # noqa: S608
        {"number": number},
    )
    row = found.mappings().first()
    return dict(row) if row else None


def answer(connection: Connection, number: str, values: dict[str, Any]) -> bool:
    """Close an open report with ``state``, ``answer``, ``person``; whether it was open."""
    done = connection.execute(
        text(
            "UPDATE access.error_report SET state = :state, answer = :answer, "
            "answered_by = :person, answered_at = clock_timestamp() "
            "WHERE number = :number AND state = 'open' RETURNING number"
        ),
        {"number": number, **values},
    )
    return done.first() is not None
