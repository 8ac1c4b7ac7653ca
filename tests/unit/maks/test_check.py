import pandas as pd
import pytest

from gis_platform.core.errors import NotFound, Text
from gis_platform.core.findings import Severity
from gis_platform.maks.check import CODES, HELD_PARENT, check, find_mahalle, overlay, split
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.profile import Profile, read_profile
from tests.contract.control_village import village


def held(case: dict[str, object], **more: MaksLayers) -> dict[str, dict[int, str]]:
    layers = village(case)
    parted = split(layers, check(layers, "register", **more), **more)
    return {
        layer: dict(zip(frame["kimlik_no"].astype(object), frame[CODES], strict=True))
        for layer, frame in parted.held.items()
    }


def only(layer: str, case: dict[str, object] | None = None) -> MaksLayers:
    return MaksLayers({layer: village(case)[layer]})


def test_a_clean_delivery_is_held_back_nowhere() -> None:
    layers = village()
    parted = split(layers, check(layers, "register"))
    assert parted.held == {}
    assert parted.clean.counts() == layers.counts()


def test_no_feature_is_lost_between_clean_and_held() -> None:
    layers = village({"set": {"yol": {501: {"ad": None}}, "numarataj": {50101: {"tip": 1}}}})
    parted = split(layers, check(layers, "register"))
    counts = {name: len(frame) for name, frame in parted.held.items()}
    assert {n: parted.clean.counts()[n] + counts.get(n, 0) for n in layers} == layers.counts()


def test_what_needs_a_held_feature_waits_with_it() -> None:
    found = held({"set": {"yol": {503: {"ad": None}}}})
    assert found["yol"] == {503: "R-YOL-10"}
    assert found["yol_orta_hat"] == {603: HELD_PARENT}
    assert set(found["yol_orta_hat_yon"].values()) == {HELD_PARENT}
    assert "numarataj" not in found, "a door may enter without its side"


def test_the_units_of_a_held_door_wait() -> None:
    found = held({"set": {"numarataj": {50102: {"geometry": None}}}})
    assert found == {"numarataj": {50102: "M-01"}, "bagimsiz_bolum": {1000050102: HELD_PARENT}}


def test_units_without_any_door_wait_all_of_them() -> None:
    units = village()["bagimsiz_bolum"]
    alone = MaksLayers({"bagimsiz_bolum": units})
    parted = split(alone, check(alone, "register"))
    assert set(parted.held["bagimsiz_bolum"][CODES]) == {"R-SP-12"}
    assert len(parted.held["bagimsiz_bolum"]) == len(units)
    known = village()
    there = split(alone, check(alone, "register", register=known), register=known)
    assert there.held == {}


def test_mahalle_enter_without_the_ilce_they_lie_in() -> None:
    alone = only("mahalle")
    assert split(alone, check(alone, "register")).held == {}


def test_a_held_boundary_does_not_stop_the_district() -> None:
    assert held({"set": {"ilce": {1325: {"ad": None}}}}) == {"ilce": {1325: "M-01"}}


def test_an_exact_copy_waits_and_the_first_enters() -> None:
    layers = village({"repeat": {"yol": [501]}})
    parted = split(layers, check(layers, "register"))
    assert len(parted.held["yol"]) == 1
    assert 501 in set(parted.clean["yol"]["kimlik_no"])
    assert set(parted.held) == {"yol"}


def test_a_child_stays_where_the_register_holds_its_parent() -> None:
    delivered = village({"set": {"numarataj": {50102: {"geometry": None}}}})
    result = check(delivered, "register", register=village())
    assert set(split(delivered, result, register=village()).held) == {"numarataj"}


def test_controls_see_the_register_and_speak_only_of_the_delivery() -> None:
    broken = {"set": {"numarataj": {50105: {"kapi_no": "7"}}}}
    alone = check(only("numarataj"), "register")
    assert "R-SP-12" in set(alone.violations["code"]), "references lead nowhere without a register"
    seen = check(only("numarataj"), "register", register=village(broken))
    assert len(seen.violations) == 0
    new = check(only("numarataj", broken), "register", register=village())
    assert set(new.violations["kimlik_no"]) == {50105, 50107}


def test_a_delivered_feature_takes_the_place_of_its_earlier_version() -> None:
    merged = overlay(only("yol", {"set": {"yol": {501: {"ad": "YENİ AD"}}}}), village())
    assert merged["yol"]["ad"].tolist().count("YENİ AD") == 1
    assert len(merged["yol"]) == len(village()["yol"])
    assert merged["yol"].index.is_unique


def test_only_the_controls_asked_for_run() -> None:
    result = check(village(), "delivery", only=["R-YOL-01", "R-NUM-10"])
    assert set(result.seconds) == {"R-YOL-01", "R-NUM-10"}


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(NotFound, match="R-YOL-01"):
        check(village(), "delivery", only=["R-XYZ-1"])


def test_a_control_that_is_off_does_not_run() -> None:
    assert "R-NUM-10" not in check(village(), "register").seconds


def test_a_kind_switched_off_is_not_told() -> None:
    case = {"set": {"bagimsiz_bolum": {1000000002: {"yapi_id": None}}}}
    quiet = Profile("q", Text("q", "q"), {"R-BB-05.no-building": "off"})
    assert len(check(village(case), quiet, only=["R-BB-05"]).violations) == 0


