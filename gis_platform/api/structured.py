"""Answers one address given by its components, exactly as ``gis match`` answers a row of a file."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from gis_platform.matching import answer
from gis_platform.matching.columns import table_batch
from gis_platform.matching.decide import REASONS, Answers, decide
from gis_platform.matching.kernel import Out
from gis_platform.matching.match import Matcher, as_frame
from gis_platform.matching.model import (
    Action,
    AddressColumns,
    Candidate,
    Match,
    MatchLevel,
    MatchStatus,
    finite,
)

_LEVELS = (*MatchLevel, None)
_UNLIKELY = 1e-4


def match_components(matcher: Matcher, given: Mapping[str, str]) -> Match:
    """The answer to an address by components.

    Args:
        matcher: of the index.
        given: components by the names of ``AddressColumns``.
    """
    columns = AddressColumns(**{name: name for name in given})
    batch = table_batch(pa.table({name: [value] for name, value in given.items()}), columns)
    out = matcher.run(batch, 1)
    answers = decide(matcher, out, matcher.accept_score, matcher.review_score)
    row = answer.result_columns(matcher, batch, out, answers, explain=True)
    told = as_frame(row, range(1)).iloc[0]
    return Match(
        text=" ".join(given.values()),
        status=MatchStatus(told["match_status"]),
        level=_LEVELS[answers.level[0]],
        score=float(told["score"]),
        reason=REASONS[answers.reason[0]],
        action=Action(told["action"]),
        best=_best(matcher, out, answers, told["dis_kapi_no"] or None),
        dis_kapi_no=told["dis_kapi_no"] or None,
        ic_kapi_no=told["ic_kapi_no"] or None,
        gap=float(told["gap"]),
        faults=tuple(told["faults"].split()),
        unused_words=tuple(told["unused_words"].split()),
        alias=told["alias"] or None,
        candidates=_others(matcher, out, int(answers.csbm[0])),
    )


def _best(matcher: Matcher, out: Out, answers: Answers, door: str | None) -> Candidate | None:
    level, score = _LEVELS[answers.level[0]], round(float(answers.score[0]), 4)
    if level is None:
        return None
    if level is MatchLevel.ILCE:
        return matcher.ilce_candidate(int(answers.ilce[0]), score)
    if level is MatchLevel.MAHALLE:
        return matcher.mahalle_candidate(int(answers.mahalle[0]), score)
    weight = float(out.weight[0, 0])
    place = matcher.candidate(int(answers.csbm[0]), int(answers.door[0]), score, weight)
    if level is not MatchLevel.INTERPOLASYON:
        return place
    between = {
        "level": level, "dis_kapi_no": door, "lon": finite(answers.lon[0]),
        "lat": finite(answers.lat[0]), "accuracy_m": finite(round(float(answers.accuracy[0]), 1)),
    }  # fmt: skip
    return Candidate(**{**vars(place), **between})


def _others(matcher: Matcher, out: Out, best: int) -> tuple[Candidate, ...]:
    share = answer.shares(out.weight, out.csbm, out.score)[0]
    slots = [at for at in np.flatnonzero(out.csbm[0] >= 0) if share[at] >= _UNLIKELY]
    return tuple(
        matcher.candidate(int(out.csbm[0, at]), -1, round(float(share[at]), 4),
                          float(out.weight[0, at]))
        for at in slots
        if int(out.csbm[0, at]) != best
    )  # fmt: skip
