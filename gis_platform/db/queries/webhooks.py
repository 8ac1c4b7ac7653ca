"""Who is told of changed addresses, as the database keeps it; asked as ``gis_etl``."""

from typing import Any

from sqlalchemy import Connection, text

_SHOWN = (
    "id, unit, url, secret, former_secret, former_ends_at, levels, created_at, created_by, "
    "told_to, tries, next_try_at, last_answer, told_at, dead_since, "
    "(former_ends_at > clock_timestamp()) AS is_former_good"
)


def add(connection: Connection, values: dict[str, Any]) -> int:
    """Write down a webhook; its number."""
    asked = text(
        "INSERT INTO access.webhook (unit, url, secret, levels, created_by, told_to) "
        "VALUES (:unit, :url, :secret, :levels, :created_by, :told_to) RETURNING id"
    )
    return int(connection.execute(asked, values).scalar_one())


def known(connection: Connection) -> list[dict[str, Any]]:
    """Every webhook."""
    asked = text(f"SELECT {_SHOWN} FROM access.webhook ORDER BY id")  # noqa: S608
    return [dict(row) for row in connection.execute(asked).mappings()]


def take_due(connection: Connection) -> dict[str, Any] | None:
    """A webhook whose time has come and that is to be told something, locked till the commit."""
    asked = text(
        f"SELECT {_SHOWN} FROM access.webhook AS w "  # noqa: S608
        "WHERE dead_since IS NULL AND next_try_at <= clock_timestamp() AND EXISTS ("
        "SELECT FROM address.change AS c WHERE c.seq > w.told_to AND c.level = ANY (w.levels)) "
        "ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED"
    )
    row = connection.execute(asked).mappings().first()
    return dict(row) if row else None


def note_told(connection: Connection, name: int, told_to: int, answer: str) -> None:
    """What was sent was taken."""
    asked = text(
        "UPDATE access.webhook SET told_to = :told_to, tries = 0, told_at = clock_timestamp(), "
        "next_try_at = clock_timestamp(), last_answer = :answer WHERE id = :id"
    )
    connection.execute(asked, {"id": name, "told_to": told_to, "answer": answer})


def note_failed(
    connection: Connection, name: int, answer: str, wait: float, *, is_dead: bool
) -> None:
    """What was sent was not taken; it is sent again after so many seconds, or not by itself."""
    asked = text(
        "UPDATE access.webhook SET tries = tries + 1, last_answer = :answer, "
        "next_try_at = clock_timestamp() + make_interval(secs => :wait), "
        "dead_since = CASE WHEN :is_dead THEN clock_timestamp() END WHERE id = :id"
    )
    values = {"id": name, "answer": answer, "wait": wait, "is_dead": is_dead}
    connection.execute(asked, values)


def retry(connection: Connection, name: int) -> bool:
    """Try again at once, a dead one too; whether there is one."""
    asked = text(
        "UPDATE access.webhook SET dead_since = NULL, tries = 0, next_try_at = clock_timestamp() "
        "WHERE id = :id"
    )
    return connection.execute(asked, {"id": name}).rowcount > 0


def rotate(connection: Connection, name: int, secret: str, days: float) -> bool:
    """Sign with another secret, and for so many days with the one before too."""
    asked = text(
        "UPDATE access.webhook SET former_secret = secret, secret = :secret, "
        "former_ends_at = clock_timestamp() + make_interval(secs => :days * 86400) WHERE id = :id"
    )
    found = connection.execute(asked, {"id": name, "secret": secret, "days": days})
    return found.rowcount > 0


def remove(connection: Connection, name: int) -> bool:
    """Tell nobody there any more; whether there was one."""
    asked = text("DELETE FROM access.webhook WHERE id = :id")
    return connection.execute(asked, {"id": name}).rowcount > 0
