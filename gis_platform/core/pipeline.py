"""Runs an ordered list of steps over a stream of frames and accounts for every row."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Account, StepAccount
from gis_platform.core.registry import Registry

CODE = "_code"
"""Column of a held or rejected frame: the named reason, e.g. ``row.adres-no-missing``."""


@dataclass(frozen=True)
class Parted:
    """What a step makes of the rows it was given: each goes on, waits for a person or is refused.

    ``held`` and ``rejected`` carry their reason in column ``_code``. A step that gathers rows
    before it answers (a control over the whole layer) gives ``None`` until it is ``finish``ed.
    """

    passed: pd.DataFrame
    held: pd.DataFrame | None = None
    rejected: pd.DataFrame | None = None


class Step(Protocol):
    """One step: a name people read, and what it does with a piece and at the end."""

    title: Text
    name: str

    def part(self, frame: pd.DataFrame) -> Parted | None:
        """Part one piece of the stream; ``None`` where the rows are kept for ``finish``."""

    def finish(self) -> Parted | None:
        """What was kept, parted; ``None`` where nothing was."""


class Sink(Protocol):
    """Where rows go that leave the stream."""

    def hold(self, step: str, frame: pd.DataFrame) -> None:
        """Keep rows for a person."""

    def reject(self, step: str, frame: pd.DataFrame) -> None:
        """Keep refused rows with their reason."""

    def load(self, frame: pd.DataFrame) -> None:
        """Load rows that passed every step."""


class RowStep:
    """A step that needs no more than the piece at hand."""

    def __init__(self, name: str, title: Text, part: Callable[[pd.DataFrame], Parted]) -> None:
        self.name = name
        self.title = title
        self._part = part

    def part(self, frame: pd.DataFrame) -> Parted:
        """Part one piece."""
        return self._part(frame)

    def finish(self) -> None:
        """Nothing was kept."""


class WholeStep:
    """A step that sees all rows at once, because its rule speaks of more than one of them."""

    def __init__(self, name: str, title: Text, part: Callable[[pd.DataFrame], Parted]) -> None:
        self.name = name
        self.title = title
        self._part = part
        self._kept: list[pd.DataFrame] = []

    def part(self, frame: pd.DataFrame) -> None:
        """Keep the piece."""
        self._kept.append(frame)

    def finish(self) -> Parted | None:
        """Part all that was kept."""
        kept, self._kept = self._kept, []
        return self._part(pd.concat(kept, ignore_index=True)) if kept else None


@dataclass(frozen=True)
class Pipeline:
    """Ordered steps under a name."""

    name: str
    title: Text
    steps: tuple[Step, ...]

    def run(self, frames: Iterable[pd.DataFrame], sink: Sink) -> Account:
        """Send every row through the steps, once.

        Raises:
            AccountError: a step lost or invented rows.
        """
        tallies = [_Tally(step.name) for step in self.steps]
        stream: Iterator[pd.DataFrame] = iter(frames)
        for step, tally in zip(self.steps, tallies, strict=True):
            stream = _through(step, stream, tally, sink)
        for frame in stream:
            sink.load(frame)
        return Account(tuple(tally.account() for tally in tallies))


@dataclass
class _Tally:
    step: str
    read: int = 0
    passed: int = 0
    held: int = 0
    rejected: int = 0

    def account(self) -> StepAccount:
        return StepAccount(self.step, self.read, self.passed, self.held, self.rejected)


def _through(
    step: Step, frames: Iterator[pd.DataFrame], tally: _Tally, sink: Sink
) -> Iterator[pd.DataFrame]:
    for frame in frames:
        tally.read += len(frame)
        yield from _settle(step.part(frame), tally, sink)
    yield from _settle(step.finish(), tally, sink)


def _settle(parted: Parted | None, tally: _Tally, sink: Sink) -> Iterator[pd.DataFrame]:
    if parted is None:
        return
    if parted.held is not None and len(parted.held):
        tally.held += len(parted.held)
        sink.hold(tally.step, parted.held)
    if parted.rejected is not None and len(parted.rejected):
        tally.rejected += len(parted.rejected)
        sink.reject(tally.step, parted.rejected)
    tally.passed += len(parted.passed)
    if len(parted.passed):
        yield parted.passed


class Job(Protocol):
    """A named job as the command line starts it: ``job(settings, database, path, …)`` to a report.

    What it is called with belongs to rooms above this one, hence the loose signature.
    """

    @property
    def title(self) -> Text:
        """What people call it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it: all or nothing, safe to repeat."""


pipelines: Registry[Job] = Registry("iş hattı (pipeline)", "etl", "gis_platform.pipelines")
"""Jobs by name; a module of the folder ``etl`` declares one."""