def test_findings_of_one_mahalle_are_those_of_its_features() -> None:
    case = {"set": {"numarataj": {50101: {"kapi_no": None}, 50301: {"kapi_no": None}}}}
    layers = village(case)
    mine = check(layers, "delivery", only=["R-NUM-13"], mahalle=find_mahalle(layers, "nişancı"))
    assert mine.violations["kimlik_no"].tolist() == [50301]


@pytest.mark.parametrize(
    ("layer", "kimlik_no", "change"),
    [
        ("yapi", 50301, {"posta_kodu": "1"}),
        ("bagimsiz_bolum", 1000050301, {"yapi_id": None}),
        ("yol_orta_hat", 603, {"wkt": "LINESTRING(600 0,700 3,800 0,700 -3,700 5)"}),
        ("yol_orta_hat_yon", 7031, {"uavt_kodu": None}),
        ("yol", 503, {"tip": 9}),
    ],
)
def test_every_feature_knows_its_mahalle(
    layer: str, kimlik_no: int, change: dict[str, object]
) -> None:
    found = check(village({"set": {layer: {kimlik_no: change}}}), "delivery").violations
    mine = found[found["kimlik_no"] == kimlik_no]
    assert set(mine["mahalle"]) == {40371}


def test_a_mahalle_that_is_not_there_names_those_that_are() -> None:
    assert find_mahalle(village(), "40365") == 40365
    with pytest.raises(NotFound, match="MERKEZ, NİŞANCI"):
        find_mahalle(village(), "RAMİ")


def test_a_finding_says_who_where_and_what_to_do() -> None:
    case = {"set": {"yapi": {50101: {"posta_kodu": "34070"}}}}
    (finding,) = check(village(case), "delivery", only=["R-SP-11"]).findings()
    assert finding.feature_id == "50101"
    assert finding.severity is Severity.WARNING
    assert finding.place.file == "test"
    assert finding.place.row == 1
    assert "34070" in finding.text.tr
    assert finding.remedy is not None
    assert "34050" in finding.remedy.en
    assert finding.wkt is not None
    assert finding.wkt.startswith("POLYGON ((28.")


def test_the_severity_of_a_finding_is_the_profiles() -> None:
    case = {"set": {"numarataj": {50101: {"kapi_no": None}}}}
    layers = village(case)
    weights = {
        name: check(layers, name, only=["R-NUM-13"]).findings()[0].severity
        for name in ("register", "delivery")
    }
    assert weights == {"register": Severity.WARNING, "delivery": Severity.ERROR}


def test_counts_are_per_control_layer_and_action() -> None:
    case = {"set": {"numarataj": {50101: {"kapi_no": None}, 50102: {"kapi_no": None}}}}
    counts = check(village(case), "delivery", only=["R-NUM-13"]).counts()
    assert counts.to_dict("records") == [
        {"code": "R-NUM-13", "layer": "numarataj", "action": "block", "count": 2}
    ]


def test_an_empty_delivery_breaks_nothing() -> None:
    result = check(MaksLayers({}), "delivery")
    assert len(result.violations) == 0
    assert not result.is_blocking
    assert result.findings() == []


def test_frames_without_rows_break_nothing() -> None:
    empty = {name: frame.iloc[:0] for name, frame in village().items()}
    assert len(check(MaksLayers(empty), read_profile("delivery")).violations) == 0


def test_features_without_geometry_break_no_control() -> None:
    layers = village()
    bare = {
        name: frame.assign(geometry=None).set_crs(5254) if "geometry" in frame else frame
        for name, frame in layers.items()
    }
    found = check(MaksLayers(bare), "delivery").violations
    assert isinstance(found, pd.DataFrame)
    assert {"M-01"} <= set(found["code"])


def test_doors_alike_in_all_but_their_place_are_no_copies() -> None:
    door = {"kimlik_no": 59901, "kapi_no": "5"}
    added = [{**door, "wkt": "POINT(20 30)"}, {**door, "wkt": "POINT(50 30)"}]
    found = check(village({"add": {"numarataj": added}}), "delivery", only=["R-SP-12"]).violations
    assert set(found["kind"]) == {"", "id"}
    again = check(village({"add": {"numarataj": added[:1] * 2}}), "delivery", only=["R-SP-12"])
    assert set(again.violations["kind"]) == {"copy"}


def test_records_without_keys_are_not_copies_of_each_other() -> None:
    bare = {"kimlik_no": None, "id": None, "kapi_no": "5"}
    case = {"set": {"numarataj": {50101: bare, 50102: bare}}}
    found = check(village(case), "delivery", only=["R-SP-12"]).violations
    assert not len(found[found["layer"] == "numarataj"])


def test_nothing_is_said_of_a_layer_that_was_not_delivered() -> None:
    layers = village({"set": {"yapi": {50101: {"tip": 7}}}})
    assert "M-03" in set(check(layers, "delivery").violations["code"])
    roads = MaksLayers({"yol": layers["yol"]})
    found = check(roads, "delivery", register=layers).violations
    assert set(found["layer"]) <= {"yol"}
    assert "yol" in roads
    assert "yapi" not in roads
