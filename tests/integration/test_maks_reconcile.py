"""An AKS file against the register, the work list in every form, and decisions remembered."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyogrio
import pytest
from openpyxl import load_workbook
from playwright.sync_api import sync_playwright
from sqlalchemy import text

from gis_platform.core.errors import SourceError
from gis_platform.core.pipeline import pipelines
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.jobs.reconcile import Reconciled, reconcile
from gis_platform.jobs.worklist import take_worklist, write_worklist
from gis_platform.sources.table import read_whole_table, write_table
from tests.builders import load_layers
from tests.contract.control_village import village
from tests.integration.conftest import ask

COLUMNS = ("Adres No", "Açık Adres", "TC Kimlik")
TAIL = "EYÜPSULTAN / İSTANBUL"
ROWS = [
    ("1000050102", f"MERKEZ MAH. HALİÇ CADDESİ NO: 2 {TAIL}"),  # as the register has it
    ("1000050104", f"MERKEZ MAH. HALİÇ CADDESİ NO: 6 {TAIL}"),  # the register: No 4
    ("1000050106", f"MERKEZ MAH. ÇIĞIR SOKAK NO: 6 {TAIL}"),  # the register: HALİÇ 6
    ("2000000001", f"MERKEZ MAH. HALİÇ CADDESİ NO: 16 İÇ KAPI NO: 9 {TAIL}"),  # no such unit
    ("2000000002", f"MERKEZ MAH. HALİÇ CADDESİ NO: 88 {TAIL}"),  # no such door
    ("1000050102", f"MERKEZ MAH. HALİÇ CADDESİ NO: 2 {TAIL}"),  # again
    ("12", f"MERKEZ MAH. HALİÇ CADDESİ NO: 2 {TAIL}"),  # no adres no
    *((f"1000050{n}", f"MERKEZ MAH. HALİÇ CADDESİ NO: {n - 100} {TAIL}") for n in range(107, 117)),
]

Compare = Callable[[], Reconciled]


@pytest.fixture
def compare(database: Database, settings: Settings, tmp_path: Path) -> Compare:
    path = tmp_path / "aks.csv"
    rows = [(number, address, "10000000146") for number, address in ROWS]
    write_table([pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")], path)
    with database.engine("gis_etl").begin() as connection:
        list(load_layers(connection, village()))
    return lambda: reconcile(settings, database, path, started_by="Deneme")


def statuses(found: Reconciled) -> dict[str, tuple[str, str]]:
    items = found.items
    return {
        key: (status, reason)
        for key, status, reason in zip(items["key"], items["status"], items["reason"], strict=True)
    }


@pytest.fixture
def folder(compare: Compare, tmp_path: Path) -> Path:
    write_worklist(compare(), tmp_path / "liste", "tr")
    return tmp_path / "liste"


def take(database: Database, path: Path) -> int:
    with database.engine("gis_etl").begin() as connection:
        return take_worklist(connection, path, "Ayşe Demir")


def test_every_row_has_its_status_and_none_is_lost(compare: Compare, database: Database) -> None:
    found = compare()
    told = statuses(found)
    assert told["adres:1000050102"] == ("matched", "same_door")
    assert told["adres:1000050104"] == ("wrong_building", "unit_in_other_building")
    assert told["adres:1000050106"] == ("wrong_csbm", "unit_on_other_csbm")
    assert told["adres:2000000001"] == ("to_add", "unit_missing")
    assert told["adres:2000000002"] == ("uavt_only", "door_unknown")
    assert told["adres:1000050102/6"] == ("duplicate", "adres_no_twice")
    assert told["adres:1000000001"] == ("field_only", "unit_not_in_uavt")
    assert "adres:1000050301" not in told, "NİŞANCI is not in the file"
    assert [one.code for one in found.rejected] == ["row.adres-no-malformed"]
    assert found.account.read == len(ROWS)
    with database.engine("gis_etl").connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM work.reconciled")).scalar_one()
        changed = connection.execute(
            text("SELECT count(*) FROM maks.bagimsiz_bolum_version WHERE batch_id > 1")
        ).scalar_one()
    assert (kept, changed) == (len(found.items), 0)


def test_the_same_list_opens_as_map_workbook_and_page(folder: Path) -> None:
    points = pyogrio.read_dataframe(folder / "is_listesi.gpkg", layer="is_listesi")
    book = read_whole_table(folder / "is_listesi.xlsx")
    assert points["anahtar"].tolist() == book["anahtar"].tolist()
    assert points.crs.to_epsg() == 4326
    assert points.geometry.notna().sum() >= len(points) - 1
    sheet = load_workbook(folder / "is_listesi.xlsx")
    assert sheet.sheetnames == ["İş listesi", "Özet"]
    assert sheet["İş listesi"].data_validations.dataValidation
    page = (folder / "mahalle" / "40365-merkez.html").read_text("utf-8")
    assert 'data-key="adres:2000000002"' in page
    assert (folder / "mahalle" / "40365-merkez.xlsx").exists()
    assert "10000000146" not in page
    assert not (book == "10000000146").any(axis=None), "nothing of persons leaves the file"


def test_qgis_opens_the_points_by_status_and_offers_the_decisions(folder: Path) -> None:
    path = folder / "is_listesi.gpkg"
    with closing(sqlite3.connect(path)) as file:
        names = file.execute("SELECT column_name FROM gpkg_geometry_columns").fetchall()
        (qml,) = file.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_schema = '' AND useAsDefault = 1 "
            "AND f_table_name = 'is_listesi' AND f_geometry_column = ? ORDER BY update_time DESC",
            names[0],
        ).fetchone()
    style = ElementTree.fromstring(qml)  # noqa: S314  # our own
    shown = {c.attrib["value"]: c.attrib["symbol"] for c in style.iter("category")}
    points = pyogrio.read_dataframe(path, layer="is_listesi")
    assert set(points["durum"]) <= set(shown), "every point has its colour"
    assert len({_colour(style, symbol) for symbol in shown.values()}) == len(shown)
    scale = style.find(".//labeling//rendering").attrib
    assert int(scale["scaleMin"]) < int(scale["scaleMax"]), "as QGIS means it: 1:1 to 1:5000"
    offered = {o.attrib["value"] for o in style.iter("Option") if o.attrib.get("name") == "sil"}
    assert offered == {"sil"}
    fields = {style.find("renderer-v2").attrib["attr"], style.find(".//field").attrib["name"]}
    assert fields == {"durum", "karar"} <= set(points.columns)


def _colour(style: ElementTree.Element, symbol: str) -> str:
    return style.find(f".//symbol[@name='{symbol}']//Option[@name='color']").attrib["value"]


def fill_in(path: Path, words: dict[str, str]) -> None:
    """Write decisions into a work list, as Excel or QGIS would."""
    if path.suffix == ".xlsx":
        table = read_whole_table(path).drop(columns=["_row", "_fault", "_raw"])
        table["karar"] = table["anahtar"].map(words).fillna("")
        write_table([table], path)
        return
    points = pyogrio.read_dataframe(path, layer="is_listesi")
    points["karar"] = points["anahtar"].map(words)
    pyogrio.write_dataframe(points, path, layer="is_listesi")


@pytest.mark.parametrize("form", ["xlsx", "gpkg"])
def test_a_decision_changes_what_the_next_comparison_says(
    folder: Path, compare: Compare, database: Database, form: str
) -> None:
    path = folder / f"is_listesi.{form}"
    words = {"adres:2000000002": "sil", "adres:1000000001": "Ekle", "adres:2000000001": "kalsın",
             "adres:1000050104": "1"}  # fmt: skip
    fill_in(path, words)
    assert take(database, path) == 4
    told = statuses(compare())
    assert told["adres:2000000001"] == ("matched", "kept_by_hand")
    assert told["adres:1000000001"] == ("to_add", "decided_by_hand")
    assert told["adres:2000000002"][0] == "to_delete"
    assert told["adres:1000050104"][0] == "matched", "the register was right"
    with database.engine("gis_etl").connect() as connection:
        obeyed = connection.execute(
            text("SELECT key, decision, numarataj_kimlik_no FROM raw.review_decision ORDER BY 1")
        ).all()
    assert [tuple(row) for row in obeyed] == [
        ("1000050104", "accept", 50104), ("2000000002", "refuse", None),
    ]  # fmt: skip


def test_an_address_to_be_deleted_is_loaded_no_more(
    folder: Path, database: Database, settings: Settings, tmp_path: Path
) -> None:
    path = folder / "is_listesi.xlsx"
    fill_in(path, {"adres:2000000001": "sil"})
    take(database, path)
    report = pipelines["aks_to_maks"](settings, database, tmp_path / "aks.csv", started_by="Deneme")
    reasons = {line.code: (line.outcome, line.rows, line.remedy) for line in report.reasons}
    outcome, rows, remedy = reasons["decision.delete"]
    assert (outcome, rows) == ("held", 1)
    assert remedy is not None
    assert report.account.read == report.account.loaded + report.account.held + (
        report.account.rejected
    )
    there = "SELECT count(*) FROM maks.bagimsiz_bolum WHERE kimlik_no = 2000000001"
    assert ask(database, there) == [(0,)]
    fill_in(path, {"adres:2000000001": "ekle"})
    take(database, path)
    pipelines["aks_to_maks"](settings, database, tmp_path / "aks.csv", started_by="Deneme")
    assert ask(database, there) == [(1,)]


def test_an_unknown_word_names_row_and_remedy_and_nothing_is_taken(
    folder: Path, database: Database
) -> None:
    path = folder / "karar.csv"
    lines = ["parti,anahtar,durum_kod,karar", "1,adres:1,uavt_only,sil", "1,adres:2,uavt_only,bu"]
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(SourceError) as error:
        take(database, path)
    assert error.value.place.row == 2
    assert "ekle" in error.value.say("tr")
    with database.engine("gis_etl").connect() as connection:
        question = text("SELECT count(*) FROM raw.reconcile_decision")
        assert connection.execute(question).scalar_one() == 0


def test_a_clerk_decides_in_the_browser(folder: Path, database: Database, tmp_path: Path) -> None:
    page_file = folder / "mahalle" / "40365-merkez.html"
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(accept_downloads=True)
        page.goto(page_file.as_uri())
        row = page.locator('tr[data-key="adres:2000000002"]')
        row.locator("select").select_option("sil")
        row.locator("input").fill('yıkılmış, "eski" bina')
        with page.expect_download() as download:
            page.click("#save")
        download.value.save_as(tmp_path / "karar.csv")
        browser.close()
    assert take(database, tmp_path / "karar.csv") == 1
    with database.engine("gis_etl").connect() as connection:
        note = connection.execute(text("SELECT note FROM raw.reconcile_decision")).scalar_one()
    assert note == 'yıkılmış, "eski" bina'
