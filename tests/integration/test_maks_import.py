"""A MAKS delivery into the register: what enters, waits, is refused, or never comes in."""

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from gis_platform.core.errors import SourceError
from gis_platform.db.engine import Database
from tests.contract.control_village import village, write_delivery
from tests.integration.conftest import Import, ask


def test_everything_of_a_good_delivery_enters(take: Import, database: Database) -> None:
    report = take()
    total = sum(village().counts().values())
    assert (report.account.read, report.account.loaded) == (total, total)
    assert ask(database, "SELECT ad FROM maks.yol WHERE kimlik_no = 502") == [("ÇIĞIR",)]
    assert ask(database, "SELECT count(*) FROM work.held") == [(0,)]


def test_what_blocks_waits_with_its_codes_and_what_warns_enters(
    take: Import, database: Database
) -> None:
    case = {"set": {"yol": {503: {"ad": None}}, "numarataj": {50101: {"kapi_no": None}}}}
    report = take(case)
    assert report.account.held == 4
    held = ask(database, "SELECT layer, kimlik_no, codes FROM work.held ORDER BY kimlik_no")
    assert held[0] == ("yol", 503, ["R-YOL-10"])
    assert {row[2][0] for row in held[1:]} == {"held.parent"}
    assert ask(database, "SELECT kapi_no FROM maks.numarataj WHERE kimlik_no = 50101") == [(None,)]
    said = ask(database, "SELECT severity, file FROM work.finding WHERE code = 'R-NUM-13'")
    assert said == [("warning", "teslim0.gpkg/NUMARATAJ")]


def test_a_refused_row_is_kept_with_file_row_field_reason_and_remedy(
    take: Import, database: Database, tmp_path: Path
) -> None:
    path = write_delivery(village(), tmp_path / "teslim.gpkg")
    door = pyogrio.read_dataframe(path, layer="NUMARATAJ")
    door.loc[2, "geometry"] = shapely.LineString([(405_000, 4_550_000), (405_001, 4_550_000)])
    pyogrio.write_dataframe(door, path, layer="NUMARATAJ", geometry_type="Unknown")
    report = take(path=path)
    assert report.account.rejected == 1
    row = ask(database, "SELECT file, row_no, field, code, remedy_tr FROM work.rejected")[0]
    assert row[:4] == ("teslim.gpkg/NUMARATAJ", 3, "geometry", "geometry.wrong-type")
    assert row[4]


def test_data_of_persons_never_come_in(take: Import, database: Database, tmp_path: Path) -> None:
    path = write_delivery(village(), tmp_path / "teslim.gpkg")
    units = pyogrio.read_dataframe(path, layer="BAGIMSIZ_BOLUM", read_geometry=False)
    units = units.assign(tc_kimlik="10000000146", not1="10000000146", kontrol="bakıldı")
    pyogrio.write_dataframe(units, path, layer="BAGIMSIZ_BOLUM")
    take(path=path)
    raw = ask(database, "SELECT values::text FROM raw.feature WHERE layer = 'bagimsiz_bolum'")
    assert len(raw) == len(units)
    assert all("10000000146" not in row[0] for row in raw)
    assert all("bakıldı" in row[0] for row in raw)
    told = ask(database, "SELECT facts->'quarantined' FROM raw.batch")[0][0]
    assert {row["header"] for row in told} == {"tc_kimlik", "not1"}


