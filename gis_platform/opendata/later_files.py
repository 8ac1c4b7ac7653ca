"""Files that take long, made once a version is public: from the frozen copy, added all together.

What is missing follows from the catalogue, so that there is no queue to keep: whoever is killed
while making files is followed by one who makes them again, with the same bytes.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from geopandas import GeoDataFrame
from sqlalchemy import Connection

from gis_platform.core.errors import Conflict, GisPlatformError, NotFound, Text
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue, files, published
from gis_platform.opendata.approval import State
from gis_platform.opendata.audit import keep_anchor
from gis_platform.opendata.catalogue import Entry
from gis_platform.opendata.exporter import ExportFacts, TileMaker
from gis_platform.opendata.files import export_facts, files_folder, formats_for, write_file
from gis_platform.opendata.ogc import attribution
from gis_platform.opendata.public import PublicLayer, public_versions
from gis_platform.opendata.publish import copy_of
from gis_platform.opendata.storage import storage_of
from gis_platform.opendata.tiles import lasting_tile

_WORKSHOP = ".unfinished"
"""Folder, beside those of the layers, in which files are made."""


@dataclass(frozen=True)
class Missing:
    """A public version and the formats it has no file in."""

    layer: str
    version: int
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """What was made for a version.

    Attributes:
        files: names of the new files; none where another process makes some just now, or the
            version is not public any more.
        faults: what was wrong, by the format that could not be made.
    """

    layer: str
    version: int
    files: tuple[str, ...] = ()
    faults: tuple[tuple[str, Text], ...] = ()


def missing_files(database: Database, names: Iterable[str] = ()) -> list[Missing]:
    """Versions the public is served that lack a file, those of these layers or of all.

    Raises:
        NotFound: one of the layers is not public.
    """
    wanted = set(names)
    with database.engine("gis_office").connect() as connection:
        rows = [each for each in files.public_files(connection) if each["state"] == State.PUBLISHED]
    for name in sorted(wanted - {row["layer"] for row in rows}):
        raise NotFound(
            Text(f"“{name}” katmanı yayında değil.", f"Layer “{name}” is not published.")
        )
    found = (_missing(row) for row in rows if not wanted or row["layer"] in wanted)
    return [each for each in found if each.formats]


def catalogue_edition(database: Database) -> int:
    """A number that grows with every change of what is public; as long as it stays, none is new."""
    with database.engine("gis_office").connect() as connection:
        return published.edition(connection)


def make_files(settings: Settings, database: Database, missing: Missing) -> Made:
    """Make the files and show them to the public, in one transaction; one process at a time.

    A format that cannot be made keeps back no other.

    Raises:
        Conflict: the frozen copy is no longer what was approved.
    """
    with database.engine("gis_office").connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        if not files.lock_files(connection):
            return Made(missing.layer, missing.version)
        try:
            with _workshop(settings) as folder:
                made, faults = _make(database, connection, folder, missing)
                names = _show(settings, database, folder, missing, made)
        finally:
            files.unlock_files(connection)
    if names:
        keep_anchor(settings, database)
    return Made(missing.layer, missing.version, names, faults)


def _missing(row: Mapping[str, Any]) -> Missing:
    there = {file["format"] for file in row["files"]}
    wanted = (name for name in formats_for(row["row_count"]) if name not in there)
    return Missing(row["layer"], row["version"], tuple(wanted))


@contextmanager
def _workshop(settings: Settings) -> Iterator[Path]:
    """An empty folder on the disk of the published files; what somebody left in it goes."""
    folder = settings.published_dir / _WORKSHOP
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(
    database: Database, connection: Connection, folder: Path, missing: Missing
) -> tuple[list[dict[str, Any]], tuple[tuple[str, Text], ...]]:
    frame, facts = _contents(database, connection, missing)
    made, faults = [], []
    for name in missing.formats:
        try:
            made.append(write_file(frame, folder, facts, name))
        except GisPlatformError as error:
            faults.append((name, error.text))
        except (OSError, RuntimeError, ValueError, pa.ArrowException) as error:  # of the libraries
            faults.append((name, Text(str(error), str(error))))
    return made, tuple(faults)


def _contents(
    database: Database, connection: Connection, missing: Missing
) -> tuple[GeoDataFrame, ExportFacts]:
    """The frozen copy, looked at once more, and what makes its tiles."""
    rows = catalogue.versions(connection, missing.layer)
    row = next(each for each in rows if each["version"] == missing.version)
    entry = Entry.model_validate(row["entry"])
    copy = copy_of(entry, missing.version)
    with database.engine("gis_office").connect() as reading:
        if catalogue.facts(reading, copy).sha256 != row["data_sha256"]:
            raise Conflict(
                Text(f"{copy.name} onaylanan baytlar değil.",
                     f"{copy.name} is not the bytes that were approved.")
            )  # fmt: skip
        frame = catalogue.read_copy(reading, copy, {**entry.types})
    layer = next(
        each
        for each in public_versions(connection, missing.layer)
        if each.version == missing.version
    )
    return frame, export_facts(entry, row["approved_at"], _tiles(connection, layer))


def _tiles(connection: Connection, layer: PublicLayer) -> TileMaker:
    def make(at: tuple[int, int, int], is_whole: bool) -> bytes:  # noqa: FBT001 - one of two
        return lasting_tile(connection, layer, at, is_whole=is_whole)

    return TileMaker(make, layer.entry.min_zoom, attribution(layer).say("tr"))


def _show(
    settings: Settings,
    database: Database,
    folder: Path,
    missing: Missing,
    made: Sequence[Mapping[str, Any]],
) -> tuple[str, ...]:
    """Put the files beside the others and into the catalogue, unless the version is withdrawn."""
    with database.engine("gis_office").begin() as connection:
        catalogue.lock_layer(connection, missing.layer)
        rows = files.public_files(connection, missing.layer)
        state = next(row["state"] for row in rows if row["version"] == missing.version)
        if state == State.WITHDRAWN or not made:
            return ()
        place = files_folder(settings, missing.layer, missing.version)
        place.mkdir(parents=True, exist_ok=True)
        for each in made:
            (folder / each["name"]).replace(place / each["name"])
        storage_of(settings).keep(missing.layer, missing.version, made)
        files.add_files(connection, missing.layer, missing.version, made)
    return tuple(each["name"] for each in made)
