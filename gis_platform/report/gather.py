"""Layers and what the controls found in them become the lines and drawings of a conformity file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject
from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.core.language import Language
from gis_platform.core.text import sort_key
from gis_platform.maks.check import CheckResult
from gis_platform.maks.control import EVERY_LAYER, controls
from gis_platform.maks.describe import EVIDENCE_TEXTS
from gis_platform.maks.findings_file import SEVERITY_TEXTS
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.model import LAYERS
from gis_platform.maks.waiver import Waiver, waived_by
from gis_platform.report.conformity import (
    Conformity,
    ControlLine,
    LayerLine,
    MahalleLine,
    OriginLine,
    TrendLine,
    WaiverLine,
)
from gis_platform.report.found import Found
from gis_platform.report.maps import MahallePlace, mahalle_map
from gis_platform.report.roads import Roads

SIGNATURES = (
    Text("Hazırlayan", "Prepared by"),
    Text("Kontrol eden", "Checked by"),
    Text("Onaylayan", "Approved by"),
)
FINDING_COLUMNS = (
    "kod", "agirlik", "katman", "kimlik_no", "mahalle", "bulgu", "care", "dosya", "satir",
    "boylam", "enlem",
)  # fmt: skip
_WAIVED = Text("muaf", "waived")
_EVERY = Text("bütün katmanlar", "every layer")
_RATED = ("yol_orta_hat_yon", "yapi", "diger_yapi", "numarataj", "bagimsiz_bolum")
"""Layers whose features belong to one mahalle."""


@dataclass(frozen=True)
class About:
    """What a conformity file says of itself; see ``Conformity``."""

    organisation: Text
    subject: Text
    reported_on: date
    origins: tuple[OriginLine, ...] = ()
    versions: Mapping[str, str] | None = None
    earlier: tuple[TrendLine, ...] = ()
    mahalle: int | None = None
    past_waivers: tuple[Waiver, ...] = ()


def gather(layers: MaksLayers, result: CheckResult, about: About, language: Language) -> Conformity:
    """The conformity file of layers and their findings.

    Args:
        layers: what was checked.
        result: what was found, in ``layers`` whole or in one mahalle.
        about: whose it is, of which day, where it came from.
        language: of the words in the drawings.
    """
    found = _Lines(JoinedLayers(dict(layers.items())), result, about.mahalle)
    lines = found.layer_lines()
    control_lines = found.control_lines()
    mahalle = found.mahalle_lines()
    features = sum(line.features for line in lines)
    now = TrendLine(
        about.reported_on,
        features,
        features - sum(line.with_error for line in lines),
        sum(line.errors for line in control_lines),
        sum(line.warnings for line in control_lines),
    )
    return Conformity(
        organisation=about.organisation,
        subject=about.subject,
        profile=result.profile.title,
        reported_on=about.reported_on,
        layers=lines,
        controls=control_lines,
        mahalle=mahalle,
        csbm=Roads(found).worst_csbm(language),
        trend=(*about.earlier, now),
        origins=about.origins,
        versions=about.versions or {},
        waivers=found.waiver_lines(about.past_waivers),
        findings=found.findings(),
        map=found.map(mahalle, language),
        signatures=SIGNATURES,
    )


class _Lines(Found):
    """The lines of a conformity file."""

    def layer_lines(self) -> tuple[LayerLine, ...]:
        """One per layer that has features."""
        lines = []
        for name in self.layers:
            error, warning, mine = self.flags[name]
            if mine.any():
                counts = (int(mine.sum()), int((error & mine).sum()), int((warning & mine).sum()))
                lines.append(LayerLine(name, LAYERS[name].title, *counts))
        return tuple(lines)

    def control_lines(self) -> tuple[ControlLine, ...]:
        """One per control, also of those that are off."""
        counts = Counter(zip(self.rows["code"], self.rows["action"], strict=True))
        by_mahalle: dict[str, Counter[int]] = {}
        for code, number in zip(self.rows["code"], self.rows["mahalle"], strict=True):
            if not pd.isna(number):
                by_mahalle.setdefault(code, Counter())[int(number)] += 1
        profile = self.result.profile
        waived = Counter([] if self.result.waived is None else self.result.waived["code"])
        return tuple(
            ControlLine(
                code=code,
                layer=_EVERY if one.layer == EVERY_LAYER else LAYERS[one.layer].title,
                rule=one.rule,
                source=one.source,
                evidence=EVIDENCE_TEXTS[one.evidence],
                action=profile.action(one),
                errors=counts[code, "block"],
                warnings=counts[code, "warn"],
                notes=counts[code, "info"],
                waived=waived[code],
                by_mahalle=dict(sorted(by_mahalle.get(code, {}).items())),
            )
            for code, one in controls.items()
        )

    def waiver_lines(self, past: Sequence[Waiver]) -> tuple[WaiverLine, ...]:
        """Those in use, then those past their day whose breaches are still there."""
        used = self.result.waived
        counts = Counter([] if used is None else used["waiver"].astype(int))
        again = Counter(waived_by(self.rows, past).dropna().astype(int))
        lines = [
            _waiver_line(one, counts[number], is_past=False)
            for number, one in self.result.waivers.items()
        ]
        lines += [_waiver_line(one, again[one.id], is_past=True) for one in past if again[one.id]]
        return tuple(lines)

    def mahalle_lines(self) -> tuple[MahalleLine, ...]:
        """One per mahalle, the lowest rate first."""
        known = self.layers["mahalle"].drop_duplicates("kimlik_no").dropna(subset=["kimlik_no"])
        totals: dict[str, Counter[int]] = {"all": Counter(), "error": Counter(), "warn": Counter()}
        for name in (name for name in _RATED if name in self.layers):
            error, warning, _ = self.flags[name]
            number = self.layers.mahalle_of(name).reset_index(drop=True)
            for key, which in (("all", None), ("error", error), ("warn", warning)):
                mine = number if which is None else number[which]
                totals[key].update({int(k): int(v) for k, v in mine.value_counts().items()})
        doors = self.layers.mahalle_of("numarataj").value_counts()
        lines = [
            MahalleLine(
                kimlik_no=int(number),
                ad=str(ad) if not pd.isna(ad) else str(number),
                features=totals["all"][int(number)],
                doors=int(doors.get(number, 0)),
                with_error=totals["error"][int(number)],
                with_warning=totals["warn"][int(number)],
            )
            for number, ad in zip(known["kimlik_no"], known["ad"], strict=True)
            if self.only in {None, int(number)}
        ]
        return tuple(sorted(lines, key=lambda line: (line.clean_share, sort_key(line.ad))))

    def map(self, lines: Sequence[MahalleLine], language: Language) -> Any:
        """The mahalle in the colour of their rate."""
        shares = {line.kimlik_no: line.clean_share if line.features else None for line in lines}
        names = {line.kimlik_no: line.ad for line in lines}
        frame = self.layers["mahalle"].sort_values("kimlik_no")
        places = [
            MahallePlace(names[int(number)], outline, shares[int(number)])
            for number, outline in zip(frame["kimlik_no"], frame["geometry"], strict=True)
            if not pd.isna(number) and int(number) in names
            if outline is not None and not outline.is_empty
        ]
        return mahalle_map(places, language)

    def findings(self) -> pd.DataFrame:
        """Every finding as a row of ``FINDING_COLUMNS``, errors first; texts in both languages."""
        names = self.layers["mahalle"].drop_duplicates("kimlik_no").set_index("kimlik_no")["ad"]
        told = self.rows
        if self.result.waived is not None:
            told = pd.concat([told, self.result.waived.assign(action="waived")], ignore_index=True)
        lon, lat = _middles(told)
        rows = [
            (
                one.code,
                SEVERITY_TEXTS[Severity(one.severity)] if one.waiver is None else _WAIVED,
                LAYERS[one.layer].title if one.layer in LAYERS else Text(one.layer, one.layer),
                one.feature_id,
                None if pd.isna(number) else names.get(number),
                one.text,
                one.remedy,
                one.place.file,
                one.place.row,
                None if np.isnan(x) else round(float(x), 7),
                None if np.isnan(y) else round(float(y), 7),
            )
            for one, number, x, y in zip(
                self.result.iter_findings(), told["mahalle"], lon, lat, strict=True
            )
        ]
        table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS), dtype=object)
        order = {"block": 0, "warn": 1, "info": 2, "waived": 3}
        weight = told["action"].map(order).to_numpy(int)
        return table.iloc[np.argsort(weight, kind="stable")].reset_index(drop=True)


def _waiver_line(one: Waiver, findings: int, *, is_past: bool) -> WaiverLine:
    return WaiverLine(
        one.id, one.code if one.kind is None else f"{one.code}.{one.kind}", one.scope, one.reason,
        one.person, one.given_on, one.until, findings, is_past,
    )  # fmt: skip


def _middles(rows: gpd.GeoDataFrame) -> Iterable[NDArray[np.float64]]:
    """Longitude and latitude of a place in each geometry; NaN without one."""
    shapes = np.asarray(rows.geometry.array)
    points = shapely.point_on_surface(shapes)
    return reproject(shapely.get_x(points), shapely.get_y(points), REGISTER_SRID, PUBLISHED_SRID)
