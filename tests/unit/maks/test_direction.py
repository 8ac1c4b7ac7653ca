"""A road's direction comes from its numbers and its ends, never from how its line was drawn."""

from typing import Any

import numpy as np
import pytest
import shapely

from gis_platform.core.errors import Text
from gis_platform.maks.check import check
from gis_platform.maks.direction import directions
from gis_platform.maks.joined import LEFT, RIGHT, JoinedLayers
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.profile import Profile
from tests.builders import EAST, NORTH, guid
from tests.contract.control_village import village

EVERYTHING = Profile("all", Text("hepsi", "all"), {})
HALIC, CIGIR, GUL = (guid("yol", number) for number in (501, 502, 503))


def backwards(layers: MaksLayers, *, with_hands: bool) -> MaksLayers:
    """Every line digitised the other way, with or without its hands told anew."""
    hat = layers["yol_orta_hat"].copy()
    hat["geometry"] = shapely.reverse(np.asarray(hat.geometry.array))
    yon = layers["yol_orta_hat_yon"].copy()
    if with_hands:
        swap = {LEFT: RIGHT, RIGHT: LEFT}
        yon["sayisallastirma_yon"] = yon["sayisallastirma_yon"].map(swap).astype("str")
    return layers.with_frames(yol_orta_hat=hat, yol_orta_hat_yon=yon)


def codes(layers: MaksLayers) -> dict[str, set[str]]:
    found = check(layers, EVERYTHING).violations
    return {code: set(rows["layer"]) for code, rows in found.groupby("code")}


def test_lines_digitised_backwards_are_no_fault() -> None:
    assert codes(backwards(village(), with_hands=True)) == codes(village())


def test_hands_left_as_they_were_are_a_fault_of_the_sides_and_of_no_door_or_road() -> None:
    found = codes(backwards(village(), with_hands=False))
    known = codes(village())
    assert {code: layers for code, layers in found.items() if code not in known} == {
        "R-SP-04": {"yol_orta_hat_yon"}
    }


@pytest.mark.parametrize("turn", [False, True])
def test_the_direction_turns_with_the_line(turn: bool) -> None:  # noqa: FBT001
    layers = backwards(village(), with_hands=True) if turn else village()
    found = directions(JoinedLayers(dict(layers.frames)))
    way = -1 if turn else 1
    assert found.loc[[HALIC, CIGIR, GUL], "by_numbers"].tolist() == [way] * 3
    assert found.at[CIGIR, "by_topology"] == way, "ÇIĞIR leaves HALİÇ, a cadde"
    assert found.at[CIGIR, "sure"] > found.at[CIGIR, "numbers_sure"] > 0.99
    assert found["sure"].max() < 1


def test_few_doors_say_nothing() -> None:
    few = [50301, 50302, 50303]
    drop = [n for n in village()["numarataj"]["kimlik_no"] if 50300 < n < 50400 and n not in few]
    found = directions(JoinedLayers(dict(village({"drop": {"numarataj": drop}}).frames)))
    assert (found.at[GUL, "by_numbers"], found.at[GUL, "sure"]) == (0, pytest.approx(0.5))


def test_mixed_numbers_are_less_sure() -> None:
    mixed: dict[str, Any] = {
        "set": {"numarataj": {50301: {"kapi_no": "17"}, 50303: {"kapi_no": "15"},
                              50302: {"kapi_no": "18"}, 50304: {"kapi_no": "16"}}}
    }  # fmt: skip
    sure = directions(JoinedLayers(dict(village().frames))).at[GUL, "numbers_sure"]
    found = directions(JoinedLayers(dict(village(mixed).frames)))
    assert found.at[GUL, "numbers_sure"] < 0.95 < sure


def test_the_centre_of_the_town_names_the_start_where_no_end_joins_a_bigger_road() -> None:
    layers = JoinedLayers(dict(village().frames))
    assert directions(layers).at[GUL, "by_topology"] == 0
    for east, way in ((590.0, 1), (810.0, -1)):
        found = directions(layers, centre=(EAST + east, NORTH))
        assert (found.at[GUL, "by_topology"], found.at[GUL, "topology_sure"]) == (way, 0.7)
