"""Each address of UAVT gets the status a clerk would give it, and a reason."""

import pandas as pd
import pytest

from gis_platform.maks.reconcile import (
    REGISTER,
    UAVT,
    Status,
    compare,
    covered_mahalle,
    decided,
    inner_key,
    only_in_register,
)

A, B = 1_000_000_001, 1_000_000_002
DOORS = pd.DataFrame(
    {
        "csbm_kod": pd.array([71, 71, 71, 72], dtype="Int64"),
        "mahalle_kod": pd.array([1, 1, 1, 2], dtype="Int64"),
        "yapi_id": ["{X}", "{X}", "{Y}", "{Z}"],
        "is_main": [True, False, True, True],
    },
    index=[9001, 9002, 9003, 9004],
)


def row(adres_no: int = A, **values: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "adres_no": adres_no, "door": 9001, "match_status": "matched", "match_reason": "exact",
        "ic_kapi_no": "1", "csbm_said": None, "bina_said": None,
    }  # fmt: skip
    return {**usual, **values}


def rows_of(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame([{"row_no": at, **each} for at, each in enumerate(rows, 1)])
    numbers = ("row_no", "adres_no", "door", "csbm_said", "bina_said")
    return frame.astype(dict.fromkeys(numbers, "Int64"))


def units_of(**doors: object) -> pd.DataFrame:
    """``A=(9001, "1")``."""
    known = {"A": A, "B": B, "C": 1_000_000_003}
    held = {known[name]: at for name, at in doors.items()}
    index = pd.Index(list(held), dtype="int64")
    return pd.DataFrame(
        {"door": pd.array([at[0] for at in held.values()], dtype="Int64"),  # type: ignore[index]
         "ic_kapi_no": [at[1] for at in held.values()]}, index=index
    )  # fmt: skip


def said(*rows: dict[str, object], **units: object) -> list[tuple[str, str, str]]:
    found = compare(rows_of(*rows), DOORS, units_of(**units), closed_doors={8000})
    return list(zip(found["status"], found["reason"], found["place"], strict=True))


@pytest.mark.parametrize(
    ("one", "units", "expected"),
    [
        (row(), {"A": (9001, "1")}, (Status.MATCHED, "same_door", "")),
        (row(), {}, (Status.TO_ADD, "unit_missing", REGISTER)),
        (row(), {"A": (9004, "1")}, (Status.WRONG_CSBM, "unit_on_other_csbm", "")),
        (row(), {"A": (9003, "1")}, (Status.WRONG_BUILDING, "unit_in_other_building", "")),
        (row(), {"A": (9002, "1")}, (Status.WRONG_BUILDING, "unit_at_other_door", "")),
        (row(csbm_said=72), {"A": (9001, "1")}, (Status.WRONG_CSBM, "code_differs", "")),
        (row(csbm_said=71), {"A": (9001, "1")}, (Status.MATCHED, "same_door", "")),
        (row(csbm_said=99), {"A": (9001, "1")}, (Status.MATCHED, "same_door", "")),
        (row(bina_said=9003), {"A": (9001, "1")}, (Status.WRONG_BUILDING, "bina_no_differs", "")),
        (row(), {"B": (9001, "1")}, (Status.DUPLICATE, "inner_door_taken", UAVT)),
        (row(ic_kapi_no="01"), {"B": (9001, "1")}, (Status.DUPLICATE, "inner_door_taken", UAVT)),
        (row(door=None, match_status="review"), {}, (Status.AMBIGUOUS, "several_doors", "")),
        (row(door=None, match_status="unmatched"), {"A": (9001, "1")},
         (Status.AMBIGUOUS, "text_unclear", "")),
        (row(door=None, match_status="matched", match_reason="door_unknown"), {},
         (Status.UAVT_ONLY, "door_unknown", "")),
        (row(door=None, match_status="unmatched", match_reason="csbm_unknown"), {},
         (Status.UAVT_ONLY, "csbm_unknown", "")),
        (row(door=None, match_status="unmatched", match_reason="nothing_found"), {},
         (Status.UAVT_ONLY, "place_unknown", "")),
        (row(door=None, match_status="unmatched", bina_said=8000), {},
         (Status.TO_DELETE, "door_closed", UAVT)),
    ],
)  # fmt: skip
def test_a_row_gets_its_status(
    one: dict[str, object], units: dict[str, object], expected: tuple[str, str, str]
) -> None:
    assert said(one, **units) == [expected]


def test_an_adres_no_that_comes_again_is_a_duplicate_and_the_first_is_not() -> None:
    found = compare(rows_of(row(), row()), DOORS, units_of(A=(9001, "1")))
    assert found["status"].tolist() == [Status.MATCHED, Status.DUPLICATE]
    assert found["key"].is_unique


def test_two_numbers_of_one_inner_door_are_duplicates_but_the_one_the_register_has() -> None:
    assert [s for s, *_ in said(row(A), row(B))] == [Status.DUPLICATE] * 2
    assert [s for s, *_ in said(row(A), row(B), A=(9001, "1"))] == [
        Status.MATCHED,
        Status.DUPLICATE,
    ]


@pytest.mark.parametrize(("one", "other"), [("1", "01"), ("No 1", "1"), ("ı", "I"), ("1 A", "1a")])
def test_inner_doors_written_otherwise_are_one(one: str, other: str) -> None:
    assert inner_key(one) == inner_key(other)


def test_a_file_without_usable_rows_says_nothing() -> None:
    empty = rows_of(row()).iloc[:0]
    compared = compare(empty, DOORS, units_of(A=(9001, "1")))
    assert len(compared) == 0
    assert covered_mahalle(compared, DOORS).to_dict() == {}
    assert len(only_in_register(compared, DOORS, units_of(A=(9001, "1")), [])) == 0
    assert len(decided(compared, decide(f"adres:{A}", "uavt_only", "add"))) == 0


def test_only_covered_mahalle_have_something_only_the_register_has() -> None:
    units = units_of(A=(9001, "1"), B=(9003, "1"), C=(9004, "1"))
    compared = compare(rows_of(row()), DOORS, units)
    covered = covered_mahalle(compared, DOORS, least=0.5)
    assert covered.to_dict() == {1: 0.5}
    lone = only_in_register(compared, DOORS, units, [1])
    assert lone[["key", "reason"]].to_numpy().tolist() == [[f"adres:{B}", "unit_not_in_uavt"]]


def test_a_main_door_no_row_leads_to_is_only_in_the_register_and_a_secondary_one_is_not() -> None:
    compared = compare(rows_of(row(door=9003)), DOORS, units_of())
    lone = only_in_register(compared, DOORS, units_of(), [1])
    assert lone["key"].tolist() == ["kapi:9001"]


def decide(key: str, status: str, decision: str, door: int | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {"status": [status], "decision": [decision],
         "numarataj_kimlik_no": pd.array([door], dtype="Int64")}, index=pd.Index([key])
    )  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "expected"),
    [("add", (Status.TO_ADD, REGISTER)), ("delete", (Status.TO_DELETE, UAVT)),
     ("keep", (Status.MATCHED, ""))],
)  # fmt: skip
def test_a_decision_about_what_only_uavt_has(decision: str, expected: tuple[str, str]) -> None:
    lost = row(door=None, match_status="unmatched", match_reason="csbm_unknown")
    compared = compare(rows_of(lost), DOORS, units_of())
    found = decided(compared, decide(f"adres:{A}", "uavt_only", decision)).iloc[0]
    assert (found["status"], found["place"]) == expected
    assert found["seen_status"] == Status.UAVT_ONLY


