"""The main job: AKS text is matched, assembled to units, controlled, loaded into the register."""

import getpass
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection

from gis_platform import __version__
from gis_platform.core.errors import Text
from gis_platform.core.findings import Account, Finding
from gis_platform.core.pipeline import CODE, Pipeline, Step
from gis_platform.core.progress import progress
from gis_platform.core.settings import Settings
from gis_platform.db.decide import read_reconcile_decisions, read_waivers
from gis_platform.db.engine import Database
from gis_platform.db.load import (
    Batch,
    BatchFacts,
    LayerCounts,
    Rejection,
    begin_batch,
    begin_run,
    finish_batch,
    finish_run,
    merge_layer,
    store_findings,
    store_held,
    store_rejected,
    store_rows,
)
from gis_platform.db.queries.register import read_layers
from gis_platform.jobs.index import ensure_index
from gis_platform.jobs.received import Received, received
from gis_platform.jobs.summary import summarise
from gis_platform.maks.aks import AksColumns, aks_columns
from gis_platform.maks.layers import FILE, MaksLayers
from gis_platform.maks.layers import ROW as FEATURE_ROW
from gis_platform.maks.model import BAGIMSIZ_BOLUM
from gis_platform.maks.waiver import Waiver
from gis_platform.matching.match import Matcher
from gis_platform.report.model import RunReport, SourceFacts
from gis_platform.report.tally import RunTally
from gis_platform.sources.table import read_table

VALUES = "_values"
"""Column of a rejected frame: the row as received, header to text."""
UNIT_LAYER = BAGIMSIZ_BOLUM.name
_UNIT_COLUMNS = [*BAGIMSIZ_BOLUM.names, FILE, FEATURE_ROW]
_NEEDED = ("numarataj", "yapi", "diger_yapi", UNIT_LAYER)


@dataclass
class AksRun:
    """One run over one file, in one transaction: what its steps share and what they leave behind.

    It is the sink of the pipeline: loaded units go to the register at once, the rest is gathered
    and written when the stream has ended.
    """

    settings: Settings
    connection: Connection
    source: Received
    batch: Batch
    columns: AksColumns
    matcher: Matcher
    tally: RunTally = field(default_factory=RunTally)
    rejections: list[Rejection] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    held_units: pd.DataFrame | None = None
    counts: LayerCounts = field(default_factory=lambda: LayerCounts(0, 0, 0, 0))

    @cached_property
    def register(self) -> MaksLayers:
        """What controls on units need of the register."""
        return read_layers(self.connection, _NEEDED)

    @cached_property
    def to_be_deleted(self) -> frozenset[int]:
        """Adres no that people decided to delete from UAVT (``gis maks decide``)."""
        decisions = read_reconcile_decisions(self.connection)
        keys = pd.Series(decisions.index[decisions["decision"] == "delete"], dtype="str")
        return frozenset(keys.str.extract(r"^adres:(\d+)$")[0].dropna().astype("int64"))

    @cached_property
    def waivers(self) -> list[Waiver]:
        """The waivers in force today."""
        return read_waivers(self.connection, on=datetime.now(UTC).date())

    def hold(self, step: str, frame: pd.DataFrame) -> None:
        """Count rows that wait; each step has written down what it knows of them."""
        self.tally.add("held", step, frame)

    def reject(self, step: str, frame: pd.DataFrame) -> None:
        """Keep refused rows with field, reason, remedy and the values as received."""
        self.tally.add("rejected", step, frame.rename(columns={"code": CODE}))
        for row in frame.to_dict("records"):
            self.rejections.append(
                Rejection(
                    file=self.source.path.name,
                    row=int(row["row"]),
                    field=row["field"],
                    code=row["code"],
                    text=row["text"],
                    remedy=row["remedy"],
                    values=row[VALUES],
                )
            )

    def load(self, frame: pd.DataFrame) -> None:
        """Bring units into the register."""
        self.tally.add("loaded", "load", frame)
        done = merge_layer(self.connection, self.batch, UNIT_LAYER, frame[_UNIT_COLUMNS])
        before = vars(self.counts)
        self.counts = LayerCounts(**{name: before[name] + n for name, n in vars(done).items()})

    def write_down(self) -> None:
        """Keep what the run found, in place of what the last run over the batch found."""
        store_rejected(self.connection, self.batch, self.rejections)
        store_findings(self.connection, self.batch, self.findings)
        held = {} if self.held_units is None else {UNIT_LAYER: self.held_units}
        store_held(self.connection, self.batch, held)


@dataclass(frozen=True)
class AksJob:
    """A pipeline over AKS text, declared by its steps.

    Attributes:
        steps: each makes its step for the run at hand.
    """

    name: str
    title: Text
    steps: tuple[Callable[[AksRun], Step], ...]

    def __call__(
        self,
        settings: Settings,
        database: Database,
        path: Path,
        *,
        sheet: str | None = None,
        started_by: str | None = None,
    ) -> RunReport:
        """Run the job over a file; all or nothing, the same file twice changes nothing.

        Raises:
            SourceError: the file cannot be read as a table of addresses.
            Unavailable: the database went away.
        """
        began = datetime.now(UTC)
        source = received(path)
        frames = read_table(path, sheet=sheet)
        first = next(frames)
        columns = aks_columns(first.columns, file=str(path))
        with database.engine("gis_etl").begin() as connection:
            person = started_by or getpass.getuser()
            facts = BatchFacts("aks", source.path.name, source.sha256, source.size)
            batch = begin_batch(connection, facts, started_by=person)
            index = ensure_index(settings, connection)
            matcher = Matcher.open(
                index,
                accept_score=settings.matching.accept_score,
                review_score=settings.matching.review_score,
            )
            versions = {"gis-platform": __version__}
            run_id = begin_run(connection, self.name, batch, started_by=person, versions=versions)
            run = AksRun(settings, connection, source, batch, columns, matcher)
            pipeline = Pipeline(self.name, self.title, tuple(make(run) for make in self.steps))
            account = self._stream(run, pipeline, first, frames)
            run.write_down()
            finish_batch(connection, batch, {"rows": account.read})
            finish_run(connection, run_id, account)
            return self._report(run, pipeline, account, began, versions)

    def _stream(
        self, run: AksRun, pipeline: Pipeline, first: pd.DataFrame, rest: Iterator[pd.DataFrame]
    ) -> Account:
        title = self.title.say(run.settings.language)
        with progress(title, run.source.lines) as advance:

            def rows() -> Iterator[pd.DataFrame]:
                frame: pd.DataFrame | None = first
                while frame is not None:
                    store_rows(run.connection, run.batch, frame)
                    yield frame
                    advance(len(frame))
                    frame = next(rest, None)

            return pipeline.run(rows(), run)

    def _report(
        self,
        run: AksRun,
        pipeline: Pipeline,
        account: Account,
        began: datetime,
        versions: dict[str, str],
    ) -> RunReport:
        source = run.source
        known = SourceFacts(source.path.name, source.sha256, source.size, run.batch.is_known)
        return summarise(
            run.connection,
            RunReport(
                batch_id=run.batch.id,
                pipeline=self.name,
                title=self.title,
                source=known,
                started_at=began,
                ended_at=datetime.now(UTC),
                account=account,
                step_titles={step.name: step.title for step in pipeline.steps},
                changes=vars(run.counts),
                versions=versions,
            ),
            tally=run.tally,
            findings=run.findings,
        )
