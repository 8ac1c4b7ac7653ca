"""What a match is: its status, level, reason, candidates, and the columns a batch comes back in."""

import math
from dataclasses import dataclass
from enum import StrEnum

from gis_platform.core.errors import Text
from gis_platform.core.language import Language

RESULT_COLUMNS = (
    "match_status", "match_level", "ilce_kod", "mahalle_kod", "csbm_kod", "dis_kapi_no",
    "ic_kapi_no", "numarataj_kimlik_no", "lon", "lat", "score", "reason", "candidates",
)  # fmt: skip
"""What every answered row carries, in this order; the contract of ``gis match``."""

EXPLANATION_COLUMNS = ("accuracy_m", "gap", "faults", "unused_words", "alias", "action")
"""What ``explain=True`` adds."""


class MatchStatus(StrEnum):
    """The three answers."""

    MATCHED = "matched"
    REVIEW = "review"
    UNMATCHED = "unmatched"


class MatchLevel(StrEnum):
    """How far down the branch the answer reaches, finest first."""

    KAPI = "kapi"
    INTERPOLASYON = "interpolasyon"
    CSBM = "csbm"
    MAHALLE = "mahalle"
    ILCE = "ilce"


class Action(StrEnum):
    """What to do with an answer."""

    ACCEPT = "accept"
    REVIEW = "review"
    REFUSE = "refuse"


class MatchReason(StrEnum):
    """Why the answer is what it is; ``say`` gives the sentence."""

    EXACT = "exact"
    VARIANT = "variant"
    ALIAS = "alias"
    SPELLING = "spelling"
    CODE = "code"
    MAHALLE_DIFFERS = "mahalle_differs"
    BETWEEN_DOORS = "between_doors"
    DOOR_UNKNOWN = "door_unknown"
    DECIDED_BY_HAND = "decided_by_hand"
    AMBIGUOUS = "ambiguous"
    REFUSED_BY_HAND = "refused_by_hand"
    DOUBTFUL = "doubtful"
    CSBM_UNKNOWN = "csbm_unknown"
    CSBM_MISSING = "csbm_missing"
    MAHALLE_UNKNOWN = "mahalle_unknown"
    NOTHING_FOUND = "nothing_found"
    EMPTY = "empty"

    def say(self, language: Language) -> str:
        """The reason as a sentence."""
        return _REASON_TEXTS[self].say(language)


_REASON_TEXTS = {
    MatchReason.EXACT: Text("Bütün bileşenler uyuyor.", "Every component agrees."),
    MatchReason.VARIANT: Text(
        "Adın kısa ya da başka bir yazımı uyuyor.", "A short or other form of the name agrees."
    ),
    MatchReason.ALIAS: Text(
        "Eski ya da halk arasındaki adıyla bulundu.", "Found by its old or popular name."
    ),
    MatchReason.SPELLING: Text("Yazım yanlışı giderilerek bulundu.", "Found past a misspelling."),
    MatchReason.CODE: Text("Verilen kod ile bulundu.", "Found by the code given."),
    MatchReason.MAHALLE_DIFFERS: Text(
        "Cadde ya da sokak var, ama başka bir mahallede.",
        "The csbm exists, but in another mahalle.",
    ),
    MatchReason.BETWEEN_DOORS: Text(
        "Aynı yandaki iki bilinen kapının arasında.", "Between two known doors of the same side."
    ),
    MatchReason.DOOR_UNKNOWN: Text(
        "Cadde ya da sokak kesin, kapı kayıtta yok.", "The csbm is certain, the door is not known."
    ),
    MatchReason.DECIDED_BY_HAND: Text("Bir kişi karar verdi.", "A person decided."),
    MatchReason.AMBIGUOUS: Text(
        "Ayırt edilemeyen birden çok aday var.", "Several candidates cannot be told apart."
    ),
    MatchReason.REFUSED_BY_HAND: Text(
        "Bulunan yeri bir kişi bu adres için geri çevirmiş.",
        "A person refused the place found for this address.",
    ),
    MatchReason.DOUBTFUL: Text("En iyi aday kuşkulu.", "The best candidate is doubtful."),
    MatchReason.CSBM_UNKNOWN: Text(
        "Mahalle biliniyor, cadde ya da sokak kayıtta yok.",
        "The mahalle is known, the csbm is not in the register.",
    ),
    MatchReason.CSBM_MISSING: Text(
        "Adreste cadde ya da sokak yok.", "The address names no csbm."
    ),
    MatchReason.MAHALLE_UNKNOWN: Text(
        "Yalnızca ilçe bulundu.", "Only the ilçe was found."
    ),
    MatchReason.NOTHING_FOUND: Text(
        "Adresin hiçbir parçası kayıtta yok.", "No part of the address is in the register."
    ),
    MatchReason.EMPTY: Text("Adres boş.", "The address is empty."),
}  # fmt: skip


