"""Why an answer is what it is: what was read, the parts of every weight, what decided."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from gis_platform.address.model import TUR_WORDS, ParsedAddress
from gis_platform.address.parse import parse
from gis_platform.address.roles import ROLE_NAMES
from gis_platform.address.tokens import END, KIND, NUMBER, ROLE, START, WORD
from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number, percent
from gis_platform.matching import marks
from gis_platform.matching.findings import ELEMENTS, FINDINGS
from gis_platform.matching.model import Candidate, Match, MatchReason, MatchStatus, ScorePart
from gis_platform.matching.scratch import Scratch
from gis_platform.matching.weights import BITS

_TOLD = 3
"""Differences named in a sentence; the table has all."""
_SAME = 0.005
_EVEN = 0.05


def parts_of(row: NDArray[np.float64]) -> tuple[ScorePart, ...]:
    """The parts a row of the ledger holds, in the order of the weights."""
    return tuple(
        ScorePart(FINDINGS[BITS[at]][0], BITS[at], float(row[at])) for at in np.flatnonzero(row)
    )


def words_of(work: Scratch) -> tuple[tuple[str, str], ...]:
    """Words and numbers as the core reads them, with their roles."""
    return tuple(
        (bytes(work.buffer[row[START] : row[END]]).decode("ascii"), ROLE_NAMES[row[ROLE]])
        for row in work.token[: work.about[marks.A_COUNT]]
        if row[KIND] in (WORD, NUMBER)
    )


def components_of(text: str) -> tuple[tuple[str, str], ...]:
    """What the parser reads in a text: component and value, each csbm by itself."""
    read = parse(text)
    found: list[tuple[str, str]] = []
    for name in (field.name for field in fields(ParsedAddress)):
        value = getattr(read, name)
        if name == "csbm":
            found += [
                (name, f"{c.name} {TUR_WORDS.get(c.tur_kod or 0, '')}".strip()) for c in value
            ]
        elif value:
            found.append((name, " ".join(value) if isinstance(value, tuple) else value))
    return tuple(found)


def differences(one: Candidate, other: Candidate) -> list[tuple[str, float]]:
    """Element and bits by which ``one`` is ahead, the largest first; they sum to the gap."""
    bits = dict.fromkeys([part.element for part in (*one.parts, *other.parts)], 0.0)
    for part in one.parts:
        bits[part.element] += part.bits
    for part in other.parts:
        bits[part.element] -= part.bits
    return sorted(
        ((name, value) for name, value in bits.items() if abs(value) > _SAME),
        key=lambda pair: -abs(pair[1]),
    )


def explained(match: Match, work: Scratch, *, null: float, accept: float, review: float) -> Match:
    """The same answer, with what explains it.

    Args:
        match: its candidates carry their parts.
        work: of the core, after this very address.
        null: bits a csbm that is not in the register gathers by chance.
        accept: probability from which an answer is accepted.
        review: probability from which a person is asked.
    """
    full = replace(
        match,
        parts=match.best.parts if match.best else (),
        words=words_of(work),
        components=components_of(match.text),
        null_bits=null,
    )
    return replace(full, why=tuple(_why(full, null, accept, review)))


def _why(match: Match, null: float, accept: float, review: float) -> list[Text]:
    """Sentences: what decided, how far the next one is, what was missing."""
    heaviest = ranked(match)
    if match.reason is MatchReason.DECIDED_BY_HAND or not heaviest:
        return [_in_both(match.reason.say)]
    said = [_in_both(match.reason.say)]
    if len(heaviest) > 1:
        said.append(_ahead(heaviest[0], heaviest[1]))
    said.append(_against_nobody(heaviest[0], null))
    if match.status is not MatchStatus.MATCHED:
        said += _missing(match, heaviest[0], accept, review)
    return said


def ranked(match: Match) -> list[Candidate]:
    """The csbm that an explained answer weighed, heaviest first."""
    best = [match.best] if match.best and match.best.parts else []
    return sorted([*best, *match.candidates], key=lambda one: -one.weight)


def _in_both(say: Callable[[Language], str]) -> Text:
    return Text(say("tr"), say("en"))


def _told(pairs: list[tuple[str, float]], language: Language) -> str:
    return ", ".join(
        f"{ELEMENTS[name].say(language)} {signed(bits, language)}" for name, bits in pairs[:_TOLD]
    )


def signed(bits: float, language: Language) -> str:
    """Bits with their sign and one decimal: ``+3,0`` and ``−1,5`` in Turkish."""
    sign = "−" if bits < 0 else "+"
    return f"{sign}{number(abs(bits), language, 1)}"


def _ahead(first: Candidate, second: Candidate) -> Text:
    gap = first.weight - second.weight
    apart = differences(first, second)
    if gap < _EVEN:
        return Text(
            f"{first.label('tr')} ile {second.label('tr')} ayırt edilemiyor: kanıtları eşit.",
            f"{first.label('en')} and {second.label('en')} cannot be told apart: equal evidence.",
        )
    return Text(
        f"{first.label('tr')}, ikinci {second.label('tr')} adayından {number(gap, 'tr', 1)} bit "
        f"önde: {_told(apart, 'tr')}.",
        f"{first.label('en')} is {number(gap, 'en', 1)} bits ahead of the second, "
        f"{second.label('en')}: {_told(apart, 'en')}.",
    )


def _against_nobody(first: Candidate, null: float) -> Text:
    more = first.weight - null
    return Text(
        f"Kayıtta olmayan bir cadde/sokak rastlantıyla {number(null, 'tr', 1)} bit toplar; "
        f"en iyi aday {number(first.weight, 'tr', 1)} bit ({signed(more, 'tr')}).",
        f"A csbm that is not registered gathers {number(null, 'en', 1)} bits by chance; the best "
        f"candidate has {number(first.weight, 'en', 1)} ({signed(more, 'en')}).",
    )


def _missing(match: Match, first: Candidate, accept: float, review: float) -> list[Text]:
    """Which threshold was not reached, and what speaks against the best candidate."""
    asked = match.status is MatchStatus.REVIEW
    least = accept if asked else review
    score = match.score if match.best and match.best.parts else first.score
    if asked and score >= accept:
        return [
            Text(
                "Metin ya başka bir il söylüyor ya da adın ayırt edici sözünü söylemiyor: "
                "olasılığı yetse de karar insanındır.",
                "The text names another il, or not the word that tells the name apart: however "
                "likely, a person decides.",
            )
        ]
    said = [
        Text(
            f"Olasılık {percent(score, 'tr')}, "
            f"{'kabul' if asked else 'inceleme'} eşiği {percent(least, 'tr')}.",
            f"Its probability is {percent(score, 'en')}, the threshold "
            f"{'to accept' if asked else 'to ask a person'} {percent(least, 'en')}.",
        )
    ]
    against = sorted((part for part in first.parts if part.is_fault), key=lambda part: part.bits)
    if against:
        said.append(Text(f"Karşısında: {_faults(against, 'tr')}.",
                         f"Against it: {_faults(against, 'en')}."))  # fmt: skip
    return said


def _faults(parts: list[ScorePart], language: Language) -> str:
    return "; ".join(
        f"{FINDINGS[part.finding][1].say(language)} ({signed(part.bits, language)})"
        for part in parts[:_TOLD]
    )
