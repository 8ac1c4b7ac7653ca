"""The compiled index: who may use it, when it is refused, and that readers never see half of it."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from gis_platform.core.errors import NotFound, SourceError
from gis_platform.matching.gazetteer import Reference, build_index, is_current, read_reference
from gis_platform.matching.index import compile_arrays, write_index
from gis_platform.matching.match import Matcher
from gis_platform.matching.shapes import shape_arrays
from tests.gazetteer import csbm_frame, reference

ADDRESS = "NİŞANCI MAH. GÜL SOKAK NO:7 EYÜPSULTAN/İSTANBUL"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "index"
    build_index(reference(), built, fingerprint="a")
    return built


def change_manifest(folder: Path, **facts: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | facts))


@pytest.mark.parametrize("facts", [{"version": 0}, {"version": 999}, {"dictionary": "other"}])
def test_an_index_of_another_program_is_refused_until_built_again(
    folder: Path, facts: dict[str, object]
) -> None:
    change_manifest(folder, **facts)
    assert not is_current(folder, "a")
    with pytest.raises(NotFound):
        Matcher.open(folder)
    build_index(reference(), folder, fingerprint="a")
    assert is_current(folder, "a")
    assert Matcher.open(folder).match_one(ADDRESS).status == "matched"


def test_an_index_of_another_reference_is_not_current(folder: Path) -> None:
    assert is_current(folder, "a")
    assert not is_current(folder, "b")


@pytest.mark.parametrize("left", ["nothing", "no manifest", "torn manifest"])
def test_a_folder_without_an_index_is_refused(folder: Path, tmp_path: Path, left: str) -> None:
    if left == "nothing":
        folder = tmp_path / "missing"
    elif left == "no manifest":
        (folder / "manifest.json").unlink()
    else:
        (folder / "manifest.json").write_text('{"version": ')
    with pytest.raises(NotFound) as raised:
        Matcher.open(folder)
    assert str(folder) in str(raised.value)


def test_a_folder_nobody_may_write_is_read(folder: Path) -> None:
    files = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    for path in files:
        path.chmod(0o444)
    folder.chmod(0o555)
    try:
        opened = Matcher.open(folder)
        assert opened.match_one(ADDRESS).status == "matched"
        assert opened.suggest("istik")
        assert opened.reverse(28.9307, 41.0401)
        assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == files
    finally:
        folder.chmod(0o755)


def test_who_has_the_old_index_open_keeps_it(folder: Path) -> None:
    old = Matcher.open(folder)
    fewer = csbm_frame().query("csbm_kod != 101")
    build_index(Reference(fewer, reference().mahalle), folder, fingerprint="b")
    assert old.match_one(ADDRESS).level == "kapi"
    assert Matcher.open(folder).match_one(ADDRESS).best.csbm_kod != 101  # type: ignore[union-attr]


def test_a_build_that_fails_leaves_the_old_index(folder: Path) -> None:
    broken = Reference(csbm_frame().drop(columns="tur_kod"), reference().mahalle)
    with pytest.raises(KeyError):
        build_index(broken, folder, fingerprint="b")
    assert is_current(folder, "a")
    assert [path.name for path in folder.parent.iterdir()] == [folder.name], "no draft is left"


BUILDER = """
import sys
from pathlib import Path
from gis_platform.matching.index import write_index

for at in range(700):
    write_index({}, {}, Path(sys.argv[1]), {"fingerprint": sys.argv[2]})
"""


def test_two_processes_put_their_index_there_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    command = [sys.executable, "-c", BUILDER, str(folder)]
    builders = [
        subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    failed = [builder.communicate(timeout=120)[1] for builder in builders]
    assert [builder.returncode for builder in builders] == [0, 0], failed
    assert is_current(folder, "one") or is_current(folder, "two")
    assert [path.name for path in tmp_path.iterdir()] == [folder.name], "no draft is left"


def test_an_index_can_be_opened_while_others_take_its_place(folder: Path) -> None:
    mine = reference()
    arrays, names = compile_arrays(mine)
    arrays |= shape_arrays(mine, arrays)
    is_over = threading.Event()

    def replace() -> None:
        while not is_over.wait(0.1):
            write_index(arrays, names, folder, {"fingerprint": "b"})

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(replace)
        try:
            opened = [Matcher.open(folder).match_one(ADDRESS).level for _ in range(20)]
        finally:
            is_over.set()
        done.result()
    assert opened == ["kapi"] * 20


def test_a_gazetteer_folder_lacking_a_file_or_a_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"csbm\.csv"):
        read_reference(tmp_path)
    csbm_frame().drop(columns="tur_kod").to_csv(tmp_path / "csbm.csv", index=False)
    with pytest.raises(SourceError, match=r"mahalle\.csv"):
        read_reference(tmp_path)
    pd.DataFrame({"ilce_kod": [1]}).to_csv(tmp_path / "mahalle.csv", index=False)
    with pytest.raises(SourceError, match="tur_kod"):
        read_reference(tmp_path)
