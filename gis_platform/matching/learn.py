"""Decisions of people become lessons: other names of places, what was refused, a recalibration.

Nothing is learnt from one decision alone, and nothing that would also hit another place: a name is
proposed where enough decisions name it and none speaks against it, else refused with its reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from gis_platform.address.parse import parse
from gis_platform.address.tokens import fold_table
from gis_platform.address.words import word_table
from gis_platform.core.errors import Text
from gis_platform.core.text import clean, upper
from gis_platform.matching.batch import codes_of
from gis_platform.matching.learned import Learned, LearnedKind, Lesson, same_lesson
from gis_platform.matching.match import Matcher
from gis_platform.matching.phrases import FULL, forms

SUPPORT = 3
"""Decisions that must name a place by the same other name before it is learnt."""
_SHORTEST = 3


@dataclass(frozen=True)
class Reviewed:
    """A decision of a person about one address.

    Attributes:
        where: which row of the file, or which decision, in words.
        key: the address as it is found again.
        text: the address as read.
        csbm_kod, numarataj_kimlik_no: the place accepted; ``None`` where every one was refused.
        refused: places offered and refused: csbm_kod and numarataj_kimlik_no.
        score: of the best answer, where known.
        is_best: whether the best answer was the right one.
    """

    where: str
    key: str
    text: str
    csbm_kod: int | None = None
    numarataj_kimlik_no: int | None = None
    refused: tuple[tuple[int, int | None], ...] = ()
    score: float | None = None
    is_best: bool = False


@dataclass(frozen=True)
class NamedPlace:
    """An other name someone gives in a list: the place, the name, its days, why."""

    where: str
    level: str
    kod: int
    alias: str
    valid_from: date | None = None
    valid_to: date | None = None
    why: str = ""


@dataclass(frozen=True)
class Rejected:
    """A lesson not learnt: what it would have been, and the reason."""

    lesson: Lesson
    reason: Text


@dataclass(frozen=True)
class Proposal:
    """What would be learnt, and what would not and why."""

    lessons: tuple[Lesson, ...]
    rejected: tuple[Rejected, ...]

    def __add__(self, other: "Proposal") -> "Proposal":
        return Proposal(self.lessons + other.lessons, self.rejected + other.rejected)


def decisions_of(reviewed: Iterable[Reviewed]) -> Proposal:
    """The decisions themselves: each holds for its very address and for no other."""
    lessons = []
    for one in reviewed:
        if one.csbm_kod is not None:
            lessons.append(Lesson(
                LearnedKind.DECISION, key=one.key, csbm_kod=one.csbm_kod,
                numarataj_kimlik_no=one.numarataj_kimlik_no, evidence=one.where,
            ))  # fmt: skip
        lessons += [
            Lesson(LearnedKind.REFUSAL, key=one.key, csbm_kod=csbm, numarataj_kimlik_no=door,
                   evidence=one.where)
            for csbm, door in one.refused
        ]  # fmt: skip
    return Proposal(tuple(lessons), ())


def only_new(found: Proposal, holding: Sequence[Learned]) -> Proposal:
    """The proposal without what is in force already."""
    known = [one.lesson for one in holding]
    lessons: list[Lesson] = []
    for one in found.lessons:
        if not any(same_lesson(one, other) for other in [*known, *lessons]):
            lessons.append(one)
    return Proposal(tuple(lessons), found.rejected)


def aliases_of(
    matcher: Matcher, reviewed: Sequence[Reviewed], *, support: int = SUPPORT
) -> Proposal:
    """Names that decisions gave to csbm and mahalle, where enough of them agree.

    Args:
        matcher: tells which names there are.
        reviewed: the decisions.
        support: how many different addresses must name a place so.
    """
    places = _Names(matcher)
    votes: dict[tuple[str, int, str], dict[str, str]] = defaultdict(dict)
    against: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for one in reviewed:
        for csbm, _ in one.refused:
            for level, kod, alias in places.said(one.text, csbm):
                against[level, kod, alias].add(one.where)
        if one.csbm_kod is not None:
            for level, kod, alias in places.said(one.text, one.csbm_kod):
                votes[level, kod, alias][one.key] = one.where
    lessons, rejected = [], []
    for (level, kod, alias), rows in sorted(votes.items()):
        said = Lesson(
            LearnedKind.ALIAS, level=level, kod=kod, alias=alias, support=len(rows),
            evidence=", ".join(sorted(rows.values())), why="",
        )  # fmt: skip
        others = {k for lv, k, name in votes if (lv, name) == (level, alias) and k != kod}
        reason = (
            _decided_otherwise(places, level, kod, others, against[level, kod, alias])
            or places.conflict(level, kod, alias)
            or _too_few(len(rows), support)
        )
        if reason:
            rejected.append(Rejected(said, reason))
        else:
            lessons.append(said)
    return Proposal(tuple(lessons), tuple(rejected))


def named_aliases(matcher: Matcher, named: Iterable[NamedPlace]) -> Proposal:
    """Names that someone gives in a list; one that would hit another place is refused."""
    places = _Names(matcher)
    lessons, rejected = [], []
    for one in named:
        said = Lesson(
            LearnedKind.ALIAS, level=one.level, kod=one.kod, alias=bare_name(one.alias),
            valid_from=one.valid_from, valid_to=one.valid_to, evidence=one.where, why=one.why,
        )  # fmt: skip
        reason = places.conflict(one.level, one.kod, bare_name(one.alias))
        if reason is None and places.bears(one.level, one.kod, bare_name(one.alias)):
            reason = Text("Kayıttaki adı zaten bu.", "It is its name in the register already.")
        if reason:
            rejected.append(Rejected(said, reason))
        else:
            lessons.append(said)
    return Proposal(tuple(lessons), tuple(rejected))


def bare_name(name: str) -> str:
    """A name of a csbm without its type word, in capitals."""
    said = upper(clean(name))
    csbm = parse(said).csbm
    inner = csbm[0].name if len(csbm) == 1 else ""
    return inner if inner and said.startswith(inner) else said


def _too_few(rows: int, support: int) -> Text | None:
    if rows >= support:
        return None
    return Text(
        f"{rows} karar var, en az {support} gerekir.",
        f"There are {rows} decisions; at least {support} are needed.",
    )


def _decided_otherwise(
    places: "_Names", level: str, kod: int, others: set[int], against: set[str]
) -> Text | None:
    """Decisions that give the name to a neighbour, or refuse the place for it."""
    beside = sorted(other for other in others if places.are_beside(level, kod, other))
    if beside:
        return Text(
            f"Başka kararlar bu adı {beside[0]} kodlu yere veriyor.",
            f"Other decisions give the name to the place of code {beside[0]}.",
        )
    if against:
        rows = ", ".join(sorted(against))
        return Text(
            f"Bu adla yazılmış bir adres için bu yer geri çevrilmiş: {rows}.",
            f"The place was refused for an address with this name: {rows}.",
        )
    return None


class _Names:
    """The names of an index by their hash, to tell whether another name would hit a place."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        index = matcher.index
        self._csbm = {int(kod): at for at, kod in enumerate(index.csbm_kod)}
        self._mahalle = {int(kod): at for at, kod in enumerate(index.mahalle_kod)}
        self._ilce = {int(kod): at for at, kod in enumerate(index.ilce_kod)}
        self._known: dict[tuple[str, int], dict[int, set[int]]] = {}

    def said(self, text: str, csbm_kod: int) -> list[tuple[str, int, str]]:
        """Names the text gives to the csbm and to its mahalle that are not theirs."""
        at = self._csbm.get(csbm_kod)
        if at is None:
            return []
        mahalle = int(self._matcher.index.mahalle_kod[self._matcher.index.csbm_mahalle[at]])
        parsed = parse(text)
        names = [("csbm", csbm_kod, upper(one.name)) for one in parsed.csbm]
        is_named = any(self.bears(*name) for name in names)
        found = names if len(names) == 1 and not is_named else []
        if parsed.mahalle:
            place = ("mahalle", mahalle, upper(parsed.mahalle))
            found += [] if self.bears(*place) else [place]
        return [name for name in found if _is_name(name[2])]

    def bears(self, level: str, kod: int, name: str) -> bool:
        """Whether the place is found by that name already."""
        return kod in self._hits(level, kod, name)

    def conflict(self, level: str, kod: int, name: str) -> Text | None:
        """Why a place cannot have that other name; ``None`` where it can."""
        places = {"csbm": self._csbm, "mahalle": self._mahalle, "ilce": self._ilce}.get(level)
        if places is None or kod not in places:
            return Text(f"{kod} kodlu yer kayıtta yok.", f"There is no place of code {kod}.")
        if not _is_name(name):
            return Text("Ad çok kısa.", "The name is too short.")
        hit = sorted(self._hits(level, kod, name) - {kod})
        if hit:
            return Text(
                f"Ad aynı yerde başka bir kaydı da bulur: {hit[0]} {self._name(level, hit[0])}.",
                f"The name would also hit another place there: {hit[0]} "
                f"{self._name(level, hit[0])}.",
            )
        return None

    def are_beside(self, level: str, kod: int, other: int) -> bool:
        """Whether a name given to both could not tell them apart."""
        return self._room(level, kod) == self._room(level, other)

    def _name(self, level: str, kod: int) -> str:
        places = self._csbm if level == "csbm" else self._mahalle
        return self._matcher.name(level, places[kod]) if kod in places else ""

    def _room(self, level: str, kod: int) -> int:
        """Within which a name must be the only one: the mahalle, the ilçe, or everything."""
        index = self._matcher.index
        if level == "csbm" and kod in self._csbm:
            return int(index.csbm_mahalle[self._csbm[kod]])
        if level == "mahalle" and kod in self._mahalle:
            return int(index.mahalle_ilce[self._mahalle[kod]])
        return -1

    def _hits(self, level: str, kod: int, name: str) -> set[int]:
        room = self._room(level, kod)
        if (level, room) not in self._known:
            self._known[level, room] = self._read(level, room)
        wanted = _hashes([name], with_forms=False)[0]
        return {place for value in wanted for place in self._known[level, room].get(value, set())}

    def _read(self, level: str, room: int) -> dict[int, set[int]]:
        index = self._matcher.index
        where, codes = {
            "csbm": (index.csbm_mahalle, index.csbm_kod),
            "mahalle": (index.mahalle_ilce, index.mahalle_kod),
        }.get(level, (np.full(len(index.ilce_kod), -1), index.ilce_kod))
        at = np.flatnonzero(where == room).tolist()
        found: dict[int, set[int]] = defaultdict(set)
        names = [self._matcher.name(level, one) for one in at]
        for one, values in zip(at, _hashes(names, with_forms=True), strict=True):
            for value in values:
                found[value].add(int(codes[one]))
        return found


def _hashes(names: list[str], *, with_forms: bool) -> list[set[int]]:
    """The hashes by which each name is found; only those of the whole name without forms."""
    found: list[set[int]] = [set() for _ in names]
    if names:
        codes, starts = codes_of(names)
        numbers, values, kinds = forms(codes, starts, fold_table(), word_table(), with_forms)
        for number, value, kind in zip(numbers, values, kinds, strict=True):
            if with_forms or kind == FULL:
                found[int(number)].add(int(value))
    return found


def _is_name(name: str) -> bool:
    """Whether it says enough to be looked up: three letters, or a number of two digits."""
    letters = sum(character.isalpha() for character in name)
    digits = sum(character.isdigit() for character in name)
    return letters >= _SHORTEST or digits >= _SHORTEST - 1
