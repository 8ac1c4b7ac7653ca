"""Connections: one engine per role, on the private cluster or the server that was named."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from gis_platform.core.disk import disk_full
from gis_platform.core.errors import ConfigError, Text, Unavailable
from gis_platform.core.settings import Settings
from gis_platform.db.cluster import DATABASE, OWNER, ROLES, private_cluster

Role = Literal["gis_owner", "gis_etl", "gis_office", "gis_portal"]
"""Owner upgrades the schema; etl writes raw, work, maks; office reads maks, writes catalogue and
published; portal reads published and nothing else."""
_DISK_FULL = "53100"
"""SQLSTATE ``disk_full``."""


class Database:
    """A PostGIS database, with one engine per role, made when first asked for."""

    def __init__(self, urls: dict[str, URL], *, set_role: bool, statement_timeout_ms: int) -> None:
        self._urls = urls
        self._set_role = set_role
        self._timeout = statement_timeout_ms
        self._engines: dict[str, Engine] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What goes to another process: where the database is, not the connections."""
        return self.__dict__ | {"_engines": {}}

    @property
    def is_private(self) -> bool:
        """Whether it is the private cluster, where every role logs in by itself."""
        return not self._set_role

    def url(self, role: Role = "gis_owner") -> URL:
        """Address under which ``role`` connects; on a named server the role is set afterwards."""
        return self._urls[role]

    def engine(self, role: Role) -> Engine:
        """The engine that has the rights of ``role`` and no more."""
        if role not in self._engines:
            self._engines[role] = create_engine(
                self._urls[role],
                connect_args=self._session(role),
                pool_size=8,
                max_overflow=8,
                pool_pre_ping=True,
            )
        return self._engines[role]

    def driver_arguments(self, role: Role, *, writes: bool = False) -> dict[str, Any]:
        """What psycopg needs to connect as ``role``, for the pool of the hot public reads.

        Args:
            role: its rights.
            writes: for the functions through which even the public role leaves a trace.
        """
        url = self._urls[role]
        arguments = url.get_dialect()().create_connect_args(url)[1]
        return {**arguments, **self._session(role, writes=writes)}

    def _session(self, role: Role, *, writes: bool = False) -> dict[str, str]:
        options = "-c timezone=UTC"
        if self._set_role and role != OWNER:
            options += f" -c role={role}"
        if role == "gis_portal":
            options += f" -c statement_timeout={self._timeout}"
            # Whoever went away without a word, or whose cancelling came to nothing, is noticed.
            options += " -c client_connection_check_interval=1000"
            options += "" if writes else " -c default_transaction_read_only=on"
            # Many small questions at once: starting parallel workers costs 40 ms, a compiled plan
            # about as much, where the question itself takes one.
            options += " -c max_parallel_workers_per_gather=0 -c jit=off"
        return {"options": options, "application_name": f"gis-platform {role}"}

    def dispose(self) -> None:
        """Close every connection."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database of these settings, for the time of the block.

    Raises:
        ConfigError: the address cannot be read, or no PostGIS is on this machine.
        Unavailable: the server does not answer.
    """
    timeout = settings.db.statement_timeout_ms
    if settings.db.url is not None:
        url = _server_url(settings.db.url.get_secret_value())
        urls = dict.fromkeys((OWNER, *ROLES), url)
        if settings.db.portal_url is not None:
            urls["gis_portal"] = _server_url(settings.db.portal_url.get_secret_value())
        yield from _opened(Database(urls, set_role=True, statement_timeout_ms=timeout))
        return
    with private_cluster(settings.home, settings.db.bin_dir).running() as cluster:
        _create_database(cluster.url(OWNER, "postgres"))
        urls = {role: cluster.url(role) for role in (OWNER, *ROLES)}
        yield from _opened(Database(urls, set_role=False, statement_timeout_ms=timeout))


def _opened(database: Database) -> Iterator[Database]:
    try:
        with database.engine("gis_owner").connect():
            pass
        yield database
    except OperationalError as error:
        raise unavailable(error) from error
    finally:
        database.dispose()


def unavailable(error: DBAPIError) -> Unavailable:
    """One line for a database that does not answer, went away or has no room left."""
    if getattr(error.orig, "sqlstate", None) == _DISK_FULL:
        return disk_full()
    said = str(error.orig).strip().splitlines()
    what = said[0] if said else "?"
    return Unavailable(
        Text(f"Veritabanına ulaşılamıyor: {what}", f"The database cannot be reached: {what}"),
        remedy=Text(
            "sunucuyu açıp işi yeniden çalıştırın; yarım kalan hiçbir şey yüklenmedi",
            "bring the server up and run the job again; nothing half-done was loaded",
        ),
    )


def _server_url(given: str) -> URL:
    try:
        url = make_url(given)
    except ArgumentError:
        raise ConfigError(
            Text(
                "GIS_DB__URL bir veritabanı adresi değil.", "GIS_DB__URL is not a database address."
            ),
            remedy=Text(
                "postgresql://kullanici:parola@sunucu:5432/veritabani",
                "postgresql://user:password@host:5432/database",
            ),
        ) from None
    return url.set(drivername="postgresql+psycopg")


def _create_database(admin: URL) -> None:
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            known = connection.execute(
                text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": DATABASE}
            )
            if known.first() is None:
                connection.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
    finally:
        engine.dispose()
