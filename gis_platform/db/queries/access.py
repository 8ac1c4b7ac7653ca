"""Keys of departments, their allowance and the readings of units, as the database keeps them.

Keys are managed as ``gis_office``; ``gis_portal`` may only call the functions of schema ``access``.
"""

from typing import Any

from sqlalchemy import Connection, text

KEY = b"SELECT prefix, unit, scopes, per_second FROM access.key(%(sha256)s)"
TAKE = (
    b"SELECT granted, remaining, wait "
    b"FROM access.take(%(bucket)s, %(wanted)s, %(per_second)s, %(burst)s)"
)
PUBLIC_LEVELS = b"SELECT access.public_levels()"
UNITS = b"SELECT access.units(%(sha256)s, %(purpose)s, %(request_id)s, %(door)s)"

_SHOWN = (
    "prefix, unit, scopes, per_second, created_at, created_by, expires_at, follows, "
    "revoked_at, revoked_by, reason, last_used_at"
)


def add_key(connection: Connection, values: dict[str, Any]) -> None:
    """Write down a key: prefix, sha256, unit, scopes, per_second, created_by, …, follows."""
    connection.execute(
        text(
            "INSERT INTO access.api_key (prefix, sha256, unit, scopes, per_second, created_by, "
            "expires_at, follows) VALUES (:prefix, :sha256, :unit, :scopes, :per_second, "
            ":created_by, :expires_at, :follows)"
        ),
        values,
    )


def keys(connection: Connection) -> list[dict[str, Any]]:
    """Every key, the newest first, without its hash."""
    found = connection.execute(
        text(f"SELECT {_SHOWN} FROM access.api_key ORDER BY created_at DESC, prefix")  # noqa: S608
    )
    return [dict(row) for row in found.mappings()]


def key(connection: Connection, prefix: str) -> dict[str, Any] | None:
    """One key, locked until the transaction ends."""
    found = connection.execute(
        text(f"SELECT {_SHOWN} FROM access.api_key WHERE prefix = :prefix FOR UPDATE"),  # noqa: S608
        {"prefix": prefix},
    )
    row = found.mappings().first()
    return dict(row) if row else None


def revoke_key(connection: Connection, prefix: str, person: str, reason: str | None) -> None:
    """End a key at once."""
    connection.execute(
        text(
            "UPDATE access.api_key SET revoked_at = clock_timestamp(), revoked_by = :person, "
            "reason = :reason WHERE prefix = :prefix"
        ),
        {"prefix": prefix, "person": person, "reason": reason},
    )


def shorten_key(connection: Connection, prefix: str, days: float) -> None:
    """Let a key end so many days from now, unless it ends sooner."""
    connection.execute(
        text(
            "UPDATE access.api_key SET expires_at = least(expires_at, "
            "clock_timestamp() + make_interval(secs => :days * 86400)) WHERE prefix = :prefix"
        ),
        {"prefix": prefix, "days": days},
    )


def unit_readings(connection: Connection, prefix: str | None, most: int) -> list[dict[str, Any]]:
    """Who read the units of which door, the newest first."""
    found = connection.execute(
        text(
            "SELECT at, prefix, unit, purpose, request_id, numarataj, units "
            "FROM access.unit_reading WHERE :prefix IS NULL OR prefix = :prefix "
            "ORDER BY id DESC LIMIT :most"
        ),
        {"prefix": prefix, "most": most},
    )
    return [dict(row) for row in found.mappings()]
