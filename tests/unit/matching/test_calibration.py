"""The score as a probability: its features, what they may do to it, and what is published of it."""

import tomllib
from importlib import resources

import numpy as np
import pytest

from gis_platform.matching import calibration, marks
from gis_platform.matching.columns import text_batch
from gis_platform.matching.match import Matcher
from tests.gazetteer import cases

FILE = resources.files("gis_platform.matching") / "data" / "calibration.toml"


def score(odds: float, gap: float = 12.0, flags: int = 0, unused: int = 0, same: int = 1) -> float:
    features = np.zeros(len(calibration.FEATURES))
    calibration.write_features(odds, gap, flags, unused, same, features)
    return calibration.calibrated(features, calibration.coefficients())


def test_more_evidence_and_a_wider_gap_never_make_an_answer_less_likely() -> None:
    by_odds = [score(odds) for odds in np.linspace(-20, 20, 81)]
    by_gap = [score(3.0, gap) for gap in np.linspace(0, 30, 61)]
    assert by_odds == sorted(by_odds)
    assert by_gap == sorted(by_gap)


def test_no_finding_makes_an_answer_more_likely() -> None:
    for odds in (-2.0, 1.0, 5.0):
        plain = score(odds)
        assert all(score(odds, flags=1 << bit) <= plain for bit in range(31))
        assert score(odds, unused=3) <= plain


def test_of_two_as_good_as_each_other_none_is_likelier_than_a_half() -> None:
    assert score(12.0, gap=0.0) == pytest.approx(0.5)


def test_the_score_of_the_core_is_the_one_of_its_features(matcher: Matcher) -> None:
    out = matcher.run(text_batch([case["text"] for case in cases()]))
    index = matcher.index
    rows = calibration.features_of(out, index.name_start, index.csbm_name)
    weights = calibration.coefficients()
    named = (out.csbm[:, 0] >= 0) & (out.flags >> marks.F_DECIDED & 1 == 0)
    expected = [calibration.calibrated(row, weights) for row in rows]
    assert named.sum() > 50
    assert out.score[named] == pytest.approx(np.array(expected)[named], abs=1e-6)


def test_a_recalibration_moves_the_log_odds() -> None:
    features = np.zeros(len(calibration.FEATURES))
    calibration.write_features(2.0, 12.0, 0, 0, 1, features)
    before, after = (
        calibration.calibrated(features, calibration.coefficients(scale))
        for scale in (None, (0.5, -0.25))
    )
    odds = np.log(before / (1 - before))
    assert np.log(after / (1 - after)) == pytest.approx(0.5 * odds - 0.25, abs=1e-6)


def test_what_is_published_was_measured_and_holds() -> None:
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    large = [one for one in said["reliability"] if one["rows"] >= 200]
    assert len(large) >= 12
    assert max(one["ece"] for one in large) <= 0.025, "mean distance of score and share right"
    assert sum(one["ece"] for one in large) / len(large) <= 0.0125
