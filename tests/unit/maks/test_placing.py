import numpy as np
import pytest
import shapely

from gis_platform.core.crs import REGISTER_SRID, reproject_geometry
from gis_platform.maks.placing import place, to_register

POINTS = np.array(
    [shapely.Point(400_000 + 250 * at, 4_550_000 + 200 * at) for at in range(20)], dtype=object
)


def given(srid: int, *, swapped: bool = False) -> np.ndarray:
    points = reproject_geometry(POINTS, REGISTER_SRID, srid)
    if swapped:
        points = shapely.transform(points, lambda xy: xy[:, ::-1])
    return points


def away(points: np.ndarray) -> float:
    return float(np.nanmax(shapely.distance(points, POINTS)))


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("srid", [5254, 4326, 3857])
def test_the_numbers_tell_the_crs(srid: int, *, swapped: bool) -> None:
    found = place(given(srid, swapped=swapped), None)
    assert found is not None
    assert (found.fit.srid, found.fit.is_swapped, found.is_guessed) == (srid, swapped, True)
    assert away(to_register(given(srid, swapped=swapped), found.fit)) < 0.01


@pytest.mark.parametrize("srid", [5253, 23035, 32635])
def test_zones_that_read_alike_are_said_to_be_ambiguous(srid: int) -> None:
    found = place(given(srid), None)
    assert found is not None
    assert srid in {fit.srid for fit in (found.fit, *found.others)}
    assert found.others


@pytest.mark.parametrize("srid", [2320, 23035, 5253, 4326])
def test_a_declared_crs_that_fits_is_believed(srid: int) -> None:
    found = place(given(srid), srid)
    assert found is not None
    assert (found.fit.srid, found.is_guessed) == (srid, False)
    assert away(to_register(given(srid), found.fit)) < 0.01


def test_ed50_numbers_without_a_word_are_read_as_turef_189_metres_off() -> None:
    found = place(given(2320), None)
    assert found is not None
    assert found.fit.srid == 5254
    assert away(to_register(given(2320), found.fit)) == pytest.approx(189.4, abs=0.3)


def test_a_person_counts_more_than_file_and_numbers() -> None:
    found = place(given(2320), 5254, told=2320)
    assert found is not None
    assert found.fit.srid == 2320
    assert found.operation.accuracy_m == pytest.approx(2.1)


def test_swapped_axes_of_a_declared_crs_are_seen() -> None:
    found = place(given(5254, swapped=True), 5254)
    assert found is not None
    assert found.fit.is_swapped


def test_a_wrong_declaration_gives_way_to_the_numbers() -> None:
    found = place(given(5254), 4326)
    assert found is not None
    assert (found.declared, found.fit.srid, found.is_guessed) == (4326, 5254, True)


def test_numbers_of_nowhere_fit_nothing() -> None:
    assert place(np.array([shapely.Point(1, 2), shapely.Point(3, 4)], dtype=object), None) is None


def test_another_district_keeps_its_declared_crs() -> None:
    ankara = np.array([shapely.Point(32.85, 39.93)] * 3, dtype=object)
    found = place(ankara, 4326)
    assert found is not None
    assert (found.fit.srid, found.fit.share) == (4326, 0.0)


def test_missing_geometry_does_not_count() -> None:
    found = place(np.append(given(3857), [None] * 50), None)
    assert found is not None
    assert found.fit.share == 1.0


def test_an_impossible_coordinate_becomes_none() -> None:
    found = place(given(4326), 4326)
    assert found is not None
    odd = np.array([shapely.Point(28.9, 200.0), None], dtype=object)
    assert to_register(odd, found.fit).tolist() == [None, None]


def test_numbers_of_a_file_that_names_the_old_datum_are_tried_on_it_alone() -> None:
    found = place(given(2320), None, on_ed50=True)
    assert found is not None
    assert found.fit.srid == 2320
    assert found.is_guessed
    assert away(to_register(given(2320), found.fit)) < 0.01
