"""``gis maks`` without a database: a delivery is checked, the model and the controls are told."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from gis_platform.cli.main import build
from gis_platform.sources.table import read_whole_table
from tests.contract.control_village import village, write_delivery


def gis(*words: str | Path) -> Result:
    return CliRunner().invoke(build(), ["maks", *map(str, words)])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_delivery(village(), tmp_path / "iyi.gpkg")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    case = {"set": {"numarataj": {50105: {"kapi_no": "7"}, 50301: {"kapi_no": None}}}}
    return write_delivery(village(case), tmp_path / "kotu.gpkg")


def test_a_good_delivery_ends_with_0(good: Path) -> None:
    answer = gis("check", "--delivery", good)
    assert answer.exit_code == 0, answer.output
    assert "56 kontrol" in answer.stdout


def test_a_delivery_with_errors_ends_with_1_and_says_them(bad: Path) -> None:
    answer = gis("check", "--delivery", bad)
    assert answer.exit_code == 1
    assert "7 numarası aynı yolda (HALİÇ)" in answer.stdout


def test_the_same_faults_only_warn_on_entering_the_register(bad: Path) -> None:
    assert gis("check", "--delivery", bad, "--profile", "register").exit_code == 0


def test_json_is_for_machines(bad: Path) -> None:
    answer = gis("check", "--delivery", bad, "--only", "R-NUM-04", "--json")
    said = json.loads(answer.stdout)
    assert [f["kimlik_no"] for f in said["findings"]] == ["50105", "50107"]
    assert list(said["seconds"]) == ["R-NUM-04"]


def test_findings_of_one_mahalle(bad: Path) -> None:
    answer = gis("check", "--delivery", bad, "--mahalle", "nişancı", "--only", "R-NUM-13", "--json")
    assert [f["kimlik_no"] for f in json.loads(answer.stdout)["findings"]] == ["50301"]


def test_findings_go_to_a_file(bad: Path, tmp_path: Path) -> None:
    out = tmp_path / "bulgular.xlsx"
    gis("check", "--delivery", bad, "--only", "R-NUM-04", "-o", out)
    assert read_whole_table(out)["kimlik_no"].tolist() == ["50105", "50107"]


def test_describe_tells_layers_and_columns() -> None:
    assert "yol_orta_hat_yon" in gis("describe").stdout
    columns = json.loads(gis("describe", "YOL", "--json").stdout)
    assert [row["MAKS"] for row in columns][:4] == ["ID", "KIMLIKNO", "AD", "TIP"]


def test_controls_are_listed_with_their_weight() -> None:
    rows = json.loads(gis("controls", "--json").stdout)
    weights = {row["kod"]: row["register"] for row in rows}
    assert len(weights) >= 53
    assert (weights["R-SP-12"], weights["R-NUM-10"]) == ("durdurur", "kapalı")
    assert "sınır metres" in gis("controls", "R-SP-02").stdout
