"""``gis learn`` on a gazetteer folder: from reviewed answers and lists of names, and back again."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from gis_platform.cli.main import build
from gis_platform.core.errors import GisPlatformError
from tests.gazetteer import csbm_frame, kapi_frame, reference

ASKED = "NİŞANCI MAH. FISTIK SK. NO:{} EYÜPSULTAN"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIS_LANGUAGE", "en")
    gazetteer = tmp_path / "gazetteer"
    gazetteer.mkdir()
    csbm_frame().to_csv(gazetteer / "csbm.csv", index=False)
    reference().mahalle.to_csv(gazetteer / "mahalle.csv", index=False)
    kapi_frame().to_csv(gazetteer / "kapi.csv", index=False)
    return gazetteer


def gis(*words: object) -> str:
    done = CliRunner().invoke(build(), [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def learn(folder: Path, *words: object) -> dict[str, object]:
    said: dict[str, object] = json.loads(
        gis("learn", *words, "--gazetteer", folder, "--as", "Ayşe Yılmaz", "--json")
    )
    return said


def answer(folder: Path, text: str) -> dict[str, object]:
    said: dict[str, object] = json.loads(gis("match", text, "--gazetteer", folder, "--json"))
    return said


def code(said: dict[str, object]) -> object:
    best = said["best"]
    return best["csbm_kod"] if isinstance(best, dict) else None


def write(path: Path, *rows: dict[str, object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def reviewed(path: Path, doors: str, decision: str = "104") -> Path:
    rows = [
        {"adres": ASKED.format(door), "karar": decision, "csbm_kod": "", "candidates": ""}
        for door in doors.split()
    ]
    return write(path, *rows)


def test_a_name_of_a_list_is_found_and_says_so(folder: Path, tmp_path: Path) -> None:
    names = write(tmp_path / "names.csv", {"level": "csbm", "kod": 105, "alias": "FISTIK SOKAK"})
    assert code(answer(folder, ASKED.format(5))) != 105
    said = learn(folder, names)
    assert said["learnt"] == [1]
    found = answer(folder, ASKED.format(5))
    assert (code(found), found["reason"], found["alias"]) == (105, "alias", "FISTIK")


def test_what_was_learnt_is_listed_signed_and_can_be_taken_back(
    folder: Path, tmp_path: Path
) -> None:
    before = answer(folder, ASKED.format(5))
    names = write(tmp_path / "names.csv", {"kod": 105, "alias": "FISTIK"})
    learn(folder, names, "--why", "belediye meclisi kararı")
    (entry,) = json.loads(gis("learn", "list", "--gazetteer", folder, "--json"))
    assert (entry["learnt_by"], entry["why"]) == ("Ayşe Yılmaz", "belediye meclisi kararı")
    gis("learn", "undo", entry["id"], "--gazetteer", folder, "--as", "Can Öz", "--why", "yanlış")
    assert answer(folder, ASKED.format(5)) == before
    assert len(json.loads(gis("learn", "list", "--gazetteer", folder, "--json"))) == 2
    with pytest.raises(GisPlatformError, match="1"):
        gis("learn", "undo", 1, "--gazetteer", folder, "--as", "Can Öz")


def test_a_dry_run_changes_nothing_and_shows_what_would_change(
    folder: Path, tmp_path: Path
) -> None:
    names = write(tmp_path / "names.csv", {"kod": 105, "alias": "FISTIK"})
    asked = write(tmp_path / "asked.csv", {"adres": ASKED.format(5)}, {"adres": "GÜL SK. NO:7"})
    changes = tmp_path / "changes.csv"
    said = json.loads(gis(
        "learn", names, "--gazetteer", folder, "--dry-run", "--json", "--preview", asked,
        "--column", "adres", "--changes", changes,
    ))  # fmt: skip
    (change,) = said["changes"]
    assert change["after_csbm_kod"] == 105
    assert change["before_csbm_kod"] != 105
    assert pd.read_csv(changes)["address"].tolist() == [ASKED.format(5)]
    assert said["learnt"] == []
    assert not (folder / "learned.csv").exists()


def test_a_name_of_another_csbm_of_the_mahalle_is_refused(folder: Path, tmp_path: Path) -> None:
    names = write(tmp_path / "names.csv", {"kod": 105, "alias": "GÜL SOKAK"})
    said = learn(folder, names)
    assert said["learnt"] == []
    assert "101 GÜL" in json.dumps(said["rejected"], ensure_ascii=False)


def test_a_name_holds_within_its_days(folder: Path, tmp_path: Path) -> None:
    over = {"kod": 105, "alias": "FISTIK", "valid_from": "2001-01-01", "valid_to": "2002-01-01"}
    learn(folder, write(tmp_path / "names.csv", over))
    assert code(answer(folder, ASKED.format(5))) != 105


def test_the_old_name_of_a_renamed_csbm_is_learnt_with_its_day(
    folder: Path, tmp_path: Path
) -> None:
    renamed = {"csbm_kod": 105, "old_name": "FISTIK SOKAK", "new_name": "7448/4 SOKAK",
               "date": "2019-05-01"}  # fmt: skip
    said = learn(folder, write(tmp_path / "csbm_renamed.csv", renamed))
    (lesson,) = said["lessons"]  # type: ignore[misc]
    assert (lesson["alias"], lesson["valid_from"]) == ("FISTIK", "2019-05-01")
    assert code(answer(folder, ASKED.format(5))) == 105


def test_one_decision_holds_for_its_address_alone(folder: Path, tmp_path: Path) -> None:
    learn(folder, reviewed(tmp_path / "reviewed.csv", "8"), "--column", "adres")
    decided, other = (answer(folder, ASKED.format(door)) for door in (8, 10))
    assert (code(decided), decided["reason"]) == (104, "decided_by_hand")
    assert code(other) != 104


def test_enough_decisions_that_agree_become_a_name(folder: Path, tmp_path: Path) -> None:
    said = learn(folder, reviewed(tmp_path / "reviewed.csv", "2 4 6"), "--column", "adres")
    aliases = [one for one in said["lessons"] if one["kind"] == "alias"]  # type: ignore[attr-defined]
    assert [(one["kod"], one["alias"], one["support"]) for one in aliases] == [(104, "FISTIK", 3)]
    assert aliases[0]["evidence"] == "reviewed.csv:1, reviewed.csv:2, reviewed.csv:3"
    found = answer(folder, ASKED.format(8))
    assert (code(found), found["reason"]) == (104, "alias")


def test_decisions_that_disagree_teach_no_name(folder: Path, tmp_path: Path) -> None:
    first = pd.read_csv(reviewed(tmp_path / "a.csv", "2 4 6"), dtype=str)
    second = pd.read_csv(reviewed(tmp_path / "b.csv", "12 14 16", "105"), dtype=str)
    path = tmp_path / "reviewed.csv"
    pd.concat([first, second]).to_csv(path, index=False)
    said = learn(folder, path, "--column", "adres")
    assert {one["kind"] for one in said["lessons"]} == {"decision"}  # type: ignore[attr-defined]
    assert "Other decisions" in json.dumps(said["rejected"])


def test_a_refused_place_is_not_offered_again_for_that_address(
    folder: Path, tmp_path: Path
) -> None:
    text = "NİŞANCI MAH. GÜL SK. NO:7 EYÜPSULTAN"
    before = answer(folder, text)
    offered = {"adres": text, "karar": "ret", "csbm_kod": 101, "numarataj_kimlik_no": 10103}
    learn(folder, write(tmp_path / "reviewed.csv", offered), "--column", "adres")
    after = answer(folder, text)
    assert (code(before), before["status"]) == (101, "matched")
    assert after["status"] != "matched"
    assert "101" not in json.dumps(after["candidates"])
    assert code(answer(folder, "NİŞANCI MAH. GÜL SK. NO:9 EYÜPSULTAN")) == 101
    assert code(answer(folder, "Nişancı mah. gül sk no 7, Eyüpsultan")) != 101, "the same address"


def test_a_decision_nobody_understands_stops_all(folder: Path, tmp_path: Path) -> None:
    path = reviewed(tmp_path / "reviewed.csv", "8", "belki")
    with pytest.raises(GisPlatformError, match="belki"):
        learn(folder, path, "--column", "adres")
    assert not (folder / "learned.csv").exists()


def test_the_same_file_teaches_nothing_twice(folder: Path, tmp_path: Path) -> None:
    path = reviewed(tmp_path / "reviewed.csv", "8")
    learn(folder, path, "--column", "adres")
    assert learn(folder, path, "--column", "adres")["learnt"] == []


def test_who_teaches_has_to_be_said(folder: Path, tmp_path: Path) -> None:
    names = write(tmp_path / "names.csv", {"kod": 105, "alias": "FISTIK"})
    with pytest.raises(GisPlatformError, match="--as"):
        gis("learn", names, "--gazetteer", folder)
