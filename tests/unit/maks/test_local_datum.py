"""A municipality's own way from ED50 to TUREF."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_platform.core.crs import reproject
from gis_platform.core.errors import ConfigError
from gis_platform.maks.local_datum import read_local_datum

OLD = [(398_000.0, 4_546_000.0), (412_000.0, 4_547_000.0), (399_000.0, 4_572_000.0),
       (411_000.0, 4_570_000.0), (405_000.0, 4_558_000.0)]  # fmt: skip
OFF = (0.62, -0.41)
"""What this town measured beyond the operation of the registry, metres."""
EPSG = "[helmert]\ndx = -84.1\ndy = -101.8\ndz = -129.7\nrz = 0.468\nds = 1.05\n"


def points(path: Path, *, rows: int = 5, wrong: float = 0.0, comma: bool = False) -> Path:
    x, y = reproject(*zip(*OLD, strict=True), 2320, 5254)
    sep = ";" if comma else ","
    lines = [sep.join(("nokta", "ed50_saga", "ed50_yukari", "turef_saga", "turef_yukari"))]
    for at, (old, e, n) in enumerate(zip(OLD, x, y, strict=True)):
        new = (e + OFF[0] + (wrong if at == 0 else 0), n + OFF[1])
        cells = [f"P{at}", *(f"{one:.4f}" for one in (*old, *new))]
        lines.append(sep.join(cells).replace(".", "," if comma else "."))
    path.write_text("\n".join(lines[: rows + 1]) + "\n", encoding="utf-8")
    return path


def moved(path: Path, east: float, north: float, srid: int = 2320) -> shapely.Point:
    shape = np.array([shapely.Point(east, north)], dtype=object)
    point: shapely.Point = read_local_datum(path).to_register(shape, srid)[0]
    return point


@pytest.mark.parametrize("comma", [False, True])
def test_common_points_give_the_similarity_that_fits_them(tmp_path: Path, *, comma: bool) -> None:
    path = points(tmp_path / "noktalar.csv", comma=comma)
    x, y = reproject([406_000.0], [4_560_000.0], 2320, 5254)
    point = moved(path, 406_000.0, 4_560_000.0)
    assert (point.x - x[0], point.y - y[0]) == pytest.approx(OFF, abs=0.02)
    read = read_local_datum(path)
    assert read.accuracy_m is not None
    assert read.accuracy_m < 0.02
    assert [one.point for one in read.residuals] == ["P0", "P1", "P2", "P3", "P4"]


def test_a_layer_in_another_zone_of_ed50_goes_the_same_way(tmp_path: Path) -> None:
    path = points(tmp_path / "noktalar.csv")
    x, y = reproject([405_000.0], [4_558_000.0], 2320, 23035)
    assert moved(path, x[0], y[0], 23035).distance(moved(path, 405_000.0, 4_558_000.0)) < 0.001


def test_a_point_that_does_not_fit_shows_in_the_residuals(tmp_path: Path) -> None:
    read = read_local_datum(points(tmp_path / "noktalar.csv", wrong=4.0))
    worst = max(read.residuals, key=lambda one: one.length)
    assert worst.point == "P0"
    assert worst.length > 1
    assert read.accuracy_m is not None
    assert read.accuracy_m > 1


def test_seven_parameters_of_the_registry_end_where_its_operation_does(tmp_path: Path) -> None:
    path = tmp_path / "epsg.toml"
    path.write_text(EPSG, encoding="utf-8")
    x, y = reproject([405_000.0], [4_558_000.0], 2320, 5254)
    point = moved(path, 405_000.0, 4_558_000.0)
    # The operation goes on from ETRS89 to TUREF, which is another half metre.
    assert np.hypot(point.x - x[0], point.y - y[0]) == pytest.approx(0.47, abs=0.02)
    assert read_local_datum(path).accuracy_m is None


def test_parameters_are_tried_on_the_points_beside_them(tmp_path: Path) -> None:
    points(tmp_path / "noktalar.csv")
    path = tmp_path / "ibb.toml"
    path.write_text('points = "noktalar.csv"\n' + EPSG, encoding="utf-8")
    read = read_local_datum(path)
    assert read.accuracy_m == pytest.approx(1.0, abs=0.05)
    assert read.residuals[0].east == pytest.approx(-OFF[0] - 0.37, abs=0.02)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (EPSG.replace("-84.1", "84.1"), "cannot be right"),
        (EPSG.replace("dy", "dw"), r"\[helmert\]"),
        (EPSG + "convention = 'left'\n", "convention"),
        ("[helmert", "Expected"),
    ],
)
def test_parameters_that_cannot_be_right_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "ibb.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read_local_datum(path)


def test_points_that_cannot_be_right_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least 4"):
        read_local_datum(points(tmp_path / "az.csv", rows=3))
    swapped = points(tmp_path / "ters.csv").read_text("utf-8")
    swapped = swapped.replace("ed50_saga,ed50_yukari", "ed50_yukari,ed50_saga")
    (tmp_path / "ters.csv").write_text(swapped, encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be right"):
        read_local_datum(tmp_path / "ters.csv")
    (tmp_path / "bozuk.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="ed50_saga"):
        read_local_datum(tmp_path / "bozuk.csv")
    with pytest.raises(ConfigError, match="no such file"):
        read_local_datum(tmp_path / "yok.csv")
    (tmp_path / "eski.csv").write_bytes("nokta;ölçü".encode("cp1254"))
    with pytest.raises(ConfigError, match="UTF-8"):
        read_local_datum(tmp_path / "eski.csv")


def test_points_in_one_place_say_nothing_of_a_district(tmp_path: Path) -> None:
    path = tmp_path / "ayni.csv"
    row = "P,405000,4558000,404965.6,4557813.7\n"
    path.write_text("nokta,ed50_saga,ed50_yukari,turef_saga,turef_yukari\n" + row * 4, "utf-8")
    with pytest.raises(ConfigError, match="within 500 m"):
        read_local_datum(path)
