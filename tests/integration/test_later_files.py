"""Files made once a version is public: there, opened again, the same after a kill, withdrawn."""

import gzip
import multiprocessing
import os
import re
import signal
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pyogrio
import pytest
from openpyxl import load_workbook
from pmtiles.reader import MmapSource, Reader, all_tiles
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from gis_platform.api.app import create_app
from gis_platform.cli.main import build
from gis_platform.cli.serve_files import FileMaker
from gis_platform.core.errors import NotFound
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import files as ask
from gis_platform.opendata import later_files
from gis_platform.opendata.audit import anchors, verify_audit
from gis_platform.opendata.desk import versions_of
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.files import files_folder, sha256_of, write_file
from gis_platform.opendata.later_files import Missing, make_files, missing_files
from gis_platform.opendata.public import PublicLayer, public_versions
from gis_platform.opendata.tiles import MAX_BYTES, tile
from gis_platform.opendata.verify import verify_file
from tests.integration.test_api_serve import serving
from tests.server import visiting
from tests.town import LAYERS, load_town, publish_layers, withdraw_layer

LATER = {name for name, exporter in exporters.items() if exporter.is_later}
ALL = Missing("mahalle", 1, tuple(sorted(LATER)))


def public(database: Database, name: str) -> PublicLayer:
    with database.engine("gis_portal").connect() as connection:
        return public_versions(connection, name)[0]


@pytest.fixture
def made(settings: Settings, town: Database) -> Database:
    """The town, published with every file."""
    publish_layers(settings, town)
    for missing in missing_files(town):
        assert set(missing.formats) == LATER
        assert make_files(settings, town, missing).faults == ()
    return town


def test_every_layer_has_a_file_in_every_format(settings: Settings, made: Database) -> None:
    assert missing_files(made) == []
    for name in LAYERS:
        layer = public(made, name)
        assert {file.format for file in layer.files} == set(exporters)
        for file in layer.files:
            path = files_folder(settings, name, 1) / file.name
            assert (path.stat().st_size, sha256_of(path)) == (file.size, file.sha256)
            assert verify_file(made, path).is_valid
            assert file.media_type == exporters[file.format].media_type
    assert not list(settings.published_dir.glob(".*"))
    kept = anchors(settings)
    assert verify_audit(made, kept=kept).faults == ()
    assert kept[-1].last_hash == verify_audit(made).last_hash
    (row,) = versions_of(settings, made, "yapi")
    assert {file["format"] for file in row["files"]} == set(exporters)


def test_each_file_holds_the_whole_layer(
    settings: Settings, made: Database, tmp_path: Path
) -> None:
    for name in LAYERS:
        layer, folder = public(made, name), files_folder(settings, name, 1)
        with zipfile.ZipFile(folder / f"{name}.gml.zip") as archive:
            archive.extractall(tmp_path / name)
        document = tmp_path / name / f"{name}.gml"
        zipped = f"/vsizip/{folder / name}.kmz/doc.kml"
        for path in (folder / f"{name}.kml", zipped, document):
            frame = pyogrio.read_dataframe(path)
            assert len(frame) == layer.row_count
            assert frame.crs.to_epsg() == 4326
            assert frame.total_bounds == pytest.approx(layer.extent, abs=1e-7)
            keys = frame[layer.entry.key].astype("int64")
            assert keys.is_unique
        book = load_workbook(folder / f"{name}.xlsx", read_only=True)
        assert sum(1 for _ in book[name].iter_rows()) == layer.row_count + 1
        book.close()
        drawn = pyogrio.read_dataframe(folder / f"{name}.dxf", where=f"Layer = '{name}'")
        assert len(drawn) >= layer.row_count
        assert 390_000 < drawn.total_bounds[0] < 420_000


