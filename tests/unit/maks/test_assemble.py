import pandas as pd

from gis_platform.maks.assemble import assemble_bagimsiz_bolum, unit_id
from gis_platform.maks.layers import empty_frame
from tests.builders import a_feature, a_frame, guid

DOORS = a_frame("numarataj", a_feature("numarataj", 901), a_feature("numarataj", 902, yapi_id=None))


def rows(*given: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(given, columns=["adres_no", "numarataj_kimlik_no", "ic_kapi_no", "kat_no"])
    return frame.assign(_file="aks.csv", _row=range(1, len(given) + 1))


def test_a_row_becomes_a_unit_of_its_door() -> None:
    unit = assemble_bagimsiz_bolum(rows(("1583845852", 901, "5", "2")), DOORS).iloc[0]
    assert unit["kimlik_no"] == 1583845852
    assert (unit["numarataj_id"], unit["yapi_id"]) == (guid("numarataj", 901), guid("yapi", 801))
    assert (unit["ic_kapi_no"], unit["kat_no"]) == ("5", "2")
    assert (unit["_file"], unit["_row"]) == ("aks.csv", 1)


def test_the_frame_is_one_of_the_layer() -> None:
    units = assemble_bagimsiz_bolum(rows(("1583845852", 901, "", "")), DOORS)
    assert units.dtypes.to_dict() == empty_frame("bagimsiz_bolum").dtypes.to_dict()


def test_the_same_row_is_the_same_feature() -> None:
    first, again = (
        assemble_bagimsiz_bolum(rows(("1583845852", 901, "5", "")), DOORS)["id"] for _ in range(2)
    )
    assert first.tolist() == again.tolist() == [unit_id(1583845852)]
    assert unit_id(1583845852) != unit_id(1583845853)


def test_blanks_and_spreadsheet_zeros_go() -> None:
    units = assemble_bagimsiz_bolum(
        rows(("1583845852", 901, " 3.0 ", "Zemin"), ("1583845853", 901, "", "2. kat")), DOORS
    )
    assert units["ic_kapi_no"].tolist()[0] == "3"
    assert units["ic_kapi_no"].isna().tolist() == [False, True]
    assert units["kat_no"].tolist() == ["Z", "2"]


def test_a_floor_too_long_for_the_register_is_left_out() -> None:
    units = assemble_bagimsiz_bolum(rows(("1583845852", 901, "1", "ÇATI ARASI")), DOORS)
    assert units["kat_no"].isna().all()


def test_a_row_whose_door_is_unknown_has_none() -> None:
    units = assemble_bagimsiz_bolum(
        rows(("1583845852", 999, "1", ""), ("1583845853", pd.NA, "1", "")), DOORS
    )
    assert units["numarataj_id"].isna().all()


def test_a_known_unit_keeps_its_guid_and_what_aks_does_not_say() -> None:
    known = a_frame(
        "bagimsiz_bolum", a_feature("bagimsiz_bolum", 1583845852, durum=3, ic_kapi_no="9")
    )
    unit = assemble_bagimsiz_bolum(rows(("1583845852", 902, "5", "1")), DOORS, register=known).iloc[
        0
    ]
    assert unit["id"] == guid("bagimsiz_bolum", 1583845852)
    assert (unit["durum"], unit["ic_kapi_no"]) == (3, "5")
    assert pd.isna(unit["yapi_id"])


def test_the_index_of_the_rows_is_kept() -> None:
    given = rows(("1583845852", 901, "5", ""), ("1583845853", 901, "6", "")).set_axis([7, 3])
    assert assemble_bagimsiz_bolum(given, DOORS).index.tolist() == [7, 3]
