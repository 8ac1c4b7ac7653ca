"""Fits the calibration of the score, and measures it on rows not used to fit it.

``./run bench calibrate [--write]``: half of the csbm of every source is fitted on, the other half
measured. ``--write`` puts the coefficients and their reliability into
``gis_platform/matching/data/calibration.toml``; run it again after every change of the weights.
"""

import argparse
import hashlib
import tempfile
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from gis_platform.matching import calibration, weights
from gis_platform.matching.columns import frame_batch
from gis_platform.matching.evaluate import judge
from gis_platform.matching.gazetteer import build_index
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns

from .fit import Floats, Prior, bins_of, error_of, evened, fit
from .rows import Rows, every

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data"
FILE = ROOT / "gis_platform" / "matching" / "data" / "calibration.toml"
ACCEPT, REVIEW = 0.90, 0.30
TEXT = AddressColumns(text="text")


def main(arguments: list[str]) -> None:
    """Fit, measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="./run bench calibrate")
    parser.add_argument("--write", action="store_true", help="write calibration.toml")
    parser.add_argument("--keep", type=Path, help="folder for the rows and features, as CSV")
    said = parser.parse_args(arguments)
    shared = SHARED if SHARED.is_dir() else None
    with tempfile.TemporaryDirectory() as folder:
        answered = [_answered(rows, Path(folder)) for rows in every(Path(folder), shared)]
    rows = pd.concat([one for one, _ in answered], ignore_index=True)
    features = np.concatenate([found for _, found in answered])
    if said.keep:
        frame = pd.DataFrame(features, columns=list(calibration.FEATURES))
        pd.concat([rows, frame.add_prefix("f_")], axis=1).to_csv(
            said.keep / "rows.csv", index=False
        )
    found, table = measured(rows, features)
    mahalle = _mahalle(rows)
    _print(table, found, mahalle)
    if said.write:
        if shared is None:
            parser.error(f"{SHARED}: without the real files nothing is written")
        FILE.write_text(_toml(found, mahalle, table), encoding="utf-8")


def measured(rows: pd.DataFrame, features: Floats) -> tuple[Floats, pd.DataFrame]:
    """The coefficients of the first half, and the reliability of the second, per source."""
    named = rows["is_placed"].to_numpy(bool)
    is_test = rows["half"].to_numpy() == 1
    right = rows["is_right"].to_numpy(np.float64)
    source = rows["source"].to_numpy(object)
    use = named & ~is_test
    found = fit(
        features[use], right[use], evened(source[use]), [*map(_prior, calibration.FEATURES)]
    )
    found = np.round(found, 3)
    score = np.array([calibration.calibrated(row, found) for row in features])
    table = [
        _reliability(str(name), score[there], right[there], named[there], rows["expected"][there])
        for name in pd.unique(source)
        for there in [is_test & (source == name)]
    ]
    return found, pd.DataFrame(table)


def _prior(name: str) -> Prior:
    """The evidence is believed as it stands; a finding, which it holds already, adds nothing."""
    if name == "one":
        return Prior(0.0, 150.0, 0)
    if name.startswith("odds"):
        return Prior(1.0, 1000.0, 1)
    return Prior(0.0, 150.0, 1) if name in calibration.RISING else Prior(0.0, 10.0, -1)


def _reliability(
    name: str, score: Floats, right: Floats, named: Floats, expected: pd.Series
) -> dict[str, object]:
    placed = named & (score >= REVIEW)
    decided = named & (score >= ACCEPT)
    absent = (expected == "none").to_numpy()
    bins = bins_of(score[placed], right[placed])
    return {
        "source": name,
        "rows": len(score),
        "absent": int(absent.sum()),
        "ece": error_of(bins),
        "decided": float(decided.mean()),
        "precision": float(right[decided].mean()) if decided.any() else None,
        "recall": float((decided & (right > 0)).sum() / max((~absent).sum(), 1)),
        "absent_answered": float(decided[absent].mean()) if absent.any() else None,
        "bins": bins,
    }


def _answered(said: Rows, folder: Path) -> tuple[pd.DataFrame, Floats]:
    """Every row judged at whatever score, and the features of its answer."""
    index = folder / said.name
    build_index(said.reference, index)
    matcher = Matcher.open(index, accept_score=ACCEPT, review_score=0.0)
    rows = said.rows.reset_index(drop=True)
    out = matcher.run(frame_batch(rows, TEXT))
    answers = matcher.match(rows, TEXT)
    judged = judge(rows, answers)
    at = judged.index.to_numpy()
    same_mahalle = rows["mahalle_kod"].astype("Int64") == answers["mahalle_kod"]
    keys = rows["csbm_kod"].astype("str").where(rows["csbm_kod"].notna(), rows["text"])
    halves = [crc32(f"{said.name}/{key}".encode()) >> 8 & 1 for key in keys]
    judged = judged.assign(
        source=rows["source"], text=rows["text"], half=pd.Series(halves)[at],
        mahalle_right=same_mahalle.where(rows["mahalle_kod"].notna()),
    )  # fmt: skip
    return judged, calibration.features_of(out, matcher.index.name_start, matcher.index.csbm_name)[
        at
    ]


def _mahalle(rows: pd.DataFrame) -> float:
    """How often a mahalle answered alone is the right one; never more sure than 0.99."""
    alone = rows[(rows["level"] == "mahalle") & (rows["status"] == "matched")]
    known = alone["mahalle_right"].dropna()
    return round(min(0.99, float(known.sum() + 1) / (len(known) + 2)), 3)


def _print(table: pd.DataFrame, found: Floats, mahalle: float) -> None:
    for name, value in zip(calibration.FEATURES, found, strict=True):
        print(f"{name:<20} {value:+.3f}")
    print(f"{'mahalle':<20} {mahalle:.3f}")
    shown = table.drop(columns="bins")
    print(shown.to_string(index=False, float_format=lambda value: f"{value:.4f}"))


def _toml(found: Floats, mahalle: float, table: pd.DataFrame) -> str:
    digest = hashlib.sha256(found.tobytes()).hexdigest()[:8]
    lines = [
        "# Made by `./run bench calibrate --write`; not edited by hand.",
        "# Reliability: on the half of each source that was not fitted on; bins hold rows, mean",
        "# score and share right of each tenth of the score from the threshold of review upwards.",
        f'version = "{weights.version()}/{digest}"',
        f"mahalle = {mahalle}",
        "",
        "[coefficients]",
        *(f"{name} = {value}" for name, value in zip(calibration.FEATURES, found, strict=True)),
    ]
    for row in table.to_dict("records"):
        lines += ["", "[[reliability]]", f'source = "{row["source"]}"', f"rows = {row['rows']}",
                  f"absent = {row['absent']}"]  # fmt: skip
        lines += [
            f"{name} = {row[name]:.4f}"
            for name in ("ece", "decided", "precision", "recall", "absent_answered")
            if row[name] is not None and not pd.isna(row[name])
        ]
        bins = ", ".join(f"[{n}, {score:.4f}, {right:.4f}]" for n, score, right in row["bins"])
        lines.append(f"bins = [{bins}]")
    return "\n".join(lines) + "\n"
