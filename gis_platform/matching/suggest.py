"""Search as you type: places whose name goes on as the text does."""

import bisect
from functools import cached_property
from typing import Any

from gis_platform.address.words import letters
from gis_platform.core.text import fold
from gis_platform.matching.model import Candidate

_SCANNED = 400
_SHORTEST = 2


class Suggest:
    """Sorted names with all their beginnings at a word; made on first use."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def __call__(self, text: str, limit: int) -> list[Candidate]:
        """At most ``limit`` places, best first."""
        words = fold(text[:200]).replace(",", " ").replace(".", " ").replace("/", " ").split()
        for first in range(len(words)):
            prefix = letters("".join(words[first:]))
            if len(prefix) < _SHORTEST:
                break
            found = self._beginning(prefix, {letters(w) for w in words[:first]}, limit)
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

    def _beginning(self, prefix: str, beside: set[str], limit: int) -> list[Candidate]:
        names = self._names
        low = bisect.bisect_left(names, (prefix,))
        rows: list[tuple[int, int, int, str, int, int]] = []
        for at in range(low, min(low + _SCANNED, len(names))):
            said, word, level, place = names[at]
            if not said.startswith(prefix):
                break
            rows.append((0 if said == prefix else 1, word, -level, said, level, place))
        rows.sort()
        found: dict[tuple[int, int], tuple[int, int, Candidate]] = {}
        for rank, (exact, word, _, _, level, place) in enumerate(rows[:60]):
            for candidate, number in self._places(level, place):
                missed = -sum(part in self._context(candidate) for part in beside)
                key = (level, number)
                found.setdefault(key, (missed, rank * 10 + exact + word, candidate))
        ranked = sorted(found.values(), key=lambda row: row[:2])
        return [candidate for _, _, candidate in ranked[:limit]]

    def _places(self, level: int, place: int) -> list[tuple[Candidate, int]]:
        if level == 1:
            return [(self._matcher.mahalle_candidate(place, 0.5), place)]
        start, end = self._matcher.index.name_start[place : place + 2].tolist()
        return [
            (self._matcher.candidate(at, -1, 0.5), at) for at in range(start, min(end, start + 40))
        ]

    def _context(self, candidate: Candidate) -> set[str]:
        names = f"{candidate.mahalle or ''} {candidate.ilce or ''} {candidate.il or ''}"
        return {letters(word) for word in names.split()}


def _beginnings(name: str, level: int, place: int) -> list[tuple[str, int, int, int]]:
    words = [letters(word) for word in fold(name).replace(".", " ").split()]
    return [("".join(words[at:]), at, level, place) for at in range(len(words)) if words[at]]
