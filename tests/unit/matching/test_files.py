"""Files in and out of the matcher: every format, any number of workers, on after a stop."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_platform.core.errors import Conflict, SourceError
from gis_platform.matching import lines, reading
from gis_platform.matching.cells import Real, Texts, Whole, kinds, texts_of
from gis_platform.matching.draft import Draft
from gis_platform.matching.files import MatchedFile, match_file, open_file
from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.matching.lines import LineTable
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import EXPLANATION_COLUMNS, RESULT_COLUMNS, AddressColumns
from gis_platform.matching.written import lines_of
from gis_platform.sources.table import OURS, read_table, read_whole_table, write_table
from tests.gazetteer import reference

BY_TEXT = AddressColumns(text="adres")
ADDRESSES = [
    "NİŞANCI MAH. GÜL SOKAK NO:7 EYÜPSULTAN/İSTANBUL",
    "nişancı mh. gül sk no 7a d:3 kat 2, eyüpsultan",
    "GÜL SOKAK NO 6",
    "",
    'Silahtarağa Mah. "Baraj Yolu" Cad. No:43\nEYÜPSULTAN',
    "LALE SK 2",
    "NİŞANCI MAH. GÜLL SOKAK NO:12/10 zurna",
    "NİŞANCI MAH. GÜL SOKAK NO:11",
    "falan filan",
    "1453. SOKAK 8 NİŞANCI",
]


def rows(count: int) -> pd.DataFrame:
    texts = [ADDRESSES[at % len(ADDRESSES)] for at in range(count)]
    numbers = [f"{at:05d}" for at in range(count)]
    return pd.DataFrame({"no": numbers, "adres": texts, "lon": ["1,5;\t"] * count})


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "BLOCK_ROWS", 7)
    monkeypatch.setattr(reading, "BLOCK_ROWS", 7)


def written(frame: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".gpkg":
        points = [shapely.Point(0, 0)] * len(frame)
        gpd.GeoDataFrame(frame, geometry=points, crs=4326).to_file(path)
    elif path.suffix == ".geoparquet":
        points = [shapely.Point(0, 0)] * len(frame)
        gpd.GeoDataFrame(frame, geometry=points, crs=4326).to_parquet(path)
    elif path.suffix == ".parquet":
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table, path, row_group_size=16)
    else:
        write_table([frame], path)
    return path


def answered(matcher: Matcher, path: Path, output: Path, workers: int = 1) -> MatchedFile:
    return match_file(matcher, open_file(path), output, BY_TEXT, explain=True, workers=workers)


def careful(matcher: Matcher, path: Path) -> bytes:
    """The same by frames of ``sources`` and pandas alone."""
    sink = io.StringIO()
    for at, frame in enumerate(read_table(path, chunk_rows=7)):
        own = frame.drop(columns=list(OURS))
        found = matcher.match(own, BY_TEXT, explain=True, workers=1)
        both = pd.concat([own.rename(columns={"lon": "input_lon"}), found], axis=1)
        both.to_csv(sink, index=False, header=at == 0, lineterminator="\n")
    return sink.getvalue().encode()


def test_a_text_table_is_answered_as_frames_are(matcher: Matcher, tmp_path: Path) -> None:
    path = written(rows(40), tmp_path / "in.csv")
    answered(matcher, path, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == careful(matcher, path)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "geoparquet"])
def test_the_output_does_not_depend_on_the_workers(
    matcher: Matcher, tmp_path: Path, suffix: str
) -> None:
    path = written(rows(100), tmp_path / "in.csv")
    for workers in (1, 2, 5):
        answered(matcher, path, tmp_path / f"{workers}.{suffix}", workers)
    one, two, five = ((tmp_path / f"{n}.{suffix}").read_bytes() for n in (1, 2, 5))
    assert one == two == five
    assert len(one) > 1000


@pytest.mark.parametrize("into", ["csv", "xlsx", "parquet", "geoparquet", "gpkg"])
@pytest.mark.parametrize("out_of", ["csv", "tsv", "xlsx", "parquet", "geoparquet", "gpkg"])
def test_every_format_says_the_same_rows_in_their_order(
    matcher: Matcher, tmp_path: Path, out_of: str, into: str
) -> None:
    path = written(rows(20), tmp_path / f"in.{out_of}")
    output = tmp_path / f"out.{into}"
    done = answered(matcher, path, output)
    assert done.rows == 20
    assert done.renamed == {"lon": "input_lon"}
    if into == "gpkg":
        found = pyogrio.read_dataframe(output, read_geometry=False)
    elif into == "geoparquet":
        found = pd.DataFrame(gpd.read_parquet(output).drop(columns="geometry"))
    elif into == "parquet":
        found = pd.read_parquet(output)
    else:
        found = read_whole_table(output).drop(columns=list(OURS))
    assert list(found.columns) == [
        "no",
        "adres",
        "input_lon",
        *RESULT_COLUMNS,
        *EXPLANATION_COLUMNS,
    ]
    assert found["no"].tolist() == rows(20)["no"].tolist()
    plain = matcher.match(rows(20), BY_TEXT, explain=True)
    doors = pd.to_numeric(found["numarataj_kimlik_no"]).astype("Int64")
    assert doors.equals(plain["numarataj_kimlik_no"])
    assert np.allclose(pd.to_numeric(found["lon"]), plain["lon"], equal_nan=True)
    assert found["match_level"].fillna("").tolist() == plain["match_level"].tolist()
    assert found["faults"].fillna("").tolist() == plain["faults"].tolist()


def test_a_geoparquet_has_a_point_where_there_are_coordinates(
    matcher: Matcher, tmp_path: Path
) -> None:
    answered(matcher, written(rows(10), tmp_path / "in.csv"), tmp_path / "o.geoparquet")
    found = gpd.read_parquet(tmp_path / "o.geoparquet")
    assert found.crs.to_authority() == ("OGC", "CRS84")
    assert found.geometry.isna().tolist() == found["lon"].isna().tolist()
    assert found.geometry[0].equals(shapely.Point(found["lon"][0], found["lat"][0]))


def test_typed_columns_of_parquet_are_addresses_too_and_keep_their_types(
    matcher: Matcher, tmp_path: Path
) -> None:
    table = pa.table(
        {
            "m": pa.array(["NİŞANCI", "NİŞANCI", None]).dictionary_encode(),
            "c": pa.array(["GÜL SOKAK"] * 3, pa.large_string()),
            "kapi": [7.0, 12.0, None],
            "kod": [101, None, 101],
            "gun": pa.array([0, 1, None], pa.date32()),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    columns = AddressColumns(mahalle="m", csbm="c", dis_kapi_no="kapi", csbm_kod="kod")
    file = open_file(tmp_path / "in.parquet")
    match_file(matcher, file, tmp_path / "o.parquet", columns)
    found = pq.read_table(tmp_path / "o.parquet")
    assert found["dis_kapi_no"].to_pylist() == ["7", "12", ""]
    assert found["csbm_kod"].to_pylist() == [101, 101, 101]
    assert found.schema.field("gun").type == pa.date32()
    match_file(matcher, file, tmp_path / "o.csv", columns)
    text = read_whole_table(tmp_path / "o.csv")
    assert text["gun"].tolist() == ["1970-01-01", "1970-01-02", ""]
    assert text["kapi"].tolist() == ["7", "12", ""]


def test_a_file_without_rows_gives_one_without_rows(matcher: Matcher, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("no,adres\n", encoding="utf-8")
    for name in ("o.csv", "o.parquet", "o.gpkg"):
        assert answered(matcher, tmp_path / "in.csv", tmp_path / name).rows == 0
    assert len(read_whole_table(tmp_path / "o.csv")) == 0
    assert pq.read_table(tmp_path / "o.parquet").num_rows == 0


def test_what_is_no_parquet_is_refused(matcher: Matcher, tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(SourceError, match="Not readable as Parquet"):
        open_file(tmp_path / "in.parquet")
    with pytest.raises(SourceError, match="no such file"):
        open_file(tmp_path / "x.parquet")


def test_parquet_is_a_table_of_text_for_all_other_commands(tmp_path: Path) -> None:
    table = pa.table({"a": [1.0, None], "b": ["x", None], "c": [True, False]})
    pq.write_table(table, tmp_path / "in.parquet")
    frame = read_whole_table(tmp_path / "in.parquet")
    assert frame.drop(columns=list(OURS)).to_dict("list") == {
        "a": ["1", ""], "b": ["x", ""], "c": ["True", "False"],
    }  # fmt: skip
    assert frame["_row"].tolist() == [1, 2]
    write_table([frame], tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["a"].to_pylist() == ["1", ""]


def test_a_gazetteer_may_be_parquet(tmp_path: Path) -> None:
    made = reference()
    frames = {"csbm": made.csbm, "mahalle": made.mahalle, "kapi": made.kapi}
    for name, frame in frames.items():
        assert frame is not None
        frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
    found = read_reference(tmp_path)
    assert found.csbm["csbm_kod"].tolist() == made.csbm["csbm_kod"].tolist()
    assert found.kapi is not None
    assert found.kapi["lon"].tolist() == frames["kapi"]["lon"].tolist()


# ------------------------------------------------------------- the grammar of text tables

TEXT = st.text(st.sampled_from('ab,;""\n\r\tğ '), max_size=40)


def _in_blocks(path: Path) -> list[dict[str, str]]:
    table = LineTable(path)
    return [row for block in table.blocks() for row in table.table(block).to_pylist()]


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_blocks_hold_the_rows_that_the_careful_reader_finds(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "grammar.csv"
    path.write_text("bir,iki\nx,y\n" + text, encoding="utf-8", newline="")
    frame = pd.concat(read_table(path)).drop(columns=list(OURS))
    assert _in_blocks(path) == frame.to_dict("records")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
def test_blocks_are_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "in.csv"
    text = "Açık Adres;İlçe\r\n" + "ŞİŞLİ ğüşöç;x\r\n" * 50
    path.write_text(text, encoding=encoding, newline="")
    found = _in_blocks(path)
    assert len(found) == 50
    assert found[49] == {"Açık Adres": "ŞİŞLİ ğüşöç", "İlçe": "x"}


def test_a_quotation_mark_left_open_is_named(matcher: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('adres,b\nx,y\n"x,y\n' + "uzun satır,z\n" * 90_000, encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be read") as error:
        answered(matcher, path, tmp_path / "o.csv")
    assert error.value.place.row == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.csv"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_written_lines_are_read_back(cells: list[tuple[str, str]]) -> None:
    columns = [
        Texts(np.arange(len(cells), dtype=np.int32), *kinds(list(column)))
        for column in zip(*cells, strict=True)
    ]
    text = lines_of(columns, ",").tobytes().decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [list(row) for row in cells]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=9))
def test_numbers_are_written_as_python_writes_them(values: list[float]) -> None:
    for decimals in (1, 2, 4, 7):
        column = Real(np.array(values), decimals)
        written_as = column.written().arrow().to_pylist()
        for value, text in zip(np.round(values, decimals).tolist(), written_as, strict=True):
            assert (text == "") if np.isnan(value) else (float(text) == value)
            if abs(value) >= 1e-4:
                assert text == repr(value)
    whole = np.array([0 if np.isnan(v) else int(v) for v in values], np.int64)
    missing = np.isnan(values)
    said = Whole(whole, missing).written().arrow().to_pylist()
    assert said == ["" if gone else str(v) for v, gone in zip(whole.tolist(), missing, strict=True)]


def test_slices_and_missing_cells_of_arrow_are_read_as_they_are() -> None:
    column = pa.array(["a", None, "ğ", "dd"])[1:]
    assert texts_of(column).objects().tolist() == ["", "ğ", "dd"]


# ------------------------------------------------------------- stopped and gone on with

STOPPED = """
import os, signal, sys, time
from pathlib import Path
from gis_platform.matching import lines, reading, files
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns

