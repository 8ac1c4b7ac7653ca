"""Folders of Parquet parts: here and on a Dask cluster of two processes, the same to the byte."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gis_platform.core.errors import (
    Conflict,
    GisPlatformError,
    Place,
    SourceError,
    Text,
    Unavailable,
    UsageError,
)
from gis_platform.matching import parts
from gis_platform.matching.files import index_of_folder
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns
from gis_platform.matching.parts import Part, answer_part, match_parts
from tests.gazetteer import cases, reference

BY_TEXT = AddressColumns(text="adres")
SCORES = (0.9, 0.3)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    made = reference()
    (folder / "gazetteer").mkdir()
    for name, frame in (("csbm", made.csbm), ("mahalle", made.mahalle), ("kapi", made.kapi)):
        frame.to_csv(folder / "gazetteer" / f"{name}.csv", index=False)
    index = index_of_folder(folder / "gazetteer", folder / "home")
    (folder / "index").symlink_to(index)
    (folder / "in").mkdir()
    texts = [case["text"] for case in cases()]
    for part in range(5):
        table = pa.table({"no": range(len(texts)), "adres": texts[part:] + texts[:part]})
        pq.write_table(table, folder / "in" / f"part-{part}.parquet")
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run(place: Path, output: Path, scheduler: str | None = None) -> parts.MatchedFile:
    return match_parts(
        place / "index", SCORES, place / "in", output, BY_TEXT, explain=True, workers=2,
        scheduler=scheduler,
    )  # fmt: skip


@pytest.fixture(scope="module")
def plain(place: Path) -> dict[str, bytes]:
    done = run(place, place / "plain")
    assert done.rows == sum(done.by_answer.values()) == 5 * len(cases())
    return files_of(place / "plain")


def test_every_part_is_answered_under_its_name(place: Path, plain: dict[str, bytes]) -> None:
    assert sorted(plain) == [f"part-{part}.parquet" for part in range(5)]
    found = pd.read_parquet(place / "plain" / "part-3.parquet")
    asked = pd.read_parquet(place / "in" / "part-3.parquet")
    assert found[["no", "adres"]].equals(asked)
    matcher = Matcher.open(place / "index")
    again = matcher.match(asked, BY_TEXT)
    assert found["csbm_kod"].astype("Int64").equals(again["csbm_kod"])
    assert not list(place.glob(".*.match"))


def test_a_dask_cluster_of_two_processes_writes_the_same_bytes(
    place: Path, plain: dict[str, bytes]
) -> None:
    """In a process of its own, as people call it; Dask's own warnings are not ours to judge."""
    command = [
        sys.executable, "-m", "gis_platform", "match",
        str(place / "in"), "--column", "adres", "--gazetteer", str(place / "gazetteer"), "-o",
        str(place / "there"), "--explain", "--workers", "2", "--engine", "dask", "--scheduler",
        "local", "--json",
    ]  # fmt: skip
    environment = {**os.environ, "GIS_HOME": str(place / "home")}
    done = subprocess.run(
        command, check=False, capture_output=True, env=environment, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 5 * len(cases())
    assert files_of(place / "there") == plain


def test_parts_that_are_done_are_not_done_again(
    place: Path, plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, asked = parts.match_file, []

    def stop(matcher: Matcher, file: parts.AddressFile, *more: object, **how: object) -> object:
        if len(asked) == 3:
            raise KeyboardInterrupt
        asked.append(file.path.name)
        return answer(matcher, file, *more, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(parts, "match_file", stop)
    with pytest.raises(KeyboardInterrupt):
        run(place, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    asked.clear()
    done = run(place, tmp_path / "out")
    assert asked == ["part-3.parquet", "part-4.parquet"]
    assert (done.resumed, done.rows) == (3 * len(cases()), 5 * len(cases()))
    assert files_of(tmp_path / "out") == plain


def test_the_index_is_opened_once_in_a_process(
    place: Path, plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    really = Matcher.open

    def counted(folder: Path, **scores: float) -> Matcher:
        opened.append(folder)
        return really(folder, **scores)

    monkeypatch.setattr(Matcher, "open", counted)
    parts._matcher.cache_clear()
    run(place, tmp_path / "out")
    assert opened == [(place / "index").absolute()]


def test_a_process_of_another_version_is_refused(place: Path, tmp_path: Path) -> None:
    paths = (place / "in" / "part-0.parquet", tmp_path / "o.parquet", tmp_path / "o.json")
    part = Part(*paths, place / "index", *SCORES, BY_TEXT, False, 1, "another")  # noqa: FBT003
    with pytest.raises(Conflict):
        answer_part(part)


def test_without_dask_it_says_how_to_install_it(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "gis_platform.matching.cluster", raising=False)
    with pytest.raises(UsageError) as error:
        run(place, tmp_path / "out", scheduler="local")
    assert "gis-platform[dask]" in error.value.say("en")


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_is_not_there_is_told(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = parts._cluster()
    monkeypatch.setattr(cluster, "_TIMEOUT_S", 1)
    with pytest.raises(Unavailable) as error:
        run(place, tmp_path / "out", scheduler="tcp://127.0.0.1:9")
    assert "tcp://127.0.0.1:9" in error.value.say("en")


@pytest.mark.parametrize("what", ["empty", "full"])
def test_folders_that_cannot_be_are_refused(place: Path, tmp_path: Path, what: str) -> None:
    if what == "empty":
        with pytest.raises(SourceError, match=r"no \.parquet file"):
            match_parts(place / "index", SCORES, tmp_path, place / "new", BY_TEXT)
        return
    (tmp_path / "there.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not empty"):
        run(place, tmp_path)
    assert (tmp_path / "there.txt").read_text(encoding="utf-8") == "mine"


def test_errors_come_whole_out_of_another_process() -> None:
    error = SourceError(Text("a", "b"), place=Place("f", 3, "c"), remedy=Text("d", "e"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert isinstance(again, GisPlatformError)
    assert again.say("tr") == error.say("tr")
    assert type(again) is SourceError
