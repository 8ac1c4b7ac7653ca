"""Bad deliveries: each is a finding or one clear error, and the register stays as it was."""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from gis_platform.core.errors import SourceError
from gis_platform.db.engine import Database
from gis_platform.maks.layers import MaksLayers
from tests.builders import EAST, NORTH
from tests.contract.control_village import village, write_delivery
from tests.integration.conftest import Import, ask, content


@pytest.fixture
def database(village_register: Database) -> Database:
    """The register in which the village is already."""
    return village_register


def only(*names: str, case: dict[str, Any] | None = None) -> MaksLayers:
    layers = village(case)
    return MaksLayers({name: layers[name] for name in names})


def found(database: Database, code: str) -> list[Any]:
    return ask(
        database,
        "SELECT layer, feature_id, severity, text_tr FROM work.finding "  # noqa: S608
        f"WHERE code = '{code}' ORDER BY feature_id",
    )


def test_a_key_that_points_nowhere_holds_its_record_alone(take: Import, database: Database) -> None:
    before = content(database)
    lost = {"numarataj_id": "{FFFFFFFF-0000-4000-8000-000000000001}"}
    report = take({"set": {"bagimsiz_bolum": {1_000_000_001: lost}}})
    assert report.account.held == 1
    assert [row[:3] for row in found(database, "R-SP-12")] == [
        ("bagimsiz_bolum", "1000000001", "error")
    ]
    assert content(database) == before


def test_a_doubled_key_holds_every_record_that_has_it(take: Import, database: Database) -> None:
    before = content(database)
    report = take({"repeat": {"numarataj": [50101]}})
    said = [row for row in found(database, "R-SP-12") if row[1] == "50101"]
    assert said
    assert all("iki kez" in row[3] for row in said)
    assert report.changes["changed"] == report.changes["added"] == report.changes["closed"] == 0
    assert content(database) == before


def test_a_layer_of_the_wrong_geometry_type_is_refused_row_by_row(
    take: Import, database: Database, tmp_path: Path
) -> None:
    before = content(database)
    doors = only("numarataj")["numarataj"]
    lines = doors.set_geometry(shapely.buffer(doors.geometry.array, 1.0), crs=5254)
    path = write_delivery(MaksLayers({"numarataj": lines}), tmp_path / "cizgi.gpkg")
    report = take(path=path)
    assert (report.account.rejected, report.account.loaded) == (len(doors), 0)
    assert ask(database, "SELECT DISTINCT code FROM work.rejected") == [("geometry.wrong-type",)]
    assert content(database) == before


def test_empty_layers_are_said_and_close_nothing_unless_complete(
    take: Import, database: Database, tmp_path: Path
) -> None:
    before = content(database)
    path = write_delivery(only("mahalle", "yol"), tmp_path / "bos.gpkg")
    empty = only("numarataj")["numarataj"].iloc[:0].drop(columns=["_file", "_row"])
    pyogrio.write_dataframe(empty, path, layer="NUMARATAJ", geometry_type="Point")
    report = take(path=path)
    assert report.account.held == report.account.rejected == 0
    assert [row[0] for row in found(database, "delivery.table-empty")] == ["numarataj"]
    assert content(database) == before


def test_an_empty_layer_of_a_complete_delivery_is_no_order_to_close_it(
    take: Import, database: Database, tmp_path: Path
) -> None:
    before = content(database)
    path = write_delivery(only("mahalle", "yol"), tmp_path / "bos.gpkg")
    empty = only("numarataj")["numarataj"].iloc[:0].drop(columns=["_file", "_row"])
    pyogrio.write_dataframe(empty, path, layer="NUMARATAJ", geometry_type="Point")
    with pytest.raises(SourceError, match="NUMARATAJ"):
        take(path=path, is_complete=True)
    assert content(database) == before


