"""Search as you type over the invented gazetteer: what is typed so far, and what it goes on to."""

import pytest

from gis_platform.matching.match import Matcher
from gis_platform.matching.typed import MOST


def first(matcher: Matcher, typed: str) -> tuple[int | None, str | None]:
    found = matcher.suggest(typed)
    return (found[0].csbm_kod, found[0].dis_kapi_no) if found else (None, None)


@pytest.mark.parametrize(
    ("typed", "csbm", "door", "why"),
    [
        ("nişancı gül", 101, None, "the mahalle decides between two of one name"),
        ("gül nişancı", 101, None, "in any order"),
        ("silahtarağa gül", 202, None, "the other one"),
        ("NISANCI GUL", 101, None, "without Turkish letters, in capitals"),
        ("nişancı mah gül s", 101, None, "type words, half typed too"),
        ("gül sokak nişancı eyüp", 101, None, "an ilçe half typed"),
        ("nişancı gül 7", 101, "7", "a number behind a name is a door"),
        ("nişancı gül sok no 7a", 101, "7A", "with its letter"),
        ("nişancı gül sok. no: 7", 101, "7", "behind its mark"),
        ("nişancı gül 12", 101, "12", "of two digits"),
        ("şair e", 102, None, "a name of two words"),
        ("halisd", 107, None, "from its last word on"),
        ("kaptan ism", 208, None, "a title first"),
        ("baraj yol", 203, None, "a road word"),
        ("nişnacı gül", 101, None, "a finished word misspelt"),
        ("nişancı istklal cad", 106, None, "the name misspelt"),
        ("sülahtarağa barj", 203, None, "both, one half typed"),
        ("160", 207, None, "an old name"),
        ("7448/4", 105, None, "a numbered csbm with its slash"),
        ("lale sarıyer", 404, None, "the ilçe decides"),
        ("dereboyu", 403, None, "two words typed as one"),
    ],
)
def test_the_place_meant_comes_first(
    matcher: Matcher, typed: str, csbm: int, door: str | None, why: str
) -> None:
    assert first(matcher, typed) == (csbm, door), why


def test_scores_are_the_share_of_the_doors_that_are_left(matcher: Matcher) -> None:
    """GÜL has ten doors in one mahalle and two in the other; each csbm counts for one more."""
    one, two = matcher.suggest("gül sokak ")
    assert (one.csbm_kod, two.csbm_kod) == (101, 202)
    assert one.score == pytest.approx(11 / 14, abs=1e-4)
    assert two.score == pytest.approx(3 / 14, abs=1e-4)


def test_scores_fall_and_sum_to_one_at_most(matcher: Matcher) -> None:
    for typed in ("gü", "ni", "e", "ey", "sokak", "lale", "1", "gül 7", "xq gül", "nişancı mah"):
        scores = [place.score for place in matcher.suggest(typed, MOST)]
        assert scores == sorted(scores, reverse=True)
        assert sum(scores) <= 1.001
        assert all(score >= 0 for score in scores)


def test_a_word_nothing_explains_lowers_the_score(matcher: Matcher) -> None:
    sure, unsure = matcher.suggest("nişancı gül")[0], matcher.suggest("nişancı gül zürafa")[0]
    assert sure.csbm_kod == unsure.csbm_kod == 101
    assert unsure.score < sure.score / 10


def test_a_door_that_is_not_there_is_not_suggested(matcher: Matcher) -> None:
    place = matcher.suggest("nişancı gül 99")[0]
    assert (place.csbm_kod, place.dis_kapi_no) == (101, None)


def test_every_csbm_is_suggested_once(matcher: Matcher) -> None:
    for typed in ("gül", "şair eşref", "göktürk", "850", "85", "silahtarağa"):
        found = [(p.level, p.csbm_kod, p.mahalle_kod) for p in matcher.suggest(typed, MOST)]
        assert len(found) == len(set(found))


def test_a_mahalle_and_an_ilce_are_places_too(matcher: Matcher) -> None:
    assert matcher.suggest("göktürk")[0].mahalle == "GÖKTÜRK MERKEZ"
    assert matcher.suggest("eyüps")[0].level == "ilce"


@pytest.mark.parametrize("typed", ["", " ", "a", "?!", "\0", "\u202e", "zzzz qqqq", "9" * 300])
def test_what_names_nothing_suggests_nothing(matcher: Matcher, typed: str) -> None:
    assert matcher.suggest(typed) == []
    assert matcher.suggest("gül", 0) == []
