"""Drawings and sheets to their limits: DXF read by GDAL and its own lines, XLSX by openpyxl."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from openpyxl import load_workbook
from pmtiles.reader import MmapSource, Reader, all_tiles

from gis_platform.core.crs import reproject_geometry
from gis_platform.core.errors import Conflict, SourceError
from gis_platform.opendata.exporter import ExportFacts, TileMaker, exporters
from gis_platform.opendata.exporters import xlsx
from gis_platform.opendata.exporters.pmtiles import tiles_at, unit_boxes, zooms_of
from gis_platform.opendata.files import formats_for, sha256_of

MOMENT = datetime(2026, 11, 24, 9, 30, 12, tzinfo=UTC)
KINDS = {"no": "integer", "ad": "string"}
NAMES = ["İĞNELİ ÇIĞ şüöı ÂÎÛ", "^ işareti %%d", None, "iki\nsatır", "Ⱥ €"]
SHAPES = {
    "point": [shapely.Point(28.9 + at / 100, 41.05) for at in range(5)],
    "multilinestring": [
        shapely.MultiLineString([[(28.9, 41.05 + at), (28.91, 41.06)], [(29, 41), (29, 41.1)]])
        for at in range(5)
    ],
    "polygon": [
        shapely.Point(28.9 + at / 100, 41).buffer(0.004, 4).difference(
            shapely.Point(28.9 + at / 100, 41).buffer(0.001, 4)
        )
        for at in range(5)
    ],
}  # fmt: skip


def a_frame(geometry: str) -> gpd.GeoDataFrame:
    values = {"no": pd.array(range(1, 6), "Int64"), "ad": pd.array(NAMES, "str")}
    return gpd.GeoDataFrame(pd.DataFrame(values), geometry=SHAPES[geometry], crs=4326)


def written(folder: Path, geometry: str, frame: gpd.GeoDataFrame | None = None) -> Path:
    path = folder / "deneme.dxf"
    facts = ExportFacts("deneme", KINDS, geometry, MOMENT, "no", "ad")
    exporters["dxf"].write(a_frame(geometry) if frame is None else frame, path, facts)
    return path


@pytest.mark.parametrize("geometry", SHAPES)
def test_a_drawing_holds_every_shape_in_metres_and_every_label(
    tmp_path: Path, geometry: str
) -> None:
    found = pyogrio.read_dataframe(written(tmp_path, geometry))
    drawn, labels = (found[found["Layer"] == name] for name in ("deneme", "deneme_YAZI"))
    expected = reproject_geometry(a_frame(geometry).geometry.to_numpy(), 4326, 5254)
    parts = shapely.get_parts(expected)
    lines = shapely.get_rings(parts) if geometry == "polygon" else parts
    assert len(drawn) == len(lines)
    assert drawn.total_bounds == pytest.approx(shapely.total_bounds(expected), abs=0.001)
    assert drawn.length.sum() == pytest.approx(shapely.length(lines).sum(), abs=0.1)
    assert labels["Text"].tolist() == [
        "İĞNELİ ÇIĞ şüöı ÂÎÛ", "^ işareti % %d", "iki satır", "\\U+023A €",
    ]  # fmt: skip
    named = np.array([name is not None for name in NAMES])
    near = shapely.distance(shapely.force_2d(labels.geometry.to_numpy()), expected[named])
    assert near.max() < 0.01, "a label lies on its feature"


def test_a_drawing_says_its_system_and_whose_key_an_entity_has(tmp_path: Path) -> None:
    lines = written(tmp_path, "point").read_bytes().decode("cp1254").split("\r\n")
    assert "EPSG:5254" in lines[1]
    assert lines[lines.index("$ACADVER") + 2] == "AC1009"
    assert lines[lines.index("$DWGCODEPAGE") + 2] == "ANSI_1254"
    assert [line for line in lines if line.startswith("no=")] == [f"no={at}" for at in range(1, 6)]
    assert lines[-3:] == ["0", "EOF", ""]


def test_a_drawing_of_the_same_version_has_the_same_bytes_and_one_of_nothing_opens(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
    one, other = (sha256_of(written(folder, "polygon")) for folder in folders[:2])
    assert one == other
    empty = written(folders[2], "polygon", a_frame("polygon").iloc[:0])
    assert len(pyogrio.read_dataframe(empty)) == 0


def a_sheet(folder: Path, kinds: dict[str, str], frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows of the sheet as openpyxl reads them, without the place."""
    book = load_workbook(sheet_of(folder, kinds, frame))
    assert book.properties.created == MOMENT.replace(tzinfo=None)
    return [tuple(cell.value for cell in row[:-2]) for row in book["deneme"].iter_rows()]


def sheet_of(folder: Path, kinds: dict[str, str], frame: pd.DataFrame) -> Path:
    points = [shapely.Point(28.9, 41)] * len(frame)
    facts = ExportFacts("deneme", kinds, "point", MOMENT)
    frame = gpd.GeoDataFrame(frame, geometry=points, crs=4326)
    exporters["xlsx"].write(frame, folder / "t.xlsx", facts)
    return folder / "t.xlsx"


