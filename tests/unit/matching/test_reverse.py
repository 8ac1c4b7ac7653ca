"""The address of a point: nearest first, and as sure as the distance allows."""

import pytest

from gis_platform.matching.match import Matcher
from tests.gazetteer import SOUTH, STEP, WEST


def test_the_door_at_a_point_is_sure_of_itself(matcher: Matcher) -> None:
    one, two = matcher.reverse(WEST + 7 * STEP, SOUTH + STEP, 2)
    assert (one.csbm_kod, one.dis_kapi_no) == (101, "7")
    assert one.distance_m == pytest.approx(0.0, abs=0.2)
    assert two.distance_m is not None
    assert two.distance_m > one.distance_m
    assert one.score > two.score


def test_two_doors_as_far_away_share_the_probability(matcher: Matcher) -> None:
    one, two = matcher.reverse(WEST + 4 * STEP, SOUTH + STEP, 2)
    assert {one.dis_kapi_no, two.dis_kapi_no} == {"3", "5"}
    assert one.score == pytest.approx(two.score, abs=0.02)


def test_a_point_far_from_every_door_is_unsure(matcher: Matcher) -> None:
    near = matcher.reverse(WEST + 7 * STEP, SOUTH + STEP)[0]
    far = matcher.reverse(WEST - 8 * STEP, SOUTH + STEP)[0]
    assert far.distance_m is not None
    assert 50 < far.distance_m <= 150
    assert far.score < 0.05 < near.score


def test_without_doors_the_mahalle_around_answers_and_outside_nobody(matcher: Matcher) -> None:
    inside = matcher.reverse(WEST + 38 * STEP, SOUTH + 0.006)
    assert [(place.level, place.mahalle) for place in inside] == [("mahalle", "NİŞANCI")]
    assert matcher.reverse(30.0, 39.0) == []
    assert matcher.reverse(-180.0, 90.0) == []
