"""One address answered by the core alone, and explained where somebody asks why."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.tokens import fold_table
from gis_platform.address.words import word_table
from gis_platform.matching import answer, marks
from gis_platform.matching.columns import AddressBatch, text_batch
from gis_platform.matching.explain import explained, parts_of
from gis_platform.matching.kernel import Out, match_rows, new_out
from gis_platform.matching.ledger import NO_LEDGER, new_ledger
from gis_platform.matching.model import Action, Candidate, Match, MatchLevel, MatchStatus, finite
from gis_platform.matching.scratch import KEPT, Scratch, new_scratch

_UNLIKELY = 1e-4
_NO_CODE, _NO_KEY = np.full(1, -1, np.int32), np.zeros(1, np.uint64)
_STATUS, _LEVELS, _ACTIONS = tuple(MatchStatus), (*MatchLevel, None), tuple(Action)
_WIDEST_GAP = 30.0


class OneAddress:
    """Answers single addresses; each thread has its own working memory, made once."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher
        self._thread = threading.local()

    def __call__(self, text: str) -> Match:
        """The answer to one address in free text."""
        return self._answer(text, NO_LEDGER)[0]

    def explain(self, text: str) -> Match:
        """The same answer with what it is made of."""
        ledger = new_ledger()
        match, work = self._answer(text, ledger)
        weighed = {
            int(csbm): (float(work.weight[slot]), parts_of(ledger[slot]))
            for slot, csbm in enumerate(work.best.tolist())
            if csbm >= 0
        }
        best, at_best = match.best, self._at(match.best)
        if best is not None and at_best in weighed:
            weight, parts = weighed[at_best]
            best = replace(best, weight=weight, parts=parts)
        others = tuple(
            replace(place, weight=weighed[at][0], parts=weighed[at][1])
            for at, place in self._others(work, at_best, 0.0)
        )
        return explained(
            replace(match, best=best, candidates=others), work, null=self._matcher.null_bits,
            accept=self._matcher.accept_score, review=self._matcher.review_score,
        )  # fmt: skip

    def _answer(self, text: str, ledger: NDArray[np.float64]) -> tuple[Match, Scratch]:
        """The answer, and the memory of the core that holds what it is made of."""
        batch, work, out, its = text_batch([text]), self._work(), new_out(1), self._matcher
        match_rows(
            its.index, batch.codes, batch.starts, batch.fields, 0, 1, fold_table(), word_table(),
            its.bits, _NO_CODE, _NO_CODE, _NO_KEY, its.il_count, out, work, ledger,
        )  # fmt: skip
        answers = answer.decide(its, out, its.accept_score, its.review_score)
        return self._match(text, batch, work, out, answers), work

    def _work(self) -> Scratch:
        """The working memory of this thread."""
        work: Scratch | None = getattr(self._thread, "work", None)
        if work is None:
            index = self._matcher.index
            work = self._thread.work = new_scratch(len(index.mahalle_kod), len(index.ilce_kod))
        return work

    def _match(
        self, text: str, batch: AddressBatch, work: Scratch, out: Out, answers: answer.Answers
    ) -> Match:
        level, reason = _LEVELS[answers.level[0]], answer.REASONS[answers.reason[0]]
        score, csbm = round(float(answers.score[0]), 4), int(answers.csbm[0])
        best = self._best(answers, out, level, score)
        gap = float(out.weight[0, 0] - out.weight[0, 1]) if out.csbm[0, 1] >= 0 else _WIDEST_GAP
        return Match(
            text=text, status=_STATUS[answers.status[0]], level=level, score=score, reason=reason,
            action=_ACTIONS[answers.status[0]], best=best,
            dis_kapi_no=(best.dis_kapi_no if best else None) or _door(out),
            ic_kapi_no=answer.units(out)[0] or None,
            gap=round(min(gap, _WIDEST_GAP), 2) if csbm >= 0 else 0.0,
            faults=answer.fault_names(int(answers.flags[0]), reason.value),
            unused_words=answer.unused_words(batch, 0, out.unused[0]),
            candidates=tuple(place for _, place in self._others(work, csbm, _UNLIKELY)),
        )  # fmt: skip

    def _best(
        self, answers: answer.Answers, out: Out, level: MatchLevel | None, score: float
    ) -> Candidate | None:
        if level is None:
            return None
        if level is MatchLevel.ILCE:
            return self._matcher.ilce_candidate(int(answers.ilce[0]), score)  # type: ignore[no-any-return]
        if level is MatchLevel.MAHALLE:
            return self._matcher.mahalle_candidate(int(answers.mahalle[0]), score)  # type: ignore[no-any-return]
        place: Candidate = self._matcher.candidate(
            int(answers.csbm[0]), int(answers.door[0]), score, float(out.weight[0, 0])
        )
        if level is not MatchLevel.INTERPOLASYON:
            return place
        return replace(
            place, level=level, dis_kapi_no=_door(out), lon=finite(answers.lon[0]),
            lat=finite(answers.lat[0]), accuracy_m=finite(round(float(answers.accuracy[0]), 1)),
        )  # fmt: skip

    def _others(self, work: Scratch, best: int, least: float) -> list[tuple[int, Candidate]]:
        """The csbm weighed but for the best, with their places; a door where they have it."""
        share = answer.shares(work.weight[None], work.best[None], self._matcher.null_bits)[0]
        found = []
        for slot in range(KEPT):
            csbm = int(work.best[slot])
            if csbm < 0 or csbm == best or share[slot] < least:
                continue
            score, weight = round(float(share[slot]), 4), float(work.weight[slot])
            door = int(work.doors[slot])
            found.append((csbm, self._matcher.candidate(csbm, door, score, weight)))
        return found

    def _at(self, place: Candidate | None) -> int:
        """Place of a candidate's csbm in the arrays, −1 where it is no csbm."""
        if place is None or place.csbm_kod is None:
            return -1
        return int(self._matcher.csbm_at(np.array([place.csbm_kod]))[0])


def _door(out: Out) -> str | None:
    return answer.expressions(out.door_text, marks.DOOR_WIDTH)[0] or None