@dataclass(frozen=True)
class AddressColumns:
    """Which column of a frame holds what; free text, components, codes, or any mixture."""

    text: str | None = None
    il: str | None = None
    ilce: str | None = None
    mahalle: str | None = None
    csbm: str | None = None
    dis_kapi_no: str | None = None
    ic_kapi_no: str | None = None
    mahalle_kod: str | None = None
    csbm_kod: str | None = None
    site: str | None = None
    blok: str | None = None
    adres_no: str | None = None


@dataclass(frozen=True)
class ScorePart:
    """One piece of evidence and its weight in bits.

    Attributes:
        element: the component it speaks of; see ``findings.ELEMENTS``.
        finding: what was found, the name of a weight; see ``findings.FINDINGS``.
        bits: negative where it speaks against the candidate.
    """

    element: str
    finding: str
    bits: float

    @property
    def is_fault(self) -> bool:
        """Whether it speaks against the candidate."""
        return self.bits < 0


@dataclass(frozen=True)
class Candidate:
    """A place of the reference that an address may mean.

    Attributes:
        level: what kind of place it is.
        score: probability that it is the one meant, 0 to 1.
        weight: evidence for it, in bits.
        lon, lat: EPSG:4326; ``None`` where the reference holds no geometry for it.
        accuracy_m: radius in metres within which the true place lies.
        distance_m: from the point asked for; reverse look-up only.
        csbm: name with its type word, as people read it; other names likewise.
        parts: what ``weight`` is the sum of; only of an explained answer.
    """

    level: MatchLevel
    score: float
    weight: float = 0.0
    il: str | None = None
    ilce: str | None = None
    ilce_kod: int | None = None
    mahalle: str | None = None
    mahalle_kod: int | None = None
    csbm: str | None = None
    csbm_kod: int | None = None
    dis_kapi_no: str | None = None
    ic_kapi_no: str | None = None
    numarataj_kimlik_no: int | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    distance_m: float | None = None
    parts: tuple[ScorePart, ...] = ()

    def label(self, language: Language = "tr") -> str:
        """The place in the official order: ``NİŞANCI MAH. GÜL SOKAK NO: 7 EYÜPSULTAN/İSTANBUL``."""
        door = "NO" if language == "tr" else "No."
        parts = [
            f"{self.mahalle} MAH." if self.mahalle else None,
            self.csbm,
            f"{door}: {self.dis_kapi_no}" if self.dis_kapi_no else None,
            "/".join(name for name in (self.ilce, self.il) if name) or None,
        ]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Match:
    """The answer to one address.

    Attributes:
        gap: bits between the best candidate and the next.
        alias: the other name by which the csbm or its mahalle was found, as written.
        candidates: other places it may mean; explained, all that were weighed to the end.
        parts, words, components, null_bits, why: only of an explained answer: what the weight of
            the best candidate is the sum of; words with their roles; what was read, by component;
            what a csbm that is not in the register gathers by chance; why this is the answer.
    """

    text: str
    status: MatchStatus
    level: MatchLevel | None
    score: float
    reason: MatchReason
    action: Action
    best: Candidate | None = None
    dis_kapi_no: str | None = None
    ic_kapi_no: str | None = None
    gap: float = 0.0
    faults: tuple[str, ...] = ()
    unused_words: tuple[str, ...] = ()
    alias: str | None = None
    candidates: tuple[Candidate, ...] = ()
    parts: tuple[ScorePart, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    components: tuple[tuple[str, str], ...] = ()
    null_bits: float | None = None
    why: tuple[Text, ...] = ()


EXPLAINED = ("parts", "words", "components", "null_bits", "why")
"""Fields of a match that only an explanation fills."""


def finite(value: float | None) -> float | None:
    """A number, or ``None`` where there is none or it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)
