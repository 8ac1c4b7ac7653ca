"""A waiver takes a breach out of what blocks, and it stays in sight."""

from dataclasses import replace
from datetime import date

import pytest

from gis_platform.core.errors import NotAllowed, UsageError
from gis_platform.core.findings import Severity
from gis_platform.maks.check import check, split
from gis_platform.maks.control import controls
from gis_platform.maks.waiver import Waiver, refuse_unfit
from tests.contract.control_village import MERKEZ, NISANCI, village

TODAY, LATER = date(2026, 11, 25), date(2027, 1, 31)
NO_NUMBER = {"set": {"numarataj": {50101: {"kapi_no": None}, 50301: {"kapi_no": None}}}}


def a_waiver(code: str = "R-NUM-13", **values: object) -> Waiver:
    given = {"reason": "levha sökülmüş", "person": "Ayşe Demir", "until": LATER, "given_on": TODAY}
    return Waiver(code=code, id=3, **{**given, **values})  # type: ignore[arg-type]


def left(waiver: Waiver) -> list[int]:
    result = check(village(NO_NUMBER), "delivery", only=["R-NUM-13"], waivers=[waiver])
    return [int(number) for number in result.violations["kimlik_no"]]


@pytest.mark.parametrize(
    ("scope", "still_there"),
    [
        ({"kimlik_no": 50101}, [50301]),
        ({"kimlik_no": 50101, "layer": "yapi"}, [50101, 50301]),
        ({"mahalle": NISANCI}, [50101]),
        ({"mahalle": MERKEZ}, [50301]),
        ({}, []),
        ({"code": "R-NUM-04"}, [50101, 50301]),
        ({"kind": "other"}, [50101, 50301]),
    ],
)
def test_a_waiver_holds_for_what_it_names(scope: dict[str, object], still_there: list[int]) -> None:
    assert left(a_waiver(**scope)) == still_there


def test_what_is_waived_blocks_nothing_and_is_told_with_who_why_and_until_when() -> None:
    layers = village(NO_NUMBER)
    result = check(layers, "delivery", only=["R-NUM-13"], waivers=[a_waiver()])
    assert not result.is_blocking
    assert split(layers, result).held == {}
    findings = result.findings()
    assert [(f.severity, f.waiver) for f in findings] == [(Severity.INFO, 3)] * 2
    for text in (findings[0].text.tr, findings[0].text.en):
        assert "levha sökülmüş" in text
        assert "Ayşe Demir" in text
    assert "31.01.2027" in findings[0].text.tr


def test_a_waiver_nothing_falls_under_is_not_listed() -> None:
    assert check(village(), "delivery", only=["R-NUM-13"], waivers=[a_waiver()]).waivers == {}


@pytest.mark.parametrize("code", ["M-01", "M-02", "R-SP-12", "R-YOL-03"])
def test_what_the_register_cannot_hold_cannot_be_waived(code: str) -> None:
    with pytest.raises(NotAllowed, match=code):
        refuse_unfit(a_waiver(code), controls[code])


@pytest.mark.parametrize(
    "wrong",
    [{"until": date(2026, 11, 24)}, {"reason": " "}, {"person": ""}, {"kind": "x"}, {"layer": "x"}],
)
def test_a_waiver_without_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        refuse_unfit(replace(a_waiver(), **wrong), controls["R-NUM-13"])  # type: ignore[arg-type]
