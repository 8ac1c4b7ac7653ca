"""What the matcher answers, over a small invented gazetteer; the cases lie in ``cases/``.

A status ``matched|review``: the place must be right, a person may be asked.
"""

import json

import pandas as pd
import pytest

from gis_platform.core.errors import UsageError
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import EXPLANATION_COLUMNS, RESULT_COLUMNS, AddressColumns
from tests.gazetteer import CSBM, STEP, WEST, cases, kapi_frame

TEXT = AddressColumns(text="text")
TEXTS = [case["text"] for case in cases()]
each_case = pytest.mark.parametrize(
    "case", cases(), ids=[f"{case['file']}: {case['why']}" for case in cases()]
)
DOORS = kapi_frame().set_index("numarataj_kimlik_no")


def ask(matcher: Matcher, *texts: str) -> pd.DataFrame:
    return matcher.match(pd.DataFrame({"text": texts}), TEXT, explain=True)


def said(answers: pd.DataFrame, row: int = 0) -> dict[str, str]:
    """An answer as a case file writes it."""
    names = {"csbm_kod": "csbm_kod", "level": "match_level", "status": "match_status",
             "door": "dis_kapi_no"}  # fmt: skip
    cells = {name: answers[column].iloc[row] for name, column in names.items()}
    return {name: "" if pd.isna(cell) else str(cell) for name, cell in cells.items()}


@each_case
def test_the_answer_is_the_one_of_the_case(matcher: Matcher, case: dict[str, str]) -> None:
    answers = ask(matcher, case["text"])
    found = said(answers)
    expected = {name: case[name] for name in ("csbm_kod", "level", "door")}
    assert found.pop("status") in case["status"].split("|"), answers.iloc[0].to_dict()
    assert found == expected, answers.iloc[0].to_dict()


@each_case
def test_one_address_and_a_batch_are_answered_alike(matcher: Matcher, case: dict[str, str]) -> None:
    match, row = matcher.match_one(case["text"]), ask(matcher, case["text"]).iloc[0]
    level = match.level.value if match.level else ""
    assert (match.status, level, match.reason) == (row.match_status, row.match_level, row.reason)
    assert (match.best.csbm_kod if match.best else None) == (
        None if pd.isna(row.csbm_kod) else row.csbm_kod
    )
    assert (match.dis_kapi_no or "") == row.dis_kapi_no
    assert match.score == pytest.approx(row.score)


def test_a_door_answered_is_a_door_of_the_csbm_answered(matcher: Matcher) -> None:
    """Never the nearest: the door carries the number that was asked for."""
    answers = ask(matcher, *TEXTS)
    at_door = answers[answers["match_level"] == "kapi"]
    doors = DOORS.loc[at_door["numarataj_kimlik_no"].astype("int64")]
    assert len(at_door) > 40
    assert doors["csbm_kod"].tolist() == at_door["csbm_kod"].tolist()
    assert doors["dis_kapi_no"].tolist() == at_door["dis_kapi_no"].tolist()
    assert doors["lon"].tolist() == pytest.approx(at_door["lon"].tolist(), abs=1e-7)
    assert answers.loc[answers["match_level"] != "kapi", "numarataj_kimlik_no"].isna().all()


def test_every_door_of_the_reference_is_found_by_its_official_address(matcher: Matcher) -> None:
    words = {1: "MEYDANI", 2: "BULVARI", 3: "CADDESİ", 4: "SOKAK", 5: "KÜME EVLER"}
    mahalle = {1: "NİŞANCI", 2: "SİLAHTARAĞA", 3: "GÖKTÜRK MERKEZ", 4: "YENİ MAHALLE"}
    texts = [
        f"{mahalle[kod // 100]} MAH. {CSBM[kod][0]} {words[CSBM[kod][1]]} NO: {door} "
        f"{'SARIYER' if kod > 400 else 'EYÜPSULTAN'}/İSTANBUL"
        for kod, door in zip(DOORS["csbm_kod"], DOORS["dis_kapi_no"], strict=True)
    ]
    answers = ask(matcher, *texts)
    wrong = answers["numarataj_kimlik_no"].ne(pd.Series(DOORS.index)) | (
        answers["match_status"] != "matched"
    )
    assert not wrong.any(), [text for text, bad in zip(texts, wrong, strict=True) if bad]


