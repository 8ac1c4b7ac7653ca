"""An AKS file is held against the register; what does not agree becomes a work list."""

import getpass
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis_platform import __version__
from gis_platform.core.errors import NotFound, Text
from gis_platform.core.findings import Account, StepAccount
from gis_platform.core.progress import progress
from gis_platform.core.settings import Settings
from gis_platform.core.text import clean
from gis_platform.db.decide import read_reconcile_decisions, store_reconciled
from gis_platform.db.engine import Database
from gis_platform.db.load import (
    Batch,
    BatchFacts,
    Rejection,
    begin_batch,
    begin_run,
    finish_batch,
    finish_run,
    store_matches,
    store_rejected,
    store_rows,
)
from gis_platform.db.queries.addresses import closed_doors, read_doors, read_units
from gis_platform.jobs.index import ensure_index
from gis_platform.jobs.received import received
from gis_platform.jobs.review import is_placed
from gis_platform.maks.aks import AksColumns, RowCheck, adres_no_of, aks_columns
from gis_platform.maks.reconcile import (
    Status,
    compare,
    covered_mahalle,
    decided,
    only_in_register,
)
from gis_platform.matching.match import Matcher
from gis_platform.sources.table import OURS, ROW, read_table

SUGGESTIONS = 3
LEAST_COVERED = 0.2
ITEM_COLUMNS = (
    "key", "status", "place", "reason", "seen_status", "decision", "decided_door", "is_stale",
    "row_no", "adres_no", "door", "register_door", "mahalle_kod", "mahalle", "csbm_kod", "csbm",
    "dis_kapi_no", "ic_kapi_no", "text", "candidates", "lon", "lat",
)  # fmt: skip
"""Of ``Reconciled.items``: those of ``maks.reconcile`` and where it is, in words and EPSG:4326."""
_MATCHED = ("match_status", "match_level", "reason", "numarataj_kimlik_no", "mahalle_kod",
            "csbm_kod", "ic_kapi_no", "dis_kapi_no", "candidates", "lon", "lat")  # fmt: skip


@dataclass(frozen=True)
class Reconciled:
    """One comparison.

    Attributes:
        items: one per address, ``ITEM_COLUMNS``; rows of the file first.
        rejected: rows that could not be used.
        covered: mahalle kimlik no to the share of its main doors the file leads to.
        mahalle: names by kimlik no.
        doors: those of the register (``read_doors``).
    """

    batch_id: int
    file_name: str
    sha256: str
    items: pd.DataFrame
    rejected: tuple[Rejection, ...]
    covered: Mapping[int, float]
    mahalle: Mapping[int, str]
    doors: pd.DataFrame
    account: Account

    @property
    def open(self) -> pd.DataFrame:
        """The items that do not agree: the work list."""
        return self.items[self.items["status"] != Status.MATCHED]

    def counts(self) -> dict[str, int]:
        """Items per status, every status named."""
        found = self.items["status"].value_counts()
        return {status.value: int(found.get(status.value, 0)) for status in Status}


