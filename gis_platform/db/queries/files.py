"""Files we published, known by their SHA-256, where their versions stand now, and files to come.

Files are added with the rights of ``gis_office``; the rest is asked with those of the public.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Text,
    case,
    cast,
    column,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis_platform.db.queries.published import CATALOGUE

_FILE = table(
    "file", column("sha256", Text), column("layer", Text), column("version", Integer),
    column("name", Text), schema="published",
)  # fmt: skip
_AUDIT = table(
    "audit", *(column(name) for name in (
        "id", "at", "deed", "layer", "version", "from_state", "to_state", "reason", "data_sha256",
        "metadata_sha256", "previous_hash", "hash",
    )), schema="published",
)  # fmt: skip


def file_versions(connection: Connection, sha256: str) -> list[dict[str, Any]]:
    """Versions that hold a file, the public one first; empty where it is not ours.

    The same bytes may be in several: a change of the description alone leaves a table as it was.
    """
    shown = CATALOGUE.c
    asked = (
        select(_FILE.c.layer, _FILE.c.version, _FILE.c.name, shown.state, shown.published_at,
               shown.withdrawn_at, shown.reason, shown.entry)
        .join(CATALOGUE, (shown.layer == _FILE.c.layer) & (shown.version == _FILE.c.version))
        .where(_FILE.c.sha256 == sha256)
        .order_by(case((shown.state == "published", 0), else_=1), _FILE.c.version.desc())
    )  # fmt: skip
    return [row._asdict() for row in connection.execute(asked)]


def public_version(connection: Connection, layer: str) -> int | None:
    """The version of a layer that is public now."""
    asked = select(CATALOGUE.c.version).where(
        CATALOGUE.c.layer == layer, CATALOGUE.c.state == "published"
    )
    return connection.execute(asked).scalar_one_or_none()


def public_audit(
    connection: Connection, layer: str | None = None, *, after: int = 0, limit: int | None = None
) -> list[dict[str, Any]]:
    """What happened to versions the public may know of, without names, the oldest first."""
    asked = select(_AUDIT).where(_AUDIT.c.id > after).order_by(_AUDIT.c.id).limit(limit)
    if layer is not None:
        asked = asked.where(_AUDIT.c.layer == layer)
    return [row._asdict() for row in connection.execute(asked)]


def lock_files(connection: Connection) -> bool:
    """Let one process at a time make files, as long as the connection is open; whether it may."""
    asked = select(func.pg_try_advisory_lock(func.hashtext("files of layers")))
    return bool(connection.execute(asked).scalar_one())


def unlock_files(connection: Connection) -> None:
    """Let another process make files."""
    connection.execute(select(func.pg_advisory_unlock(func.hashtext("files of layers"))))


def public_files(connection: Connection, layer: str | None = None) -> list[dict[str, Any]]:
    """Versions the public may know of, each with its state, rows and files."""
    shown = CATALOGUE.c
    asked = select(shown.layer, shown.version, shown.state, shown.row_count, shown.files)
    if layer is not None:
        asked = asked.where(shown.layer == layer)
    found = connection.execute(asked.order_by(shown.layer, shown.version))
    return [row._asdict() for row in found]


def add_files(
    connection: Connection, layer: str, version: int, files: Sequence[Mapping[str, Any]]
) -> None:
    """Show the public more files of a version; the database refuses to replace one."""
    made = cast(literal([dict(each) for each in files], JSONB), JSONB)
    connection.execute(select(func.catalogue.add_files(layer, version, made)))