@pytest.mark.parametrize(
    ("door", "low", "high"), [("8", 4, 12), ("6", 4, 12), ("11", 9, 17), ("15", 9, 17)]
)
def test_interpolation_lies_between_its_neighbours_of_the_same_parity(
    matcher: Matcher, door: str, low: int, high: int
) -> None:
    row = ask(matcher, f"NİŞANCI MAH. GÜL SK. NO:{door} EYÜPSULTAN").iloc[0]
    assert (row.match_level, row.reason) == ("interpolasyon", "between_doors")
    assert row.lon == pytest.approx(WEST + int(door) * STEP, abs=STEP / 10)
    nearest = min(int(door) - low, high - int(door)) * STEP * 84_000
    assert nearest - 0.1 <= row.accuracy_m < (high - low) * STEP * 84_000
    south = DOORS[(DOORS["csbm_kod"] == 101) & (DOORS["dis_kapi_no"] == str(low))]["lat"].iloc[0]
    assert row.lat == pytest.approx(south, abs=STEP / 10), "on the side of its parity"


def test_two_that_cannot_be_told_apart_are_both_named(matcher: Matcher) -> None:
    row = ask(matcher, "GÜL SOKAK EYÜPSULTAN").iloc[0]
    candidates = json.loads(row.candidates)
    assert (row.match_status, row.reason) == ("review", "ambiguous")
    assert {each["csbm_kod"] for each in candidates} == {101, 202}
    assert candidates[0]["score"] == pytest.approx(candidates[1]["score"])


def test_a_csbm_in_another_mahalle_is_shown_to_a_person_with_its_fault(matcher: Matcher) -> None:
    row = ask(matcher, "NİŞANCI MAH. PAPATYA SOK. NO:8 EYÜPSULTAN").iloc[0]
    assert (row.match_status, row.reason, row.action) == ("review", "mahalle_differs", "review")
    assert "MAHALLE.differs" in row.faults
    assert json.loads(row.candidates)[0]["csbm_kod"] == 303


def test_a_unit_is_told_from_the_door(matcher: Matcher) -> None:
    answers = ask(
        matcher,
        "NİŞANCI MAH. GÜL SK. NO:7 D:10 EYÜPSULTAN",
        "NİŞANCI MAH. GÜL SK. NO:7 İÇ KAPI NO:10 EYÜPSULTAN",
        "NİŞANCI MAH. GÜL SK. NO:7 DAİRE 10 KAT 3 EYÜPSULTAN",
        "NİŞANCI MAH. İSTİKLAL CAD. NO:12/10 EYÜPSULTAN",
    )
    assert answers["dis_kapi_no"].tolist() == ["7", "7", "7", "12"]
    assert answers["ic_kapi_no"].tolist() == ["10"] * 4


def test_columns_are_read_as_what_they_are(matcher: Matcher) -> None:
    frame = pd.DataFrame(
        {
            "M": ["NİŞANCI", "SİLAHTARAĞA MAHALLESİ", "NİŞANCI", None],
            "C": ["GÜL SOKAK", "GÜL", "İSTİKLÂL CADDESİ", None],
            "K": [7, 8, "86/1", None],
            "D": [3, None, "A", None],
            "I": ["EYÜPSULTAN"] * 4,
        }
    )
    columns = AddressColumns(ilce="I", mahalle="M", csbm="C", dis_kapi_no="K", ic_kapi_no="D")
    answers = matcher.match(frame, columns)
    assert answers["csbm_kod"].tolist()[:3] == [101, 202, 106]
    assert answers["dis_kapi_no"].tolist()[:3] == ["7", "8", "86/1"]
    assert answers["ic_kapi_no"].tolist()[:3] == ["3", "", "A"]
    assert answers["match_status"].tolist() == ["matched", "matched", "matched", "unmatched"]


def test_a_code_decides_between_csbm_of_one_name(matcher: Matcher) -> None:
    frame = pd.DataFrame({"text": ["GÜL SOKAK EYÜPSULTAN"] * 2, "kod": ["202", "101"]})
    answers = matcher.match(frame, AddressColumns(text="text", csbm_kod="kod"))
    assert answers["csbm_kod"].tolist() == [202, 101]
    assert answers["match_status"].tolist() == ["matched", "matched"]