def test_an_archive_of_tiles_holds_every_feature_with_every_column(
    settings: Settings, made: Database, tmp_path: Path
) -> None:
    with made.engine("gis_portal").connect() as connection:
        for name in LAYERS:
            layer = public(made, name)
            with (files_folder(settings, name, 1) / f"{name}.pmtiles").open("rb") as file:
                header = Reader(MmapSource(file)).header()
                tiles = {at: gzip.decompress(body) for at, body in all_tiles(MmapSource(file))}
            assert max(map(len, tiles.values())) <= MAX_BYTES
            assert {z for z, _, _ in tiles} == set(
                range(header["min_zoom"], header["max_zoom"] + 1)
            )
            edges = [header[f"{each}_e7"] for each in ("min_lon", "min_lat", "max_lon", "max_lat")]
            assert [each / 1e7 for each in edges] == pytest.approx(layer.extent, abs=1e-7)
            rows: dict[int, dict[str, Any]] = {}
            for (z, x, y), body in tiles.items():
                found = read_tile(tmp_path, body)
                served = read_tile(tmp_path, tile(connection, layer, z, x, y))
                key = layer.entry.key
                assert sorted(found[key]) == sorted(served[key]), "what the server draws"
                if z == header["max_zoom"]:
                    rows |= {row[key]: row for row in found.to_dict("records")}
            assert len(rows) == layer.row_count
            columns = {column for row in rows.values() for column in row}
            assert columns - {"mvt_id", "geometry"} <= set(layer.entry.types)
            names = {row[layer.entry.label] for row in rows.values()}
            if name == "mahalle":
                assert {"ÇIRÇIR", "ŞIĞINAK", "İSLAMBEY"} <= names


def read_tile(folder: Path, body: bytes) -> Any:
    (folder / "tile.mvt").write_bytes(body)
    return pyogrio.read_dataframe(folder / "tile.mvt")


def test_the_files_are_found_wherever_files_are(settings: Settings, made: Database) -> None:
    layer = public(made, "mahalle")
    with visiting(create_app(settings, made)) as client:
        said = {
            path: client.get(path).text
            for path in (
                "/katman/mahalle", "/en/layer/mahalle", "/katman/mahalle.ttl",
                "/katman/mahalle/datapackage.json", "/api/3/action/package_show?id=mahalle",
                "/api/v1/layers/mahalle",
            )
        }  # fmt: skip
        assert "Hazırlanıyor" not in said["/katman/mahalle"]
        for file in layer.files:
            address = f"/files/mahalle/v1/{file.name}"
            assert all(address in text for text in said.values()), address
            whole = client.get(address)
            assert whole.status_code == 200
            assert whole.headers["content-type"] == file.media_type
            assert len(whole.content) == file.size
            part = client.get(address, headers={"range": "bytes=10-19"})
            assert (part.status_code, part.content) == (206, whole.content[10:20])
            assert client.get(f"/files/mahalle/son/{file.name}").content == whole.content
            assert file.name in client.get(f"/dogrula?sha256={file.sha256}").text
        withdraw_layer(settings, made, "mahalle", "Sınır davası")
        for file in layer.files:
            for version in ("v1", "son"):
                gone = client.get(f"/files/mahalle/{version}/{file.name}")
                assert (gone.status_code, "Sınır davası" in gone.json()["detail"]) == (410, True)
    assert not files_folder(settings, "mahalle").exists()


