"""Search as you type: the places that what is typed so far may go on to, most likely first."""

import threading
from functools import cached_property
from typing import Any

import numpy as np

from gis_platform.address.tokens import fold_table
from gis_platform.address.words import word_table
from gis_platform.matching.beginnings import Beginnings
from gis_platform.matching.index import IS_CSBM, IS_MAHALLE
from gis_platform.matching.model import Candidate
from gis_platform.matching.typed import MOST, Masses, Typed, new_typed, suggest_row
from gis_platform.matching.weights import BITS

_LONGEST = 200


class Suggest:
    """Ranks places from the sorted beginnings of the index; each thread has its own memory."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher
        self._thread = threading.local()

    def __call__(self, text: str, limit: int) -> list[Candidate]:
        """At most ``limit`` places, ``MOST`` of them at most, most likely first.

        The score of a place is the share it has of all doors that what is typed may go on to; a
        word that nothing explains takes away what ``left_plain`` says.
        """
        work, its = self._work(), self._matcher
        codes = np.frombuffer(text[:_LONGEST].encode("utf-32-le", "surrogatepass"), np.uint32)
        found, total, missing = suggest_row(
            its.index, self._beginnings, self._masses, codes, fold_table(), word_table(), work,
            min(limit, MOST),
        )  # fmt: skip
        if not found:
            return []
        unsure = 2.0 ** (float(its.bits[BITS.index("left_plain")]) * missing) / float(total)
        return [self._candidate(work, at, unsure) for at in range(found)]

    def _candidate(self, work: Typed, at: int, unsure: float) -> Candidate:
        kind, place = int(work.kind[at]), int(work.place[at])
        score = round(float(work.mass[at]) * unsure, 4)
        if kind == IS_CSBM:
            return self._matcher.candidate(place, int(work.door[at]), score)  # type: ignore[no-any-return]
        if kind == IS_MAHALLE:
            return self._matcher.mahalle_candidate(place, score)  # type: ignore[no-any-return]
        return self._matcher.ilce_candidate(place, score)  # type: ignore[no-any-return]

    def _work(self) -> Typed:
        work: Typed | None = getattr(self._thread, "work", None)
        if work is None:
            work = self._thread.work = new_typed(self._matcher.index)
        return work

    @cached_property
    def _beginnings(self) -> Beginnings:
        arrays = self._matcher.arrays
        return Beginnings(*(arrays[f"begin_{name}"] for name in Beginnings._fields))

    @cached_property
    def _masses(self) -> Masses:
        index = self._matcher.index
        csbm = np.diff(index.door_start).astype(np.float64) + 1.0
        mahalle = np.bincount(index.csbm_mahalle, csbm, minlength=max(len(index.mahalle_kod), 1))
        ilce = np.bincount(index.mahalle_ilce, mahalle[: len(index.mahalle_ilce)],
                           minlength=max(len(index.ilce_kod), 1))  # fmt: skip
        return Masses(csbm, np.maximum(mahalle, 1.0), np.maximum(ilce, 1.0))
