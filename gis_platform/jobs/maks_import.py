"""A MAKS delivery is read, kept as received, controlled and loaded into the register."""

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis_platform import __version__
from gis_platform.core.errors import Text
from gis_platform.core.findings import Account, Finding, StepAccount
from gis_platform.core.pipeline import CODE
from gis_platform.core.progress import progress
from gis_platform.core.settings import Settings
from gis_platform.db.decide import read_waivers
from gis_platform.db.engine import Database
from gis_platform.db.load import (
    Batch,
    BatchFacts,
    Rejection,
    begin_batch,
    begin_run,
    finish_batch,
    finish_run,
    merge_layer,
    store_features,
    store_findings,
    store_held,
    store_rejected,
)
from gis_platform.db.queries.register import read_layers
from gis_platform.jobs.index import ensure_index
from gis_platform.jobs.received import Received, received
from gis_platform.jobs.summary import note_of, summarise
from gis_platform.maks.beside import moved, refuse_emptied, refuse_older, refuse_other_ilce
from gis_platform.maks.check import CODES, CheckResult, Split, check, split
from gis_platform.maks.delivery import Delivery, read_delivery
from gis_platform.maks.layers import FILE, ROW, MaksLayers
from gis_platform.maks.local_datum import read_local_datum
from gis_platform.maks.waiver import Waiver
from gis_platform.report.model import RunReport, SourceFacts
from gis_platform.report.tally import RunTally

STEP_TITLES = {
    "read": Text("Teslimatın okunması", "Reading the delivery"),
    "control": Text("MAKS kontrolleri", "MAKS controls"),
}
_CHANGES = ("added", "changed", "unchanged", "closed")


@dataclass(frozen=True)
class Checked:
    """A delivery after its controls; ``said`` on reading it and holding it to the register."""

    delivery: Delivery
    said: tuple[Finding, ...]
    result: CheckResult
    parted: Split

    @cached_property
    def findings(self) -> list[Finding]:
        """What was said on reading, and what the controls say."""
        return [*self.said, *self.result.findings()]

    @property
    def account(self) -> Account:
        """Rows read, loaded, held and rejected."""
        arrived = sum(self.delivery.layers.counts().values())
        clean = sum(self.parted.clean.counts().values())
        read = self.delivery.read
        return Account(
            (
                StepAccount("read", read, arrived, rejected=read - arrived),
                StepAccount("control", arrived, clean, held=arrived - clean),
            )
        )


@dataclass(frozen=True)
class MaksImport:
    """The job, declared by its profile of controls."""

    name: str
    title: Text
    profile: str

    def __call__(  # noqa: PLR0913 — options of the command, all named
        self,
        settings: Settings,
        database: Database,
        path: Path,
        *,
        srid: int | None = None,
        tables: Mapping[str, str] | None = None,
        ed50: Path | None = None,
        is_complete: bool = False,
        may_be_older: bool = False,
        is_dry_run: bool = False,
        started_by: str | None = None,
        **_options: Any,
    ) -> RunReport:
        """Import a delivery; all or nothing, the same delivery twice changes nothing.

        Args:
            settings: where the address index lies.
            database: the register.
            path: geodatabase, GeoPackage, shapefiles, MapInfo or GeoJSON; file, archive or folder.
            srid: EPSG code of the coordinates, where the files do not declare the right one.
            tables: which layer a table is, where its name does not say.
            ed50: common points or parameters of the municipality's own, from ED50 to TUREF;
                those of the settings where not given.
            is_complete: what the delivered layers lack is closed in the register.
            may_be_older: records may go back to what they were.
            is_dry_run: everything is done and told, and then taken back.
            started_by: person who starts the job.

        Raises:
            SourceError: the delivery cannot be read as MAKS layers, or would undo the register:
                it is of another district, older, in another datum, or has a layer emptied.
            ConfigError: the parameters cannot be right.
        """
        began = datetime.now(UTC)
        source = received(path)
        with progress(self.title.say(settings.language)) as advance:
            own = ed50 or settings.maks.ed50_file
            local = None if own is None else read_local_datum(own)
            delivery = read_delivery(path, srid=srid, tables=tables, local=local)
            advance(delivery.read)
        person = started_by or getpass.getuser()
        with database.engine("gis_etl").begin() as connection:
            batch = begin_batch(connection, _facts(source, delivery), started_by=person)
            versions = {"gis-platform": __version__, "profil": self.profile}
            run_id = begin_run(connection, self.name, batch, started_by=person, versions=versions)
            register = read_layers(connection)
            refuse_other_ilce(delivery.layers, register)
            if not may_be_older:
                refuse_older(delivery.layers, register)
            if is_complete:
                refuse_emptied(delivery.layers, register, [path.name])
            off = moved(delivery.layers, register, is_told=srid is not None)
            waivers = read_waivers(connection, on=datetime.now(UTC).date())
            checked = self._check(delivery, register, off, waivers, is_complete=is_complete)
            rejections = _rejections(delivery)
            _store(connection, batch, checked, rejections)
            changes = _merge(connection, batch, checked, register, is_complete=is_complete)
            finish_batch(connection, batch, {f.file: f.rows for f in delivery.facts})
            finish_run(connection, run_id, checked.account)
            if not is_dry_run:
                ensure_index(settings, connection)
            report = RunReport(
                batch_id=batch.id,
                pipeline=self.name,
                title=self.title,
                source=SourceFacts(source.path.name, source.sha256, source.size, batch.is_known),
                started_at=began,
                ended_at=datetime.now(UTC),
                account=checked.account,
                step_titles=STEP_TITLES,
                changes=changes,
                versions=versions,
                notes=tuple(note_of(finding) for finding in checked.said),
            )
            report = summarise(
                connection,
                report,
                tally=_tally(checked, rejections),
                findings=checked.findings,
            )
            if is_dry_run:
                connection.rollback()
            return report

    def _check(
        self,
        delivery: Delivery,
        register: MaksLayers,
        beside: Sequence[Finding],
        waivers: list[Waiver],
        *,
        is_complete: bool,
    ) -> Checked:
        """Run the controls over the register as it will be with the delivery in it."""
        rest = register
        if is_complete:
            rest = MaksLayers({n: register[n] for n in register if n not in delivery.layers})
        result = check(delivery.layers, self.profile, register=rest, waivers=waivers)
        parted = split(delivery.layers, result, register=register)
        return Checked(delivery, (*delivery.findings, *beside), result, parted)