lines.BLOCK_ROWS = reading.BLOCK_ROWS = 7
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what runs in the background
folder, how = Path(sys.argv[1]), sys.argv[2]
kept = 0
append = files.Draft.append

def counted(self, payload, rows, counts=()):
    global kept
    if rows and kept == 4:
        if how == "full":
            raise OSError(28, "No space left on device")
        if how == "torn":
            self._rows.write(bytes(payload)[:9]); self._rows.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        print("now", flush=True)
        time.sleep(60)
    append(self, payload, rows, counts)
    kept += rows > 0

files.Draft.append = counted
files.match_file(
    Matcher.open(folder / "index"), files.open_file(folder / "in.csv"),
    folder / sys.argv[3], AddressColumns(text="adres"), explain=True, workers=2,
)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    build_index(reference(), tmp_path / "index", fingerprint="x")
    written(rows(60), tmp_path / "in.csv")
    return tmp_path


def stopped(place: Path, how: str, output: str) -> None:
    """Run a job in a process of its own and stop it after four blocks.

    ``interrupt``: by SIGINT; ``full``: no room on the disk; ``torn``: by SIGKILL while it writes.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED, str(place), how, output],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if how == "interrupt":
        assert process.stdout is not None
        assert process.stdout.readline() == b"now\n"
        process.send_signal(signal.SIGINT)
    assert process.wait(300) != 0  # in a fresh clone the core is compiled first
    if process.stdout is not None:
        process.stdout.close()


@pytest.mark.parametrize(
    ("how", "output"),
    [("interrupt", "o.parquet"), ("full", "o.csv"), ("torn", "o.csv")],
)
def test_a_stopped_job_goes_on_and_ends_as_if_it_had_not_been(
    place: Path, how: str, output: str
) -> None:
    stopped(place, how, output)
    assert not (place / output).exists()
    matcher = Matcher.open(place / "index")
    asked = []
    found = matcher.match_table
    matcher.match_table = lambda table, *a, **k: (  # type: ignore[method-assign]
        asked.append(table.num_rows) or found(table, *a, **k)
    )
    done = answered(matcher, place / "in.csv", place / output)
    assert done.resumed == 28
    assert sum(asked) == 32
    assert done.rows == 60
    assert sum(done.by_answer.values()) == 60
    whole = place / f"whole{Path(output).suffix}"
    answered(Matcher.open(place / "index"), place / "in.csv", whole)
    assert (place / output).read_bytes() == whole.read_bytes()
    assert not list(place.glob(".*.match"))


@pytest.fixture
def half_done(place: Path, matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``place`` with a job that stopped after four blocks."""
    append = Draft.append

    def stop(self: Draft, payload: bytes, rows: int, counts: list[int] = []) -> None:  # noqa: B006
        if len(self.blocks) > 4:
            raise KeyboardInterrupt
        append(self, payload, rows, counts)

    monkeypatch.setattr(Draft, "append", stop)
    with pytest.raises(KeyboardInterrupt):
        answered(matcher, place / "in.csv", place / "o.csv")
    monkeypatch.setattr(Draft, "append", append)
    return place


