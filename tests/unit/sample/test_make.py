"""The sample delivery: what is in it, and that the same numbers give the same content."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gis_platform.core.crs import DISTRICT_ENVELOPE_5254, epsg_of
from gis_platform.core.errors import UsageError
from gis_platform.maks.model import LAYERS
from gis_platform.sample.aks import COLUMNS
from gis_platform.sample.make import SampleFacts, make_sample, read_facts
from gis_platform.sources.table import read_whole_table

DOORS, SEED = 3_000, 7


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sample") / "delivery"
    make_sample(target, doors=DOORS, seed=SEED)
    return target


@pytest.fixture(scope="module")
def facts(folder: Path) -> SampleFacts:
    found = read_facts(folder)
    assert found is not None
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digests(folder: Path) -> dict[str, str]:
    exact = [*folder.rglob("*.csv"), *folder.rglob("*.geojson"), folder / "aks.xlsx"]
    exact += sorted((folder / "maks_shp").iterdir())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in exact
    }


def test_the_number_of_doors_is_exact(facts: SampleFacts) -> None:
    assert facts.features["numarataj"] == DOORS
    assert abs(facts.aks_rows - DOORS) < DOORS / 100


def test_same_doors_and_seed_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    make_sample(tmp_path / "again", doors=DOORS, seed=SEED)
    assert digests(tmp_path / "again") == digests(folder)
    for name in ("maks.gdb", "maks.gpkg"):
        for layer, _ in pyogrio.list_layers(folder / name):
            one = pyogrio.read_dataframe(folder / name, layer=layer)
            two = pyogrio.read_dataframe(tmp_path / "again" / name, layer=layer)
            assert one.equals(two), (name, layer)


def test_another_seed_gives_other_content(folder: Path, tmp_path: Path) -> None:
    make_sample(tmp_path / "other", doors=1_000, seed=SEED + 1)
    make_sample(tmp_path / "one", doors=1_000, seed=SEED)
    one, other = digests(tmp_path / "one"), digests(tmp_path / "other")
    assert one["aks.csv"] != other["aks.csv"]


def test_a_sample_that_is_there_is_not_made_again(folder: Path) -> None:
    before = (folder / "aks.csv").stat().st_mtime_ns
    make_sample(folder, doors=DOORS, seed=SEED)
    assert (folder / "aks.csv").stat().st_mtime_ns == before


def test_a_sample_cut_short_is_made_again(tmp_path: Path) -> None:
    target = tmp_path / "cut"
    make_sample(target, doors=1_000, seed=1)
    (target / "manifest.json").unlink()
    (target / "aks.csv").write_text("half")
    make_sample(target, doors=1_000, seed=1)
    assert len(rows_of(target / "aks.csv")) > 900


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="holds no sample"):
        make_sample(tmp_path, doors=1_000, seed=1)
    assert (tmp_path / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("doors", [0, 999, 1_000_001])
def test_too_few_or_too_many_doors_are_refused(tmp_path: Path, doors: int) -> None:
    with pytest.raises(UsageError, match="1,000"):
        make_sample(tmp_path / "x", doors=doors, seed=1)


@pytest.mark.parametrize("name", ["maks.gdb", "maks.gpkg"])
def test_tables_have_official_names_and_the_register_crs(folder: Path, name: str) -> None:
    layers = dict(pyogrio.list_layers(folder / name).tolist())
    expected = {layer.official for layer in LAYERS.values() if layer.name in made_layers()}
    assert set(layers) == expected
    for layer in LAYERS.values():
        if layer.name not in made_layers():
            continue
        info = pyogrio.read_info(folder / name, layer=layer.official)
        assert set(info["fields"]) <= {column.official for column in layer.columns}
        assert {"ID", "KIMLIKNO"} <= set(info["fields"])
        assert (info["crs"] is None) == (layer.geometry is None)
        if layer.geometry is not None:
            assert epsg_of(info["crs"]) == 5254


def made_layers() -> set[str]:
    return {
        "il", "ilce", "mahalle", "yol", "yol_orta_hat", "yol_orta_hat_yon", "yapi", "numarataj",
        "bagimsiz_bolum",
    }  # fmt: skip


def test_geodatabase_keeps_long_numbers_whole(folder: Path) -> None:
    info = pyogrio.read_info(folder / "maks.gdb", layer="BAGIMSIZ_BOLUM")
    kinds = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert kinds["KIMLIKNO"] == "int64"


def test_guids_are_in_braces_and_relations_point_to_them(folder: Path) -> None:
    door = pyogrio.read_dataframe(folder / "maks.gdb", layer="NUMARATAJ", read_geometry=False)
    side = pyogrio.read_dataframe(folder / "maks.gdb", layer="YOL_ORTA_HAT_YON")
    assert door["ID"].str.fullmatch(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}").all()
    assert door["ID"].is_unique
    assert door["YOLORTAHATYONID"].isin(side["ID"]).all()


def test_shapefiles_cut_names_and_keep_turkish_letters(folder: Path) -> None:
    yapi = pyogrio.read_dataframe(folder / "maks_shp" / "YAPI.zip")
    assert "SITEVEYAKO" in yapi.columns
    assert yapi["SITEVEYAKO"].dropna().str.endswith("SİTESİ").all()
    yol = pyogrio.read_dataframe(folder / "maks_shp" / "YOL.zip")
    assert {"TEKBASLANG", "CIFTBASLAN"} <= set(yol.columns)
    assert yol["AD"].str.contains("[ĞŞİÇÖÜ]", na=False).any()


def test_mahalle_are_the_real_29_and_tile_the_district(folder: Path) -> None:
    mahalle = pyogrio.read_dataframe(folder / "maks.gpkg", layer="MAHALLE")
    district = pyogrio.read_dataframe(folder / "maks.gpkg", layer="ILCE")
    assert len(mahalle) == 29
    assert dict(zip(mahalle["KIMLIKNO"], mahalle["AD"], strict=True))[40371] == "NİŞANCI"
    assert bool(shapely.coverage_is_valid(mahalle.geometry.array))
    assert mahalle.geometry.area.sum() == pytest.approx(district.geometry.area.sum(), abs=0.01)
    west, south, east, north = district.total_bounds
    assert west > DISTRICT_ENVELOPE_5254[0]
    assert south > DISTRICT_ENVELOPE_5254[1]
    assert east < DISTRICT_ENVELOPE_5254[2]
    assert north < DISTRICT_ENVELOPE_5254[3]


def test_aks_text_says_the_same_in_every_form(folder: Path, facts: SampleFacts) -> None:
    utf8 = read_whole_table(folder / "aks.csv")
    cp1254 = read_whole_table(folder / "aks_cp1254.csv")
    book = read_whole_table(folder / "aks.xlsx")
    assert tuple(utf8.columns[: len(COLUMNS)]) == COLUMNS
    assert len(utf8) == len(cp1254) == len(book) == facts.aks_rows
    for name in ("Adres No", "Mahalle", "Cadde / Sokak"):
        assert list(utf8[name]) == list(cp1254[name]) == list(book[name])
    assert [text.replace("\u0307", "") for text in utf8["Açık Adres"]] == list(cp1254["Açık Adres"])


def test_workbook_doors_look_as_excel_leaves_them(folder: Path) -> None:
    book = read_whole_table(folder / "aks.xlsx")["Dış Kapı"]
    text = read_whole_table(folder / "aks.csv")["Dış Kapı"]
    assert list(book.str.replace(r"\.0$", "", regex=True)) == list(text)


def test_faulty_rows_are_planted_and_named(folder: Path) -> None:
    truth = pd.DataFrame(rows_of(folder / "truth" / "aks_truth.csv"))
    table = read_whole_table(folder / "aks.csv")
    rejected = truth[truth["expected"] == "rejected"]
    assert (rejected["kinds"].value_counts() >= 3).all()
    at = {kind: table.loc[group.index] for kind, group in rejected.groupby("kinds")}
    assert (at["adres_no.missing"]["Adres No"] == "").all()
    assert (at["adres_no.not_ten_digits"]["Adres No"].str.len() == 9).all()
    assert (at["row.too_many_fields"]["_fault"] == "row.too-many-fields").all()
    assert (at["address.empty"]["Açık Adres"] == "").all()
    doubled = at["adres_no.doubled"]["Adres No"]
    assert (table["Adres No"].isin(doubled).sum()) == 2 * len(doubled)


def test_truth_names_a_door_of_the_gazetteer_or_none(folder: Path) -> None:
    truth = pd.DataFrame(rows_of(folder / "truth" / "aks_truth.csv"))
    kapi = pd.DataFrame(rows_of(folder / "gazetteer" / "kapi.csv"))
    csbm = pd.DataFrame(rows_of(folder / "gazetteer" / "csbm.csv"))
    doors = truth[truth["expected"] == "kapi"].merge(kapi, on="numarataj_kimlik_no")
    assert len(doors) == (truth["expected"] == "kapi").sum()
    assert (doors["csbm_kod_x"] == doors["csbm_kod_y"]).all()
    streets = truth[truth["expected"] == "csbm"]
    assert streets["csbm_kod"].isin(csbm["csbm_kod"]).all()
    assert (streets["numarataj_kimlik_no"] == "").all()
    assert 0.015 < truth["expected"].isin(["csbm", "none"]).mean() < 0.06


def test_absent_doors_are_really_absent(folder: Path) -> None:
    truth = pd.DataFrame(rows_of(folder / "truth" / "aks_truth.csv"))
    table = read_whole_table(folder / "aks.csv")
    kapi = pd.DataFrame(rows_of(folder / "gazetteer" / "kapi.csv"))
    known = set(zip(kapi["csbm_kod"], kapi["dis_kapi_no"], strict=True))
    absent = truth[truth["kinds"].str.contains("door_absent")]
    written = table.loc[absent.index, "Dış Kapı"]
    pairs = [pair for pair in zip(absent["csbm_kod"], written, strict=True) if pair[1]]
    assert len(pairs) > 10
    assert not known & set(pairs)


def test_kinds_of_mess_come_at_about_their_rates(folder: Path) -> None:
    kinds = pd.Series([row["kinds"] for row in rows_of(folder / "truth" / "aks_truth.csv")])
    rates = {"spacing": 0.28, "landmark": 0.09, "only_text": 0.10, "csbm_missing": 0.065}
    for kind, share in rates.items():
        assert kinds.str.contains(kind).mean() == pytest.approx(share, rel=0.25)


def test_renamed_csbm_have_old_and_new_name_by_code(folder: Path) -> None:
    renamed = rows_of(folder / "csbm_renamed.csv")
    csbm = {row["csbm_kod"]: row["csbm"] for row in rows_of(folder / "gazetteer" / "csbm.csv")}
    assert len(renamed) >= 3
    for row in renamed:
        assert row["new_name"].startswith(csbm[row["csbm_kod"]])
        assert row["old_name"] != row["new_name"]


def test_violations_name_features_of_the_delivery(folder: Path, facts: SampleFacts) -> None:
    rows = rows_of(folder / "truth" / "violations.csv")
    assert len(facts.violations) >= 10
    for layer in {row["layer"] for row in rows}:
        official = LAYERS[layer].official
        table = pyogrio.read_dataframe(folder / "maks.gpkg", layer=official, read_geometry=False)
        known = set(table["KIMLIKNO"].astype(str))
        assert {row["kimlik_no"] for row in rows if row["layer"] == layer} <= known


def test_some_csbm_have_two_codes_and_lie_in_two_mahalle(folder: Path) -> None:
    csbm = pd.DataFrame(rows_of(folder / "gazetteer" / "csbm.csv"))
    twice = csbm[csbm.duplicated(["csbm", "tur_kod"], keep=False)]
    assert twice["csbm_kod"].is_unique
    assert (twice.groupby(["csbm", "tur_kod"])["mahalle_kod"].nunique() == 2).all()
    assert len(twice) >= 6


def test_manifest_is_what_was_returned(folder: Path, facts: SampleFacts) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["aks_rows"] == facts.aks_rows
    assert sum(facts.expected.values()) == facts.aks_rows


def test_doors_stand_by_their_own_line_on_the_stated_side(folder: Path) -> None:
    spoilt = {row["kimlik_no"] for row in rows_of(folder / "truth" / "violations.csv")}
    door = pyogrio.read_dataframe(folder / "maks.gpkg", layer="NUMARATAJ")
    side = pyogrio.read_dataframe(folder / "maks.gpkg", layer="YOL_ORTA_HAT_YON").set_index("ID")
    line = pyogrio.read_dataframe(folder / "maks.gpkg", layer="YOL_ORTA_HAT").set_index("ID")
    door = door[~door["KIMLIKNO"].astype(str).isin(spoilt)]
    own = side.loc[door["YOLORTAHATYONID"]]
    lines = line.loc[own["YOLORTAHATID"]].geometry.array
    points = door.geometry.array
    assert shapely.distance(points, lines).max() < 15
    at = shapely.line_locate_point(lines, points)
    before = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at - 1, 0)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(lines, at + 1))
    along, across = after - before, shapely.get_coordinates(points) - before
    is_left = along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0] > 0
    assert (is_left == (own["SAYISALLASTIRMAYON"] == "SOL").to_numpy()).all()
    number = door["KAPINO"].str.extract(r"^(\d+)")[0].astype(int).to_numpy()
    stated = own["TUR"].to_numpy()
    assert (number % 2 == 1)[stated == "TEK"].all()
    assert (number % 2 == 0)[stated == "ÇİFT"].all()
