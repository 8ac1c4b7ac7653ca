"""Every control keeps its shape, is silent where all is well, and finds what its cases plant."""

import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.check import CheckResult, check
from gis_platform.maks.control import EVERY_LAYER, controls
from gis_platform.maks.model import LAYERS
from gis_platform.maks.profile import Profile, profile_names, read_profile
from tests.contract.control_village import village

CASES = Path(__file__).parent / "controls"
EVERYTHING = Profile("all", Text("hepsi", "all"), {})
"""Every control by its own severity, none off."""


@cache
def cases_of(code: str) -> dict[str, Any]:
    path = CASES / f"{code}.yaml"
    return yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}


def all_cases(sort: str) -> list[Any]:
    return [
        pytest.param(code, case, id=f"{code}: {case['why']}")
        for code in controls
        for case in cases_of(code).get(sort, [])
    ]


@cache
def silent_village() -> CheckResult:
    return check(village(), EVERYTHING)


def found(code: str, case: dict[str, Any]) -> CheckResult:
    return _found(code, case["why"])


@cache
def _found(code: str, why: str) -> CheckResult:
    known = [*cases_of(code).get("bad", []), *cases_of(code).get("good", [])]
    case = next(case for case in known if case["why"] == why)
    limits = {code: case.get("limits", {})}
    return check(village(case), replace(EVERYTHING, limits=limits), only=[code])


def who(result: CheckResult) -> dict[str, list[int | None]]:
    table = result.violations
    return {
        layer: sorted((None if k is None else int(k)) for k in
                      group["kimlik_no"].astype(object).where(group["kimlik_no"].notna(), None))
        if group["index"].notna().all() else [None]
        for layer, group in table.groupby("layer")
    }  # fmt: skip


@pytest.mark.parametrize("code", controls)
def test_a_control_has_cases(code: str) -> None:
    for sort in ("bad", "good"):
        assert cases_of(code).get(sort), f"tests/contract/controls/{code}.yaml has no {sort} case"


@pytest.mark.parametrize("code", controls)
def test_a_control_says_everything_about_itself(code: str) -> None:
    one = controls[code]
    assert one.layer == EVERY_LAYER or one.layer in LAYERS
    assert one.severity in Severity
    assert one.source
    for text in (one.rule, one.text, *one.kinds.values(), *([one.remedy] if one.remedy else [])):
        assert text.tr
        assert text.en
        assert text.tr != text.en


@pytest.mark.parametrize("code", controls)
def test_every_kind_of_breach_has_a_case(code: str) -> None:
    planted = {case.get("kind", "") for case in cases_of(code)["bad"]}
    assert planted == {"", *controls[code].kinds}


@pytest.mark.parametrize("code", controls)
def test_a_control_is_silent_in_a_village_without_faults(code: str) -> None:
    table = silent_village().violations
    assert who(CheckResult(EVERYTHING, table[table["code"] == code], {})) == {}


@pytest.mark.parametrize(("code", "case"), all_cases("good"))
def test_a_good_case_is_left_alone(code: str, case: dict[str, Any]) -> None:
    assert who(found(code, case)) == {}


@pytest.mark.parametrize(("code", "case"), all_cases("bad"))
def test_a_bad_case_is_found(code: str, case: dict[str, Any]) -> None:
    result = found(code, case)
    assert who(result) == case["found"]
    assert set(result.violations["kind"]) == {case.get("kind", "")}


@pytest.mark.parametrize("code", controls)
def test_a_control_computes_remedies_where_it_says_so(code: str) -> None:
    fixes = [fix for case in cases_of(code)["bad"] for fix in found(code, case).violations["fix"]]
    assert any(fix is not None for fix in fixes) == controls[code].can_be_fixed


@pytest.mark.parametrize("code", [code for code, one in controls.items() if one.can_be_fixed])
def test_a_computed_remedy_clears_its_finding(code: str) -> None:
    for case in cases_of(code)["bad"]:
        layers, table = village(case), found(code, case).violations
        table = table[table["fix"].notna()]
        for row in table.to_dict("records"):
            frame = layers[row["layer"]].copy()
            for column, value in row["fix"].items():
                frame.loc[row["index"], column] = value
            layers = layers.with_frames(**{row["layer"]: frame})
        limits = {code: case.get("limits", {})}
        left = check(layers, replace(EVERYTHING, limits=limits), only=[code]).violations
        before = set(table[["layer", "kimlik_no", "kind"]].itertuples(index=False, name=None))
        after = set(left[["layer", "kimlik_no", "kind"]].itertuples(index=False, name=None))
        assert before & after == set(), case["why"]


@pytest.mark.parametrize(("code", "case"), all_cases("bad"))
def test_a_finding_is_a_whole_sentence_in_both_languages(code: str, case: dict[str, Any]) -> None:
    for finding in found(code, case).findings():
        for text in (finding.text.tr, finding.text.en):
            assert not re.search(r"\{[a-z_]*\}", text)
            assert "nan" not in text.split()
            assert text.endswith((".", "…")) or text[-1].isalnum()
        assert finding.code == code


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_names_every_control(name: str) -> None:
    assert {key.partition(".")[0] for key in read_profile(name).actions} == set(controls)


def test_a_file_of_a_control_is_named_after_its_layer() -> None:
    names = [item.name for item in (files("gis_platform.maks") / "controls").iterdir()]
    prefixes = (*LAYERS, "required", "text", "codes", "keys", "coordinates", "__")
    assert [name for name in names if not name.startswith(prefixes)] == []


def test_there_is_no_case_for_a_control_that_does_not_exist() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} <= set(controls)
