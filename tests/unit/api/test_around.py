"""The address of a point: the door on its own side of the road, not just the nearest one."""

import pytest

from gis_platform.api.around import Around
from tests.gazetteer import SOUTH, STEP, WEST, matcher  # noqa: F401 (a fixture)


@pytest.fixture(scope="module")
def around(matcher):  # noqa: F811
    return Around(matcher)


def doors(found):
    return [(each.place.dis_kapi_no, each.is_across) for each in found.places]


def test_a_door_across_the_road_comes_after_one_on_the_side_of_the_point(around):
    north_of_the_line = around(WEST + 12 * STEP, SOUTH + 0.2 * STEP, 2)
    assert doors(north_of_the_line) == [("9", False), ("12", True)]
    south_of_the_line = around(WEST + 12 * STEP, SOUTH - 0.2 * STEP, 1)
    assert doors(south_of_the_line) == [("12", False)]


def test_distances_are_those_to_the_door(around):
    first, second = around(WEST + 12 * STEP, SOUTH + 0.2 * STEP, 2).places
    assert first.place.distance_m > second.place.distance_m


def test_the_mahalle_of_the_point_is_that_of_the_area_it_is_in(around):
    assert around(WEST, SOUTH, 1).mahalle.mahalle_kod == 40371
    assert around(WEST, SOUTH, 1).is_inside is True


def test_a_point_beside_every_area_is_outside_even_where_a_door_is_near(around):
    found = around(WEST - 0.0015, SOUTH, 1)
    assert found.is_inside is False
    assert doors(found) != []


@pytest.mark.parametrize("point", [(0, 0), (180, 90), (-180, -90), (28.9, 89.9)])
def test_a_point_anywhere_on_earth_is_answered(around, point):
    found = around(*point, 5)
    assert found.places == ()
    assert found.is_inside is False


def test_the_mahalle_of_a_box(around):
    assert around.mahalle_in((WEST, SOUTH, WEST + STEP, SOUTH + STEP)) == [0]
    assert around.mahalle_in((10, 10, 11, 11)) == []
    assert around.mahalle_in((-180, -90, 180, 90)) in ([0], [])
