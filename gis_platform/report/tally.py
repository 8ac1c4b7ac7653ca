"""Counts rows as they leave a pipeline, by outcome, mahalle, csbm and reason."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, TypeVar

import pandas as pd

from gis_platform.core.pipeline import CODE

Outcome = Literal["loaded", "held", "rejected"]
OUTCOMES: tuple[Outcome, ...] = ("loaded", "held", "rejected")
T = TypeVar("T")
UNKNOWN = 0
"""Code that stands for “no mahalle” or “no csbm”."""

_MOST_POINTS = 4_000


class RunTally:
    """Counters that fill as rows leave; memory does not grow with the rows.

    Frames may have ``mahalle_kod``, ``csbm_kod``, ``match_level``, ``_code``, ``lon``, ``lat``;
    what is missing counts as unknown.
    """

    def __init__(self) -> None:
        self.places: Counter[tuple[int, int, str]] = Counter()
        self.levels: Counter[tuple[str, str]] = Counter()
        self.reasons: Counter[tuple[str, str, str]] = Counter()
        self.points: list[tuple[float, float]] = []
        """Longitude, latitude of held rows, the first few thousand."""

    def add(self, outcome: Outcome, step: str, frame: pd.DataFrame) -> None:
        """Count the rows of a frame that ended as ``outcome`` in ``step``."""
        mahalle, csbm = _codes(frame, "mahalle_kod"), _codes(frame, "csbm_kod")
        for (m, c), n in _counted(zip(mahalle, csbm, strict=True)):
            self.places[int(m), int(c), outcome] += n
        for level, n in _counted(_texts(frame, "match_level")):
            self.levels[outcome, level] += n
        if outcome != "loaded":
            for code, n in _counted(_texts(frame, CODE)):
                self.reasons[outcome, step, code] += n
        if outcome == "held":
            self._add_points(frame)

    def by_mahalle(self) -> dict[int, dict[str, int]]:
        """Rows per mahalle code and outcome."""
        found: dict[int, dict[str, int]] = {}
        for (mahalle, _csbm, outcome), n in self.places.items():
            counts = found.setdefault(mahalle, dict.fromkeys(OUTCOMES, 0))
            counts[outcome] += n
        return found

    def worst_csbm(self, most: int = 20) -> list[tuple[int, int, dict[str, int]]]:
        """Mahalle code, csbm code and rows of those with most rows held, the worst first."""
        found: dict[tuple[int, int], dict[str, int]] = {}
        for (mahalle, csbm, outcome), n in self.places.items():
            if csbm != UNKNOWN:
                found.setdefault((mahalle, csbm), dict.fromkeys(OUTCOMES, 0))[outcome] += n
        ranked = sorted(found.items(), key=lambda item: (-item[1]["held"], item[0]))
        return [(m, c, counts) for (m, c), counts in ranked[:most] if counts["held"]]

    def _add_points(self, frame: pd.DataFrame) -> None:
        room = _MOST_POINTS - len(self.points)
        if room <= 0 or not {"lon", "lat"} <= set(frame.columns):
            return
        here = frame[["lon", "lat"]].apply(pd.to_numeric, errors="coerce").dropna().head(room)
        self.points += [(float(lon), float(lat)) for lon, lat in here.itertuples(index=False)]


def _codes(frame: pd.DataFrame, column: str) -> Iterable[int]:
    if column not in frame:
        return [UNKNOWN] * len(frame)
    codes = pd.to_numeric(frame[column], errors="coerce").fillna(UNKNOWN)
    return [int(code) for code in codes]


def _texts(frame: pd.DataFrame, column: str) -> Iterable[str]:
    if column not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(text) else str(text) for text in frame[column]]


def _counted(values: Iterable[T]) -> list[tuple[T, int]]:
    return list(Counter(values).items())
