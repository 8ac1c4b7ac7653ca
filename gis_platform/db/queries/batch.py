"""Files sent to be matched, as the database keeps them; asked as ``gis_etl``."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

_SHOWN = (
    "id, owner, state, file_name, asked, sha256, created_at, started_at, ended_at, expires_at, "
    "rows_total, rows_done, result, error, clock_timestamp() AS now"
)
_LOCK = "pg_try_advisory_lock(hashtextextended('batch ' || id, 0))"


def add_job(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Write down a job; whether it is new: with the idempotency key of another it is not."""
    found = connection.execute(
        text(
            "INSERT INTO access.batch_job (id, owner, file_name, asked, sha256, idempotency_key, "
            "rows_total, expires_at) VALUES (:id, :owner, :file_name, CAST(:asked AS jsonb), "
            ":sha256, :idempotency_key, :rows_total, "
            "clock_timestamp() + make_interval(secs => :keep_seconds)) "
            "ON CONFLICT (owner, idempotency_key) DO NOTHING RETURNING id"
        ),
        dict(values) | {"asked": json.dumps(values["asked"])},
    )
    return found.first() is not None


def job(connection: Connection, name: str) -> dict[str, Any] | None:
    """One job."""
    asked = text(f"SELECT {_SHOWN} FROM access.batch_job WHERE id = :id")  # noqa: S608
    row = connection.execute(asked, {"id": name}).mappings().first()
    return dict(row) if row else None


def job_of_key(connection: Connection, owner: str, key: str) -> dict[str, Any] | None:
    """The job an owner sent with an idempotency key."""
    asked = text(
        f"SELECT {_SHOWN} FROM access.batch_job "  # noqa: S608
        "WHERE owner = :owner AND idempotency_key = :key"
    )
    row = connection.execute(asked, {"owner": owner, "key": key}).mappings().first()
    return dict(row) if row else None


def jobs_of(connection: Connection, owner: str, most: int) -> list[dict[str, Any]]:
    """What an owner sent, the newest first."""
    asked = text(
        f"SELECT {_SHOWN} FROM access.batch_job WHERE owner = :owner "  # noqa: S608
        "ORDER BY created_at DESC LIMIT :most"
    )
    rows = connection.execute(asked, {"owner": owner, "most": most})
    return [dict(row) for row in rows.mappings()]


def open_jobs(connection: Connection, owner: str | None) -> int:
    """How many jobs of an owner wait or run; of those without an owner where ``None``."""
    asked = text(
        "SELECT count(*) FROM access.batch_job WHERE state IN ('queued', 'running') "
        "AND owner IS NOT DISTINCT FROM :owner"
    )
    return int(connection.execute(asked, {"owner": owner}).scalar_one())


def all_open_jobs(connection: Connection) -> int:
    """How many jobs wait or run."""
    asked = text("SELECT count(*) FROM access.batch_job WHERE state IN ('queued', 'running')")
    return int(connection.execute(asked).scalar_one())


def take_job(connection: Connection) -> dict[str, Any] | None:
    """The oldest job nobody works on, taken until the session ends or :func:`let_go`.

    A job whose worker died is found again: its lock went with the worker's connection.
    """
    waiting = text(
        "SELECT id FROM access.batch_job WHERE state IN ('queued', 'running') ORDER BY created_at"
    )
    for name in connection.execute(waiting).scalars().all():
        got = text(f"SELECT {_LOCK} FROM (SELECT CAST(:id AS text) AS id) AS one")  # noqa: S608
        if connection.execute(got, {"id": name}).scalar_one():
            taken = text(
                "UPDATE access.batch_job SET state = 'running', "
                "started_at = coalesce(started_at, clock_timestamp()) "
                "WHERE id = :id AND state IN ('queued', 'running')"
            )
            if connection.execute(taken, {"id": name}).rowcount:
                return job(connection, name)
            let_go(connection, name)
    return None


def let_go(connection: Connection, name: str) -> None:
    """Let others take a job."""
    asked = text("SELECT pg_advisory_unlock(hashtextextended('batch ' || CAST(:id AS text), 0))")
    connection.execute(asked, {"id": name})


def note_progress(connection: Connection, name: str, rows: int) -> bool:
    """Tell how far a job is; whether it is still wanted."""
    asked = text(
        "UPDATE access.batch_job SET rows_done = :rows WHERE id = :id AND state = 'running'"
    )
    return connection.execute(asked, {"id": name, "rows": rows}).rowcount > 0


def end_job(connection: Connection, name: str, state: str, **facts: Any) -> bool:
    """Write down how a job ended; whether it was not ended before."""
    asked = text(
        "UPDATE access.batch_job SET state = :state, ended_at = clock_timestamp(), "
        "rows_done = coalesce(:rows, rows_done), rows_total = coalesce(:rows, rows_total), "
        "result = CAST(:result AS jsonb), error = CAST(:error AS jsonb) "
        "WHERE id = :id AND state IN ('queued', 'running')"
    )
    said = {
        name: json.dumps(facts[name]) if name in facts else None for name in ("result", "error")
    }
    values = {"id": name, "state": state, "rows": facts.get("rows")} | said
    return connection.execute(asked, values).rowcount > 0


def expired_jobs(connection: Connection) -> list[str]:
    """Jobs whose time is over and that are not forgotten yet."""
    asked = text(
        "SELECT id FROM access.batch_job WHERE expires_at < clock_timestamp() "
        "AND state NOT IN ('expired', 'running')"
    )
    return list(connection.execute(asked).scalars())


def forget_job(connection: Connection, name: str) -> None:
    """Keep of a job only that it was; its file name may name a person."""
    asked = text(
        "UPDATE access.batch_job SET state = 'expired', file_name = '', asked = '{}', "
        "error = NULL WHERE id = :id"
    )
    connection.execute(asked, {"id": name})