def test_what_is_done_is_not_done_again(half_done: Path, matcher: Matcher) -> None:
    assert answered(matcher, half_done / "in.csv", half_done / "o.csv").resumed == 28


def test_rows_of_another_option_are_not_gone_on_with(half_done: Path, matcher: Matcher) -> None:
    path = half_done / "in.csv"
    assert match_file(matcher, open_file(path), half_done / "o.csv", BY_TEXT).resumed == 0


def test_rows_of_another_input_are_not_gone_on_with(half_done: Path, matcher: Matcher) -> None:
    path = written(rows(61), half_done / "in.csv")
    assert answered(matcher, path, half_done / "o.csv").resumed == 0
    assert (half_done / "o.csv").read_bytes() == careful(matcher, path)


def test_rows_of_another_index_are_not_gone_on_with(half_done: Path) -> None:
    other = Matcher.open(half_done / "index")
    assert answered(other, half_done / "in.csv", half_done / "o.csv").resumed == 0


def test_a_kept_block_that_was_changed_is_made_again(half_done: Path, matcher: Matcher) -> None:
    kept = half_done / ".o.csv.match" / "rows"
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    done = answered(matcher, half_done / "in.csv", half_done / "o.csv")
    assert 0 < done.resumed < 28
    assert (half_done / "o.csv").read_bytes() == careful(matcher, half_done / "in.csv")


