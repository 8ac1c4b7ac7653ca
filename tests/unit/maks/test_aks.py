import pandas as pd
import pytest

from gis_platform.core.errors import SourceError
from gis_platform.maks.aks import ROW_FAULTS, RowCheck, adres_no_of, aks_columns, row_faults
from gis_platform.sources.table import FAULT, RAW, ROW

GOOD = ("1583845852", "MERKEZ MAH. HALİÇ CAD. NO:5")


def a_table(*rows: tuple[str, str], faults: tuple[str, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["Adres No", "Açık Adres"], dtype="str")
    frame[ROW] = range(1, len(rows) + 1)
    frame[FAULT] = pd.Series(faults or [""] * len(rows), dtype="str")
    return frame.assign(**{RAW: "as received"})


COLUMNS = aks_columns(["Adres No", "Açık Adres"])


@pytest.mark.parametrize(
    ("headers", "meaning", "header"),
    [
        (["UAVT", "Adres"], "text", "Adres"),
        (["Adres No", "Mahalle", "Cadde / Sokak", "Dış Kapı"], "csbm", "Cadde / Sokak"),
        (["adresNo", "csbmKodu", "disKapiNoFormatted"], "dis_kapi_no", "disKapiNoFormatted"),
        (["ADRES_NO", "CSBM", "İÇ KAPI NO"], "ic_kapi_no", "İÇ KAPI NO"),
        (["adres_no", "adres", "Blok Adı"], "blok", "Blok Adı"),
    ],
)
def test_headers_of_real_systems_are_understood(
    headers: list[str], meaning: str, header: str
) -> None:
    assert getattr(aks_columns(headers).address, meaning) == header


def test_the_whole_address_is_preferred_to_the_old_one() -> None:
    found = aks_columns(["Eski Adres", "Açık Adres", "Adres No", "Kat"])
    assert (found.address.text, found.adres_no, found.kat_no) == ("Açık Adres", "Adres No", "Kat")


@pytest.mark.parametrize("headers", [["Adres No", "Ada", "Parsel"], ["Açık Adres", "Mahalle"]])
def test_a_table_without_address_or_number_is_refused_naming_its_headers(
    headers: list[str],
) -> None:
    with pytest.raises(SourceError) as error:
        aks_columns(headers, file="aks.csv")
    assert all(f"“{header}”" in error.value.say("tr") for header in headers)


def test_a_number_is_read_past_a_spreadsheet() -> None:
    written = pd.Series(["1583845852.0", " 1583 845 852", "0583845852", "158384585", "x", None])
    numbers = adres_no_of(written.astype("str"))
    assert numbers.tolist()[:2] == [1583845852] * 2
    assert numbers.isna().tolist()[2:] == [True] * 4


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (("", "MERKEZ"), "row.adres-no-missing", "Adres No"),
        (("12345", "MERKEZ"), "row.adres-no-malformed", "Adres No"),
        (("1583845852.0", "RAMİ"), "row.adres-no-doubled", "Adres No"),
        (("1583845853", " . - "), "row.address-empty", "Açık Adres"),
    ],
)
def test_a_faulty_row_is_named_with_its_field(row: tuple[str, str], code: str, field: str) -> None:
    faults = row_faults(a_table(GOOD, row), COLUMNS)
    assert faults[["row", "code", "field"]].to_numpy().tolist() == [[2, code, field]]
    assert faults["text"].iloc[0].tr != faults["text"].iloc[0].en
    assert faults["remedy"].iloc[0].tr


def test_a_good_row_is_no_fault() -> None:
    assert len(row_faults(a_table(GOOD), COLUMNS)) == 0


def test_a_ragged_row_is_told_as_received() -> None:
    faults = row_faults(a_table(GOOD, faults=("row.too-many-fields",)), COLUMNS)
    assert faults["value"].tolist() == ["as received"]
    assert faults["field"].tolist() == [None]


def test_a_number_is_doubled_across_pieces_of_the_file() -> None:
    rows = RowCheck(COLUMNS)
    assert len(rows.faults(a_table(GOOD))) == 0
    assert rows.faults(a_table(GOOD))["code"].tolist() == ["row.adres-no-doubled"]


def test_the_number_of_a_refused_row_is_still_free() -> None:
    rows = RowCheck(COLUMNS)
    assert rows.faults(a_table((GOOD[0], "")))["code"].tolist() == ["row.address-empty"]
    assert len(rows.faults(a_table(GOOD))) == 0


def test_every_fault_has_its_sentence_and_remedy() -> None:
    for fault in ROW_FAULTS.values():
        assert fault.text.tr != fault.text.en
        assert fault.remedy.tr != fault.remedy.en
