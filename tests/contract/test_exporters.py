"""Every format of download: written, then read by a library that did not write it."""

import csv
import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from lxml import etree
from openpyxl import load_workbook

from gis_platform.opendata.exporter import ExportFacts, exporters
from gis_platform.opendata.exporters.shapefile import short_names
from gis_platform.opendata.files import build_files, sha256_of

MOMENT = datetime(2026, 11, 24, 9, 30, 12, tzinfo=UTC)
KINDS = {
    "kimlik_no": "integer", "ad": "string", "zemin_ustu_kat_sayisi": "integer",
    "zemin_alti_kat_sayisi": "integer", "alan": "number", "acik": "boolean", "gun": "date",
    "an": "date-time",
}  # fmt: skip
NAMES = ["İĞNELİ ÇIĞ şüöı ÂÎÛ", "=SUM(A1)", 'virgül, "tırnak"; noktalı\nsatır', None]
Shape = shapely.Geometry


def a_frame(*shapes: Shape) -> gpd.GeoDataFrame:
    count = len(shapes)
    values = {
        "kimlik_no": pd.array([5_000_000_001 + at for at in range(count)], "Int64"),
        "ad": pd.array([NAMES[at % len(NAMES)] for at in range(count)], "str"),
        "zemin_ustu_kat_sayisi": pd.array(
            [None if at == 1 else at for at in range(count)], "Int64"
        ),
        "zemin_alti_kat_sayisi": pd.array([1] * count, "Int64"),
        "alan": [None if at == 2 else 12.5 + at for at in range(count)],
        "acik": pd.array([None if at == 3 else at % 2 == 0 for at in range(count)], "boolean"),
        "gun": [None if at == 1 else date(2024, 2, 29) for at in range(count)],
        "an": pd.to_datetime(
            [None if at == 2 else "2024-05-12T21:30:05Z" for at in range(count)], utc=True
        ),
    }
    return gpd.GeoDataFrame(pd.DataFrame(values), geometry=list(shapes), crs=4326)


POINTS = a_frame(*(shapely.Point(28.9 + at / 100, 41.0567891 + at / 1000) for at in range(5)))
AREAS = a_frame(
    shapely.MultiPolygon([shapely.box(28.90, 41.05, 28.91, 41.06)]),
    shapely.MultiPolygon(
        [shapely.box(28.92, 41.05, 28.93, 41.06), shapely.box(28.94, 41, 28.95, 41.01)]
    ),
)
LINES = a_frame(
    shapely.MultiLineString([[(28.90, 41.05), (28.91, 41.06)]]),
    shapely.MultiLineString([[(28.92, 41.05), (28.93, 41.06)], [(28.94, 41), (28.95, 41.01)]]),
)
CASES = {"point": POINTS, "multipolygon": AREAS, "multilinestring": LINES}


@dataclass(frozen=True)
class Read:
    """What another library finds in a file: rows, extent, values by our names."""

    count: int
    extent: tuple[float, float, float, float] | None
    rows: list[dict[str, Any]]


def written(folder: Path, name: str, geometry: str, frame: gpd.GeoDataFrame) -> Path:
    exporter = exporters[name]
    path = folder / f"deneme{exporter.suffix}"
    exporter.write(frame, path, ExportFacts("deneme", KINDS, geometry, MOMENT, "kimlik_no", "ad"))
    return path


def read_geojson(path: Path) -> Read:
    said = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in said, "RFC 7946 knows one CRS"
    shapes = [shapely.geometry.shape(each["geometry"]) for each in said["features"]]
    return Read(
        len(shapes), shapely.GeometryCollection(shapes).bounds if shapes else None,
        [each["properties"] for each in said["features"]],
    )  # fmt: skip


def read_gpkg(path: Path) -> Read:
    """Through SQLite alone; the geometry blob is a header and WKB."""
    with sqlite3.connect(path) as store:
        store.row_factory = sqlite3.Row
        rows = [dict(row) for row in store.execute("SELECT * FROM deneme ORDER BY kimlik_no")]
        (srs,) = store.execute("SELECT srs_id FROM gpkg_geometry_columns").fetchone()
        assert srs == 4326
        (changed,) = store.execute("SELECT last_change FROM gpkg_contents").fetchone()
        assert changed == "2026-11-24T09:30:12.000Z", "the time of day would change the bytes"
        (indexed,) = store.execute(
            "SELECT count(*) FROM gpkg_extensions WHERE extension_name='gpkg_rtree_index'"
        ).fetchone()
        assert indexed == 1
    store.close()
    shapes = [shapely.from_wkb(_wkb(row["geom"])) for row in rows]
    return Read(len(rows), shapely.GeometryCollection(shapes).bounds if shapes else None, rows)