def test_two_processes_do_not_write_one_output(tmp_path: Path) -> None:
    first = Draft(tmp_path / "o.csv", "key")
    with pytest.raises(Conflict):
        Draft(tmp_path / "o.csv", "key")
    first.discard()
    Draft(tmp_path / "o.csv", "key").discard()
    assert not list(tmp_path.iterdir())


def test_ctrl_c_says_how_to_go_on(place: Path) -> None:
    big = pd.concat([rows(20_000)] * 12, ignore_index=True)
    written(big, place / "big.csv")
    environment = {**os.environ, "GIS_HOME": str(place / "home"), "GIS_LANGUAGE": "en"}
    gazetteer = place / "gazetteer"
    gazetteer.mkdir()
    made = reference()
    made.csbm.to_csv(gazetteer / "csbm.csv", index=False)
    made.mahalle.to_csv(gazetteer / "mahalle.csv", index=False)
    command = [
        sys.executable, "-m", "gis_platform", "match",
        str(place / "big.csv"), "--column", "adres", "--gazetteer", str(gazetteer), "-o",
        str(place / "o.csv"),
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True)
    journal = place / ".o.csv.match" / "journal"
    until = time.monotonic() + 300
    while time.monotonic() < until:
        if journal.exists() and journal.read_bytes().count(b"\n") > 2:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "The same command goes on from there." in said
    again = subprocess.run(
        [*command, "--json"], check=True, capture_output=True, env=environment, text=True
    )
    facts = json.loads(again.stdout)
    assert facts["rows"] == len(big)
    assert facts["resumed"] > 0
