from collections.abc import Iterator

import pandas as pd
import pytest

from gis_platform.core.errors import Text
from gis_platform.core.findings import AccountError
from gis_platform.core.pipeline import CODE, Parted, Pipeline, RowStep, WholeStep

TITLE = Text("Adım", "Step")


class Kept:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.held: list[tuple[str, list[int]]] = []
        self.rejected: list[tuple[str, list[int]]] = []
        self.loaded: list[int] = []

    def hold(self, step: str, frame: pd.DataFrame) -> None:
        self.held.append((step, frame["n"].tolist()))

    def reject(self, step: str, frame: pd.DataFrame) -> None:
        self.rejected.append((step, frame["n"].tolist()))

    def load(self, frame: pd.DataFrame) -> None:
        self.loaded += frame["n"].tolist()


def pieces() -> Iterator[pd.DataFrame]:
    yield pd.DataFrame({"n": [1, 2, 3]})
    yield pd.DataFrame({"n": [4, 5, 6, 6]})


def refuse_even(frame: pd.DataFrame) -> Parted:
    even = frame["n"] % 2 == 0
    return Parted(frame[~even], rejected=frame[even].assign(**{CODE: "row.even"}))


def hold_five(frame: pd.DataFrame) -> Parted:
    return Parted(frame[frame["n"] != 5], held=frame[frame["n"] == 5])


def refuse_repeated(frame: pd.DataFrame) -> Parted:
    again = frame["n"].duplicated(keep=False)
    return Parted(frame[~again], rejected=frame[again])


def test_every_row_goes_on_waits_or_is_refused() -> None:
    kept = Kept()
    steps = (RowStep("even", TITLE, refuse_even), RowStep("five", TITLE, hold_five))
    account = Pipeline("p", TITLE, steps).run(pieces(), kept)
    assert kept.loaded == [1, 3]
    assert kept.held == [("five", [5])]
    assert kept.rejected == [("even", [2]), ("even", [4, 6, 6])]
    assert (account.read, account.loaded, account.held, account.rejected) == (7, 2, 1, 4)


def test_step_over_all_rows_sees_them_together() -> None:
    kept = Kept()
    steps = (WholeStep("twice", TITLE, refuse_repeated), RowStep("five", TITLE, hold_five))
    account = Pipeline("p", TITLE, steps).run(pieces(), kept)
    assert kept.rejected == [("twice", [6, 6])]
    assert kept.loaded == [1, 2, 3, 4]
    assert [step.step for step in account.steps] == ["twice", "five"]


def test_step_over_all_rows_can_run_twice() -> None:
    pipeline = Pipeline("p", TITLE, (WholeStep("twice", TITLE, refuse_repeated),))
    accounts = [pipeline.run(pieces(), Kept()) for _ in range(2)]
    assert accounts[0] == accounts[1]


def test_run_that_loses_a_row_fails() -> None:
    losing = RowStep("loses", TITLE, lambda frame: Parted(frame.iloc[1:]))
    with pytest.raises(AccountError):
        Pipeline("p", TITLE, (losing,)).run(pieces(), Kept())


def test_nothing_in_is_nothing_out() -> None:
    kept = Kept()
    steps = (WholeStep("twice", TITLE, refuse_repeated), RowStep("even", TITLE, refuse_even))
    account = Pipeline("p", TITLE, steps).run(iter(()), kept)
    assert (account.read, account.loaded, kept.loaded) == (0, 0, [])