def reconcile(  # noqa: PLR0913 - options of the command, all named
    settings: Settings,
    database: Database,
    path: Path,
    *,
    sheet: str | None = None,
    least_covered: float = LEAST_COVERED,
    started_by: str | None = None,
) -> Reconciled:
    """Compare an AKS file with the register; nothing of the register changes.

    Args:
        settings: where the address index lies, and its thresholds.
        database: the register.
        path: CSV or XLSX with adres no and address.
        sheet: worksheet, of XLSX.
        least_covered: share of a mahalle's main doors the file must lead to before doors and units
            it lacks are called surplus.
        started_by: person who starts it.

    Raises:
        SourceError: the file cannot be read as a table of addresses.
        NotFound: there is no door in the register.
    """
    source = received(path)
    person = started_by or getpass.getuser()
    with database.engine("gis_etl").begin() as connection:
        facts = BatchFacts("aks", source.path.name, source.sha256, source.size)
        batch = begin_batch(connection, facts, started_by=person)
        doors, units = read_doors(connection), read_units(connection)
        if not len(doors):
            raise _empty()
        rows, rejected = _read(settings, connection, batch, path, sheet)
        compared = compare(rows, doors, units, closed_doors=closed_doors(connection))
        covered = covered_mahalle(compared, doors, least=least_covered)
        lone = only_in_register(compared, doors, units, [int(one) for one in covered.index])
        result = pd.concat([compared, lone], ignore_index=True)
        items = _placed(decided(result, read_reconcile_decisions(connection)), rows, doors, units)
        account = _keep(connection, batch, items, rejected, person)
    names = doors.dropna(subset=["mahalle_kod"]).drop_duplicates("mahalle_kod")
    return Reconciled(
        batch_id=batch.id,
        file_name=source.path.name,
        sha256=source.sha256,
        items=items,
        rejected=tuple(rejected),
        covered={int(kod): float(share) for kod, share in covered.items()},
        mahalle={int(k): str(ad) for k, ad in zip(names["mahalle_kod"], names["mahalle"],
                                                  strict=True)},
        doors=doors,
        account=account,
    )  # fmt: skip


def _read(
    settings: Settings, connection: Connection, batch: Batch, path: Path, sheet: str | None
) -> tuple[pd.DataFrame, list[Rejection]]:
    """The usable rows of the file as ``compare`` wants them, and the refused ones."""
    frames = read_table(path, sheet=sheet)
    matcher = Matcher.open(
        ensure_index(settings, connection),
        accept_score=settings.matching.accept_score,
        review_score=settings.matching.review_score,
    )
    columns, check = None, None
    parts: list[pd.DataFrame] = []
    rejected: list[Rejection] = []
    title = Text("UAVT ile karşılaştırma", "Comparison with UAVT").say(settings.language)
    with progress(title, None) as advance:
        for frame in frames:
            if columns is None or check is None:
                columns = aks_columns(frame.columns, file=str(path))
                check = RowCheck(columns, keeps_doubled=True)
            store_rows(connection, batch, frame)
            faults = check.faults(frame)
            rejected += _rejections(frame, faults, path.name)
            usable = frame.drop(index=faults.index)
            found = matcher.match(usable, columns.address, explain=True)
            store_matches(connection, batch, usable[ROW].tolist(), found)
            parts.append(_row_columns(usable, found, columns))
            advance(len(frame))
    return pd.concat(parts, ignore_index=True), rejected


def _row_columns(frame: pd.DataFrame, found: pd.DataFrame, columns: AksColumns) -> pd.DataFrame:
    rows = found[list(_MATCHED)].rename(columns={"reason": "match_reason"})
    door = rows.pop("numarataj_kimlik_no").astype("Int64")
    address = columns.address
    return rows.assign(
        door=door.where(is_placed(found)),
        row_no=frame[ROW].astype("Int64"),
        adres_no=adres_no_of(frame[columns.adres_no]),
        csbm_said=_number_of(frame, address.csbm_kod),
        bina_said=_number_of(frame, columns.bina_no),
        text=_text(frame, columns),
    )


def _text(frame: pd.DataFrame, columns: AksColumns) -> pd.Series:
    """The address as a person reads it: the whole text, else its parts; nothing else of the row."""
    place = columns.address
    names = (place.text,) if place.text else (place.mahalle, place.csbm, place.dis_kapi_no,
                                              place.ic_kapi_no)  # fmt: skip
    parts = [frame[name].fillna("") for name in names if name is not None]
    return parts[0].str.cat(parts[1:], sep=" ").map(clean)


