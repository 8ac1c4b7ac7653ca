"""The address index a server answers from: opened on first use, changed when a new one is there."""

import importlib
from pathlib import Path
from threading import Lock
from typing import Any

from gis_platform.core.errors import GisPlatformError, Text, Unavailable
from gis_platform.core.settings import Settings


class AddressIndex:
    """Holds the matcher of the index on disk; safe for many threads."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.index_dir
        self._scores = settings.matching
        self._lock = Lock()
        self._matcher: Any = None
        self._seen: tuple[int, ...] | None = None

    def matcher(self) -> Any:
        """The matcher of the newest index.

        While one request opens a new index the others go on with the one before.

        Raises:
            Unavailable: there is no index yet, or it cannot be read.
        """
        there = _signature(self._folder)
        if there == self._seen and self._matcher is not None:
            return self._matcher
        if there is None:
            return self._before()
        if self._lock.acquire(blocking=self._matcher is None):
            try:
                if there != self._seen or self._matcher is None:
                    self._open(there)
            finally:
                self._lock.release()
        return self._before()

    def _open(self, there: tuple[int, ...]) -> None:
        try:
            matching = importlib.import_module("gis_platform.matching.match")
            self._matcher = matching.Matcher.open(
                self._folder,
                accept_score=self._scores.accept_score,
                review_score=self._scores.review_score,
            )
        except (GisPlatformError, OSError, ModuleNotFoundError):
            if self._matcher is None:
                raise _absent() from None
        self._seen = there

    def _before(self) -> Any:
        if self._matcher is None:
            raise _absent()
        return self._matcher


def _signature(folder: Path) -> tuple[int, ...] | None:
    """What changes when another index takes this place; ``None`` where there is none."""
    try:
        files = [
            (each.stat().st_ino, each.stat().st_mtime_ns)
            for each in (folder, *sorted(folder.iterdir()))
        ]
    except OSError:
        return None
    return tuple(number for pair in files for number in pair) if len(files) > 1 else None


def _absent() -> Unavailable:
    return Unavailable(
        Text("Adres dizini henüz yok.", "There is no address index yet."),
        remedy=Text(
            "sunucunun yöneticisi: gis maks import ya da ./run demo",
            "for the server's administrator: gis maks import, or ./run demo",
        ),
    )
