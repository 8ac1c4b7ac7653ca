"""Findings as a table a person can open: CSV or XLSX as text, GeoPackage or GeoJSON as a map."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.core.findings import Finding, Severity
from gis_platform.core.language import Language
from gis_platform.sources.table import write_table

COLUMNS = ("kod", "agirlik", "katman", "kimlik_no", "bulgu", "care", "dosya", "satir", "alan")
"""Of a table of findings, in this order."""

SEVERITY_TEXTS = {
    Severity.ERROR: Text("hata", "error"),
    Severity.WARNING: Text("uyarı", "warning"),
    Severity.INFO: Text("bilgi", "info"),
}
_TEXT_SUFFIXES = frozenset({".csv", ".xlsx"})
_MAP_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON"}
_FAMILIES = {
    "nokta": ("Point", "MultiPoint"),
    "cizgi": ("LineString", "MultiLineString"),
    "alan": ("Polygon", "MultiPolygon"),
}


def findings_table(findings: Sequence[Finding], language: Language) -> pd.DataFrame:
    """One row per finding, in the reader's language; missing is ``""``."""
    rows = [_row(finding, language) for finding in findings]
    return pd.DataFrame(rows, columns=list(COLUMNS)).fillna("").astype("str")


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
    elif path.suffix in _MAP_DRIVERS:
        shapes = gpd.GeoSeries.from_wkt([one.wkt for one in findings], crs=PUBLISHED_SRID)
        frame = gpd.GeoDataFrame(table, geometry=shapes.to_numpy(), crs=PUBLISHED_SRID)
        with writing_to(path):
            _write_map(frame, path)
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
    }


def _row(finding: Finding, language: Language) -> tuple[object, ...]:
    return (
        finding.code,
        SEVERITY_TEXTS[finding.severity].say(language),
        finding.layer,
        finding.feature_id,
        finding.text.say(language),
        finding.remedy.say(language) if finding.remedy else None,
        finding.place.file,
        finding.place.row,
        finding.place.field,
    )


def _write_map(frame: gpd.GeoDataFrame, path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.suffix == ".geojson":
        pyogrio.write_dataframe(frame, path, driver="GeoJSON", encoding="UTF-8")
        return
    for name, kinds in _FAMILIES.items():
        part = frame[frame.geom_type.isin(kinds)]
        if len(part):
            pyogrio.write_dataframe(
                part, path, layer=f"bulgu_{name}", driver="GPKG", promote_to_multi=name != "nokta"
            )
    rest = pd.DataFrame(frame[~frame.geom_type.isin(sum(_FAMILIES.values(), ()))])
    if len(rest) or not path.exists():
        bare = rest.drop(columns="geometry")
        pyogrio.write_dataframe(bare, path, layer="bulgu_yersiz", driver="GPKG")
