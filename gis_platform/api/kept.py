"""Answers that cost something and never change, kept in memory; the oldest go first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

_MOST = 256


class Kept:
    """A small store of finished texts; safe for many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._texts: OrderedDict[Hashable, str] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The text under ``key``; made where it is not there yet."""
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
                return self._texts[key]
        text = make()
        with self._lock:
            self._texts[key] = text
            while len(self._texts) > _MOST:
                self._texts.popitem(last=False)
        return text