def _number_of(frame: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")
    digits = frame[column].fillna("").astype("str").str.extract(r"^\s*(\d{4,18})(?:[.,]0+)?\s*$")
    return pd.to_numeric(digits[0]).astype("Int64")


def _rejections(frame: pd.DataFrame, faults: pd.DataFrame, file: str) -> list[Rejection]:
    kept = frame.loc[faults.index].drop(columns=list(OURS)).to_dict("records")
    return [
        Rejection(file=file, row=int(row["row"]), field=row["field"], code=row["code"],
                  text=row["text"], remedy=row["remedy"], values=values)
        for row, values in zip(faults.to_dict("records"), kept, strict=True)
    ]  # fmt: skip


def _placed(
    result: pd.DataFrame, rows: pd.DataFrame, doors: pd.DataFrame, units: pd.DataFrame
) -> pd.DataFrame:
    """The result with where each item is: its own door, else the register's, else what matched."""
    own = rows.reindex(range(len(result)))
    at = result["door"].fillna(result["register_door"])
    place = doors.reindex(pd.Index(at)).set_axis(result.index)
    inner = units["ic_kapi_no"].reindex(pd.Index(result["adres_no"])).set_axis(result.index)
    names = doors.dropna(subset=["csbm_kod"]).drop_duplicates("csbm_kod").set_index("csbm_kod")
    mahalle = doors.dropna(subset=["mahalle_kod"]).drop_duplicates("mahalle_kod")
    mahalle_kod = place["mahalle_kod"].fillna(own["mahalle_kod"].astype("Int64"))
    csbm_kod = place["csbm_kod"].fillna(own["csbm_kod"].astype("Int64"))
    known = mahalle.set_index("mahalle_kod")["mahalle"].reindex(pd.Index(mahalle_kod))
    items = result.assign(
        mahalle_kod=mahalle_kod,
        mahalle=known.set_axis(result.index).fillna(""),
        csbm_kod=csbm_kod,
        csbm=names["csbm"].reindex(pd.Index(csbm_kod)).set_axis(result.index).fillna(""),
        dis_kapi_no=own["dis_kapi_no"].replace("", None).fillna(place["dis_kapi_no"]).fillna(""),
        ic_kapi_no=own["ic_kapi_no"].replace("", None).fillna(inner).fillna(""),
        text=own["text"].fillna(""),
        candidates=own["candidates"],
        lon=place["lon"].fillna(own["lon"].astype(float)),
        lat=place["lat"].fillna(own["lat"].astype(float)),
    )
    return items[list(ITEM_COLUMNS)]


def suggestions(item: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Doors a person may choose: label and kimlik no, the register's own first, at most three."""
    found: dict[int, str] = {}
    if not pd.isna(item["register_door"]):
        found[int(item["register_door"])] = "kayıttaki kapı"
    for one in _candidates(item["candidates"]):
        number = one.get("numarataj_kimlik_no")
        if number is not None:
            found.setdefault(int(number), str(one.get("label", "")))
    return [(label, number) for number, label in found.items()][:SUGGESTIONS]


def _candidates(cell: Any) -> list[dict[str, Any]]:
    if isinstance(cell, str) and cell[:1] == "[":
        return list(json.loads(cell))
    return list(cell) if isinstance(cell, list) else []


def _keep(
    connection: Connection,
    batch: Batch,
    items: pd.DataFrame,
    rejected: list[Rejection],
    person: str,
) -> Account:
    """Write down what was found, in place of the last comparison of the batch."""
    run = begin_run(
        connection, "maks_reconcile", batch, started_by=person,
        versions={"gis-platform": __version__},
    )  # fmt: skip
    store_rejected(connection, batch, rejected)
    store_reconciled(connection, batch.id, items)
    from_file = items[items["row_no"].notna()]
    agrees = int((from_file["status"] == Status.MATCHED).sum())
    usable, read = len(from_file), len(from_file) + len(rejected)
    account = Account(
        (
            StepAccount("rows", read, usable, rejected=len(rejected)),
            StepAccount("compare", usable, agrees, held=usable - agrees),
        )
    )
    finish_batch(connection, batch, {"rows": read})
    finish_run(connection, run, account)
    return account


def _empty() -> NotFound:
    return NotFound(
        Text("Kayıtta hiç kapı yok.", "There is no door in the register."),
        remedy=Text("önce gis maks import", "run gis maks import first"),
    )