def test_a_cell_that_begins_like_a_formula_is_text_and_stays_text(tmp_path: Path) -> None:
    said = ["=1+1", "+90", "-5", "@SUM(A1)", "\t=1", "düz"]
    book = load_workbook(sheet_of(tmp_path, {"ad": "string"}, pd.DataFrame({"ad": said})))
    cells = [row[0] for row in book["deneme"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == said, "no letter is changed"
    assert {cell.data_type for cell in cells} == {"s"}
    assert [bool(cell.quotePrefix) for cell in cells] == [True] * 5 + [False]


def test_a_number_a_sheet_cannot_hold_is_text(tmp_path: Path) -> None:
    numbers = pd.array([999_999_999_999_999, 1_234_567_890_123_456, -(2**62), None, 7], "Int64")
    rows = a_sheet(tmp_path, {"no": "integer"}, pd.DataFrame({"no": numbers}))
    assert [row[0] for row in rows[1:]] == [999_999_999_999_999, "1234567890123456",
                                            str(-(2**62)), None, 7]  # fmt: skip


def test_values_at_the_edge_survive_a_sheet(tmp_path: Path) -> None:
    kinds = {"gun": "date", "an": "date-time", "x": "number", "ad": "string"}
    days = [pd.Timestamp(said).to_pydatetime() for said in ("1900-03-01", "2024-12-31 23:59:59")]
    frame = pd.DataFrame(
        {
            "gun": [date(1453, 5, 29), date(1900, 3, 1), None],
            "an": pd.to_datetime(
                ["1881-05-19T00:00Z", "2024-12-31T23:59:59Z", None], utc=True, format="ISO8601"
            ),
            "x": [float("nan"), float("inf"), 1e-300],
            "ad": ["a\x00\x0bb", "<&>\"'", "x" * 32_767],
        }
    )
    rows = a_sheet(tmp_path, kinds, frame)
    assert rows[1] == ("1453-05-29", "1881-05-19T00:00:00Z", None, "ab")
    assert rows[2] == (*days, None, "<&>\"'")
    assert rows[3] == (None, None, 1e-300, "x" * 32_767)


def test_what_is_too_much_for_a_sheet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceError, match="32,767"):
        a_sheet(tmp_path, {"ad": "string"}, pd.DataFrame({"ad": ["x" * 32_768]}))
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    with pytest.raises(SourceError, match=" 2 "):
        a_sheet(tmp_path, {"ad": "string"}, pd.DataFrame({"ad": ["a", "b", "c"]}))


def test_a_layer_with_more_rows_than_a_sheet_has_no_workbook() -> None:
    assert "xlsx" in formats_for(1_048_575)
    assert set(formats_for(1_048_575)) - set(formats_for(1_048_576)) == {"xlsx"}


def archive(folder: Path, frame: gpd.GeoDataFrame, make: TileMaker) -> Path:
    path = folder / "deneme.pmtiles"
    facts = ExportFacts("deneme", KINDS, "point", MOMENT, "no", "ad", make)
    exporters["pmtiles"].write(frame, path, facts)
    return path


def test_an_archive_gives_back_each_tile_and_says_what_is_in_it(tmp_path: Path) -> None:
    asked: list[tuple[int, int, int]] = []

    def make(at: tuple[int, int, int], is_whole: bool) -> bytes:  # noqa: FBT001
        asked.append(at)
        return b"" if at[0] == 12 else f"{at} {is_whole}".encode()

    path = archive(tmp_path, a_frame("point"), TileMaker(make, 11, "Belediye"))
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        header, said = reader.header(), reader.metadata()
        tiles = {at: gzip.decompress(body) for at, body in all_tiles(MmapSource(file))}
    assert tiles == {at: f"{at} {at[0] == 14}".encode() for at in asked if at[0] != 12}
    assert (header["min_zoom"], header["max_zoom"]) == (11, 14)
    west, south, east, north = a_frame("point").total_bounds
    edges = [header[f"{name}_e7"] / 1e7 for name in ("min_lon", "min_lat", "max_lon", "max_lat")]
    assert edges == pytest.approx([west, south, east, north], abs=1e-6)
    assert said["vector_layers"] == [
        {"id": "deneme", "fields": {"no": "Number", "ad": "String"}, "minzoom": 11, "maxzoom": 14}
    ]
    assert said["attribution"] == "Belediye"
    again = archive(tmp_path, a_frame("point"), TileMaker(make, 11, "Belediye"))
    assert sha256_of(again) == sha256_of(path)


def test_an_archive_needs_a_maker_of_tiles_and_may_be_empty(tmp_path: Path) -> None:
    facts = ExportFacts("deneme", KINDS, "point", MOMENT)
    with pytest.raises(Conflict):
        exporters["pmtiles"].write(a_frame("point"), tmp_path / "x.pmtiles", facts)
    path = archive(tmp_path, a_frame("point").iloc[:0], TileMaker(lambda at, whole: b"x", 3))
    with path.open("rb") as file:
        tiles = [gzip.decompress(body) for _, body in all_tiles(MmapSource(file))]
    assert tiles == [b""]


def test_the_last_zoom_is_the_one_at_which_a_tile_holds_what_lies_in_it() -> None:
    one = unit_boxes(np.array([[28.9, 41.0, 28.9, 41.0]]))
    assert zooms_of(one, 0)[-1] == 14
    assert zooms_of(np.repeat(one, 5000, axis=0), 0)[-1] == 18
    random = np.random.default_rng(1)
    wide = random.uniform((26, 36), (45, 42), (300_000, 2))
    boxes = unit_boxes(np.column_stack([wide, wide]))
    last = zooms_of(boxes, 0)[-1]
    assert len(tiles_at(boxes, last)) <= 60_000 < len(tiles_at(boxes, last + 1))
    assert zooms_of(boxes, 0)[0] == 2


def test_a_wide_feature_is_in_every_tile_it_touches() -> None:
    boxes = unit_boxes(np.array([[-1.0, -1.0, 1.0, 1.0]]))
    assert tiles_at(boxes, 1).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert len(tiles_at(boxes, 10)) == 36
