"""The compiled address index follows the register: rebuilt when the register has changed."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries.reference import (
    read_reference,
    register_fingerprint,
    register_pulse,
)
from gis_platform.matching.gazetteer import build_index, is_current


def ensure_index(settings: Settings, connection: Connection) -> Path:
    """The folder of an index that holds what the register holds now.

    Several processes may call it at once: one builds, the others find what it built.

    Args:
        settings: say where the index lies.
        connection: as ``gis_etl``; what the transaction sees is what the index holds.
    """
    with _one_at_a_time(settings):
        fingerprint = register_fingerprint(connection)
        if not is_current(settings.index_dir, fingerprint):
            build_index(read_reference(connection), settings.index_dir, fingerprint=fingerprint)
    return settings.index_dir


class Follower:
    """Sees that the register has changed, and has the index made anew."""

    def __init__(self, database: Database, renew: Callable[[], bool]) -> None:
        """Follow a register.

        Args:
            database: its address.
            renew: brings the index up to the register; says whether it could.
        """
        self._database = database
        self._renew = renew
        self._seen: str | None = None

    def look(self) -> bool:
        """Look once; whether the index was renewed. An empty register needs no index.

        Raises:
            OperationalError: the database does not answer.
        """
        with self._database.engine("gis_etl").connect() as connection:
            pulse = register_pulse(connection)
        if pulse is None or pulse == self._seen or not self._renew():
            return False
        self._seen = pulse
        return True


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
