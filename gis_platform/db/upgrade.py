"""Brings a database to the shape this program expects: migrations, then the SQL files in order."""

import hashlib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from alembic import command
from alembic.config import Config
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from gis_platform.core.errors import ConfigError, Text
from gis_platform.db.cluster import ROLES
from gis_platform.db.engine import Database
from gis_platform.db.tables import DESCRIBED, METADATA

_LOCK = 7_525_400
"""Advisory lock under which one process at a time upgrades."""
_MIGRATIONS = resources.files("gis_platform.db") / "migrations"
_SQL = resources.files("gis_platform.db") / "sql"
COMPARISON: dict[str, Any] = {
    "target_metadata": METADATA,
    "include_schemas": True,
    "include_name": lambda name, kind, _parents: kind != "schema" or name in DESCRIBED,
    "include_object": alembic_helpers.include_object,
    "process_revision_directives": alembic_helpers.writer,
    "render_item": alembic_helpers.render_item,
    "compare_server_default": True,
}
"""How Alembic compares a database with ``db/tables.py``: PostGIS keeps its own tables."""
_NO_RIGHT = "42501"
_NO_EXTENSION = "0A000"


def upgrade(database: Database) -> bool:
    """Create or upgrade schemas, tables, functions, views, roles and grants; repeatable.

    All of it is one transaction. Several processes may call it at once: one works, the others
    wait. Where nothing has changed since the last call it costs one short question.

    Returns:
        Whether something was done.

    Raises:
        ConfigError: the login of a named server may not create the extension or the roles.
    """
    wanted = checksum()
    with database.engine("gis_owner").begin() as connection:
        if _checksum_of(connection) == wanted:
            return False
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _checksum_of(connection) == wanted:
            return False
        try:
            _upgrade(connection, is_private=database.is_private)
        except DBAPIError as error:
            raise _explained(error) or error from error
        connection.execute(
            text(
                "INSERT INTO public.platform_upgrade (checksum) VALUES (:checksum) "
                "ON CONFLICT (is_only) DO UPDATE SET checksum = excluded.checksum, "
                "upgraded_at = excluded.upgraded_at"
            ),
            {"checksum": wanted},
        )
    return True


def is_current(database: Database) -> bool:
    """Whether the database has the shape this program expects."""
    with database.engine("gis_owner").connect() as connection:
        return _checksum_of(connection) == checksum()


def checksum() -> str:
    """SHA-256 over every migration and SQL file, with their names."""
    digest = hashlib.sha256()
    for file in (*_files(_MIGRATIONS / "versions", ".py"), *_files(_SQL, ".sql")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here: there is no file to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, *, is_private: bool) -> None:
    command.upgrade(alembic_config(connection), "head")
    connection.execute(
        text("SELECT set_config('gis.is_private', :is_private, true)"),
        {"is_private": "on" if is_private else "off"},
    )
    bare = connection.execution_options(no_parameters=True)  # a % in a file is a %
    for file in _files(_SQL, ".sql"):
        bare.exec_driver_sql(file.read_text(encoding="utf-8"))


def _files(folder: Traversable, suffix: str) -> list[Traversable]:
    found = [file for file in folder.iterdir() if file.name.endswith(suffix)]
    return sorted(found, key=lambda file: file.name)


def _checksum_of(connection: Connection) -> str | None:
    """The checksum of the last upgrade; ``None`` where there was none or a role is missing."""
    state = connection.execute(
        text(
            "SELECT to_regclass('public.platform_upgrade') IS NOT NULL AND "
            "(SELECT count(*) FROM pg_roles WHERE rolname = ANY(:roles)) = :count"
        ),
        {"roles": list(ROLES), "count": len(ROLES)},
    )
    if not state.scalar_one():
        return None
    found = connection.execute(text("SELECT checksum FROM public.platform_upgrade"))
    return found.scalar_one_or_none()


def _explained(error: DBAPIError) -> ConfigError | None:
    """What an administrator of a named server has to do; ``None`` where it is something else."""
    if getattr(error.orig, "sqlstate", None) not in {_NO_RIGHT, _NO_EXTENSION}:
        return None
    said = str(error.orig).splitlines()[0]
    roles = "; ".join(f"CREATE ROLE {role}" for role in ROLES)
    order = (
        f"CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm; {roles}; "
        f"GRANT {', '.join(ROLES)} TO <GIS_DB__URL login>"
    )
    return ConfigError(
        Text(
            f"Veritabanı hazırlanamadı: {said}",
            f"The database cannot be prepared: {said}",
        ),
        remedy=Text(
            f"sunucu yöneticisi bir kez çalıştırsın: {order}",
            f"let the administrator of the server run once: {order}",
        ),
    )
