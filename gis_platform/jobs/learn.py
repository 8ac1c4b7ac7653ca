"""Learning: where the list is kept, what is proposed, and what an entry would change."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.core.settings import Settings
from gis_platform.db.engine import open_database
from gis_platform.db.queries import learned as in_database
from gis_platform.db.queries.reference import read_reference
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.index import ensure_index
from gis_platform.maks.aks import aks_columns
from gis_platform.matching import gazetteer
from gis_platform.matching.files import index_of_folder
from gis_platform.matching.gazetteer import Reference, today
from gis_platform.matching.learn import (
    Proposal,
    Reviewed,
    aliases_of,
    decisions_of,
    named_aliases,
    only_new,
)  # fmt: skip
from gis_platform.matching.learned import (
    Learned,
    LearnedKind,
    Lesson,
    append_learned,
    in_force,
    read_learned,
    undo_of,
)  # fmt: skip
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns
from gis_platform.matching.recalibrate import recalibration_of
from gis_platform.matching.reviewed import DECISION, named_places, offered_in, reviewed_rows
from gis_platform.sources.table import OURS


class LearnStore(ABC):
    """Where the list is kept: the database of the register, or a gazetteer folder."""

    index: Path

    @abstractmethod
    def entries(self) -> list[Learned]:
        """The list, oldest first."""

    @abstractmethod
    def add(self, lessons: Sequence[Lesson], person: str) -> list[Learned]:
        """Write lessons down; from here on they change answers."""

    @abstractmethod
    def reference(self) -> Reference:
        """What is matched against, with all that is in force."""

    @abstractmethod
    def reviewed(self) -> list[Reviewed]:
        """The decisions that lie where the list is kept."""


@dataclass
class FolderStore(LearnStore):
    """The list of a gazetteer folder: its file ``learned.csv``."""

    folder: Path
    home: Path

    def __post_init__(self) -> None:
        self.index = index_of_folder(self.folder, self.home)

    def entries(self) -> list[Learned]:
        """The list, oldest first."""
        return read_learned(self.folder)

    def add(self, lessons: Sequence[Lesson], person: str) -> list[Learned]:
        """Write lessons down, and make the index anew."""
        made = append_learned(self.folder, lessons, person, datetime.now(UTC))
        index_of_folder(self.folder, self.home)
        return made

    def reference(self) -> Reference:
        """What is matched against."""
        return gazetteer.read_reference(self.folder)

    def reviewed(self) -> list[Reviewed]:
        """None: a folder keeps decisions as lessons."""
        return []


@dataclass
class DatabaseStore(LearnStore):
    """The list in the register's database."""

    connection: Connection
    settings: Settings

    def __post_init__(self) -> None:
        self.index = ensure_index(self.settings, self.connection)

    def entries(self) -> list[Learned]:
        """The list, oldest first."""
        return in_database.read_learned(self.connection)

    def add(self, lessons: Sequence[Lesson], person: str) -> list[Learned]:
        """Write lessons down, and make the index anew."""
        now = datetime.now(UTC)
        made = in_database.append_learned(self.connection, lessons, person, now)
        ensure_index(self.settings, self.connection)
        return made

    def reference(self) -> Reference:
        """What is matched against."""
        return read_reference(self.connection)

    def reviewed(self) -> list[Reviewed]:
        """The decisions taken in with ``gis review import``."""
        return list(_reviewed(in_database.read_decisions(self.connection)))


@contextmanager
def open_store(settings: Settings, folder: Path | None) -> Iterator[LearnStore]:
    """Where the list is kept; in a database all of the block is one transaction."""
    if folder is not None:
        yield FolderStore(folder, settings.home)
        return
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").begin() as connection:
            yield DatabaseStore(connection, settings)


