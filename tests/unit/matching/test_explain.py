"""An explanation says what the core did: the parts of its sums, and what decided."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from gis_platform.matching.explain import differences
from gis_platform.matching.findings import ELEMENTS, FINDINGS
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns, Candidate, Match
from gis_platform.matching.weights import BITS
from tests.gazetteer import CSBM, MAHALLE, cases

NO_EVIDENCE = {"null", "homonym_share"}
"""Weights that are not added to the sum of one csbm."""
SEED, TEXTS = 7, 3000


def explained(matcher: Matcher, text: str) -> list[Candidate]:
    match = matcher.explain(text)
    return [one for one in (match.best, *match.candidates) if one is not None and one.csbm_kod]


def made_up() -> Iterator[str]:
    """Addresses of the invented gazetteer, whole and spoilt: wrong places, letters, orders."""
    chance = np.random.default_rng(SEED)
    mahalle = [name for _, _, _, name in MAHALLE.values()]
    words = ("SOKAK", "CAD.", "", "BULVARI", "SK", "MEYDANI")
    for _ in range(TEXTS):
        name, _, doors = CSBM[int(chance.choice(list(CSBM)))]
        pieces = [f"{chance.choice(mahalle)} MAH.", f"{name} {chance.choice(words)}",
                  f"NO:{chance.choice(doors.split())}{chance.choice(['', '/3', 'B'])}",
                  str(chance.choice(["EYÜPSULTAN", "SARIYER", "", "ANKARA"]))]  # fmt: skip
        if chance.random() < 0.3:
            chance.shuffle(pieces)
        text = " ".join(piece for piece in pieces if chance.random() < 0.85)
        at = int(chance.integers(0, max(1, len(text))))
        yield text[:at] + text[at + 1 :] if chance.random() < 0.4 else text


def test_the_parts_of_every_candidate_sum_to_the_weight_the_core_used(matcher: Matcher) -> None:
    texts = [*made_up(), *(case["text"] for case in cases())]
    weighed = [one for text in texts for one in explained(matcher, text)]
    assert len(weighed) > TEXTS
    wrong = [
        one for one in weighed if abs(sum(part.bits for part in one.parts) - one.weight) > 1e-9
    ]
    assert wrong == []


def test_the_weight_explained_is_the_one_of_the_batch(matcher: Matcher) -> None:
    texts = [case["text"] for case in cases()]
    rows = matcher.match(pd.DataFrame({"text": texts}), AddressColumns(text="text"), explain=True)
    for text, row in zip(texts, rows.itertuples(), strict=True):
        match = matcher.explain(text)
        assert (match.status, match.reason) == (row.match_status, row.reason)
        assert match.gap == pytest.approx(row.gap, abs=0.01)
        ranked = sorted(explained(matcher, text), key=lambda one: -one.weight)
        if match.best and match.best.csbm_kod and len(ranked) > 1:
            gap = min(ranked[0].weight - ranked[1].weight, 30.0)
            assert match.gap == pytest.approx(gap, abs=0.01)


def test_explaining_changes_nothing_of_the_answer(matcher: Matcher) -> None:
    for case in cases():
        match, more = matcher.match_one(case["text"]), matcher.explain(case["text"])
        same = ("status", "level", "score", "reason", "action", "faults", "dis_kapi_no", "gap")
        assert [getattr(match, name) for name in same] == [getattr(more, name) for name in same]


def test_every_weight_has_its_words() -> None:
    assert set(FINDINGS) == set(BITS) - NO_EVIDENCE
    assert {element for element, _ in FINDINGS.values()} <= set(ELEMENTS)


def sentences(match: Match) -> str:
    return " ".join(text.say("en") for text in match.why)


def test_the_second_is_named_with_what_it_lacks(matcher: Matcher) -> None:
    match = matcher.explain("NİŞANCI MAH. GÜL SOKAK NO: 7 EYÜPSULTAN")
    assert match.best is not None
    assert match.best.csbm_kod == 101
    second = max(match.candidates, key=lambda one: one.weight)
    assert second.csbm_kod == 202
    apart = dict(differences(match.best, second))
    assert sum(apart.values()) == pytest.approx(match.best.weight - second.weight)
    assert apart["mahalle"] > 0
    assert "SİLAHTARAĞA MAH. GÜL SOKAK" in sentences(match)
    assert "mahalle +" in sentences(match)


def test_two_that_cannot_be_told_apart_are_said_to_be_equal(matcher: Matcher) -> None:
    assert "cannot be told apart" in sentences(matcher.explain("GÜL SOKAK EYÜPSULTAN"))


def test_a_refusal_says_which_threshold_was_missed_and_what_speaks_against(
    matcher: Matcher,
) -> None:
    match = matcher.explain("GÜZELTEPE MAH. LALE GÜL SOKAK NO:7 BAĞCILAR")
    assert match.status == "unmatched"
    assert match.candidates, "what came nearest is shown"
    assert "the threshold to ask a person 30.0%" in sentences(match)
    assert "Against it: " in sentences(match)


def test_a_text_that_names_nothing_says_so(matcher: Matcher) -> None:
    match = matcher.explain("zzz")
    assert (match.candidates, match.parts) == ((), ())
    assert sentences(match) == "No part of the address is in the register."


def test_words_and_components_are_told_as_they_were_read(matcher: Matcher) -> None:
    match = matcher.explain("Nişancı mah. Gül sk. no:7 D:3 Eyüpsultan/İstanbul")
    assert ("gul", "name") in [(word.lower(), role) for word, role in match.words]
    assert match.components == (
        ("mahalle", "NİŞANCI"), ("csbm", "GÜL SOKAK"), ("dis_kapi_no", "7"), ("ic_kapi_no", "3"),
        ("ilce", "EYÜPSULTAN"), ("il", "İSTANBUL"),
    )  # fmt: skip


def test_a_light_answer_carries_no_explanation(matcher: Matcher) -> None:
    match = matcher.match_one("NİŞANCI MAH. GÜL SOKAK NO: 7 EYÜPSULTAN")
    assert (match.parts, match.words, match.why, match.null_bits) == ((), (), (), None)
