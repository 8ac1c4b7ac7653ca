"""Search as you type: places whose name goes on as the text does."""

import bisect
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from gis_platform.address.words import letters
from gis_platform.core.text import fold
from gis_platform.matching.model import Candidate

_SCANNED = 400
_SHORTEST = 2
_RANKED = 60
_OF_A_NAME = 40


class Suggest:
    """Sorted names with all their beginnings at a word; made on first use."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher
        self._contexts: dict[int, frozenset[str]] = {}

    def __call__(self, text: str, limit: int) -> list[Candidate]:
        """At most ``limit`` places, best first."""
        words = fold(text[:200]).replace(",", " ").replace(".", " ").replace("/", " ").split()
        spelt = [letters(word) for word in words]
        for first in range(len(words)):
            prefix = "".join(spelt[first:])
            if len(prefix) < _SHORTEST:
                break
            found = self._beginning(prefix, frozenset(spelt[:first]), limit)
            if found:
                return found
        return []

    @cached_property
    def _names(self) -> list[tuple[str, int, int, int]]:
        """(letters from a word on, which word, level 0 csbm 1 mahalle, place), sorted."""
        index = self._matcher.index
        out: list[tuple[str, int, int, int]] = []
        starts = index.name_start.tolist()
        for name, start in enumerate(starts[:-1]):
            out += _beginnings(self._matcher.name("csbm", start), 0, name)
        for at in range(len(index.mahalle_kod)):
            out += _beginnings(self._matcher.name("mahalle", at), 1, at)
        out.sort()
        return out

    def _beginning(self, prefix: str, beside: frozenset[str], limit: int) -> list[Candidate]:
        names = self._names
        low = bisect.bisect_left(names, (prefix,))
        rows: list[tuple[int, int, int, str, int, int]] = []
        for at in range(low, min(low + _SCANNED, len(names))):
            said, word, level, place = names[at]
            if not said.startswith(prefix):
                break
            rows.append((0 if said == prefix else 1, word, -level, said, level, place))
        rows.sort()
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for rank, (exact, word, _, _, level, place) in enumerate(rows[:_RANKED]):
            for number in self._numbers(level, place):
                if (level, number) not in found:
                    missed = -len(beside & self._context(level, number)) if beside else 0
                    found[level, number] = (missed, rank * 10 + exact + word)
        ranked = sorted(found, key=lambda key: found[key])
        return [self._candidate(level, number) for level, number in ranked[:limit]]

    def _numbers(self, level: int, place: int) -> Iterable[int]:
        if level == 1:
            return (place,)
        start, end = self._matcher.index.name_start[place : place + 2].tolist()
        return range(start, min(end, start + _OF_A_NAME))

    def _candidate(self, level: int, number: int) -> Candidate:
        candidate: Candidate = (
            self._matcher.mahalle_candidate(number, 0.5)
            if level == 1
            else self._matcher.candidate(number, -1, 0.5)
        )
        return candidate

    def _context(self, level: int, number: int) -> frozenset[str]:
        """The words of the mahalle, ilçe and il a place lies in."""
        mahalle = number if level == 1 else int(self._matcher.index.csbm_mahalle[number])
        words = self._contexts.get(mahalle)
        if words is None:
            place = self._matcher.mahalle_candidate(mahalle, 0.5)
            names = f"{place.mahalle or ''} {place.ilce or ''} {place.il or ''}"
            words = self._contexts[mahalle] = frozenset(letters(word) for word in names.split())
        return words


def _beginnings(name: str, level: int, place: int) -> list[tuple[str, int, int, int]]:
    words = [letters(word) for word in fold(name).replace(".", " ").split()]
    return [("".join(words[at:]), at, level, place) for at in range(len(words)) if words[at]]
