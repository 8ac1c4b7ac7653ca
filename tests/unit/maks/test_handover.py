"""How values and names go into a delivery; the round trip is tests/integration/test_maks_export."""

from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from gis_platform.core.errors import UsageError
from gis_platform.maks.columns import read_headers, rest_name, short_name
from gis_platform.maks.cut import of_mahalle
from gis_platform.maks.delivery import read_delivery
from gis_platform.maks.handover import FORMS, form_of, hand_over
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.model import LAYERS
from tests.contract.control_village import village


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda one: one.name)
def test_short_names_are_ten_letters_and_differ_and_are_known_again(layer: object) -> None:
    assert isinstance(layer, type(LAYERS["yol"]))
    names = [short_name(layer, column) for column in layer.columns]
    assert max(map(len, names)) <= 10
    assert len({name.upper() for name in names}) == len(names)
    assert read_headers(layer, names).columns.keys() == set(layer.names)


def test_a_long_text_goes_on_in_a_column_of_its_own() -> None:
    assert rest_name("ISLEMGEREK") == "ISLEMGER_2"
    headers = read_headers(LAYERS["numarataj"], ["ISLEMGEREK", "ISLEMGER_2", "BASKA_2"])
    assert headers.rests == {"ISLEMGEREK": "ISLEMGER_2"}
    assert headers.unknown == ["BASKA_2"]


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [("a.gdb", None, "gdb"), ("A.GPKG", None, "gpkg"), ("klasor", "shp", "shp"),
     ("klasor", "gml", "gml"), ("a.gdb", "gdb", "gdb")],
)  # fmt: skip
def test_the_name_or_the_person_says_the_form(path: str, name: str | None, expected: str) -> None:
    assert form_of(Path(path), name) == expected


@pytest.mark.parametrize(
    ("path", "name"),
    [("klasor", None), ("a.gdb", "gpkg"), ("a.gml", "gml"), ("a.shp", None), ("a.dwg", None),
     ("a", "dwg")],
)  # fmt: skip
def test_a_form_that_is_not_clear_is_asked_for(path: str, name: str | None) -> None:
    with pytest.raises(UsageError):
        form_of(Path(path), name)


@pytest.mark.parametrize("before", [125, 126, 127])
def test_text_that_needs_more_bytes_than_letters_survives_a_shapefile(
    tmp_path: Path, before: int
) -> None:
    said = "ş" * before + " " + "ğ" * 100
    layers = village({"set": {"numarataj": {50101: {"aciklama": said}}}})
    only = MaksLayers({"numarataj": layers["numarataj"]})
    hand_over(only, tmp_path / "shp", FORMS["shp"])
    read = read_delivery(tmp_path / "shp").layers["numarataj"].set_index("kimlik_no")
    assert read["aciklama"][50101] == said


def test_times_finer_than_a_format_are_written_as_text(tmp_path: Path) -> None:
    fine = pd.Timestamp("2026-01-02T03:04:05.678901Z")
    layers = village({"set": {"yol": {501: {"degistirme_tarihi": fine}}}})
    hand_over(MaksLayers({"yol": layers["yol"]}), tmp_path / "a.gdb", FORMS["gdb"])
    raw = pyogrio.read_dataframe(tmp_path / "a.gdb", layer="YOL", read_geometry=False)
    assert "2026-01-02T03:04:05.678901Z" in set(raw["DEGISTIRMETARIHI"])
    read = read_delivery(tmp_path / "a.gdb").layers["yol"].set_index("kimlik_no")
    assert read["degistirme_tarihi"][501] == fine


def test_nothing_to_write_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no feature"):
        hand_over(MaksLayers({}), tmp_path / "a.gpkg", FORMS["gpkg"])
    assert list(tmp_path.iterdir()) == []


def test_a_line_on_the_boundary_comes_with_both_its_sides() -> None:
    layers = village({"set": {"yol_orta_hat_yon": {7011: {"mahalle_id": 40371}}}})
    kept = of_mahalle(layers, 40371)
    sides = kept["yol_orta_hat_yon"]
    assert {7011, 7012} <= set(sides["kimlik_no"])
    assert set(kept["mahalle"]["kimlik_no"]) == {40365, 40371}
    assert 501 in set(kept["yol"]["kimlik_no"])
