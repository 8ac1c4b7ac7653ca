from pathlib import Path

import pyogrio
import pytest

from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.core.findings import Finding, Severity
from gis_platform.maks.findings_file import COLUMNS, finding_json, findings_table, write_findings
from gis_platform.sources.table import read_whole_table


def a_finding(wkt: str | None = None) -> Finding:
    return Finding(
        "R-NUM-04", "numarataj", "901", Severity.ERROR, Text("Çift.", "Double."), {"no": "5"},
        Text("düzeltin", "mend it"), Place("maks.gdb/NUMARATAJ", 7), wkt,
    )  # fmt: skip


SHAPES = ["POINT (28.9 41.1)", "POLYGON ((28 41, 28.1 41, 28 41.1, 28 41))",
          "MULTILINESTRING ((28 41, 28.1 41), (28 42, 28.1 42))", None]  # fmt: skip
FINDINGS = [a_finding(wkt) for wkt in SHAPES]


def test_a_row_says_all_in_the_readers_language() -> None:
    row = findings_table([a_finding()], "tr").iloc[0]
    assert row.tolist() == [
        "R-NUM-04", "hata", "numarataj", "901", "Çift.", "düzeltin", "maks.gdb/NUMARATAJ", "7", "",
    ]  # fmt: skip
    assert findings_table([a_finding()], "en")["bulgu"].tolist() == ["Double."]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_table_of_findings_opens_again(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bulgular.{suffix}"
    write_findings(FINDINGS, path, "tr")
    read = read_whole_table(path)
    assert read[list(COLUMNS)].to_dict("list") == findings_table(FINDINGS, "tr").to_dict("list")


def test_a_geopackage_has_a_layer_for_each_kind_of_place(tmp_path: Path) -> None:
    path = tmp_path / "bulgular.gpkg"
    for _ in range(2):
        write_findings(FINDINGS, path, "tr")
    counts = {name: len(pyogrio.read_dataframe(path, layer=name)) for name, _ in
              pyogrio.list_layers(path)}  # fmt: skip
    assert counts == {
        "bulgu_nokta": 1, "bulgu_cizgi": 1, "bulgu_alan": 1, "bulgu_yersiz": 1,
    }  # fmt: skip
    point = pyogrio.read_dataframe(path, layer="bulgu_nokta")
    assert point.crs.to_epsg() == 4326
    assert point["bulgu"].tolist() == ["Çift."]


def test_geojson_holds_all_of_them(tmp_path: Path) -> None:
    write_findings(FINDINGS, tmp_path / "b.geojson", "tr")
    assert len(pyogrio.read_dataframe(tmp_path / "b.geojson")) == 4


@pytest.mark.parametrize("suffix", ["csv", "gpkg", "geojson"])
def test_no_findings_are_a_file_too(tmp_path: Path, suffix: str) -> None:
    write_findings([], tmp_path / f"b.{suffix}", "tr")
    assert (tmp_path / f"b.{suffix}").stat().st_size > 0


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="docx"):
        write_findings(FINDINGS, tmp_path / "b.docx", "tr")


def test_json_has_the_values_for_machines() -> None:
    said = finding_json(a_finding("POINT (28.9 41.1)"), "en")
    assert (said["code"], said["values"], said["text"]) == ("R-NUM-04", {"no": "5"}, "Double.")
