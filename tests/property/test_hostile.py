"""Hostile texts against a whole invented province: answers for all, and none that takes long."""

import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_platform.address.format import format_address
from gis_platform.address.parse import parse
from gis_platform.core.text import fold, lower, upper
from gis_platform.matching.gazetteer import build_index
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns
from tests.benchmark.hostile import LIMIT_MS, SHORT, Found, Texts, feed, milliseconds, search
from tests.benchmark.matching.messy import messy_addresses
from tests.benchmark.matching.world import World, make_world, reference_of

TEXT = AddressColumns(text="text")
STALL = 10
"""How much longer a text may take where the machine is busy; a slow case takes more."""


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(20_000, 7)


@pytest.fixture(scope="module")
def province(world: World, tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    folder = tmp_path_factory.mktemp("province") / "index"
    build_index(reference_of(world), folder)
    return Matcher.open(folder)


@pytest.fixture(scope="module")
def texts(world: World) -> Texts:
    return Texts(sorted({one.name for one in world.known}), seed=11)


def test_hostile_texts_are_all_answered(province: Matcher, texts: Texts) -> None:
    found = Found()
    feed(province, (text for text, _ in zip(texts, range(10_000), strict=False)), found)
    assert found.texts == 10_000
    assert found.broken == []
    assert all(took < LIMIT_MS * STALL for took, _ in found.slowest), found.slowest[0]


def test_looking_for_slow_texts_finds_none(province: Matcher, texts: Texts) -> None:
    found = Found()
    assert search(province, texts, found, seconds=3) > 0
    assert found.slowest[0][0] < LIMIT_MS, found.slowest[0]


@pytest.mark.parametrize("piece", [
    "A ", "A", "1/", "1 ", "NO:", "SOKAK ", "GÜL SOKAK ", "MAH.", "(", "İ̇", "\0", "ATATÜRK ",
    "K:2 D:",    "12 NOLU ", "ŞEHİT ", "CADDE SOKAK ", "-", "\U0001f3e0", "15 TEMMUZ ", "M. ",
])  # fmt: skip
def test_a_piece_said_again_and_again_is_no_slow_case(province: Matcher, piece: str) -> None:
    text = (piece * SHORT)[:SHORT]
    assert milliseconds(province, text) < LIMIT_MS


@pytest.mark.parametrize("wild", [False, True])
def test_one_thread_and_two_answer_the_same(province: Matcher, world: World, *, wild: bool) -> None:
    asked = messy_addresses(world, 3_000, 5, wild=wild)
    one, two = (province.match(asked, TEXT, explain=True, workers=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_order_and_number_of_rows_are_kept(province: Matcher, world: World) -> None:
    asked = messy_addresses(world, 2_500, 6, wild=True)
    shuffled = asked.sample(frac=1, random_state=1)
    answers, mixed = (province.match(frame, TEXT, explain=True) for frame in (asked, shuffled))
    assert mixed.index.equals(shuffled.index)
    pd.testing.assert_frame_equal(mixed.sort_index(), answers)


@pytest.mark.parametrize(
    "change", [upper, lower, fold, lambda text: f" {text.replace(' ', '  ')}\t"]
)
def test_case_accents_and_blanks_change_no_answer(province: Matcher, world: World, change) -> None:  # type: ignore[no-untyped-def]
    asked = messy_addresses(world, 1_500, 9, wild=False)
    columns = ["match_status", "match_level", "csbm_kod", "numarataj_kimlik_no", "score", "faults"]
    changed = asked.assign(text=[change(text) for text in asked["text"]])
    plain, other = (
        province.match(frame, TEXT, explain=True)[columns].astype(object).fillna("")
        for frame in (asked, changed)
    )
    differs = (plain != other).any(axis=1)
    assert not differs.any(), asked["text"][differs].head(3).tolist()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_parsed_and_written_out_is_parsed_the_same(seed: int) -> None:
    for text in messy_addresses(_SMALL, 2, seed, wild=bool(seed % 2))["text"]:
        written = format_address(parse(text))
        assert format_address(parse(written)) == format_address(
            parse(format_address(parse(written)))
        )


_SMALL = make_world(1_500, 3)


def test_a_long_text_takes_as_long_as_its_beginning(province: Matcher) -> None:
    begin = time.thread_time()
    for text in ("GÜL SOKAK " * 10_000, "7" * 100_000, "\u202e" * 100_000, "İ̇" * 50_000):
        province.match_one(text)
        parse(text)
    assert time.thread_time() - begin < 1
