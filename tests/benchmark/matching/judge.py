"""Answers held against what the addresses mean: the figures every engine is measured by."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.matching.model import MatchLevel, MatchStatus

from .messy import AMBIGUOUS, CSBM, CSBM_ONLY, KAPI, NONE

PRECISIONS = (0.99, 0.95)
_BINS = 10


@dataclass(frozen=True)
class Quality:
    """What an engine did with a set of messy addresses; shares of 0 to 1.

    Attributes:
        rows: addresses asked.
        accuracy: of the doors that can be told, the share whose best answer is that door.
        recall_99, recall_95: of them, the greatest share found while 99 % (95 %) of all doors
            answered are right, with the engine's own score as threshold; answers to what is not in
            the reference count as wrong.
        decided, right: at the engine's own threshold (``None`` where it has none): share of the
            answerable rows decided, and share of the decisions that is right.
        absent_answered: share of the addresses not in the reference that are answered as matched.
        ambiguous_answered: of those that nobody could tell apart, likewise.
        ece: mean distance between the score and the share that is right; ``None`` where the score
            is no probability.
    """

    rows: int
    accuracy: float
    recall_99: float
    recall_95: float
    decided: float | None
    right: float | None
    absent_answered: float | None
    ambiguous_answered: float | None
    ece: float | None

    def as_dict(self) -> dict[str, float | int | None]:
        """For JSON."""
        return {k: round(v, 5) if isinstance(v, float) else v for k, v in asdict(self).items()}


def judged(truth: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """The truth with ``score, names_door, is_right, is_decided, is_placed`` beside it.

    A row is right when it names the door meant, or the csbm where no door can be told; where a door
    is meant and only its csbm is answered, it is right but finds no door.
    """
    status, level = (answers[n].astype(str).to_numpy() for n in ("match_status", "match_level"))
    csbm = pd.to_numeric(answers["csbm_kod"]).to_numpy(float, na_value=np.nan)
    door = pd.to_numeric(answers["numarataj_kimlik_no"]).to_numpy(float, na_value=np.nan)
    names_door = (level == MatchLevel.KAPI.value) & ~np.isnan(door)
    placed = ~np.isnan(csbm) & np.isin(
        level, [MatchLevel.KAPI.value, MatchLevel.INTERPOLASYON.value, MatchLevel.CSBM.value]
    )
    expected = truth["expected"].to_numpy(str)
    same_csbm = csbm == truth["csbm_kod"].to_numpy(float)
    same_door = door == truth["numarataj_kimlik_no"].to_numpy(float)
    right = np.select(
        [np.isin(expected, [NONE, AMBIGUOUS]), (expected == KAPI) & names_door,
         (expected == CSBM) & names_door],
        [False, same_door, False], same_csbm,
    )  # fmt: skip
    return truth.assign(
        score=pd.to_numeric(answers["score"]).to_numpy(float),
        names_door=names_door,
        is_placed=placed,
        is_right=right.astype(bool) & placed,
        is_decided=placed & (status == MatchStatus.MATCHED.value),
    )


def quality(rows: pd.DataFrame) -> Quality:
    """Sum up judged rows."""
    expected = rows["expected"]
    findable = (expected == KAPI).to_numpy()
    answerable = expected.isin([KAPI, CSBM, CSBM_ONLY]).to_numpy()
    decided, right = rows["is_decided"].to_numpy(bool), rows["is_right"].to_numpy(bool)
    found = findable & right & rows["names_door"].to_numpy(bool)
    return Quality(
        len(rows),
        float(found.sum() / findable.sum()),
        *(_recall_at(rows, found, findable.sum(), bar) for bar in PRECISIONS),
        float((decided & answerable).sum() / answerable.sum()),
        _share(right, decided & (expected != AMBIGUOUS).to_numpy()),
        _share(decided, (expected == NONE).to_numpy()),
        _share(decided, (expected == AMBIGUOUS).to_numpy()),
        ece(rows),
    )


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float | None:
    return float((part & whole).sum() / whole.sum()) if whole.any() else None


def _recall_at(rows: pd.DataFrame, found: NDArray[np.bool_], all_: int, bar: float) -> float:
    """The best recall among thresholds at which precision holds; ambiguous rows do not count."""
    named = (rows["names_door"] & (rows["expected"] != AMBIGUOUS)).to_numpy(bool)
    score, good = rows["score"].to_numpy(float)[named], found[named]
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(good[order])
    precision = hits / np.arange(1, len(hits) + 1)
    last = np.r_[np.diff(score[order]) != 0, True] if len(order) else np.array([], bool)
    fits = last & (precision >= bar)
    return float(hits[fits].max() / all_) if fits.any() else 0.0


def ece(rows: pd.DataFrame) -> float | None:
    """Mean distance of the score from the share that is right, over tenths; placed rows only."""
    placed = rows[rows["is_placed"] & (rows["expected"] != AMBIGUOUS)]
    if placed.empty or not placed["score"].between(0, 1).all():
        return None  # no probability
    score, right = placed["score"].to_numpy(float), placed["is_right"].to_numpy(float)
    tenth = np.minimum((score * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(tenth, minlength=_BINS)
    error = np.abs(np.bincount(tenth, score, _BINS) - np.bincount(tenth, right, _BINS))
    return float(error[counts > 0].sum() / counts.sum())


def outcomes(rows: pd.DataFrame) -> pd.Series:
    """``right``, ``wrong`` (decided, not so), ``missed`` (answerable, left open), ``refused``."""
    decided, right = rows["is_decided"], rows["is_right"]
    open_ = rows["expected"].isin([NONE, AMBIGUOUS])
    coarse = (rows["expected"] == KAPI) & ~rows["names_door"] & decided & right
    return pd.Series(
        np.select(
            [coarse, decided & right, decided, open_], ["coarse", "right", "wrong", "refused"],
            "missed",
        ),
        index=rows.index,
    )  # fmt: skip
