import numpy as np
import pytest
import shapely

from gis_platform.maks.shapes import fit_shapes


def shapes(*texts: str | None) -> np.ndarray:
    return np.array([None if t is None else shapely.from_wkt(t) for t in texts], dtype=object)


def test_a_wrapping_of_one_part_is_taken_off() -> None:
    given = shapes("MULTILINESTRING((0 0,1 1))", "LINESTRING(0 0,2 2)", None)
    fitted, is_foreign, unwrapped = fit_shapes(given, "LINESTRING")
    assert [shape and shape.geom_type for shape in fitted] == ["LineString", "LineString", None]
    assert (is_foreign.any(), unwrapped) == (False, 1)


def test_several_parts_stay_for_the_control_to_show() -> None:
    fitted, is_foreign, _ = fit_shapes(shapes("MULTILINESTRING((0 0,1 1),(2 2,3 3))"), "LINESTRING")
    assert fitted[0].geom_type == "MultiLineString"
    assert not is_foreign.any()


def test_an_area_of_a_mahalle_is_always_multi() -> None:
    given = shapes("POLYGON((0 0,1 0,1 1,0 0))", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))")
    assert {shape.geom_type for shape in fit_shapes(given, "MULTIPOLYGON")[0]} == {"MultiPolygon"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("POINT", "LINESTRING(0 0,1 1)"),
        ("POINT", "MULTIPOINT((0 0),(1 1))"),
        ("LINESTRING", "POLYGON((0 0,1 0,1 1,0 0))"),
        ("POLYGON", "POINT(0 0)"),
        ("POLYGON", "GEOMETRYCOLLECTION(POINT(0 0))"),
    ],
)
def test_another_kind_is_foreign(kind: str, text: str) -> None:
    assert fit_shapes(shapes(text), kind)[1].tolist() == [True]  # type: ignore[arg-type]


def test_an_empty_geometry_is_a_missing_one() -> None:
    fitted, is_foreign, _ = fit_shapes(shapes("POINT EMPTY"), "POINT")
    assert fitted.tolist() == [None]
    assert not is_foreign.any()