def test_who_is_killed_while_making_them_is_followed_by_one_who_makes_the_same(
    settings: Settings, town: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publish_layers(settings, town, "mahalle")
    with visiting(create_app(settings, town)) as client:
        assert "Hazırlanıyor: Excel (XLSX), KML, KMZ" in client.get("/katman/mahalle").text
    kept: dict[str, str] = {}

    def killed_after_two(frame: Any, folder: Path, facts: Any, name: str) -> dict[str, Any]:
        said = write_file(frame, folder, facts, name)
        if len(list(folder.iterdir())) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return said

    monkeypatch.setattr(later_files, "write_file", killed_after_two)
    town.dispose()
    process = multiprocessing.get_context("fork").Process(
        target=make_files, args=(settings, town, ALL)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    left = {path.name: sha256_of(path) for path in settings.published_dir.glob(".unfinished/*")}
    assert len(left) == 2
    assert {file.format for file in public(town, "mahalle").files}.isdisjoint(LATER)

    def noted(frame: Any, folder: Path, facts: Any, name: str) -> dict[str, Any]:
        said = write_file(frame, folder, facts, name)
        kept[said["name"]] = write_file(frame, tmp_path, facts, name)["sha256"]
        return said

    monkeypatch.setattr(later_files, "write_file", noted)
    (missing,) = missing_files(town)
    assert len(make_files(settings, town, missing).files) == len(LATER)
    sums = {file.name: file.sha256 for file in public(town, "mahalle").files}
    assert left.items() <= sums.items()
    assert kept.items() <= sums.items(), "written twice, the same bytes"
    assert not list(settings.published_dir.glob(".*"))


def test_a_layer_withdrawn_meanwhile_shows_no_new_file(
    settings: Settings, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_layers(settings, town, "mahalle")

    def withdrawn_meanwhile(frame: Any, folder: Path, facts: Any, name: str) -> dict[str, Any]:
        if public(town, "mahalle").state == "published":
            withdraw_layer(settings, town, "mahalle", "Sınır davası")
        return write_file(frame, folder, facts, name)

    monkeypatch.setattr(later_files, "write_file", withdrawn_meanwhile)
    (missing,) = missing_files(town)
    assert make_files(settings, town, missing).files == ()
    assert public(town, "mahalle").files == ()
    assert not files_folder(settings, "mahalle").exists()
    assert missing_files(town) == []


def test_a_format_that_cannot_be_made_keeps_back_no_other(
    settings: Settings, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_layers(settings, town, "mahalle")

    def no_room(*_: Any) -> dict[str, Any]:
        raise OSError(28, "No space left on device")

    def but_kml(*given: Any) -> dict[str, Any]:
        return no_room() if given[-1] == "kml" else write_file(*given)

    monkeypatch.setattr(later_files, "write_file", but_kml)
    maker = FileMaker(settings, town)
    assert maker.work_once()
    formats = {file.format for file in public(town, "mahalle").files}
    assert formats == set(exporters) - {"kml"}
    assert not maker.work_once(), "what failed is not tried again at once"
    (missing,) = missing_files(town)
    assert missing.formats == ("kml",)
    (fault,) = make_files(settings, town, missing).faults
    assert "No space left" in fault[1].en


def test_one_process_makes_files_and_no_file_is_replaced(
    settings: Settings, town: Database
) -> None:
    publish_layers(settings, town, "mahalle")
    with town.engine("gis_office").connect() as other:
        assert ask.lock_files(other)
        assert make_files(settings, town, ALL).files == ()
        ask.unlock_files(other)
    assert len(make_files(settings, town, ALL).files) == len(LATER)
    file = {"format": "kml", "name": "sahte.kml", "media_type": "x", "size": 1, "sha256": "0" * 64}
    with pytest.raises(DBAPIError, match="not replaced"), town.engine("gis_office").begin() as one:
        ask.add_files(one, "mahalle", 1, [file])
    with pytest.raises(DBAPIError), town.engine("gis_portal").begin() as one:
        ask.add_files(one, "mahalle", 1, [file | {"format": "x"}])


def test_the_command_makes_what_is_missing_and_names_it(
    database_settings: Settings, environment: dict[str, str], database: Database
) -> None:
    load_town(database)
    publish_layers(database_settings, database, "mahalle", "csbm")
    with pytest.raises(NotFound, match="yok_boyle"):
        missing_files(database, ["yok_boyle"])
    answer = CliRunner().invoke(build("layer"), ["layer", "build", "csbm"], env=environment)
    assert answer.exit_code == 0, answer.output
    assert {line.partition(": ")[2] for line in answer.output.splitlines()} == {
        f"csbm{exporters[name].suffix}" for name in LATER
    }
    assert [each.layer for each in missing_files(database)] == ["mahalle"]


def test_the_server_makes_them_by_itself(
    database_settings: Settings, environment: dict[str, str], database: Database
) -> None:
    load_town(database)
    publish_layers(database_settings, database, "mahalle")
    with serving(environment) as (_, line), httpx.Client() as client:
        address = re.search(r"http://127\.0\.0\.1:\d+", line)[0]  # type: ignore[index]
        end = time.monotonic() + 90
        while missing_files(database) and time.monotonic() < end:
            time.sleep(0.2)
        assert missing_files(database) == []
        end = time.monotonic() + 30
        while "mahalle.kmz" not in client.get(f"{address}/katman/mahalle").text:
            assert time.monotonic() < end, "the page tells of them soon"
            time.sleep(0.2)


def test_files_nobody_waits_for_are_not_made_any_more(
    settings: Settings, town: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The process that makes them ends with its watcher, as when a server is stopped."""
    publish_layers(settings, town, "mahalle")
    note = tmp_path / "pid"

    def slow(*_: Any) -> dict[str, Any]:
        note.write_text(str(os.getpid()))
        time.sleep(60)
        raise AssertionError

    monkeypatch.setattr(later_files, "write_file", slow)
    town.dispose()
    watcher = multiprocessing.get_context("fork").Process(
        target=FileMaker(settings, town).work_once
    )
    watcher.start()
    while not note.is_file():
        time.sleep(0.05)
    watcher.terminate()
    watcher.join(20)
    end = time.monotonic() + 20
    while is_there(int(note.read_text())):
        assert time.monotonic() < end
        time.sleep(0.05)


def is_there(number: int) -> bool:
    status = Path(f"/proc/{number}/status")
    return status.is_file() and "State:\tZ" not in status.read_text()
