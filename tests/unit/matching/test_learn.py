"""Lessons from decisions: what is learnt, what is refused, what is in force."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from gis_platform.core.errors import SourceError, UsageError
from gis_platform.matching.learn import Reviewed, aliases_of, bare_name, decisions_of, only_new
from gis_platform.matching.learned import (
    FILE_NAME,
    Learned,
    LearnedKind,
    Lesson,
    append_learned,
    in_force,
    read_learned,
    undo_of,
)  # fmt: skip
from gis_platform.matching.match import Matcher
from gis_platform.matching.recalibrate import recalibration_of

NOW, TODAY = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), date(2026, 1, 2)
ALIAS = Lesson(LearnedKind.ALIAS, level="csbm", kod=105, alias="FISTIK")


def entries(*lessons: Lesson) -> list[Learned]:
    return [Learned(at + 1, one, NOW, "Ayşe") for at, one in enumerate(lessons)]


def said(number: int, text: str, csbm: int = 105) -> Reviewed:
    return Reviewed(f"r:{number}", f"{text} {number}", text, csbm_kod=csbm)


FISTIK = "NİŞANCI MAH. FISTIK SK. NO:5 EYÜPSULTAN"


def test_two_decisions_are_too_few_for_a_name(matcher: Matcher) -> None:
    found = aliases_of(matcher, [said(1, FISTIK), said(2, FISTIK)])
    assert not found.lessons
    assert "at least 3" in found.rejected[0].reason.say("en")


def test_the_same_address_counts_once(matcher: Matcher) -> None:
    same = [replace(said(1, FISTIK), where=f"r:{at}") for at in range(5)]
    assert not aliases_of(matcher, same).lessons


def test_three_addresses_make_a_name_and_tell_which(matcher: Matcher) -> None:
    (lesson,) = aliases_of(matcher, [said(at, FISTIK) for at in (1, 2, 3)]).lessons
    assert (lesson.kod, lesson.alias, lesson.support) == (105, "FISTIK", 3)
    assert lesson.evidence == "r:1, r:2, r:3"


def test_a_refusal_of_the_place_for_that_name_stops_it(matcher: Matcher) -> None:
    refused = Reviewed("r:9", "x", FISTIK, refused=((105, None),))
    found = aliases_of(matcher, [*(said(at, FISTIK) for at in (1, 2, 3)), refused])
    assert not found.lessons
    assert "r:9" in found.rejected[0].reason.say("en")


def test_the_name_of_a_neighbour_is_never_given_to_another(matcher: Matcher) -> None:
    text = "NİŞANCI MAH. GÜL SK. NO:5 EYÜPSULTAN"
    found = aliases_of(matcher, [said(at, text) for at in range(1, 9)])
    assert not found.lessons
    assert "101 GÜL" in found.rejected[0].reason.say("en")


def test_its_own_name_in_a_short_form_is_nothing_new(matcher: Matcher) -> None:
    text = "NİŞANCI MAH. Ş. Ömer Halisdemir Cad. NO:92"
    assert aliases_of(matcher, [said(at, text, 107) for at in (1, 2, 3)]).lessons == ()


def test_a_mahalle_is_learnt_by_its_popular_name(matcher: Matcher) -> None:
    text = "ÜÇŞEHİTLER MAH. BARAJ YOLU CAD. NO:41 EYÜPSULTAN"
    (lesson,) = aliases_of(matcher, [said(at, text, 203) for at in (1, 2, 3)]).lessons
    assert (lesson.level, lesson.kod, lesson.alias) == ("mahalle", 40375, "ÜÇŞEHİTLER")


def test_a_decision_is_for_its_address_and_known_ones_are_not_new() -> None:
    found = decisions_of([replace(said(1, FISTIK), refused=((101, None),))])
    assert [one.kind.value for one in found.lessons] == ["decision", "refusal"]
    assert only_new(found, entries(*found.lessons)).lessons == ()


def test_what_is_undone_or_out_of_its_days_is_not_in_force() -> None:
    over = replace(ALIAS, valid_to=date(2026, 1, 1))
    later = replace(ALIAS, valid_from=date(2026, 1, 3))
    undone = entries(ALIAS, Lesson(LearnedKind.UNDO, undoes=1), over, later, ALIAS)
    assert [one.id for one in in_force(undone, TODAY)] == [5]
    with pytest.raises(UsageError):
        undo_of(undone, 1, "")


def test_the_last_word_about_an_address_counts() -> None:
    yes = Lesson(LearnedKind.DECISION, key="a", csbm_kod=101)
    no = Lesson(LearnedKind.REFUSAL, key="a", csbm_kod=101)
    assert [one.id for one in in_force(entries(yes, no), TODAY)] == [2]
    assert [one.id for one in in_force(entries(no, yes), TODAY)] == [2]
    assert [one.id for one in in_force(entries(no, no, yes, no), TODAY)] == [4]


def test_the_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    lessons = [
        replace(ALIAS, valid_from=date(2019, 5, 1), why='çünkü "eski", ad'),
        Lesson(LearnedKind.REFUSAL, key="a | b", csbm_kod=101, numarataj_kimlik_no=10103),
        Lesson(LearnedKind.RECALIBRATION, slope=0.9, shift=-0.25, support=240),
    ]
    append_learned(tmp_path, lessons[:1], "Ayşe", NOW)
    append_learned(tmp_path, lessons[1:], "Can", NOW)
    found = read_learned(tmp_path)
    assert [one.lesson for one in found] == lessons
    assert [(one.id, one.learnt_by, one.learnt_at) for one in found] == [
        (1, "Ayşe", NOW), (2, "Can", NOW), (3, "Can", NOW)
    ]  # fmt: skip


def test_a_list_spoilt_by_hand_is_told_with_its_row(tmp_path: Path) -> None:
    append_learned(tmp_path, [ALIAS], "Ayşe", NOW)
    path = tmp_path / FILE_NAME
    path.write_text(path.read_text(encoding="utf-8").replace("105", "yüz"), encoding="utf-8")
    with pytest.raises(SourceError, match="2"):
        read_learned(tmp_path)


@pytest.mark.parametrize(
    ("name", "bare"),
    [("Fıstık Sokak", "FISTIK"), ("160. SOKAK", "160."), ("BARAJ YOLU", "BARAJ YOLU"),
     ("İNÖNÜ CADDESİ", "İNÖNÜ")],
)  # fmt: skip
def test_a_type_word_is_no_part_of_a_name(name: str, bare: str) -> None:
    assert bare_name(name) == bare


def scored(rows: int, bias: float) -> list[Reviewed]:
    """Decisions whose outcome is as likely as the score says, but for a bias of its log odds."""
    rng = np.random.default_rng(5)
    odds = rng.normal(0.5, 1.5, rows)
    right = rng.random(rows) < 1 / (1 + np.exp(-(odds + bias)))
    scores = 1 / (1 + np.exp(-odds))
    return [
        Reviewed(str(at), str(at), "", score=float(score), is_best=bool(good))
        for at, (score, good) in enumerate(zip(scores, right, strict=True))
    ]


def test_a_score_that_errs_is_recalibrated() -> None:
    (lesson,) = recalibration_of(scored(600, -1.5)).lessons
    assert lesson.shift == pytest.approx(-1.5, abs=0.4)
    assert lesson.slope == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize(("rows", "bias", "why"), [(600, 0.0, "agrees"), (60, -1.5, "200")])
def test_a_score_that_is_right_or_hardly_known_is_left(rows: int, bias: float, why: str) -> None:
    found = recalibration_of(scored(rows, bias))
    assert found.lessons == ()
    assert why in found.rejected[0].reason.say("en")