@pytest.mark.parametrize(
    ("decision", "expected"),
    [("add", (Status.TO_ADD, UAVT)), ("delete", (Status.TO_DELETE, REGISTER))],
)
def test_a_decision_about_what_only_the_register_has(
    decision: str, expected: tuple[str, str]
) -> None:
    lone = only_in_register(compare(rows_of(row()), DOORS, units_of()), DOORS, units_of(), [1])
    found = decided(lone, decide("kapi:9003", "field_only", decision)).iloc[0]
    assert (found["status"], found["place"]) == expected


def test_a_decision_made_of_another_status_waits_and_is_shown() -> None:
    compared = compare(rows_of(row()), DOORS, units_of())
    found = decided(compared, decide(f"adres:{A}", "uavt_only", "delete")).iloc[0]
    assert (found["status"], found["decision"]) == (Status.TO_ADD, "delete")
    assert found["is_stale"]


def test_a_move_is_done_once_the_register_has_it_there() -> None:
    compared = compare(rows_of(row()), DOORS, units_of(A=(9003, "1")))
    there = decide(f"adres:{A}", "wrong_building", "move", 9003)
    assert decided(compared, there)["status"].tolist() == [Status.MATCHED]
    pending = decide(f"adres:{A}", "wrong_building", "move", 9001)
    assert decided(compared, pending)["status"].tolist() == [Status.WRONG_BUILDING]