def proposed(  # noqa: PLR0913, PLR0917 (where, from what, how)
    store: LearnStore, matcher: Matcher, frame: pd.DataFrame | None, columns: AddressColumns | None,
    path: Path | None, support: int,
) -> Proposal:  # fmt: skip
    """What could be learnt from a file, or from the decisions where the list is kept.

    Args:
        store: where the list is kept.
        matcher: of the reference as it is.
        frame: a reviewed answer (a column ``karar``) or a list of other names; ``None``: only the
            decisions there are.
        columns: which column of a reviewed answer holds the address.
        path: the file, for messages.
        support: decisions that must agree on an other name.

    Raises:
        SourceError: the file cannot be understood.
        UsageError: a reviewed file belongs to ``gis review import`` first.
    """
    holding = in_force(store.entries(), today())
    if frame is not None and path is not None and DECISION not in frame.columns:
        return only_new(named_aliases(matcher, named_places(frame, path)), holding)
    reviewed = store.reviewed()
    own = Proposal((), ())
    if frame is not None and path is not None and columns is not None:
        if isinstance(store, DatabaseStore):
            raise _import_first(path)
        reviewed = reviewed_rows(frame, columns, matcher, path)
        own = decisions_of(reviewed)
    scales = [one.lesson for one in holding if one.lesson.kind is LearnedKind.RECALIBRATION]
    known = (scales[-1].slope or 1.0, scales[-1].shift or 0.0) if scales else None
    found = own + aliases_of(matcher, reviewed, support=support)
    return only_new(found + recalibration_of(reviewed, known), holding)


def undo(store: LearnStore, number: int, person: str, why: str) -> Learned:
    """Take an entry back.

    Raises:
        UsageError: there is none of that number.
    """
    return store.add([undo_of(store.entries(), number, why)], person)[0]


def _import_first(path: Path) -> UsageError:
    return UsageError(
        Text(
            "Kayıt veritabanındayken kararlar gis review import ile alınır.",
            "With the register in the database, decisions are taken in with gis review import.",
        ),
        place=Place(file=str(path)),
        remedy=Text(
            "önce gis review import, sonra dosyasız gis learn; ya da --gazetteer KLASÖR verin",
            "gis review import first, then gis learn without a file; or give --gazetteer FOLDER",
        ),
    )


def _reviewed(decisions: Iterable[dict[str, Any]]) -> Iterator[Reviewed]:
    """Decisions of the database as what can be learnt from: the newest about each address."""
    newest: dict[str, list[dict[str, Any]]] = {}
    for one in decisions:
        there = newest.get(one["key"], [])
        goes_on = there and there[-1]["decision"] == one["decision"] == "refuse"
        newest[one["key"]] = [*there, one] if goes_on else [one]
    for key, rows in newest.items():
        last = rows[-1]
        values = json.loads(last["address"])
        text = _text_of(values)
        score = pd.to_numeric(values.get("oneri_1_puan") or None, errors="coerce")
        place = (last["csbm_kod"], last["numarataj_kimlik_no"])
        is_accepted = last["decision"] == "accept"
        offered = offered_in(values)
        yield Reviewed(
            f"#{last['id']}", key, text,
            csbm_kod=place[0] if is_accepted else None,
            numarataj_kimlik_no=place[1] if is_accepted else None,
            refused=() if is_accepted else tuple(
                (int(row["csbm_kod"]), row["numarataj_kimlik_no"]) for row in rows
                if row["csbm_kod"] is not None
            ),
            score=None if pd.isna(score) else float(score),
            is_best=is_accepted and bool(offered) and offered[0][1] == place[1],
        )  # fmt: skip


def _text_of(values: dict[str, Any]) -> str:
    """The address of a row as received: its text, else its components."""
    names = [name for name in values if name not in OURS and not name.startswith("oneri_")]
    columns = aks_columns(names).address
    if columns.text and values.get(columns.text):
        return str(values[columns.text])
    marked = ((columns.mahalle, " MAH."), (columns.csbm, ""), (columns.dis_kapi_no, ""))
    return " ".join(f"{values[name]}{word}" for name, word in marked if name and values.get(name))
