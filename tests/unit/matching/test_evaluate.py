"""Answers held against labels."""

import pandas as pd
import pytest

from gis_platform.matching.evaluate import Evaluation, evaluate, judge
from gis_platform.matching.evaluation_page import page


def answers(*rows: tuple[str, str, int | None, int | None, float]) -> pd.DataFrame:
    """Status, level, csbm code, door number, score."""
    names = ["match_status", "match_level", "csbm_kod", "numarataj_kimlik_no", "score"]
    return pd.DataFrame(rows, columns=names).assign(reason="exact", dis_kapi_no="")


def truth(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Expected, csbm code, door number, as text from a file."""
    return pd.DataFrame(rows, columns=["expected", "csbm_kod", "numarataj_kimlik_no"])


def evaluated(labels: pd.DataFrame, said: pd.DataFrame, **groups: list[str]) -> Evaluation:
    judged = judge(labels, said)
    shown = pd.DataFrame({"text": "x"}, index=said.index)
    return evaluate(judged, pd.DataFrame(groups, index=said.index), shown)


@pytest.mark.parametrize(
    ("label", "answer", "is_right"),
    [
        (("kapi", "1", "10"), ("matched", "kapi", 1, 10, 0.9), True),
        (("kapi", "1", "10"), ("matched", "kapi", 1, 11, 0.9), False),
        (("kapi", "1", "10"), ("matched", "csbm", 1, None, 0.9), True),
        (("kapi", "1", "10"), ("matched", "csbm", 2, None, 0.9), False),
        (("csbm", "1", ""), ("matched", "csbm", 1, None, 0.9), True),
        (("csbm", "1", ""), ("matched", "interpolasyon", 1, None, 0.9), True),
        (("csbm", "1", ""), ("matched", "kapi", 1, 10, 0.9), False),
        (("csbm_only", "1", ""), ("matched", "kapi", 1, 10, 0.9), True),
        (("none", "", ""), ("matched", "csbm", 1, None, 0.9), False),
    ],
)
def test_an_answer_is_right_when_it_says_what_the_label_says(
    label: tuple[str, str, str],
    answer: tuple[str, str, int, int | None, float],
    is_right: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    judged = judge(truth(label), answers(answer))
    assert judged["is_decided"].tolist() == [True]
    assert judged["is_right"].tolist() == [is_right]


def test_a_mahalle_is_no_decision() -> None:
    judged = judge(truth(("none", "", "")), answers(("matched", "mahalle", None, None, 0.97)))
    assert judged["is_decided"].tolist() == [False]


def test_labels_without_a_word_are_read_from_their_codes() -> None:
    labels = pd.DataFrame({"csbm_kod": ["1", ""], "numarataj_kimlik_no": ["", ""]})
    judged = judge(
        labels, answers(("matched", "kapi", 1, 5, 0.9), ("matched", "csbm", 1, None, 0.9))
    )
    assert judged["expected"].tolist() == ["csbm_only", "none"]
    assert judged["is_right"].tolist() == [True, False]


def test_rejected_rows_are_left_out() -> None:
    judged = judge(truth(("rejected", "", "")), answers(("matched", "csbm", 1, None, 0.9)))
    assert judged.empty


def test_figures_are_shares_of_what_they_say() -> None:
    labels = truth(
        ("kapi", "1", "10"), ("kapi", "1", "11"), ("kapi", "2", "20"), ("csbm", "3", ""),
        ("none", "", ""),
    )  # fmt: skip
    said = answers(
        ("matched", "kapi", 1, 10, 0.99), ("matched", "kapi", 1, 12, 0.95),
        ("review", "csbm", 2, None, 0.5), ("matched", "csbm", 3, None, 0.97),
        ("unmatched", "mahalle", None, None, 0.0),
    )  # fmt: skip
    found = evaluated(labels, said, source=["a", "a", "b", "b", "b"])
    overall = found.overall
    assert (overall.decided, overall.review) == (0.6, 0.2)
    assert overall.precision == pytest.approx(2 / 3, abs=1e-5)
    assert overall.recall == 0.5
    assert (overall.door_precision, overall.door_recall) == (0.5, pytest.approx(1 / 3, abs=1e-5))
    assert overall.false_answers == 0.0
    assert found.groups["source"]["a"].precision == 0.5
    assert [(one.expected, one.level, one.rows) for one in found.confusions] == [
        ("kapi", "kapi", 1)
    ]


def test_kinds_joined_by_a_bar_count_for_each() -> None:
    labels = truth(("kapi", "1", "10"), ("kapi", "1", "10"))
    said = answers(("matched", "kapi", 1, 10, 0.9), ("review", "kapi", 1, 10, 0.5))
    groups = evaluated(labels, said, kinds=["ascii|case", "case"]).groups["kinds"]
    assert groups["case"].rows == 2
    assert groups["ascii"].rows == 1


def test_calibration_error_is_zero_where_scores_tell_the_truth() -> None:
    labels = truth(*[("kapi", "1", "10")] * 10)
    said = answers(
        *[("matched", "kapi", 1, 10, 0.9)] * 9, ("matched", "kapi", 1, 11, 0.9)
    )  # fmt: skip
    found = evaluated(labels, said)
    assert found.ece == pytest.approx(0.0, abs=1e-6)
    assert evaluated(labels, said.assign(score=0.5)).ece == pytest.approx(0.4)


def test_curve_begins_with_the_surest() -> None:
    labels = truth(("kapi", "1", "10"), ("kapi", "1", "10"))
    said = answers(("matched", "kapi", 1, 10, 0.9), ("matched", "kapi", 1, 11, 0.8))
    assert evaluated(labels, said).curve == ((0.9, 0.5, 1.0), (0.8, 0.5, 0.5))


def test_each_group_has_its_own_calibration_error() -> None:
    labels = truth(("kapi", "1", "10"), ("kapi", "1", "10"))
    said = answers(("matched", "kapi", 1, 10, 0.9), ("matched", "kapi", 1, 11, 0.9))
    groups = evaluated(labels, said, kinds=["right", "wrong"]).groups["kinds"]
    assert groups["right"].ece == pytest.approx(0.1)
    assert groups["wrong"].ece == pytest.approx(0.9)


def test_another_threshold_is_told_with_what_it_would_give() -> None:
    labels = truth(("kapi", "1", "10"), ("kapi", "1", "10"), ("none", "", ""))
    said = answers(
        ("matched", "kapi", 1, 10, 0.97), ("review", "kapi", 1, 10, 0.85),
        ("review", "kapi", 1, 11, 0.75),
    )  # fmt: skip
    at = {one.threshold: one for one in evaluated(labels, said).thresholds}
    assert (at[0.95].precision, at[0.95].recall, at[0.95].false_answers) == (1.0, 0.5, 0.0)
    assert (at[0.8].precision, at[0.8].recall) == (1.0, 1.0)
    assert (at[0.7].precision, at[0.7].false_answers) == (pytest.approx(2 / 3, abs=1e-5), 1.0)
    assert at[0.98].precision is None


@pytest.mark.parametrize("language", ["tr", "en"])
def test_page_stands_alone_and_escapes_what_people_wrote(language: str) -> None:
    labels = truth(("kapi", "1", "10"))
    said = answers(("matched", "kapi", 1, 11, 0.9))
    judged = judge(labels, said)
    shown = pd.DataFrame({"text": ["<script>alert(1)</script>"]}, index=said.index)
    found = evaluate(judged, pd.DataFrame({"source": ["<b>"]}), shown)
    html = page(found, "<truth>", language)  # type: ignore[arg-type]
    assert "<script>" not in html
    assert "http" not in html
    assert html.count("<svg") == 2


def test_nothing_to_evaluate_is_no_error() -> None:
    found = evaluated(truth(("rejected", "", "")), answers(("unmatched", "", None, None, 0.0)))
    assert found.overall.rows == 0
    assert found.overall.precision is None
    assert found.ece is None
    assert page(found, "t", "en")
