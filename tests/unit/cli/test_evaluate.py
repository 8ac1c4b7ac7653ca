"""``gis evaluate`` on labels beside the addresses, in another file, and on a sample."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gis_platform.cli.main import build
from gis_platform.core.errors import GisPlatformError
from gis_platform.sample.make import make_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluate") / "sample"
    make_sample(folder, doors=1_000, seed=5)
    return folder


@pytest.fixture(autouse=True)
def _settings(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_HOME", str(sample.parent / "home"))


def evaluated(*words: object) -> dict[str, object]:
    done = CliRunner().invoke(build(), ["evaluate", *map(str, words), "--json"])
    assert done.exit_code == 0, done.exception
    said: dict[str, object] = json.loads(done.stdout)
    return said


def refused(*words: object) -> str:
    error = CliRunner().invoke(build(), ["evaluate", *map(str, words)]).exception
    assert isinstance(error, GisPlatformError)
    return error.say("en")


def test_a_sample_folder_is_evaluated_as_it_is(sample: Path, tmp_path: Path) -> None:
    said = evaluated(sample, "--by", "kinds,level", "--html", tmp_path / "e.html")
    overall = said["overall"]
    assert isinstance(overall, dict)
    assert overall["rows"] == pytest.approx(1_000, abs=30)
    assert overall["precision"] > 0.97
    assert set(said["groups"]) == {"kinds", "level"}  # type: ignore[call-overload]
    assert "<svg" in (tmp_path / "e.html").read_text(encoding="utf-8")


def test_labels_may_stand_beside_the_addresses(sample: Path, tmp_path: Path) -> None:
    labelled = tmp_path / "l.csv"
    labelled.write_text("adres,csbm_kod,source\nfalan filan,,a\nhiçbir yer,,b\n", encoding="utf-8")
    said = evaluated(
        labelled, "--column", "adres", "--gazetteer", sample / "gazetteer", "--by", "source"
    )
    assert said["overall"]["false_answers"] == 0.0  # type: ignore[index]
    assert set(said["groups"]["source"]) == {"a", "b"}  # type: ignore[index]


def test_labels_of_another_file_are_joined_by_key(sample: Path, tmp_path: Path) -> None:
    text, labels = tmp_path / "t.csv", tmp_path / "l.csv"
    text.write_text("source,id,adres\ns,1,falan\ns,2,filan\ns,3,x\n", encoding="utf-8")
    labels.write_text("source,id,csbm_kod\ns,2,5\ns,1,6\n", encoding="utf-8")
    named = ("--text", text, "--column", "adres", "--gazetteer", sample / "gazetteer")
    said = evaluated(labels, *named)
    assert said["overall"]["rows"] == 2  # type: ignore[index]


def test_labels_that_fit_nothing_are_said(sample: Path, tmp_path: Path) -> None:
    text, labels = tmp_path / "t.csv", tmp_path / "l.csv"
    text.write_text("id,adres\n1,falan\n", encoding="utf-8")
    labels.write_text("id,csbm_kod\n7,5\n", encoding="utf-8")
    named = ("--text", text, "--column", "adres", "--gazetteer", sample / "gazetteer")
    assert "No address has a label" in refused(labels, *named)
    labels.write_text("other,csbm_kod\n7,5\n", encoding="utf-8")
    assert "no key in common" in refused(labels, *named)


def test_a_table_without_labels_names_its_columns(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("adres,x\nfalan,1\n", encoding="utf-8")
    said = refused(path, "--column", "adres", "--gazetteer", sample / "gazetteer")
    assert "“adres”, “x”" in said


def test_a_folder_that_is_no_sample(tmp_path: Path) -> None:
    assert "aks_truth.csv" in refused(tmp_path)