def test_a_dry_run_tells_all_and_leaves_nothing(take: Import, database: Database) -> None:
    report = take(is_dry_run=True)
    assert report.account.loaded == sum(village().counts().values())
    for table in ("raw.batch", "raw.feature", "maks.yol_version", "work.finding"):
        assert ask(database, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608


def test_a_complete_delivery_closes_what_it_lacks(take: Import, database: Database) -> None:
    take()
    report = take({"drop": {"bagimsiz_bolum": [1_000_000_004]}}, is_complete=True)
    assert report.changes["closed"] == 1
    assert ask(
        database, "SELECT count(*) FROM maks.bagimsiz_bolum WHERE kimlik_no = 1000000004"
    ) == [(0,)]


def test_a_complete_layer_alone_is_held_to_the_rest_of_the_register(
    take: Import, tmp_path: Path
) -> None:
    take()
    alone = type(village())({"numarataj": village()["numarataj"]})
    path = write_delivery(alone, tmp_path / "kapilar.gpkg")
    report = take(path=path, is_complete=True)
    assert report.changes["unchanged"] == len(alone["numarataj"])
    assert not [line.code for line in report.controls if line.code == "R-SP-12"]


def test_a_partial_delivery_closes_nothing(take: Import) -> None:
    take()
    report = take({"drop": {"bagimsiz_bolum": [1_000_000_004]}})
    assert report.changes["closed"] == 0


def test_a_feature_whose_new_version_waits_keeps_the_one_it_has(
    take: Import, database: Database
) -> None:
    take()
    report = take({"set": {"yol": {503: {"ad": None}}}}, is_complete=True)
    assert report.account.held == 1, "its children may refer to the version in force"
    assert report.changes["closed"] == 0
    assert ask(database, "SELECT ad FROM maks.yol WHERE kimlik_no = 503") == [("GÜL",)]


def test_units_that_came_without_their_doors_wait_for_them(
    take: Import, database: Database, tmp_path: Path
) -> None:
    units = type(village())({"bagimsiz_bolum": village()["bagimsiz_bolum"]})
    path = write_delivery(units, tmp_path / "bb.gpkg")
    report = take(path=path)
    assert report.account.read == report.account.held == len(units["bagimsiz_bolum"])
    assert ask(database, "SELECT count(*) FROM maks.bagimsiz_bolum") == [(0,)]
    said = ask(
        database,
        "SELECT DISTINCT severity FROM work.finding WHERE code = 'R-SP-12' AND feature_id IS NULL",
    )
    assert said == [("warning",)], "that no door was delivered at all is said once"
    doors = village()
    del doors.frames["bagimsiz_bolum"]
    take(path=write_delivery(doors, tmp_path / "kapilar.gpkg"))
    assert take(path=path).account.held == 0, "the same file again, with its doors there"


def test_a_layer_delivered_alone_joins_the_register(
    take: Import, database: Database, tmp_path: Path
) -> None:
    take()
    moved = village({"shift": {"numarataj": [0.5, 0]}})
    alone = type(moved)({"numarataj": moved["numarataj"]})
    report = take(path=write_delivery(alone, tmp_path / "kapilar.gpkg"))
    assert report.changes["changed"] == len(moved["numarataj"])
    assert report.account.held == 0
    versions = ask(database, "SELECT max(version) FROM maks.numarataj_version")
    assert versions == [(2,)]


@pytest.mark.parametrize("fault", ["district", "table", "layer"])
def test_a_delivery_that_cannot_be_read_leaves_the_register_as_it_was(
    take: Import, database: Database, tmp_path: Path, fault: str
) -> None:
    take()
    path = tmp_path / "kotu.gpkg"
    point = shapely.Point(500_000, 4_420_000)
    frame = gpd.GeoDataFrame({"ID": ["a"], "KIMLIKNO": [1]}, geometry=[point], crs=5254)
    if fault == "table":
        path.write_bytes(b"SQLite format 3\0 broken")
    else:
        pyogrio.write_dataframe(frame, path, layer="AGAC" if fault == "layer" else "NUMARATAJ")
    with pytest.raises(SourceError):
        take(path=path)
    assert ask(database, "SELECT count(*) FROM raw.batch") == [(1,)]
    assert ask(database, "SELECT count(*) FROM maks.yol") == [(4,)]


def test_ed50_coordinates_are_moved_and_the_operation_is_kept(
    take: Import, database: Database, tmp_path: Path
) -> None:
    layers = village()
    old = {n: f.to_crs(2320) if "geometry" in f else f for n, f in layers.items()}
    take(path=write_delivery(type(layers)(old), tmp_path / "ed50.gpkg"))
    srid, operation, accuracy = ask(
        database, "SELECT source_srid, crs_operation, crs_accuracy_m FROM raw.batch"
    )[0]
    assert (srid, accuracy) == (2320, 2.1)
    assert "ED50 to ETRS89" in operation
    expected = layers["numarataj"].geometry[0]
    x, y = ask(
        database, "SELECT ST_X(geometry), ST_Y(geometry) FROM maks.numarataj WHERE kimlik_no=50101"
    )[0]
    assert shapely.distance(expected, shapely.Point(x, y)) < 0.01
