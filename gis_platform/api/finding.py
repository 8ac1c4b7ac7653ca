"""Finds the places a text may mean, within what the caller restricts the answer to.

A mahalle or csbm that is given is evidence (it is read with the text) and a restriction (nothing
outside is answered); a box and a level only restrict; a point only orders what is undecided. No
probability is changed by a filter without the text saying so: what was matched is told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gis_platform.api.index import Opened
from gis_platform.core.crs import metres_between
from gis_platform.core.text import fold
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import Candidate, Match, MatchLevel, MatchStatus
from gis_platform.matching.typed import MOST

Box = tuple[float, float, float, float]
NEAR_M = 2000.0
"""Of two places with the same claim the one so much nearer to the point has twice the weight."""
MOST_MAHALLE = 40
"""A larger box is no restriction worth searching mahalle by mahalle."""
_ORDER = (MatchLevel.KAPI, MatchLevel.CSBM, MatchLevel.MAHALLE, MatchLevel.ILCE)


@dataclass(frozen=True)
class Wanted:
    """What is searched for.

    Attributes:
        is_half_typed: the text is being typed; it may go on.
        mahalle: places of mahalle in the index that are allowed; ``None`` = all.
        csbm: place of the only csbm allowed.
        box: west, south, east, north, degrees.
        near: longitude, latitude.
        level: the finest kind of place wanted.
    """

    text: str
    limit: int
    is_half_typed: bool = False
    is_explained: bool = False
    mahalle: frozenset[int] | None = None
    csbm: int | None = None
    box: Box | None = None
    near: tuple[float, float] | None = None
    level: MatchLevel | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the text says what may be answered."""
        return any(
            each is not None for each in (self.mahalle, self.csbm, self.box, self.near, self.level)
        )