def test_a_mahalle_code_decides_between_csbm_of_one_name(matcher: Matcher) -> None:
    frame = pd.DataFrame({"text": ["GÜL SOKAK"] * 2, "kod": [40375, 40371]})
    answers = matcher.match(frame, AddressColumns(text="text", mahalle_kod="kod"))
    assert answers["csbm_kod"].tolist() == [202, 101]
    assert answers["match_status"].tolist() == ["matched", "matched"]


def test_a_code_against_the_text_is_not_believed_blindly(matcher: Matcher) -> None:
    frame = pd.DataFrame(
        {"text": ["NİŞANCI MAH. ŞAİR EŞREF BULVARI NO:61 EYÜPSULTAN"], "kod": ["401"]}
    )
    answers = matcher.match(frame, AddressColumns(text="text", csbm_kod="kod"), explain=True)
    assert answers["csbm_kod"].tolist() != [401]
    assert "CSBM_KOD.differs" in answers["faults"].iloc[0]


@pytest.mark.parametrize("code", [None, "", "abc", "-5", "99999999999999999999", "1e400", "nan"])
def test_a_code_that_is_none_changes_nothing(matcher: Matcher, code: str | None) -> None:
    frame = pd.DataFrame({"text": ["NİŞANCI MAH. GÜL SK. NO:7 EYÜPSULTAN"], "kod": [code]})
    answers = matcher.match(frame, AddressColumns(text="text", csbm_kod="kod"))
    assert answers["numarataj_kimlik_no"].tolist() == [10103]


def test_a_column_that_is_not_there_is_named(matcher: Matcher) -> None:
    with pytest.raises(UsageError, match="Adres") as raised:
        matcher.match(pd.DataFrame({"text": ["x"]}), AddressColumns(text="Adres"))
    assert "text" in str(raised.value)


def test_no_column_at_all_is_refused(matcher: Matcher) -> None:
    with pytest.raises(UsageError):
        matcher.match(pd.DataFrame({"text": ["x"]}), AddressColumns())


def test_rows_keep_their_order_their_number_and_their_index(matcher: Matcher) -> None:
    frame = pd.DataFrame({"text": TEXTS}, index=[f"r{at * 7 % 101}" for at in range(len(TEXTS))])
    answers = matcher.match(frame, TEXT, explain=True)
    assert answers.index.equals(frame.index)
    assert tuple(answers.columns) == RESULT_COLUMNS + EXPLANATION_COLUMNS
    backwards = matcher.match(frame[::-1], TEXT, explain=True)
    pd.testing.assert_frame_equal(backwards[::-1], answers)


def test_an_empty_frame_gives_an_empty_answer(matcher: Matcher) -> None:
    answers = matcher.match(pd.DataFrame({"text": pd.Series([], dtype=str)}), TEXT)
    assert len(answers) == 0
    assert tuple(answers.columns) == RESULT_COLUMNS


def test_cells_that_are_no_text_are_answered(matcher: Matcher) -> None:
    answers = ask(matcher, None, float("nan"), pd.NA, 12, 3.5, "")  # type: ignore[arg-type]
    assert answers["match_status"].tolist() == ["unmatched"] * 6
    assert answers["reason"].iloc[0] == "empty"


def test_workers_change_no_byte(matcher: Matcher) -> None:
    frame = pd.DataFrame({"text": TEXTS * 50})
    one, two = (matcher.match(frame, TEXT, explain=True, workers=n) for n in (1, 2))
    assert len(frame) > 2048, "more than one chunk for each"
    assert one.to_csv() == two.to_csv()


def test_thresholds_move_answers_between_a_person_and_the_register(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "NİŞANCI MAH. PAPATYA SOK. NO:8 EYÜPSULTAN"
    asked = matcher.match_one(text)
    assert asked.status == "review"
    monkeypatch.setattr(matcher, "accept_score", asked.score - 0.01)
    assert matcher.match_one(text).status == "matched"
    monkeypatch.setattr(matcher, "accept_score", 0.99)
    monkeypatch.setattr(matcher, "review_score", asked.score + 0.01)
    assert matcher.match_one(text).status == "unmatched"
