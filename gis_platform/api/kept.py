"""Answers that cost something and never change, kept in memory; the oldest go first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
_MOST = 256


class Kept(Generic[T]):
    """A small store of finished answers; safe for many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._things: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is under ``key``; made where it is not there yet."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        thing = make()
        with self._lock:
            self._things[key] = thing
            while len(self._things) > _MOST:
                self._things.popitem(last=False)
        return thing