def _facts(source: Received, delivery: Delivery) -> BatchFacts:
    placed = [facts.placing for facts in delivery.facts if facts.placing is not None]
    operation = placed[0].operation if placed else None
    return BatchFacts(
        "maks",
        source.path.name,
        source.sha256,
        source.size,
        source_srid=placed[0].fit.srid if placed else None,
        crs_operation=operation.name if operation else None,
        crs_accuracy_m=operation.accuracy_m if operation else None,
        more={
            "tables": {facts.file: facts.layer for facts in delivery.facts},
            "quarantined": delivery.quarantined.astype(str).to_dict("records"),
            "unknown": delivery.unknown.astype(str).to_dict("records"),
        },
    )


def _store(
    connection: Connection, batch: Batch, checked: Checked, rejections: list[Rejection]
) -> None:
    for table in checked.delivery.raw:
        store_features(connection, batch, table.layer, table.frame, srid=table.srid)
    store_rejected(connection, batch, rejections)
    store_findings(connection, batch, checked.findings)
    store_held(connection, batch, checked.parted.held)


def _merge(
    connection: Connection,
    batch: Batch,
    checked: Checked,
    register: MaksLayers,
    *,
    is_complete: bool,
) -> dict[str, int]:
    changes = dict.fromkeys(_CHANGES, 0)
    for name in checked.parted.clean:
        frame = checked.parted.clean[name]
        if is_complete:
            frame = _with_earlier(frame, checked.parted.held.get(name), register[name])
        done = merge_layer(connection, batch, name, frame, is_complete=is_complete)
        for change in _CHANGES:
            changes[change] += getattr(done, change)
    return changes


def _with_earlier(
    clean: pd.DataFrame, held: pd.DataFrame | None, register: pd.DataFrame
) -> pd.DataFrame:
    """A feature whose new version waits keeps the one it has: waiting is not missing."""
    if held is None:
        return clean
    kept = register[register["kimlik_no"].isin(held["kimlik_no"])]
    kept = kept[~kept["kimlik_no"].isin(clean["kimlik_no"]) & ~kept["id"].isin(clean["id"])]
    return pd.concat([clean, kept[clean.columns]], ignore_index=True) if len(kept) else clean


def _rejections(delivery: Delivery) -> list[Rejection]:
    rows = delivery.rejected.to_dict("records")
    return [
        Rejection(
            file=str(row["file"]),
            row=int(row["row"]),
            field=row["field"] or None,
            code=str(row["code"]),
            text=row["text"],
            remedy=row["remedy"],
            values={"layer": row["layer"], "value": str(row["value"])},
        )
        for row in rows
    ]


def _tally(checked: Checked, rejections: list[Rejection]) -> RunTally:
    tally = RunTally()
    places = _places(checked.delivery.layers)
    for name in checked.parted.clean:
        tally.add("loaded", "control", _placed(checked.parted.clean[name], places))
    for frame in checked.parted.held.values():
        codes = "control." + frame[CODES].str.split(";").str[0]
        tally.add("held", "control", _placed(frame, places).assign(**{CODE: codes}))
    refused = pd.DataFrame({CODE: [one.code for one in rejections]})
    tally.add("rejected", "read", refused)
    return tally


def _places(layers: MaksLayers) -> Mapping[str, pd.DataFrame]:
    """Mahalle and csbm of doors and units, by GUID of the door."""
    mahalle = layers["mahalle"].drop_duplicates("id").set_index("id")["kimlik_no"]
    sides = layers["yol_orta_hat_yon"].drop_duplicates("id").set_index("id")
    sides = pd.DataFrame(
        {"mahalle_kod": sides["mahalle_id"].map(mahalle), "csbm_kod": sides["uavt_kodu"]}
    )
    doors = layers["numarataj"].drop_duplicates("id").set_index("id")["yol_orta_hat_yon_id"]
    placed = sides.reindex(doors).set_axis(doors.index)
    return {"id": placed, "numarataj_id": placed}


def _placed(frame: pd.DataFrame, places: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    key = "numarataj_id" if "numarataj_id" in frame else "id"
    where = places[key].reindex(frame[key]).set_axis(frame.index)
    return where.assign(**{FILE: frame[FILE], ROW: frame[ROW]})
