"""Files departments send to be matched: taken in, answered one after the other, forgotten.

A file is answered by the very code of ``gis match``. Its job is a row in the database and a folder:
whoever takes it up after a worker died goes on where that one was, with the same result.
"""

import hashlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.errors import (
    Conflict,
    GisPlatformError,
    Gone,
    NotFound,
    Place,
    SourceError,
    Text,
    TooMany,
)
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import batch as ask
from gis_platform.maks.address_file import address_columns
from gis_platform.matching.files import match_file, open_file, row_count
from gis_platform.matching.match import Matcher

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}
"""Forms of a result, and their media types."""
_NOTE_EVERY = 0.5
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Asked:
    """How a file is to be answered.

    Attributes:
        column: header of the column with the whole address.
        columns: ``il=İl,csbm=Cadde``, as ``gis match --columns``.
        sheet: worksheet.
        format: of the result, one of :data:`FORMATS`.
    """

    column: str | None = None
    columns: str | None = None
    sheet: str | None = None
    format: str = "csv"
    explain: bool = False


@dataclass(frozen=True)
class Sent:
    """A file that was sent.

    Attributes:
        owner: key or token; ``None``: whoever knows the job's id.
        idempotency_key: the same file sent again with it is the same job.
    """

    file_name: str
    owner: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class BatchJob:
    """Where a job stands.

    Attributes:
        state: queued, running, done, failed, cancelled or expired.
        rows_total: as estimated, until it is done.
        result: ``answers`` (rows by status and level) and ``seconds``.
        error: ``code``, and ``tr``, ``en``, ``remedy_tr``, ``remedy_en``.
        now: time of the database when it was asked.
    """

    id: str
    owner: str | None
    state: str
    file_name: str
    asked: dict[str, Any]
    sha256: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime
    rows_total: int | None
    rows_done: int
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in {"queued", "running"}


