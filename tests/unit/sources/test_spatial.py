import shutil
import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gis_platform.core.errors import SourceError
from gis_platform.sources import spatial
from gis_platform.sources.spatial import SpatialTable, list_tables, read_table


def roads(crs: int | None = 5254) -> gpd.GeoDataFrame:
    line = shapely.LineString([(400_000, 4_550_000), (400_100, 4_550_000)])
    return gpd.GeoDataFrame({"AD": ["ÇIĞIR", "İĞDE"]}, geometry=[line, None], crs=crs)


def a_gdb(path: Path) -> Path:
    pyogrio.write_dataframe(roads(), path, layer="YOL_ORTA_HAT", driver="OpenFileGDB")
    pyogrio.write_dataframe(
        pd.DataFrame({"AD": ["HALİÇ"]}), path, layer="YOL", driver="OpenFileGDB"
    )
    return path


def read_all(path: Path) -> dict[str, SpatialTable]:
    return {ref.table: read_table(ref) for ref in list_tables(path)}


def test_a_geodatabase_gives_its_tables_with_and_without_geometry(tmp_path: Path) -> None:
    tables = read_all(a_gdb(tmp_path / "maks.gdb"))
    assert set(tables) == {"YOL_ORTA_HAT", "YOL"}
    assert tables["YOL"].geometry is None
    assert tables["YOL"].frame["AD"].tolist() == ["HALİÇ"]
    assert tables["YOL_ORTA_HAT"].geometry[1] is None
    assert tables["YOL_ORTA_HAT"].crs.to_epsg() == 5254


def test_a_geodatabase_in_an_archive_reads_the_same(tmp_path: Path) -> None:
    folder = a_gdb(tmp_path / "maks.gdb")
    archive = shutil.make_archive(str(tmp_path / "teslim"), "zip", tmp_path, folder.name)
    tables = read_all(Path(archive))
    assert tables["YOL"].frame["AD"].tolist() == ["HALİÇ"]
    assert tables["YOL"].ref.file == "teslim.zip/maks.gdb/YOL"


def test_a_table_whose_file_is_gone_is_named(tmp_path: Path) -> None:
    folder = a_gdb(tmp_path / "maks.gdb")
    max(folder.glob("*.gdbtable")).unlink()
    with pytest.raises(SourceError, match="“YOL” is missing"):
        list_tables(folder)


def test_a_locked_geodatabase_says_who_holds_it(tmp_path: Path) -> None:
    folder = a_gdb(tmp_path / "maks.gdb")
    (folder / "a00000001.gdbtable").write_bytes(b"")
    (folder / "_gdb.PC7.5124.sr.lock").touch()
    with pytest.raises(SourceError, match="Another program holds it open"):
        list_tables(folder)


def test_loose_shapefiles_and_a_bare_dbf_are_one_delivery(tmp_path: Path) -> None:
    pyogrio.write_dataframe(roads(), tmp_path / "yol_orta_hat.shp", encoding="UTF-8")
    pyogrio.write_dataframe(roads(), tmp_path / "yol.shp", encoding="UTF-8")
    for suffix in ("shp", "shx", "prj"):
        (tmp_path / f"yol.{suffix}").unlink()
    tables = read_all(tmp_path)
    assert set(tables) == {"yol_orta_hat", "yol"}
    assert tables["yol"].geometry is None


@pytest.mark.parametrize("encoding", ["UTF-8", "CP1254"])
def test_letters_of_a_shapefile_survive_without_its_cpg(tmp_path: Path, encoding: str) -> None:
    pyogrio.write_dataframe(roads(), tmp_path / "yol.shp", encoding=encoding)
    (tmp_path / "yol.cpg").unlink()
    assert read_all(tmp_path / "yol.shp")["yol"].frame["AD"].tolist() == ["ÇIĞIR", "İĞDE"]


def test_zipped_shapefiles_read_as_they_lie(tmp_path: Path) -> None:
    pyogrio.write_dataframe(roads(), tmp_path / "yol.shp", encoding="CP1254")
    (tmp_path / "yol.cpg").unlink()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in tmp_path.glob("yol.*"):
            archive.write(part, f"teslim/{part.name}")
            part.unlink()
    tables = read_all(tmp_path)
    assert tables["yol"].frame["AD"].tolist() == ["ÇIĞIR", "İĞDE"]
    assert tables["yol"].ref.container.endswith("a.zip")


