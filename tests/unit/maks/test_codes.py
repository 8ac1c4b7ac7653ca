from gis_platform.maks.codes import code_list_of, code_lists
from gis_platform.maks.model import CSBM_TYPES, LAYERS


def test_csbm_types_are_the_confirmed_list() -> None:
    codes = code_list_of("yol", "tip")
    assert codes is not None
    assert codes.is_confirmed
    assert {int(c.code): c.label for c in codes.codes.values()} == CSBM_TYPES


def test_a_list_nobody_knows_is_empty_and_unconfirmed() -> None:
    codes = code_list_of("yapi", "durum")
    assert codes is not None
    assert (dict(codes.codes), codes.is_confirmed) == ({}, False)


def test_a_label_is_found_whatever_its_letters() -> None:
    csbm, sides = code_list_of("yol", "tip"), code_list_of("yol_orta_hat_yon", "tur")
    assert csbm is not None
    assert sides is not None
    assert (csbm.code_of("KÜME EVLER"), csbm.code_of("sokak"), csbm.code_of("Yol")) == (
        "5",
        "4",
        None,
    )
    assert (sides.code_of("cift"), sides.code_of("Tek")) == ("ÇİFT", "TEK")


def test_a_column_without_codes_has_no_list() -> None:
    assert code_list_of("yol", "ad") is None


def test_every_list_says_where_it_is_from() -> None:
    for codes in code_lists():
        assert all(code.source for code in codes.codes.values())
        assert codes.title.tr != codes.title.en


def test_a_source_of_data_is_a_code_in_every_layer() -> None:
    assert all(code_list_of(layer, "veri_kaynagi") for layer in LAYERS)
