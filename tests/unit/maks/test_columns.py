import pytest

from gis_platform.maks.columns import layer_of_table, personal, read_headers
from gis_platform.maks.model import LAYERS


@pytest.mark.parametrize(
    ("table", "layer"),
    [
        ("YOL", "yol"),
        ("yolortahat", "yol_orta_hat"),
        ("maks.YOL_ORTA_HAT_YON", "yol_orta_hat_yon"),
        ("MAKS_NUMARATAJ", "numarataj"),
        ("Bağımsız Bölüm", "bagimsiz_bolum"),
        ("YAPI_2", "yapi"),
        ("KÖY", "koy"),
    ],
)
def test_a_table_is_known_by_its_name_and_aliases(table: str, layer: str) -> None:
    found = layer_of_table(table)
    assert found is not None
    assert found.name == layer


@pytest.mark.parametrize("table", ["points", "GDB_Items", "YOLCU", ""])
def test_a_foreign_table_is_no_layer(table: str) -> None:
    assert layer_of_table(table) is None


@pytest.mark.parametrize("layer", LAYERS)
def test_official_and_cut_names_mean_every_column(layer: str) -> None:
    of = LAYERS[layer]
    for headers in ([c.official for c in of.columns], [c.short for c in of.columns], of.names):
        read = read_headers(of, headers)
        assert set(read.columns) == set(of.names)
        assert (read.unknown, read.missing, read.guessed) == ([], [], {})


def test_observed_misspellings_are_known() -> None:
    headers = ["BAGLIOLDUGUNUMARATJID", "Olusturmatarıhı", "ISLEMGEREKEKCESI"]
    read = read_headers(LAYERS["numarataj"], headers)
    assert set(read.columns) == {
        "bagli_oldugu_numarataj_id", "olusturma_tarihi", "islem_gerekcesi",
    }  # fmt: skip
    assert read.guessed == {}


def test_an_unseen_misspelling_is_taken_and_said() -> None:
    read = read_headers(LAYERS["yapi"], ["ZEMINUSTUKATSAYSI"])
    assert read.guessed == {"zemin_ustu_kat_sayisi": "ZEMINUSTUKATSAYSI"}


def test_a_short_name_is_not_guessed() -> None:
    assert read_headers(LAYERS["yapi"], ["TIPI", "AB"]).unknown == ["TIPI", "AB"]


def test_official_columns_we_do_not_keep_are_not_unknown() -> None:
    read = read_headers(LAYERS["yol"], ["OBJECTID", "OPERATIOND", "SHAPE_Leng", "saha"])
    assert read.unknown == ["saha"]


@pytest.mark.parametrize(
    "header",
    ["tc_kimlik", "TCKN", "ana_ad", "baba_adi", "Telefon", "oturan_sayisi", "saha_aciklama"],
)
def test_columns_of_persons_are_known_by_name(header: str) -> None:
    assert personal(header)
    assert read_headers(LAYERS["bagimsiz_bolum"], [header]).personal.keys() == {header}


@pytest.mark.parametrize("header", ["AD", "ADANO", "TANITIMKODU", "csbm", "kontrol"])
def test_columns_of_things_are_not_personal(header: str) -> None:
    assert personal(header) is None