def _wkb(blob: bytes) -> bytes:
    assert blob[:2] == b"GP"
    (srs,) = struct.unpack("<i", blob[4:8])
    assert srs == 4326
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
    return blob[8 + envelope :]


def read_csv(path: Path, encoding: str = "utf-8", separator: str = ",", decimal: str = ".") -> Read:
    text = path.read_bytes().decode(encoding)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
    x = [float(row["lon"].replace(decimal, ".")) for row in rows]
    y = [float(row["lat"].replace(decimal, ".")) for row in rows]
    cleaned = [{k: _plain(v, decimal, k) for k, v in row.items()} for row in rows]
    return Read(len(rows), (min(x), min(y), max(x), max(y)) if rows else None, cleaned)


def _plain(said: str, decimal: str, name: str) -> Any:
    if said == "":
        return None
    kind = KINDS.get(name)
    if kind == "number":
        return float(said.replace(decimal, "."))
    if kind == "integer":
        return int(said)
    return {"true": True, "false": False}.get(said) if kind == "boolean" else said


def read_excel_csv(path: Path) -> Read:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel needs the byte order mark"
    return read_csv(path, "utf-8-sig", ";", ",")


def read_shapefile(path: Path) -> Read:
    """The dBASE table byte by byte; the shapes through GDAL."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        assert {f"deneme.{end}" for end in ("shp", "shx", "dbf", "prj", "cpg")} <= names
        assert archive.read("deneme.cpg").strip() == b"UTF-8"
        said = archive.read("deneme.columns.txt").decode().splitlines()
        full = dict(line.split("\t") for line in said)
        rows = _dbase(archive.read("deneme.dbf"), full)
    frame = pyogrio.read_dataframe(f"/vsizip/{path}/deneme.shp")
    assert frame.crs.to_epsg() == 4326
    return Read(len(rows), tuple(frame.total_bounds) if rows else None, rows)


def _dbase(data: bytes, full: dict[str, str]) -> list[dict[str, Any]]:
    count, header, width = struct.unpack("<IHH", data[4:12])
    fields = [
        (data[at : at + 11].split(b"\0")[0].decode(), chr(data[at + 11]), data[at + 16])
        for at in range(32, header - 1, 32)
    ]
    rows = []
    for number in range(count):
        at, row = header + number * width + 1, {}
        for name, kind, length in fields:
            said = data[at : at + length].decode("utf-8").strip(" \0*")
            row[full[name]] = _dbase_value(said, kind)
            at += length
        rows.append(row)
    return rows


def _dbase_value(said: str, kind: str) -> Any:
    if said == "":
        return None
    if kind == "D":
        return f"{said[:4]}-{said[4:6]}-{said[6:]}"
    return float(said) if kind in "NF" else said


def read_flatgeobuf(path: Path) -> Read:
    assert path.read_bytes()[:4] == b"fgb\x03"
    frame = pyogrio.read_dataframe(path).sort_values("kimlik_no")
    assert frame.crs.to_epsg() == 4326
    rows = [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.drop(columns="geometry").to_dict("records")
    ]
    return Read(len(rows), tuple(frame.total_bounds) if rows else None, rows)


def read_geoparquet(path: Path) -> Read:
    """Through Arrow alone: the geometry is WKB, what it is stands in the metadata of the file."""
    file = pq.ParquetFile(path)
    geo = json.loads(file.schema_arrow.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert (geo["version"], column["encoding"]) == ("1.1.0", "WKB")
    assert column["crs"]["id"] in ({"authority": "EPSG", "code": 4326}, "OGC:CRS84")
    assert set(column["covering"]["bbox"]) == {"xmin", "ymin", "xmax", "ymax"}
    rows = sorted(file.read().to_pylist(), key=lambda row: row["kimlik_no"])
    shapes = [shapely.from_wkb(row.pop("geometry")) for row in rows]
    for row, shape in zip(rows, shapes, strict=True):
        box = row.pop("bbox")
        assert (box["xmin"], box["ymin"], box["xmax"], box["ymax"]) == pytest.approx(shape.bounds)
    return Read(len(rows), shapely.GeometryCollection(shapes).bounds if shapes else None, rows)


def read_xlsx(path: Path) -> Read:
    """Through openpyxl; Excel knows no time zone, moments are given in UTC."""
    book = load_workbook(path)
    assert book.sheetnames == ["deneme"]
    lines = list(book["deneme"].iter_rows(values_only=True))
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    for row in rows:
        if row.get("an") is not None:
            row["an"] = pd.Timestamp(row["an"], tz="UTC")
    x, y = ([row[name] for row in rows] for name in ("lon", "lat"))
    return Read(len(rows), (min(x), min(y), max(x), max(y)) if rows else None, rows)


def read_kml(path: Path | io.BytesIO) -> Read:
    """Element by element; OGC 07-147r2 gives one CRS, longitude first."""
    root = etree.parse(path).getroot()
    assert root.tag == KML + "kml"
    shapes, rows = [], []
    for mark in root.iter(KML + "Placemark"):
        texts = [each.text or "" for each in mark.iter(KML + "coordinates")]
        shapes += [_numbers(text) for text in texts]
        said = {each.get("name"): each.text for each in mark.iter(KML + "SimpleData")}
        assert mark.findtext(KML + "name") == said.get("ad"), "the label is the name"
        known = [each.get("name") for each in root.iter(KML + "SimpleField")]
        rows.append(
            {name: _plain(said.get(name) or "", ".", name) for name in KINDS if name in known}
        )
    return Read(len(rows), _extent(shapes), rows)


def read_kmz(path: Path) -> Read:
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["doc.kml"]
        return read_kml(io.BytesIO(archive.read("doc.kml")))


def read_gml(path: Path) -> Read:
    """Element by element, beside its schema; EPSG:4326 is latitude first."""
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["deneme.gml", "deneme.xsd"]
        root = etree.fromstring(archive.read("deneme.gml"))
        schema = etree.fromstring(archive.read("deneme.xsd"))
    assert "deneme.xsd" in root.attrib[XSI + "schemaLocation"]
    known = {each.get("name") for each in schema.iter(XS + "element")}
    shapes, rows = [], []
    for feature in root.iter(OGR + "deneme"):
        for place in (GML + "pos", GML + "posList"):
            for each in feature.iter(place):
                numbers = [float(said) for said in (each.text or "").split()]
                shapes.append(list(zip(numbers[1::2], numbers[::2], strict=True)))
        systems = {each.get("srsName") for each in feature.iter()} - {None}
        assert systems == {"urn:ogc:def:crs:EPSG::4326"}
        there = [name for name in KINDS if feature.find(OGR + name) is not None]
        assert set(there) <= known
        rows.append({n: _plain(feature.findtext(OGR + n) or "", ".", n) for n in there})
    return Read(len(rows), _extent(shapes), rows)


def _numbers(text: str) -> list[tuple[float, ...]]:
    return [tuple(float(part) for part in place.split(",")[:2]) for place in text.split()]


def _extent(lines: list[list[tuple[float, ...]]]) -> tuple[float, float, float, float] | None:
    x, y = ([place[axis] for line in lines for place in line] for axis in (0, 1))
    return (min(x), min(y), max(x), max(y)) if x else None


KML, GML = "{http://www.opengis.net/kml/2.2}", "{http://www.opengis.net/gml/3.2}"
XS, XSI = "{http://www.w3.org/2001/XMLSchema}", "{http://www.w3.org/2001/XMLSchema-instance}"
OGR = "{http://ogr.maptools.org/}"
READERS: dict[str, Callable[[Path], Read]] = {
    "geojson": read_geojson, "gpkg": read_gpkg, "csv": read_csv, "csv_excel": read_excel_csv,
    "shapefile": read_shapefile, "flatgeobuf": read_flatgeobuf,
    "geoparquet": read_geoparquet, "xlsx": read_xlsx, "kml": read_kml, "kmz": read_kmz,
    "gml": read_gml,
}  # fmt: skip
TABULAR = {"csv", "csv_excel", "xlsx"}
DRAWN = {"dxf", "pmtiles"}
"""They hold no table: read in ``test_drawings.py`` and, made by PostGIS, in
``tests/integration/test_later_files.py``."""


def test_every_format_has_a_reader_here() -> None:
    assert set(READERS) | DRAWN == set(exporters)


@pytest.mark.parametrize("geometry", CASES)
@pytest.mark.parametrize("name", READERS)
def test_a_file_holds_what_was_written(tmp_path: Path, name: str, geometry: str) -> None:
    frame = CASES[geometry]
    found = READERS[name](written(tmp_path, name, geometry, frame))
    assert found.count == len(frame)
    place = frame.representative_point() if name in TABULAR and geometry != "point" else frame
    assert found.extent == pytest.approx(tuple(place.total_bounds), abs=1e-6)
    for row, (_, expected) in zip(found.rows, frame.iterrows(), strict=True):
        assert row["kimlik_no"] == expected["kimlik_no"]
        for column, kind in KINDS.items():
            is_missing = pd.isna(expected[column])
            assert (row[column] is None) == is_missing, (column, row)
            if not is_missing:
                _same(row[column], expected[column], kind)


def _same(found: Any, expected: Any, kind: str) -> None:
    if kind == "string":
        assert str(found).removeprefix("'") == expected
    elif kind == "date":
        assert str(found)[:10].replace("/", "-") == "2024-02-29"
    elif kind == "date-time":
        assert pd.Timestamp(found).tz_convert("UTC") == expected
    else:
        assert float(found) == pytest.approx(float(expected))


@pytest.mark.parametrize("name", ["csv", "csv_excel"])
def test_no_spreadsheet_runs_what_a_cell_says(tmp_path: Path, name: str) -> None:
    said = written(tmp_path, name, "point", POINTS).read_text(encoding="utf-8-sig")
    assert "'=SUM(A1)" in said
    assert ",=SUM" not in said.replace(";", ",")


@pytest.mark.parametrize("name", READERS)
def test_the_same_version_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    sums = set()
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        sums.add(sha256_of(written(folder, name, "multipolygon", AREAS)))
    assert len(sums) == 1


@pytest.mark.parametrize("name", ["kmz", "gml", "shapefile", "xlsx"])
def test_an_archive_has_no_extension_for_large_files_where_none_is(
    tmp_path: Path, name: str
) -> None:
    """GDAL opens no KMZ, and Excel no workbook without a warning, that has it."""
    with zipfile.ZipFile(written(tmp_path, name, "point", POINTS)) as archive:
        assert {entry.extract_version for entry in archive.infolist()} == {20}


@pytest.mark.parametrize("name", READERS)
def test_a_layer_without_features_still_gives_a_file_with_its_columns(
    tmp_path: Path, name: str
) -> None:
    path = written(tmp_path, name, "point", POINTS.iloc[:0])
    assert READERS[name](path).count == 0


@pytest.mark.parametrize("name", READERS)
def test_no_column_but_those_named_is_in_a_file(tmp_path: Path, name: str) -> None:
    frame = POINTS.assign(ad="GİZLİ")[[*KINDS, "geometry"]]
    kinds = {column: kind for column, kind in KINDS.items() if column != "ad"}
    exporter = exporters[name]
    path = tmp_path / f"deneme{exporter.suffix}"
    shown = frame.drop(columns="ad")
    exporter.write(shown, path, ExportFacts("deneme", kinds, "point", MOMENT, "kimlik_no"))
    assert "GİZLİ".encode() not in path.read_bytes()
    assert not {"ad"} & set(READERS[name](path).rows[0])


def test_near_features_lie_near_each_other_in_a_geoparquet(tmp_path: Path) -> None:
    """Of 40 × 40 points in mixed order a part of the map is in few row groups' worth of rows."""
    places = [(28.9 + x / 400, 41 + y / 400) for x in range(40) for y in range(40)]
    mixed = [places[at * 7919 % len(places)] for at in range(len(places))]
    frame = a_frame(*(shapely.Point(place) for place in mixed))
    rows = pq.read_table(written(tmp_path, "geoparquet", "point", frame)).to_pylist()
    corner = [at for at, row in enumerate(rows) if row["bbox"]["xmax"] < 28.939 and
              row["bbox"]["ymax"] < 41.039]  # fmt: skip
    assert len(corner) == 16 * 16
    assert max(corner) - min(corner) < 2 * len(corner)
    assert len(rows) == len(places)


def test_short_names_are_ten_characters_and_different() -> None:
    names = short_names(["zemin_ustu_kat", "zemin_ustu_oda", "zemin_ustu_kapi", "ad"])
    assert names == {
        "zemin_ustu_kat": "zemin_ustu", "zemin_ustu_oda": "zemin_us_1",
        "zemin_ustu_kapi": "zemin_us_2", "ad": "ad",
    }  # fmt: skip


def test_files_are_built_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "deneme" / "v1"
    facts = ExportFacts("deneme", KINDS, "point", MOMENT)
    files = build_files(POINTS, folder, facts)
    at_once = {name for name, exporter in exporters.items() if not exporter.is_later}
    assert {file["format"] for file in files} == at_once
    for file in files:
        path = folder / file["name"]
        assert (path.stat().st_size, sha256_of(path)) == (file["size"], file["sha256"])
    with pytest.raises(KeyError):
        build_files(POINTS.drop(columns="ad"), folder, facts)
    assert {file["name"] for file in files} == {path.name for path in folder.iterdir()}