def test_heights_measures_and_curves_are_flattened_and_said(
    take: Import, database: Database, tmp_path: Path
) -> None:
    before = content(database)
    lines = only("yol_orta_hat")
    frame = lines["yol_orta_hat"]
    high = frame.set_geometry(shapely.force_3d(frame.geometry.array, 42.5), crs=5254)
    path = write_delivery(MaksLayers({"yol_orta_hat": high}), tmp_path / "z.gpkg")
    report = take(path=path)
    assert report.changes["unchanged"] == len(frame)
    assert len(found(database, "delivery.geometry-flattened")) == 1
    assert content(database) == before
    _bend(path, number=602)
    report = take(path=path)
    assert report.changes["changed"] == 1
    points = ask(database, "SELECT ST_NPoints(geometry) FROM maks.yol_orta_hat WHERE kimlik_no=602")
    assert points[0][0] > 10, "an arc is drawn with many points"
    assert len(found(database, "delivery.geometry-curved")) == 1


def _bend(path: Path, number: int) -> None:
    """The centre-line of that number becomes an arc of a circle from its start to its end."""
    x, y = EAST + 300, NORTH
    arc = struct.pack("<BII6d", 1, 8, 3, x, y, x + 40, y + 80, x, y + 160)
    with closing(sqlite3.connect(path)) as base:
        (blob,) = base.execute(
            "SELECT geom FROM YOL_ORTA_HAT WHERE KIMLIKNO = ?", (number,)
        ).fetchone()
        names = base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            base.execute(f'DROP TRIGGER "{name}"')
        head = blob[:3] + b"\x01" + blob[4:8]
        base.execute("UPDATE YOL_ORTA_HAT SET geom = ? WHERE KIMLIKNO = ?", (head + arc, number))
        base.commit()


def test_a_bow_tie_waits_and_a_loop_is_said(take: Import, database: Database) -> None:
    before = content(database)
    bow = shapely.Polygon(
        [(EAST + x, NORTH + y) for x, y in ((0, 300), (9, 309), (9, 300), (0, 309))]
    )
    report = take({"set": {"yapi": {50101: {"geometry": bow}}}})
    assert report.account.held == 1
    assert [row[:3] for row in found(database, "R-SP-07")] == [("yapi", "50101", "error")]
    assert content(database) == before
    loop = shapely.LineString([(EAST, NORTH), (EAST + 200, NORTH), (EAST + 100, NORTH + 5),
                               (EAST + 100, NORTH - 5), (EAST + 300, NORTH)])  # fmt: skip
    take({"set": {"yol_orta_hat": {601: {"geometry": loop}}}})
    assert [row[1] for row in found(database, "R-YOL-05")] == ["601"]


def test_tables_in_different_encodings_each_read_right(
    take: Import, database: Database, tmp_path: Path
) -> None:
    before = content(database)
    folder = tmp_path / "karisik"
    folder.mkdir()
    for name, encoding in (("mahalle", "UTF-8"), ("yol", "cp1254")):
        frame = only(name)[name].drop(columns=["_file", "_row"])
        named = {"mahalle": "MAHALLE", "yol": "YOL"}[name]
        suffix = ".shp" if "geometry" in frame else ".dbf"
        out = frame.rename(columns=lambda c: c.replace("_", "").upper() if c != "geometry" else c)
        with pytest.warns(RuntimeWarning):
            pyogrio.write_dataframe(out, folder / f"{named}{suffix}", encoding=encoding)
        (folder / f"{named}.cpg").unlink(missing_ok=True)
    table = folder / "YOL.dbf"
    old, new = "GÜL ".encode("cp1254"), "GÜL".encode()
    assert old in table.read_bytes()
    table.write_bytes(table.read_bytes().replace(old, new))
    report = take(path=folder)
    assert report.changes["changed"] == report.changes["added"] == 0, report.changes
    assert [row[0] for row in found(database, "delivery.encoding-mixed")] == ["yol"]
    assert content(database) == before


def test_an_older_delivery_does_not_undo_a_newer_one(
    take: Import, database: Database, tmp_path: Path
) -> None:
    old, new = pd.Timestamp("2025-01-01T00:00Z"), pd.Timestamp("2026-01-01T00:00Z")
    dated = {"degistirme_tarihi": new, "ad": "YENİ AD"}
    take({"set": {"yol": {502: dated}}})
    before = content(database)
    with pytest.raises(SourceError, match="502") as error:
        take({"set": {"yol": {502: {"degistirme_tarihi": old}}}})
    assert error.value.remedy is not None
    assert "--older" in error.value.say("tr")
    assert content(database) == before
    take({"set": {"yol": {502: {"degistirme_tarihi": old}}}}, may_be_older=True)
    assert ask(database, "SELECT ad FROM maks.yol WHERE kimlik_no = 502") == [("ÇIĞIR",)]


