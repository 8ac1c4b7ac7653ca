"""The benchmark measures what it says: its truth is in its reference, its figures are right."""

import numpy as np
import pandas as pd
import pytest

from tests.benchmark.matching.judge import ece, judged, quality
from tests.benchmark.matching.messy import AMBIGUOUS, CSBM, KAPI, NONE, messy_addresses
from tests.benchmark.matching.world import World, copies_of, make_world, name_key, reference_of


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(6_000, 3)


@pytest.mark.parametrize("wild", [False, True])
def test_one_seed_gives_one_set_of_addresses(world: World, *, wild: bool) -> None:
    first, again = (messy_addresses(world, 300, 4, wild=wild) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert not first["text"].equals(messy_addresses(world, 300, 5, wild=wild)["text"])


@pytest.mark.parametrize("wild", [False, True])
def test_every_door_meant_is_in_the_reference(world: World, *, wild: bool) -> None:
    asked = messy_addresses(world, 2_000, 4, wild=wild)
    reference = reference_of(world)
    assert reference.kapi is not None
    kapi = reference.kapi.set_index("numarataj_kimlik_no")
    meant = asked[asked["expected"] == KAPI]
    found = kapi.loc[meant["numarataj_kimlik_no"].astype("int64")]
    assert found["csbm_kod"].tolist() == meant["csbm_kod"].astype("int64").tolist()
    assert found["dis_kapi_no"].tolist() == meant["dis_kapi_no"].tolist()


@pytest.mark.parametrize("wild", [False, True])
def test_what_is_absent_is_not_in_the_reference(world: World, *, wild: bool) -> None:
    asked = messy_addresses(world, 3_000, 4, wild=wild)
    csbm = reference_of(world).csbm
    there = set(zip(csbm["ilce"], csbm["csbm"].map(name_key), strict=True))
    withheld = asked[asked["kinds"].str.contains("absent_nowhere|absent_elsewhere")]
    assert (withheld["expected"] == NONE).all()
    said = set(zip(withheld["ilce"], withheld["csbm"].map(name_key), strict=True))
    assert said
    assert not said & there
    assert 0.07 < (asked["expected"] == NONE).mean() < 0.13
    assert {KAPI, CSBM, AMBIGUOUS} < set(asked["expected"])


def test_copies_have_codes_and_ilce_of_their_own(world: World) -> None:
    whole = copies_of(reference_of(world), 3)
    assert whole.kapi is not None
    assert whole.kapi["numarataj_kimlik_no"].is_unique
    assert whole.csbm["csbm_kod"].is_unique
    assert whole.mahalle["ilce"].nunique() == 3 * reference_of(world).mahalle["ilce"].nunique()
    assert whole.kapi["csbm_kod"].isin(whole.csbm["csbm_kod"]).all()


def answered(rows: list[tuple[str, int | None, str, float]]) -> pd.DataFrame:
    """Judged rows of door 7 on csbm 1: status, door answered, what is expected, score."""
    truth = pd.DataFrame({
        "text": "", "expected": [row[2] for row in rows], "kinds": "",
        "csbm_kod": [None if row[2] == NONE else 1 for row in rows],
        "numarataj_kimlik_no": [7 if row[2] == KAPI else None for row in rows],
    })  # fmt: skip
    answers = pd.DataFrame({
        "match_status": [row[0] for row in rows],
        "match_level": ["kapi" if row[1] else "" for row in rows],
        "csbm_kod": [1 if row[1] else None for row in rows],
        "numarataj_kimlik_no": [row[1] for row in rows],
        "score": [row[3] for row in rows],
    })  # fmt: skip
    return judged(truth, answers)


def test_recall_at_a_precision_stops_before_the_wrong_answers() -> None:
    good = [("matched", 7, KAPI, 0.9 - at / 1000) for at in range(200)]
    rows = answered([*good, ("matched", 8, KAPI, 0.5), ("matched", 8, KAPI, 0.5),
                     ("matched", 8, NONE, 0.5), ("review", 7, KAPI, 0.4)])  # fmt: skip
    found = quality(rows)
    assert found.recall_99 == pytest.approx(200 / 203)
    assert found.recall_95 == pytest.approx(201 / 203)
    assert found.absent_answered == 1
    assert found.decided == pytest.approx(202 / 203)
    assert found.right == pytest.approx(200 / 203)


def test_an_answer_to_what_is_absent_is_an_error_at_any_threshold() -> None:
    rows = answered([("matched", 8, NONE, 0.99), *[("matched", 7, KAPI, 0.9)] * 50])
    assert quality(rows).recall_99 == 0
    assert quality(rows).recall_95 == 1


def test_a_door_where_only_the_csbm_is_there_is_wrong() -> None:
    assert quality(answered([("matched", 7, KAPI, 1.0), ("matched", 8, CSBM, 1.0)])).right == 0.5


def test_ambiguous_rows_count_apart() -> None:
    found = quality(answered([("matched", 7, KAPI, 0.9), ("matched", 7, AMBIGUOUS, 1.0)]))
    assert (found.right, found.recall_99, found.ambiguous_answered) == (1, 1, 1)


def test_calibration_error_is_the_distance_of_score_and_truth() -> None:
    half = [("review", 7 + at % 2, KAPI, 0.75) for at in range(100)]
    assert ece(answered(half)) == pytest.approx(0.25)
    assert ece(answered([("review", 7, KAPI, 12.0)])) is None, "a weight is no probability"
    assert np.isclose(ece(answered([("matched", 7, KAPI, 1.0)])) or 0, 0)