def test_mapinfo_and_geojson_are_read(tmp_path: Path) -> None:
    pyogrio.write_dataframe(roads().dropna(), tmp_path / "yol.tab", driver="MapInfo File")
    pyogrio.write_dataframe(roads().to_crs(4326), tmp_path / "mahalle.geojson", driver="GeoJSON")
    tables = read_all(tmp_path)
    assert set(tables) == {"yol", "mahalle"}
    assert tables["mahalle"].crs.to_epsg() == 4326


def put_wkb(path: Path, wkb: bytes) -> Path:
    """A GeoPackage whose one line is these bytes, whatever they are."""
    pyogrio.write_dataframe(roads().iloc[:1], path, layer="YOL_ORTA_HAT")
    with closing(sqlite3.connect(path)) as base:
        (blob,) = base.execute("SELECT geom FROM YOL_ORTA_HAT").fetchone()
        for (name,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        head = blob[:3] + b"\x01" + blob[4:8]  # no envelope
        base.execute("UPDATE YOL_ORTA_HAT SET geom = ?", (head + wkb,))
        base.commit()
    return path


def test_a_broken_geometry_is_told_from_a_missing_one(tmp_path: Path) -> None:
    one_point = struct.pack("<BII2d", 1, 2, 1, 0.0, 0.0)
    (table,) = read_all(put_wkb(tmp_path / "maks.gpkg", one_point)).values()
    assert table.is_broken.tolist() == [True]
    assert table.geometry[0] is None
    missing = read_all(a_gdb(tmp_path / "maks.gdb"))["YOL_ORTA_HAT"]
    assert missing.geometry[1] is None
    assert not missing.is_broken.any()


def test_a_curve_becomes_a_line_and_measures_are_dropped(tmp_path: Path) -> None:
    arc = struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
    (table,) = read_all(put_wkb(tmp_path / "yay.gpkg", arc)).values()
    assert table.geometry[0].geom_type == "LineString"
    assert table.geometry[0].length == pytest.approx(np.pi, abs=0.01)
    assert table.curves == 1
    measured = struct.pack("<BII6d", 1, 2002, 2, 0, 0, 7, 1, 1, 8)
    (table,) = read_all(put_wkb(tmp_path / "olcu.gpkg", measured)).values()
    assert shapely.get_coordinate_dimension(table.geometry[0]) == 2


def test_heights_are_left_out_and_said(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"A": [1]}, geometry=[shapely.Point(1, 2, 3)], crs=5254)
    pyogrio.write_dataframe(frame, tmp_path / "n.gpkg", layer="NUMARATAJ")
    table = read_all(tmp_path / "n.gpkg")["NUMARATAJ"]
    assert table.has_heights
    assert not shapely.has_z(table.geometry).any()


def test_a_file_without_crs_declares_none(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.write_dataframe(roads(crs=None), tmp_path / "yol.shp")
    assert read_all(tmp_path / "yol.shp")["yol"].crs is None


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("plan.dwg", b"AC1027", "no spatial format"),
        ("yol.gpkg", b"not a database", "cannot be read"),
        ("yol.zip", b"not an archive", "cannot be opened"),
        ("yol.shp", b"\0" * 100, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=said) as error:
        read_all(tmp_path / name)
    assert error.value.remedy is not None
    assert "\n" not in error.value.say("tr")


def test_nothing_there_and_nothing_in_it_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        list_tables(tmp_path / "yok.gdb")
    (tmp_path / "oku.txt").write_text("x")
    with pytest.raises(SourceError, match=r"What is there: oku\.txt"):
        list_tables(tmp_path)


def test_an_archive_with_a_password_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("yol.dbf", b"x")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 8
    data[at] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match="password"):
        list_tables(path)


def test_an_archive_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spatial, "LARGEST_UNPACKED", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("yol.dbf", b"\0" * (2 << 20))
    with pytest.raises(SourceError, match="above the safe limit"):
        list_tables(tmp_path / "a.zip")