def test_two_dates_in_one_folder_are_one_clear_error(
    take: Import, database: Database, tmp_path: Path
) -> None:
    before = content(database)
    folder = tmp_path / "ikisi"
    folder.mkdir()
    write_delivery(only("yol"), folder / "mart.gpkg")
    write_delivery(only("yol"), folder / "nisan.gpkg")
    with pytest.raises(SourceError, match=r"mart\.gpkg, nisan\.gpkg"):
        take(path=folder)
    assert content(database) == before


def test_a_neighbouring_district_is_known_by_its_number(
    take: Import, database: Database, tmp_path: Path
) -> None:
    before = content(database)
    case = {"set": {"ilce": {1325: {"kimlik_no": 1327, "ad": "FATİH"}}}}
    with pytest.raises(SourceError, match=r"FATİH.*1327") as error:
        take(path=write_delivery(village(case), tmp_path / "fatih.gpkg"))
    assert "\n" not in error.value.say("tr")
    assert content(database) == before


def test_a_delivery_moved_by_the_step_of_ed50_is_not_believed(
    take: Import, database: Database, tmp_path: Path
) -> None:
    before = content(database)
    old = {n: f.to_crs(2320) if "geometry" in f else f for n, f in village().items()}
    bare = {
        n: f.set_crs(5254, allow_override=True) if "geometry" in f else f for n, f in old.items()
    }
    path = write_delivery(MaksLayers(bare), tmp_path / "kaymis.gpkg")
    with pytest.raises(SourceError, match=r"ED50") as error:
        take(path=path)
    assert "--srid 2320" in error.value.say("en")
    assert content(database) == before
    report = take(path=path, srid=2320)
    assert report.changes["added"] == report.changes["closed"] == 0
    x = ask(database, "SELECT ST_X(geometry) FROM maks.numarataj WHERE kimlik_no = 50101")[0][0]
    assert x == pytest.approx(village()["numarataj"].geometry[0].x, abs=0.02)


def test_a_shift_of_another_kind_is_said(take: Import, database: Database) -> None:
    take({"shift": {"numarataj": [60.0, 0.0]}})
    assert [row[0] for row in found(database, "delivery.layer-moved")] == ["numarataj"]


@pytest.mark.parametrize("driver", ["MapInfo File", "GeoJSON"])
def test_other_formats_of_a_delivery_enter_whole(
    take: Import, database: Database, tmp_path: Path, driver: str
) -> None:
    folder = tmp_path / "teslim"
    folder.mkdir()
    suffix = {"MapInfo File": ".tab", "GeoJSON": ".geojson"}[driver]
    box = (EAST - 1000, NORTH - 1000, EAST + 2000, NORTH + 1000)
    more = {"BOUNDS": ",".join(map(str, box))} if driver == "MapInfo File" else {}
    for name, frame in village().items():
        if "geometry" not in frame:
            continue
        official = name.replace("_", "").upper()
        out = gpd.GeoDataFrame(frame.drop(columns=["_file", "_row"]))
        out = out.rename(columns=lambda c: c.replace("_", "").upper() if c != "geometry" else c)
        pyogrio.write_dataframe(
            out.to_crs(4326) if driver == "GeoJSON" else out,
            folder / f"{official}{suffix}",
            driver=driver,
            **more,
        )
    report = take(path=folder)
    assert (report.account.held, report.account.rejected) == (0, 0)
    assert report.changes["added"] == report.changes["closed"] == 0
    x = ask(database, "SELECT ST_X(geometry) FROM maks.numarataj WHERE kimlik_no = 50101")[0][0]
    assert x == pytest.approx(village()["numarataj"].geometry[0].x, abs=0.001)
