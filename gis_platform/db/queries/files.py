"""Files we published, known by their SHA-256, and where their versions stand now."""

from typing import Any

from sqlalchemy import Connection, Integer, Text, case, column, select, table

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