@dataclass(frozen=True)
class Placed:
    """A place that is answered; ``score`` is ``None`` where it is merely named alike."""

    place: Candidate
    score: float | None


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes:
        searched: the text as it was read, with the place that was given put before it.
        match: the verdict about ``searched``; ``None`` of a half-typed one.
        left_out: places that the restrictions took away.
        is_best_left_out: the best of them is what the text means.
    """

    searched: str
    match: Match | None
    places: tuple[Placed, ...]
    left_out: int = 0
    is_best_left_out: bool = False


def find(opened: Opened, wanted: Wanted) -> Found:
    """The places that answer, best first."""
    matcher, searched = opened.matcher, _completed(opened.matcher, wanted)
    most = MOST if wanted.is_narrowed else wanted.limit
    match, places = _look(matcher, wanted, searched, most)
    if not wanted.is_narrowed:
        return Found(searched, match, tuple(places))
    kept = [each for each in places if _is_inside(each.place, matcher, wanted)]
    kept += _more_in_box(opened, wanted, kept)
    is_best_left_out = bool(match and match.best and places and places[0] not in kept[:1])
    shown = _nearest_first(_lifted(kept, matcher, wanted.level), match, wanted.near)
    left_out = sum(each not in kept for each in places)
    return Found(searched, match, tuple(shown[: wanted.limit]), left_out, is_best_left_out)


def mahalle_at(matcher: Matcher, said: str) -> frozenset[int]:
    """Places of the mahalle of a code or a name; empty where there is none."""
    if said.isascii() and said.isdigit():
        return frozenset(np.flatnonzero(matcher.index.mahalle_kod == int(said)).tolist())
    name, count = fold(said), len(matcher.index.mahalle_kod)
    return frozenset(at for at in range(count) if fold(matcher.name("mahalle", at)) == name)


def csbm_at(matcher: Matcher, kod: int) -> int | None:
    """Place of a csbm; ``None`` where there is none of this code."""
    at = int(matcher.csbm_at(np.array([kod], np.int64))[0])
    return at if at >= 0 else None


def _look(
    matcher: Matcher, wanted: Wanted, searched: str, most: int
) -> tuple[Match | None, list[Placed]]:
    if wanted.is_half_typed:
        return None, [Placed(each, each.score) for each in matcher.suggest(searched, most)]
    match = matcher.explain(searched) if wanted.is_explained else matcher.match_one(searched)
    meant = {id(each) for each in (match.best, *match.candidates) if each is not None}
    return match, [
        Placed(each, each.score if id(each) in meant else None)
        for each in matcher.places(match, most)
    ]


def _more_in_box(opened: Opened, wanted: Wanted, kept: list[Placed]) -> list[Placed]:
    """What the text may go on to in the mahalle of a box; the best of all are seldom in it."""
    if wanted.box is None or len(kept) >= wanted.limit or not (wanted.is_half_typed or not kept):
        return []
    matcher, seen = opened.matcher, {_key(each.place) for each in kept}
    found: list[Placed] = []
    for at in opened.around.mahalle_in(wanted.box)[:MOST_MAHALLE]:
        for place in matcher.suggest(f"{matcher.name('mahalle', at)} MAH. {wanted.text}", MOST):
            if _key(place) not in seen and _is_inside(place, matcher, wanted):
                seen.add(_key(place))
                found.append(Placed(place, place.score if wanted.is_half_typed else None))
    return sorted(found, key=lambda each: -each.place.score)


def _key(place: Candidate) -> tuple[int | None, ...]:
    return place.ilce_kod, place.mahalle_kod, place.csbm_kod, place.numarataj_kimlik_no


def _completed(matcher: Matcher, wanted: Wanted) -> str:
    """The text with the mahalle and the csbm that were given, where it does not name them."""
    text, said = wanted.text, fold(wanted.text)
    before = []
    if wanted.csbm is not None:
        at, name = wanted.csbm, fold(matcher.name("csbm", wanted.csbm))
        before.append(f"{matcher.name('mahalle', int(matcher.index.csbm_mahalle[at]))} MAH.")
        if name.startswith(said):
            text = matcher.csbm_name(at)
        elif name not in said:
            before.append(matcher.csbm_name(at))
    elif wanted.mahalle is not None and len(wanted.mahalle) == 1:
        (at,) = wanted.mahalle
        if fold(matcher.name("mahalle", at)) not in said:
            before.append(f"{matcher.name('mahalle', at)} MAH.")
    return " ".join([*before, text])


def _is_inside(place: Candidate, matcher: Matcher, wanted: Wanted) -> bool:
    if wanted.csbm is not None and place.csbm_kod != int(matcher.index.csbm_kod[wanted.csbm]):
        return False
    if wanted.mahalle is not None:
        codes = {int(matcher.index.mahalle_kod[at]) for at in wanted.mahalle}
        if place.mahalle_kod not in codes:
            return False
    if wanted.level is not None and _rank(place.level) > _rank(wanted.level):
        return False
    return wanted.box is None or _is_in_box(place, wanted.box)


def _is_in_box(place: Candidate, box: Box) -> bool:
    west, south, east, north = box
    if place.lon is None or place.lat is None:
        return False
    return west <= place.lon <= east and south <= place.lat <= north


def _rank(level: MatchLevel) -> int:
    return _ORDER.index(MatchLevel.KAPI if level is MatchLevel.INTERPOLASYON else level)


def _lifted(
    places: Iterable[Placed], matcher: Matcher, level: MatchLevel | None
) -> Sequence[Placed]:
    """Finer places at the level wanted, in their own branch; what becomes one counts as one."""
    if level is None or level is MatchLevel.KAPI:
        return list(places)
    known: dict[int | None, Placed] = {}
    for each in places:
        place = _at_level(each.place, matcher, level)
        key = getattr(place, f"{level.value}_kod")
        before = known.get(key)
        if before is None:
            known[key] = replace(each, place=place)
        elif before.score is not None and each.score is not None:
            known[key] = replace(before, score=min(1.0, before.score + each.score))
    return list(known.values())


def _at_level(place: Candidate, matcher: Matcher, level: MatchLevel) -> Candidate:
    if place.level is level:
        return place
    index = matcher.index
    if level is MatchLevel.CSBM and place.csbm_kod is not None:
        at = int(matcher.csbm_at(np.array([place.csbm_kod], np.int64))[0])
        return matcher.candidate(at, -1, place.score)
    if level is MatchLevel.MAHALLE:
        at = int(np.flatnonzero(index.mahalle_kod == place.mahalle_kod)[0])
        return matcher.mahalle_candidate(at, place.score)
    at = int(np.flatnonzero(index.ilce_kod == place.ilce_kod)[0])
    return matcher.ilce_candidate(at, place.score)


def _nearest_first(
    places: Sequence[Placed], match: Match | None, near: tuple[float, float] | None
) -> Sequence[Placed]:
    """What is undecided in the order of its claim and its distance; what was matched stays first.

    Scores stay what they are; the distance is told.
    """
    if near is None:
        return places
    away = [
        replace(each, place=replace(each.place, distance_m=_distance(each.place, near)))
        for each in places
    ]
    is_decided = match is not None and match.status is MatchStatus.MATCHED
    first, rest = (away[:1], away[1:]) if is_decided else ([], away)
    return [*first, *sorted(rest, key=_claim, reverse=True)]


def _claim(each: Placed) -> tuple[bool, float]:
    distance = each.place.distance_m
    apart = 2.0 ** (-(distance if distance is not None else 1e6) / NEAR_M)
    return each.score is not None, (each.score or each.place.score) * apart


def _distance(place: Candidate, near: tuple[float, float]) -> float | None:
    if place.lon is None or place.lat is None:
        return None
    return round(metres_between(near, (place.lon, place.lat)), 1)
