"""One address answered by the core alone, and explained where somebody asks why."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.tokens import MAX_CHARACTERS
from gis_platform.core.text import upper
from gis_platform.matching import answer, marks
from gis_platform.matching.calibration import mahalle_score
from gis_platform.matching.decide import REASONS, Answers
from gis_platform.matching.explain import explained, parts_of
from gis_platform.matching.held import Desk, Held, answer_one, hold, new_desk, settle_between
from gis_platform.matching.kernel import Out
from gis_platform.matching.ledger import NO_LEDGER, new_ledger
from gis_platform.matching.model import Action, Candidate, Match, MatchLevel, MatchStatus, finite
from gis_platform.matching.places import between_doors
from gis_platform.matching.scratch import KEPT, Scratch

_UNLIKELY, _ALONE = 1e-4, 14.0
"""Candidates less likely are not shown; so many bits behind the best, none can be."""
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

    def warm(self) -> None:
        """Run once through all that is compiled for single addresses."""
        self.explain("")
        scores = self._matcher.accept_score, self._matcher.review_score, mahalle_score()
        settle_between(self._desk()[1], *scores)

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
            for at, place in self._others(work, at_best, self._score_of(), 0.0)
        )
        return explained(
            replace(match, best=best, candidates=others), work, null=self._matcher.null_bits,
            accept=self._matcher.accept_score, review=self._matcher.review_score,
        )  # fmt: skip

    def _answer(self, text: str, ledger: NDArray[np.float64]) -> tuple[Match, Scratch]:
        """The answer, and the memory of the core that holds what it is made of."""
        desk, held = self._desk()
        text_read = text[:MAX_CHARACTERS]
        codes = np.frombuffer(text_read.encode("utf-32-le", "surrogatepass"), np.uint32)
        scores = self._matcher.accept_score, self._matcher.review_score, mahalle_score()
        if answer_one(held, codes, *scores, ledger) and self._lies_between(desk):
            settle_between(held, *scores)
        return self._match(text, codes, desk), desk.work

    def _desk(self) -> tuple[Desk, Held]:
        """What this thread answers with."""
        known: tuple[Desk, Held] | None = getattr(self._thread, "desk", None)
        if known is None:
            its = self._matcher
            desk = new_desk(its.index, its.points, its.bits, its.il_count)
            known = self._thread.desk = desk, hold(desk)
        return known

    def _lies_between(self, desk: Desk) -> bool:
        """Whether it lies between two known doors; where is written to the answer."""
        out, answers = desk.out, desk.answers
        found = between_doors(
            self._matcher.arrays, out.number, out.near, desk.reference.door_integer,
            out.csbm[:, 0].astype(np.int64),
        )  # fmt: skip
        if not found.good[0]:
            return False
        answers.lon[:], answers.lat[:], answers.accuracy[:] = found.lon, found.lat, found.accuracy
        return True

    def _match(self, text: str, codes: NDArray[np.uint32], desk: Desk) -> Match:
        out, answers, work = desk.out, desk.answers, desk.work
        status, level = int(answers.status[0]), _LEVELS[answers.level[0]]
        reason = REASONS[answers.reason[0]]
        score, csbm = round(float(answers.score[0]), 4), int(answers.csbm[0])
        best = self._best(answers, out, level, score)
        gap = float(out.weight[0, 0] - out.weight[0, 1]) if out.csbm[0, 1] >= 0 else _WIDEST_GAP
        is_alone = csbm == work.best[0] and gap > _ALONE
        others = [] if is_alone else self._others(work, csbm, float(out.score[0]), _UNLIKELY)
        return Match(
            text=text, status=_STATUS[status], level=level, score=score, reason=reason,
            action=_ACTIONS[status], best=best,
            dis_kapi_no=(best.dis_kapi_no if best else None) or _door(out),
            ic_kapi_no=_unit(out),
            gap=round(min(gap, _WIDEST_GAP), 2) if csbm >= 0 else 0.0,
            faults=answer.fault_names(int(out.flags[0]), reason.value),
            unused_words=_words(codes, out.unused[0]),
            alias=_alias(codes, out, csbm),
            candidates=tuple(place for _, place in others),
        )  # fmt: skip

    def _best(
        self, answers: Answers, out: Out, level: MatchLevel | None, score: float
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

    def _score_of(self) -> float:
        """Score of the best csbm of this thread's last answer."""
        return float(self._desk()[0].out.score[0])

    def _others(
        self, work: Scratch, best: int, score_of_best: float, least: float
    ) -> list[tuple[int, Candidate]]:
        """The csbm weighed but for the best, with their places; a door where they have it."""
        share = answer.shares(work.weight[None], work.best[None], np.array([score_of_best]))[0]
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


def _alias(codes: NDArray[np.uint32], out: Out, csbm: int) -> str | None:
    """The other name by which the csbm answered was found, as written."""
    is_told = csbm >= 0 and not out.flags[0] >> marks.F_DECIDED & 1
    return next(iter(_words(codes, out.alias)), None) if is_told else None


def _door(out: Out) -> str | None:
    """The door as written."""
    return _text(out.door_text[0])


def _unit(out: Out) -> str | None:
    """The unit as written; of ``12/10``, answered as door 12, what stands behind the door."""
    unit = _text(out.unit_text[0])
    if unit or not out.flags[0] >> marks.F_DOOR_SPLIT & 1:
        return unit
    return (_door(out) or "").partition("/")[2] or None


def _text(codes: NDArray[np.uint32]) -> str | None:
    return upper(codes.tobytes().decode("utf-32-le", "replace").rstrip("\0")) or None


def _words(codes: NDArray[np.uint32], spans: NDArray[np.int32]) -> tuple[str, ...]:
    """Words nothing explains, as written."""
    return tuple(
        codes[start:end].tobytes().decode("utf-32-le", "replace")
        for start, end in spans.tolist()
        if start >= 0
    )
