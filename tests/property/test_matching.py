"""Matching: what holds for any text a form, a file or an attacker can carry."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gis_platform.core.text import fold, lower, upper
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import RESULT_COLUMNS, AddressColumns, MatchLevel, MatchStatus
from tests.gazetteer import cases

STATUSES = {status.value for status in MatchStatus}
LEVELS = {level.value for level in MatchLevel} | {""}
CASES = [case["text"] for case in cases()]
WORDS = sorted({word for text in CASES for word in text.split()})
ODD = ["\0", "\u202e", "\u0307", "\ufeff", "\U0001f3e0", "شارع", "רחוב", "/", "-", ":", ".", "№"]
addresses = st.lists(st.sampled_from([*WORDS, *ODD]), max_size=30).map(" ".join)
any_text = st.text(st.characters(exclude_categories=()), max_size=200)
texts = st.one_of(any_text, addresses, st.text(st.sampled_from("NOno:/-. 0123456789AaİıŞ")))
TEXT = AddressColumns(text="text")
quick = settings(max_examples=150, deadline=None,
                 suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip


def answer(matcher: Matcher, said: list[str]) -> pd.DataFrame:
    return matcher.match(pd.DataFrame({"text": said}, dtype=object), TEXT, explain=True)


@quick
@given(st.lists(texts, max_size=5))
@example(["\0" * 50, "\ud800", "\U0010ffff", "NO:" * 400, "1/" * 3000])
@example(["GÜL SOKAK " * 10_000])
@example(["a" * 100_000, "№" * 100_000, "7" * 100_000, "\u202e" * 100_000, "İ̇" * 50_000])
def test_any_text_gets_one_answer_of_the_contract(matcher: Matcher, said: list[str]) -> None:
    answers = answer(matcher, said)
    assert len(answers) == len(said)
    assert tuple(answers.columns)[: len(RESULT_COLUMNS)] == RESULT_COLUMNS
    assert set(answers["match_status"]) <= STATUSES
    assert set(answers["match_level"]) <= LEVELS
    assert answers["score"].between(0, 1).all()
    decided = answers[answers["match_status"] != "unmatched"]
    assert (decided["csbm_kod"].notna() | decided["match_level"].eq("mahalle")).all()


@quick
@given(texts)
def test_any_text_can_be_asked_alone(matcher: Matcher, said: str) -> None:
    match = matcher.match_one(said)
    assert match.status.value == answer(matcher, [said])["match_status"].iloc[0]
    assert isinstance(matcher.suggest(said, 3), list)


@quick
@given(addresses, st.sampled_from([upper, lower, fold]))
@example("(160. № -120", fold)
def test_case_and_accents_change_no_answer(matcher: Matcher, said: str, change) -> None:  # type: ignore[no-untyped-def]
    columns = ["match_status", "match_level", "csbm_kod", "numarataj_kimlik_no", "score"]
    plain, changed = (answer(matcher, [text])[columns] for text in (said, change(said)))
    pd.testing.assert_frame_equal(plain, changed)


@quick
@given(st.lists(addresses, min_size=1, max_size=6))
def test_a_row_is_answered_without_regard_to_its_neighbours(
    matcher: Matcher, said: list[str]
) -> None:
    together = answer(matcher, said)
    alone = pd.concat([answer(matcher, [text]) for text in said], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)


@pytest.mark.parametrize("change", [upper, lower, fold])
def test_case_and_accents_change_no_case(matcher: Matcher, change) -> None:  # type: ignore[no-untyped-def]
    columns = ["match_status", "match_level", "csbm_kod", "numarataj_kimlik_no", "score"]
    plain, changed = (answer(matcher, t)[columns] for t in (CASES, [change(c) for c in CASES]))
    pd.testing.assert_frame_equal(plain, changed)
