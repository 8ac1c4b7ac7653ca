"""Findings as a table a person can open: CSV or XLSX as text, GeoPackage or GeoJSON as a map."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.core.findings import Finding, Severity
from gis_platform.core.language import Language
from gis_platform.maks.map_file import MAP_SUFFIXES, write_map
from gis_platform.sources.table import write_table

COLUMNS = ("kod", "agirlik", "katman", "kimlik_no", "bulgu", "care", "dosya", "satir", "alan")
"""Of a table of findings, in this order."""

SEVERITY_TEXTS = {
    Severity.ERROR: Text("hata", "error"),
    Severity.WARNING: Text("uyarı", "warning"),
    Severity.INFO: Text("bilgi", "info"),
}
WAIVED_TEXT = Text("muaf", "waived")
_TEXT_SUFFIXES = frozenset({".csv", ".xlsx"})


def findings_table(findings: Sequence[Finding], language: Language) -> pd.DataFrame:
    """One row per finding, in the reader's language; missing is ``""``."""
    rows = [_row(finding, language) for finding in findings]
    return pd.DataFrame(rows, columns=list(COLUMNS)).fillna("").astype("str")


def weight(finding: Finding, language: Language) -> str:
    """How much a finding weighs, in words."""
    said = SEVERITY_TEXTS[finding.severity] if finding.waiver is None else WAIVED_TEXT
    return said.say(language)


def write_findings(findings: Sequence[Finding], path: Path, language: Language) -> None:
    """Write findings to a file; its suffix says how.

    In a GeoPackage there is a layer for points, lines and areas each, and one for findings
    without a place; geometry is EPSG:4326.

    Raises:
        UsageError: the suffix is none of .csv, .xlsx, .gpkg, .geojson.
    """
    table = findings_table(findings, language)
    if path.suffix in _TEXT_SUFFIXES:
        write_table([table], path)
    elif path.suffix in MAP_SUFFIXES:
        shapes = gpd.GeoSeries.from_wkt([one.wkt for one in findings], crs=PUBLISHED_SRID)
        frame = gpd.GeoDataFrame(table, geometry=shapes.to_numpy(), crs=PUBLISHED_SRID)
        write_map(frame, path, "bulgu")
    else:
        raise UsageError(
            Text(
                f"Bulgular “{path.suffix}” olarak yazılamaz.",
                f"Findings cannot be written as “{path.suffix}”.",
            ),
            place=Place(file=str(path)),
            remedy=Text(".csv, .xlsx, .gpkg ya da .geojson verin", "give .csv, .xlsx, .gpkg …"),
        )


def finding_json(finding: Finding, language: Language) -> dict[str, object]:
    """A finding for machines, its sentences in one language."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "layer": finding.layer,
        "kimlik_no": finding.feature_id,
        "text": finding.text.say(language),
        "remedy": finding.remedy.say(language) if finding.remedy else None,
        "values": dict(finding.values),
        "file": finding.place.file,
        "row": finding.place.row,
        "field": finding.place.field,
        "wkt": finding.wkt,
        "fix": None if finding.fix is None else dict(finding.fix),
        "waiver": finding.waiver,
    }


def _row(finding: Finding, language: Language) -> tuple[object, ...]:
    return (
        finding.code,
        weight(finding, language),
        finding.layer,
        finding.feature_id,
        finding.text.say(language),
        finding.remedy.say(language) if finding.remedy else None,
        finding.place.file,
        finding.place.row,
        finding.place.field,
    )
