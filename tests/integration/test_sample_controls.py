"""The controls find what the sample plants, and nothing else."""

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_platform.maks.check import check
from gis_platform.maks.delivery import read_delivery
from gis_platform.maks.joined import LEFT, RIGHT
from gis_platform.sample.make import make_sample

INFORMING = {"R-NUM-10", "R-SP-13", "M-03"}
"""Rules that say something about any delivery under way (see the sample's README)."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("controls") / "sample"
    make_sample(target, doors=5_000, seed=11)
    return target


@pytest.mark.parametrize("form", ["maks.gpkg", "maks.gdb", "maks_shp"])
def test_controls_find_every_planted_violation_and_nothing_else(folder: Path, form: str) -> None:
    with (folder / "truth" / "violations.csv").open(encoding="utf-8", newline="") as file:
        listed = [
            ((row["code"], row["layer"], row["kimlik_no"]), row["kind"])
            for row in csv.DictReader(file)
        ]
    result = check(read_delivery(folder / form).layers, "register")
    found = {
        (finding.code, finding.layer, finding.feature_id)
        for finding in result.iter_findings()
        if finding.code not in INFORMING
    }
    planted = {key for key, kind in listed if kind == "planted"}
    assert planted - found == set(), "missed"
    assert found - {key for key, _ in listed} == set(), "false alarms"


def test_a_district_digitised_backwards_has_the_same_findings(folder: Path) -> None:
    layers = read_delivery(folder / "maks.gpkg").layers
    hat, yon = layers["yol_orta_hat"].copy(), layers["yol_orta_hat_yon"].copy()
    hat["geometry"] = shapely.reverse(np.asarray(hat.geometry.array))
    hands = yon["sayisallastirma_yon"]
    yon["sayisallastirma_yon"] = hands.replace({LEFT: RIGHT, RIGHT: LEFT})
    turned = layers.with_frames(yol_orta_hat=hat, yol_orta_hat_yon=yon)
    one, other = (
        check(each, "delivery").violations[["code", "kind", "layer", "kimlik_no"]]
        for each in (layers, turned)
    )
    key = list(one.columns)
    same = one.merge(other, on=key, how="outer", indicator=True)
    assert same[same["_merge"] != "both"].to_numpy().tolist() == []
