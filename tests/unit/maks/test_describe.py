import pytest

from gis_platform.core.errors import NotFound
from gis_platform.maks.control import controls
from gis_platform.maks.describe import column_row, control_details, find_layer, layer_row
from gis_platform.maks.model import LAYERS


@pytest.mark.parametrize("name", ["yol", "YOL", "yolortahat", "BAGIMSIZ_BOLUM"])
def test_a_layer_is_found_by_any_of_its_names(name: str) -> None:
    assert find_layer(name).name in LAYERS


def test_an_unknown_layer_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="yol_orta_hat_yon"):
        find_layer("sokaklar")


def test_a_layer_says_its_geometry_and_what_it_refers_to() -> None:
    row = layer_row(LAYERS["yol_orta_hat"], "tr")
    assert row["geometri"] == "LINESTRING"
    assert row["bağlı olduğu"] == "yol"


def test_a_column_says_its_codes_and_how_sure_they_are() -> None:
    yol, yapi = LAYERS["yol"], LAYERS["yapi"]
    assert "4 Sokak" in column_row(yol, yol.column("tip"), "tr")["kodlar"]
    assert column_row(yapi, yapi.column("durum"), "en")["codes"] == "list unknown"
    assert "zorunlu" in column_row(yol, yol.column("id"), "tr")["not"]


@pytest.mark.parametrize("code", controls)
def test_a_control_tells_its_weight_limits_and_sentences(code: str) -> None:
    row = control_details(controls[code], "tr")
    assert {"delivery", "publication", "register", "kural", "kaynak", "bulgu"} <= set(row)
    assert all(f"sınır {name}" in row for name in controls[code].limits)