class Jobs:
    """The jobs of a database and the folder of their files."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database

    def arriving(self) -> Path:
        """A new folder for a file that is being sent; its name is the id of the job."""
        folder = self._settings.batch_dir / secrets.token_urlsafe(18)
        folder.mkdir(parents=True, mode=0o700)
        return folder

    def submit(self, folder: Path, asked: Asked, sent: Sent) -> tuple[BatchJob, bool]:
        """Take in the file ``input`` of a folder, where it can be answered; whether it is new.

        Raises:
            SourceError: it cannot be read, or a column is not there.
            UsageError: no column with an address.
            TooMany: too many jobs of this owner are open.
            Conflict: another file was sent with this idempotency key.
        """
        with discarded(folder) as keep:
            job, is_new = self._submit(folder, asked, sent)
            if is_new:
                keep()
        return job, is_new

    def _submit(self, folder: Path, asked: Asked, sent: Sent) -> tuple[BatchJob, bool]:
        path = named_by_content(folder)
        sha256 = _digest(path, asked)
        with self._database.engine("gis_etl").begin() as connection:
            known = self._known(connection, sent, sha256)
            if known is not None:
                return known, False
            if ask.open_jobs(connection, sent.owner) >= self._settings.batch.most_open:
                raise _too_many_open()
            file = open_file(path, asked.sheet)
            address_columns(file, asked.column, asked.columns)
            values = {
                "id": folder.name, "owner": sent.owner, "file_name": sent.file_name,
                "asked": vars(asked), "sha256": sha256, "idempotency_key": sent.idempotency_key,
                "rows_total": row_count(file),
                "keep_seconds": self._settings.batch.keep_hours * 3600,
            }  # fmt: skip
            is_new = ask.add_job(connection, values)
            known = None if is_new else self._known(connection, sent, sha256)
            return known or self._job(connection, folder.name), is_new

    def _known(self, connection: Connection, sent: Sent, sha256: str) -> BatchJob | None:
        if sent.owner is None or sent.idempotency_key is None:
            return None
        row = ask.job_of_key(connection, sent.owner, sent.idempotency_key)
        if row is not None and row["sha256"] != sha256:
            raise Conflict(
                Text("Bu Idempotency-Key ile başka bir dosya gönderilmişti.",
                     "Another file was sent with this Idempotency-Key."),
                remedy=Text("her dosyaya kendi anahtarını verin",
                            "give each file a key of its own"),
            )  # fmt: skip
        return BatchJob(**row) if row else None

    def job(self, name: str, owner: str | None) -> BatchJob:
        """A job, for its owner, or for whoever knows its id where it has none.

        Raises:
            NotFound: there is no such job, or it is another's.
        """
        with self._database.engine("gis_etl").connect() as connection:
            found = self._job(connection, name)
        if found.owner is not None and found.owner != owner:
            raise _no_job()
        return found

    def jobs_of(self, owner: str, most: int = 100) -> list[BatchJob]:
        """What an owner sent, the newest first."""
        with self._database.engine("gis_etl").connect() as connection:
            return [BatchJob(**row) for row in ask.jobs_of(connection, owner, most)]

    def cancel(self, name: str, owner: str | None) -> BatchJob:
        """Stop a job, or forget one that is over, with its files."""
        found = self.job(name, owner)
        with self._database.engine("gis_etl").begin() as connection:
            if not ask.end_job(connection, name, "cancelled") and not found.is_open:
                ask.forget_job(connection, name)
        if found.state != "running":  # of one that runs the worker deletes them
            shutil.rmtree(self._settings.batch_dir / name, ignore_errors=True)
        return self.job(name, owner)

    def result(self, name: str, owner: str | None) -> tuple[BatchJob, Path]:
        """The answered file.

        Raises:
            Conflict: it is not done yet, or will not be.
            Gone: it was deleted when its time was over.
        """
        found = self.job(name, owner)
        if found.state == "expired":
            raise Gone(Text("Sonucun süresi doldu; silindi.", "The result has expired."))
        path = self._settings.batch_dir / name / f"result.{found.asked.get('format')}"
        if found.state != "done" or not path.is_file():
            raise Conflict(
                Text(f"İşin sonucu yok: {found.state}.", f"The job has no result: {found.state}."),
                remedy=Text("işin durumunu sorun", "ask where the job stands"),
            )
        return found, path

    # ------------------------------------------------------------------ the worker's side

    def work_once(self, workers: int | None = None) -> bool:
        """Answer the oldest job nobody works on; whether there was one."""
        # One session for the whole job: what it has taken is free again when it dies.
        with (
            self._database.engine("gis_etl")
            .execution_options(isolation_level="AUTOCOMMIT")
            .connect() as connection
        ):
            row = ask.take_job(connection)
            if row is None:
                return False
            job = BatchJob(**row)
            try:
                self._answer(connection, job, workers)
            finally:
                ask.let_go(connection, job.id)
        return True

    def _answer(self, connection: Connection, job: BatchJob, workers: int | None) -> None:
        folder = self._settings.batch_dir / job.id
        began = time.monotonic()
        try:
            done = self._match(connection, job, folder, workers)
        except _NotWanted:
            shutil.rmtree(folder, ignore_errors=True)
            return
        except GisPlatformError as error:
            ask.end_job(connection, job.id, "failed", error=_told(error))
            shutil.rmtree(folder, ignore_errors=True)
            return
        facts = {"answers": done, "seconds": round(time.monotonic() - began, 3)}
        rows = sum(each["rows"] for each in done)
        if not ask.end_job(connection, job.id, "done", rows=rows, result=facts):
            shutil.rmtree(folder, ignore_errors=True)
            return
        for path in folder.glob("input*"):
            path.unlink()  # addresses of people: kept no longer than needed

    def _match(
        self, connection: Connection, job: BatchJob, folder: Path, workers: int | None
    ) -> list[dict[str, Any]]:
        asked = Asked(**job.asked)
        found = sorted(folder.glob("input.*"))
        if not found:
            raise SourceError(
                Text("Gönderilen dosya artık yok.", "The file that was sent is gone."),
                remedy=Text("yeniden gönderin", "send it again"),
            )
        file = open_file(found[0], asked.sheet)
        columns = address_columns(file, asked.column, asked.columns)
        scores = self._settings.matching
        matcher = Matcher.open(
            self._settings.index_dir,
            accept_score=scores.accept_score, review_score=scores.review_score,
        )  # fmt: skip
        answered = match_file(
            matcher, file, folder / f"result.{asked.format}", columns,
            explain=asked.explain, workers=workers,
            advance=self._watching(connection, job),
        )  # fmt: skip
        return [
            {"match_status": status, "match_level": level or None, "rows": rows}
            for (status, level), rows in answered.by_answer.items()
        ]

    def _watching(self, connection: Connection, job: BatchJob) -> Callable[[int], None]:
        """Notes progress, and stops what is not wanted any more or is too long."""
        rows, noted, most = 0, 0.0, self._settings.batch.most_rows

        def advance(more: int) -> None:
            nonlocal rows, noted
            rows += more
            if rows > most:
                raise _too_long(job.file_name, most)
            if time.monotonic() - noted >= _NOTE_EVERY:
                noted = time.monotonic()
                if not ask.note_progress(connection, job.id, rows):
                    raise _NotWanted

        return advance

    def sweep(self) -> int:
        """Delete what has expired, and files nobody finished sending; how many jobs."""
        with self._database.engine("gis_etl").begin() as connection:
            names = ask.expired_jobs(connection)
            for name in names:
                shutil.rmtree(self._settings.batch_dir / name, ignore_errors=True)
                ask.forget_job(connection, name)
        keep = self._settings.batch.keep_hours * 3600
        for folder in self._settings.batch_dir.glob("*"):
            if time.time() - folder.stat().st_mtime > 2 * keep + 3600:
                shutil.rmtree(folder, ignore_errors=True)
        return len(names)

    def _job(self, connection: Connection, name: str) -> BatchJob:
        row = ask.job(connection, name)
        if row is None:
            raise _no_job()
        return BatchJob(**row)


@contextmanager
def discarded(folder: Path) -> Iterator[Callable[[], object]]:
    """A folder that is gone after the block, unless what this gives was called."""
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        yield undo.pop_all


class _NotWanted(Exception):
    """The job was cancelled while it ran."""


def named_by_content(folder: Path) -> Path:
    """The file ``input`` of a folder, renamed by what it is: readers go by the suffix."""
    path = folder / "input"
    with path.open("rb") as content:
        suffix = ".xlsx" if content.read(4) == _ZIP else ".csv"
    return path.rename(path.with_suffix(suffix))


def result_name(job: BatchJob) -> str:
    """The file name of a result: that of what was sent, with its own suffix."""
    stem = Path(job.file_name).stem or "adresler"
    return f"{stem}-eslesen.{job.asked.get('format', 'csv')}"


def _digest(path: Path, asked: Asked) -> str:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256")
    digest.update(repr(asked).encode())
    return digest.hexdigest()


def _told(error: GisPlatformError) -> Mapping[str, str | None]:
    remedy = error.remedy
    bare = type(error)(error.text, place=Place(row=error.place.row, field=error.place.field))
    return {
        "code": error.code, "tr": bare.say("tr"), "en": bare.say("en"),
        "remedy_tr": remedy.tr if remedy else None, "remedy_en": remedy.en if remedy else None,
    }  # fmt: skip


def _no_job() -> NotFound:
    return NotFound(
        Text("Böyle bir iş yok.", "There is no such job."),
        remedy=Text("iş, gönderildiği anahtarla sorulur", "a job is asked for with its own key"),
    )


def _too_many_open() -> TooMany:
    return TooMany(
        Text("Bekleyen ve süren işler çok.", "Too many jobs wait or run."),
        remedy=Text("biri bitince yeniden gönderin", "send it again when one is done"),
        wait=30.0,
    )


def _too_long(name: str, most: int) -> SourceError:
    return SourceError(
        Text(f"Dosyada {most} satırdan çok var.", f"The file has more than {most} rows."),
        place=Place(file=name),
        remedy=Text("dosyayı bölün", "split the file"),
    )
