"""Pipelines: every row passes, waits or is refused, and is counted once."""

import pandas as pd
import pytest

from gis_platform.core.errors import Text
from gis_platform.core.findings import AccountError
from gis_platform.core.pipeline import CODE, Parted, Pipeline, RowStep, WholeStep

TITLE = Text("Deneme", "Trial")


class Gathered:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.held: list[tuple[str, int]] = []
        self.rejected: list[tuple[str, int]] = []
        self.loaded: list[int] = []

    def hold(self, step: str, frame: pd.DataFrame) -> None:
        self.held += [(step, n) for n in frame["n"]]

    def reject(self, step: str, frame: pd.DataFrame) -> None:
        self.rejected += [(step, n) for n in frame["n"]]

    def load(self, frame: pd.DataFrame) -> None:
        self.loaded += list(frame["n"])


def frames(*pieces: list[int]) -> list[pd.DataFrame]:
    return [pd.DataFrame({"n": piece}) for piece in pieces]


def refuse_odd(frame: pd.DataFrame) -> Parted:
    odd = frame["n"] % 2 == 1
    return Parted(frame[~odd], rejected=frame[odd].assign(**{CODE: "odd"}))


def hold_doubled(frame: pd.DataFrame) -> Parted:
    doubled = frame["n"].duplicated(keep=False)
    return Parted(frame[~doubled], held=frame[doubled].assign(**{CODE: "doubled"}))


def test_each_row_ends_in_one_place() -> None:
    sink = Gathered()
    steps = (RowStep("odd", TITLE, refuse_odd), WholeStep("doubled", TITLE, hold_doubled))
    account = Pipeline("p", TITLE, steps).run(frames([1, 2, 4], [3, 4, 6]), sink)
    assert sink.loaded == [2, 6]
    assert sink.held == [("doubled", 4), ("doubled", 4)]
    assert sink.rejected == [("odd", 1), ("odd", 3)]
    assert (account.read, account.loaded, account.held, account.rejected) == (6, 2, 2, 2)


def test_a_whole_step_sees_rows_of_every_piece_at_once() -> None:
    sink = Gathered()
    Pipeline("p", TITLE, (WholeStep("doubled", TITLE, hold_doubled),)).run(
        frames([2], [2], [8]), sink
    )
    assert sink.loaded == [8]


def test_a_step_that_loses_a_row_stops_the_run() -> None:
    lossy = RowStep("lossy", TITLE, lambda frame: Parted(frame.head(1)))
    with pytest.raises(AccountError, match="took 3 rows and accounts for 1"):
        Pipeline("p", TITLE, (lossy,)).run(frames([2, 4, 6]), Gathered())


def test_an_empty_stream_is_accounted_for() -> None:
    account = Pipeline("p", TITLE, (RowStep("odd", TITLE, refuse_odd),)).run([], Gathered())
    assert (account.read, account.loaded) == (0, 0)
