"""The state of the database itself: versions, sizes, what the register holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from gis_platform.db.engine import Database
from gis_platform.db.queries.register import count_features
from gis_platform.db.tables import SCHEMAS
from gis_platform.db.upgrade import is_current


@dataclass(frozen=True)
class DatabaseState:
    """What there is to know of a database without reading its data.

    Attributes:
        url: address for ``psql`` and QGIS, without password.
        is_private: our own cluster, started and stopped by us.
        is_current: it has the shape this program expects.
        size: bytes; ``schemas`` likewise, per schema with tables and indexes.
        layers: features in force per register layer; empty where it is not current.
    """

    url: str
    postgresql: str
    postgis: str | None
    is_private: bool
    is_current: bool
    size: int
    schemas: Mapping[str, int]
    layers: Mapping[str, int]


def read_state(database: Database) -> DatabaseState:
    """The state of a database, whether or not it was upgraded."""
    current = is_current(database)
    with database.engine("gis_owner").connect() as connection:
        return DatabaseState(
            url=_shown_url(database),
            postgresql=_scalar(connection, "SELECT split_part(version(), ' ', 2)"),
            postgis=_scalar(
                connection, "SELECT extversion FROM pg_extension WHERE extname = 'postgis'"
            ),
            is_private=database.is_private,
            is_current=current,
            size=int(_scalar(connection, "SELECT pg_database_size(current_database())") or 0),
            schemas=_schema_sizes(connection),
            layers=count_features(connection) if current else {},
        )


def _shown_url(database: Database) -> str:
    url = database.url("gis_owner").set(drivername="postgresql", password=None)
    return url.render_as_string(hide_password=True)


def _scalar(connection: Connection, question: str) -> str:
    found = connection.execute(text(question)).scalar_one_or_none()
    return "" if found is None else str(found)


def _schema_sizes(connection: Connection) -> dict[str, int]:
    question = text(
        "SELECT nspname, coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint "
        "FROM pg_namespace AS n LEFT JOIN pg_class AS c "
        "ON c.relnamespace = n.oid AND c.relkind IN ('r', 'm', 'p') "
        "WHERE nspname = ANY(:schemas) GROUP BY nspname"
    )
    found = {row[0]: int(row[1]) for row in connection.execute(question, {"schemas": [*SCHEMAS]})}
    return {schema: found[schema] for schema in SCHEMAS if schema in found}
