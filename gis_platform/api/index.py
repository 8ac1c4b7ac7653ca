"""The address index a server answers from: opened once, changed when a new one is there.

A new index is opened and warmed beside the answering, and then takes the place of the one before
in one step: nobody waits for it.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread

import numpy as np

from gis_platform.api.around import Around
from gis_platform.core.errors import GisPlatformError, Text, Unavailable
from gis_platform.core.settings import Settings
from gis_platform.core.text import title
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import Candidate, Match

_MANIFEST = "manifest.json"


LOOK_EVERY = 0.5
"""Seconds after which a request looks whether there is a new index."""


@dataclass(frozen=True)
class Opened:
    """An index that is open.

    Attributes:
        example: an address of it, to show how one is written.
        fingerprint: of what it was made from.
    """

    matcher: Matcher
    around: Around
    example: str | None

    @property
    def fingerprint(self) -> str:
        """What the index was made from."""
        return self.matcher.fingerprint


class AddressIndex:
    """Holds the matcher of the index on disk; safe for many threads."""

    def __init__(self, settings: Settings, *, is_absent: bool = False) -> None:
        """Args: settings name the folder; ``is_absent`` = answer as where there is no index."""
        self._folder = settings.index_dir
        self._is_absent = is_absent
        self._scores = settings.matching
        self._lock = Lock()
        self._opened: Opened | None = None
        self._seen: tuple[int, int] | None = None
        self._look_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether an index is at hand."""
        return self._opened is not None

    @property
    def made_at(self) -> float | None:
        """When the index at hand was made, as :func:`time.time`; ``None`` without one."""
        return None if self._seen is None else self._seen[1] / 1e9

    def current(self) -> Opened:
        """The index at hand, at once; a newer one is opened beside the answering.

        Raises:
            Unavailable: there is none at hand.
        """
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            if self._there() not in {None, self._seen}:
                Thread(target=self.warm, name="index", daemon=True).start()
        if self._opened is None:
            raise _absent()
        return self._opened

    def search(
        self, text: str, limit: int, *, explain: bool = False
    ) -> tuple[Match, list[Candidate]]:
        """The answer of ``gis match`` to a text, and the places it may mean, best first.

        Raises:
            Unavailable: there is no index yet.
        """
        matcher = self.matcher()
        match = matcher.explain(text) if explain else matcher.match_one(text)
        return match, matcher.places(match, limit)

    def warm(self) -> None:
        """Open the index where there is one, so that no request has to wait for it."""
        with suppress(Unavailable):
            self.matcher()

    def watch(self, stop: Event) -> None:
        """Go over to every new index until told to stop, whether anyone asks or not."""
        while not stop.wait(LOOK_EVERY):
            if self._there() not in {None, self._seen}:
                self.warm()

    def example(self) -> str | None:
        """An address of the index, to show how one is written; ``None`` without an index."""
        try:
            return self.opened().example
        except Unavailable:
            return None

    def matcher(self) -> Matcher:
        """The matcher of the newest index; see :meth:`opened`."""
        return self.opened().matcher

    def opened(self) -> Opened:
        """The newest index.

        While one request opens a new index the others go on with the one before.

        Raises:
            Unavailable: there is no index yet, or it cannot be read.
        """
        there = self._there()
        is_new = there is not None and there != self._seen
        if is_new and self._lock.acquire(blocking=self._opened is None):
            try:
                if there != self._seen:
                    self._open(there)
            finally:
                self._lock.release()
        if self._opened is None:
            raise _absent()
        return self._opened

    def _there(self) -> tuple[int, int] | None:
        return None if self._is_absent else _signature(self._folder)

    def _open(self, there: tuple[int, int] | None) -> None:
        """Open the index; what is half swapped or of another version leaves the one before."""
        scores = self._scores
        try:
            matcher = Matcher.open(
                self._folder, accept_score=scores.accept_score, review_score=scores.review_score
            )
            matcher.warm()
        except (GisPlatformError, OSError):
            return
        self._opened = Opened(matcher, Around(matcher), _example_in(matcher))
        self._seen = there


def _signature(folder: Path) -> tuple[int, int] | None:
    """What differs when another index stands in this place; ``None`` where there is none."""
    try:
        known = (folder / _MANIFEST).stat()
    except OSError:
        return None
    return known.st_ino, known.st_mtime_ns


def _example_in(matcher: Matcher) -> str | None:
    """A door of the csbm with most doors."""
    starts = matcher.index.door_start
    if len(starts) < 2 or starts[-1] == 0:  # noqa: PLR2004  # no csbm, or no door
        return None
    csbm = int(np.argmax(np.diff(starts)))
    place = matcher.candidate(csbm, int(starts[csbm] + starts[csbm + 1]) // 2, 1.0)
    said = f"{place.mahalle} Mah. {place.csbm}"
    return f"{title(said)} No: {place.dis_kapi_no}"


def _absent() -> Unavailable:
    return Unavailable(
        Text("Adres dizini henüz yok.", "There is no address index yet."),
        remedy=Text(
            "sunucunun yöneticisi: gis maks import ya da ./run demo",
            "for the server's administrator: gis maks import, or ./run demo",
        ),
    )
