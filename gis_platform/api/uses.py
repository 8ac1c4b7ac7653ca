"""Counts how often layers are looked at, downloaded and read by programs, and nothing of who asks.

A worker counts in memory and adds to the database every few seconds: no request waits for it, and
a worker that is killed loses no more than that. Robots that say so are not counted; what a client
calls itself is looked at for that and kept nowhere.
"""

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import Scope

from gis_platform.db.engine import Database, unavailable
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.use import Kind, MonthUse, Use, add_use, today, use_by_month

EVERY = 5.0
"""Seconds between two writings: the most that a killed worker loses."""
_KEPT_S = 20.0
_MOST_WAITING = 50_000
_BEGINNINGS = (
    "/katman/", "/en/layer/", "/files/", "/ogc/collections/", "/api/v1/layers/",
    "/api/v1/datasets/",
)  # fmt: skip
_NAME = "([a-z][a-z0-9_]{0,47})"
_PAGE = re.compile(rf"(?:/katman|/en/layer)/{_NAME}")
_FILE = re.compile(rf"/files/{_NAME}/v\d+/([^/]+)")
_API = re.compile(
    rf"(?:/ogc/collections/{_NAME}/items|/api/v1/(?:layers|datasets)/{_NAME})(?:/.*)?", re.DOTALL
)
_ROBOTS = (
    b"bot", b"crawl", b"spider", b"slurp", b"archiver", b"facebookexternalhit", b"monitor",
    b"uptime", b"pingdom", b"lighthouse",
)  # fmt: skip
_PHONES = b"cubot"
"""What robots call themselves; Cubot is a maker of phones."""
_BROWSER = b"Mozilla/"
_LONGEST_FORMAT = 32
log = logging.getLogger("gis_platform.api")


@dataclass(frozen=True)
class _Read:
    """What was read of all workers' counts, and until when it will do."""

    until: float
    months: list[MonthUse]
    layers: Mapping[str, int]


class Uses:
    """The counts of this worker that are not written yet, and what was read of all of them."""

    def __init__(self, database: Database, *, is_counting: bool = True) -> None:
        self._database, self._is_counting = database, is_counting
        self._lock = threading.Lock()
        self._waiting: Counter[Use] = Counter()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._merged_on = date.min
        self._read: _Read | None = None

    def note(self, scope: Scope, status: int) -> None:
        """Count an answer, if it is the use of a layer by somebody who is no robot."""
        path = scope["path"]
        if not self._is_counting or not path.startswith(_BEGINNINGS) or scope["method"] != "GET":
            return
        used = _used(path)
        if used is None or not _is_counted(scope["headers"], status, used[1]):
            return
        layer, kind, file_format = used
        use = Use(_day(int(time.time()) // 60), layer, kind, file_format)
        with self._lock:
            if use in self._waiting or len(self._waiting) < _MOST_WAITING:
                self._waiting[use] += 1

    def flush(self) -> None:
        """Add what waits to the database; where it does not answer, it goes on waiting."""
        with self._lock:
            counted, self._waiting = self._waiting, Counter()
        day = today()
        is_new_day = day != self._merged_on
        if not counted and not is_new_day:
            return
        try:
            add_use(self._database, counted, merges=is_new_day)
        except (DBAPIError, PoolTimeout) as error:
            with self._lock:
                self._waiting.update(counted)
            said = unavailable(error) if isinstance(error, DBAPIError) else error
            log.warning("use is not written yet: %s", said)
            return
        self._merged_on = day

    def by_month(self, connection: Connection) -> list[MonthUse]:
        """What the public is told of the use by all workers; some seconds old at most."""
        return self._up_to_date(connection).months

    def by_layer(self, connection: Connection) -> Mapping[str, int]:
        """The sum of every kind of use in the months that are told, by layer."""
        return self._up_to_date(connection).layers

    def _up_to_date(self, connection: Connection) -> _Read:
        now, read = time.monotonic(), self._read
        if read is not None and now < read.until:
            return read
        if read is not None:  # others go on with what was true a moment ago, and do not ask too
            self._read = replace(read, until=now + _KEPT_S)
        months = use_by_month(connection, today())
        layers: Counter[str] = Counter()
        for each in months:
            layers[each.layer] += each.count
        self._read = found = _Read(now + _KEPT_S, months, layers)
        return found

    def begin(self) -> None:
        """Write every few seconds from now on."""
        if not self._is_counting or self._thread is not None:
            return
        self._thread = threading.Thread(target=self._go_on, name="use", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Write what is left."""
        self._end.set()
        if self._thread is not None:
            self._thread.join(EVERY)
            self.flush()

    def _go_on(self) -> None:
        while not self._end.wait(EVERY):
            self.flush()


@lru_cache(maxsize=4096)
def _used(path: str) -> tuple[str, Kind, str] | None:
    """Layer, kind of use and format of what lies at a path."""
    api = _API.fullmatch(path)
    if api:
        return api[1] or api[2], "api", ""
    page = _PAGE.fullmatch(path)
    if page:
        return page[1], "page", ""
    file = _FILE.fullmatch(path)
    return (file[1], "download", _format_of(file[1], file[2])) if file else None


@lru_cache(maxsize=2)
def _day(_minute: int) -> date:
    """Today; asked for once a minute."""
    return today()


def _is_robot(agent: bytes) -> bool:
    said = agent.lower().replace(_PHONES, b"")  # ASCII: what a client calls itself
    return any(each in said for each in _ROBOTS)


def _format_of(layer: str, file_name: str) -> str:
    """The exporter's name of the format, by the end of the file's name."""
    end = file_name.removeprefix(layer)
    known = next((name for name, each in exporters.items() if each.suffix == end), None)
    return (known or re.sub(r"[^a-z0-9]+", "_", end).strip("_") or "?")[:_LONGEST_FORMAT]


def _is_counted(given: Iterable[tuple[bytes, bytes]], status: int, kind: Kind) -> bool:
    """Whether an answer was whole, or the first part of a file, and went to no robot."""
    headers = dict(given)
    is_begun = status == 206 and headers.get(b"range", b"").startswith(b"bytes=0-")  # noqa: PLR2004
    if not (status == 200 or is_begun):  # noqa: PLR2004
        return False
    agent = headers.get(b"user-agent", b"")
    if _is_robot(agent) or b"prefetch" in headers.get(b"sec-purpose", b""):
        return False
    return kind != "page" or agent.startswith(_BROWSER)
