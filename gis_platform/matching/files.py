"""Files of addresses: a table or layer in, the same rows with their answers out, in blocks."""

import json
import os
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gis_platform.address.compiled import sources_digest
from gis_platform.core.errors import Place, SourceError, Text, UsageError
from gis_platform.matching.cells import Column, Texts
from gis_platform.matching.draft import Draft
from gis_platform.matching.gazetteer import (
    build_index,
    folder_fingerprint,
    is_current,
    read_reference,
)
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import (
    EXPLANATION_COLUMNS,
    RESULT_COLUMNS,
    AddressColumns,
    MatchLevel,
    MatchStatus,
)
from gis_platform.matching.reading import Source, open_source
from gis_platform.matching.writing import Form, form_of
from gis_platform.sources.table import column_of

_ANSWERS = [
    (status.value, level)
    for status in MatchStatus
    for level in (*(level.value for level in MatchLevel), "")
]
"""Kinds of answers in the order in which blocks count them."""


@dataclass(frozen=True)
class MatchedFile:
    """What became of a file.

    Attributes:
        rows: rows read, and written.
        by_answer: rows per ``(match_status, match_level)``; no level where nothing was found.
        renamed: columns of the input that had a name of ours, and what they are called now.
        resumed: rows among them that an earlier run, stopped before its end, had answered.
    """

    rows: int
    by_answer: dict[tuple[str, str], int]
    renamed: dict[str, str]
    resumed: int = 0


@dataclass(frozen=True)
class AddressFile:
    """A file of addresses to be answered.

    Attributes:
        path: CSV, TSV, XLSX, Parquet or GeoPackage.
        sheet: worksheet or layer, where there are several.
        headers: its column names.
        source: its reader.
    """

    path: Path
    sheet: str | None
    headers: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class Job:
    """How the rows of a file are answered and kept: what the threads need to know."""

    matcher: Matcher
    source: Source
    columns: AddressColumns
    form: Form
    renamed: dict[str, str]
    explain: bool

    def first(self) -> bytes | memoryview:
        """What stands before the first row."""
        return self._kept(self.source.empty(), is_first=True)[0]

    def block(self, block: Any) -> tuple[bytes | memoryview, int, list[int]]:
        """An answered block as it is kept, its rows, and how many there are of each answer."""
        table = self.source.table(block)
        payload, answers = self._kept(table, is_first=False)
        return payload, table.num_rows, _counts(answers)

    def _kept(
        self, table: pa.Table, *, is_first: bool
    ) -> tuple[bytes | memoryview, dict[str, Column]]:
        answers = self.matcher.match_table(table, self.columns, explain=self.explain)
        names = [self.renamed.get(name, name) for name in table.column_names]
        return self.form.block(table.rename_columns(names), answers, is_first=is_first), answers


def index_of_folder(folder: Path, home: Path) -> Path:
    """The index of a gazetteer folder, kept under ``home`` and made anew when a file changed.

    Raises:
        SourceError: the folder is not there, or lacks a file or column.
    """
    if not folder.is_dir():
        raise SourceError(
            Text("Böyle bir klasör yok.", "There is no such folder."),
            place=Place(file=str(folder)),
            remedy=Text(
                "csbm.csv ve mahalle.csv bulunan klasörü verin",
                "give the folder with csbm.csv and mahalle.csv",
            ),
        )
    fingerprint = folder_fingerprint(folder)
    place = blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()
    index = home / "gazetteers" / place
    if not is_current(index, fingerprint):
        index.parent.mkdir(parents=True, exist_ok=True)
        build_index(read_reference(folder), index, fingerprint=fingerprint)
    return index


def open_file(path: Path, sheet: str | None = None) -> AddressFile:
    """Look into a file of addresses.

    Raises:
        SourceError: it cannot be read.
    """
    source = open_source(path, sheet)
    return AddressFile(path, sheet, source.headers, source)


def named_columns(file: AddressFile, wanted: dict[str, str]) -> AddressColumns:
    """Which header holds what, as a person said it; other case or Turkish letters are found too.

    Raises:
        SourceError: a column is not there; the message names those that are.
    """
    return AddressColumns(
        **{name: column_of(file.headers, said, path=file.path) for name, said in wanted.items()}
    )


def row_count(file: AddressFile) -> int | None:
    """About how many rows a file has, for the progress bar; ``None`` where it takes long to say."""
    return file.source.row_count()


def match_file(  # noqa: PLR0913 (two files, and how)
    matcher: Matcher,
    file: AddressFile,
    output: Path,
    columns: AddressColumns,
    *,
    explain: bool = False,
    workers: int | None = None,
    advance: Callable[[int], None] = lambda _rows: None,
) -> MatchedFile:
    """Answer every row of a file, in its order, with all its columns; the output appears whole.

    A column of the input that has a name of ours is written with ``input_`` before it, so that
    the names of the result mean the result. A GeoPackage or GeoParquet as output has a point in
    EPSG:4326 where there are coordinates; the geometry of one given as input is not kept.

    A run that is stopped leaves its answered rows in a folder beside the output (see ``draft``);
    the same call later goes on from there, and the output is the same to the byte (a workbook or
    layer: the same rows).

    Args:
        matcher: what answers.
        file: the input.
        output: CSV, TSV, XLSX, Parquet, GeoParquet or GeoPackage, by its suffix.
        columns: which header holds what.
        explain: also ``EXPLANATION_COLUMNS``.
        workers: threads; all processors where not given. The output does not depend on it.
        advance: told how many rows were answered.

    Raises:
        SourceError: the input cannot be read.
        UsageError: the output cannot be written as its suffix says, or is the input.
        Conflict: another process is writing the same output.
    """
    form = form_of(output)
    _require_writable(file.path, output)
    ours = RESULT_COLUMNS + (EXPLANATION_COLUMNS if explain else ())
    job = Job(matcher, file.source, columns, form, _renamed(file.headers, ours), explain)
    draft = Draft(output, job_key(matcher, file, output.suffix, columns, explain=explain))
    try:
        resumed = _fill(draft, job, workers or processors(), advance)
        made = form.finish(draft.rows_path, draft.folder / f"made{output.suffix}")
        made.replace(output)
        draft.discard()
    except (SourceError, UsageError):
        draft.discard()
        raise
    finally:
        draft.close()
    counts = np.sum([block.counts for block in draft.blocks if block.counts], axis=0, initial=0)
    by_answer = dict(zip(_ANSWERS, np.broadcast_to(counts, len(_ANSWERS)).tolist(), strict=True))
    found = {kind: rows for kind, rows in sorted(by_answer.items()) if rows}
    return MatchedFile(draft.rows, found, job.renamed, resumed)


def processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0))


def _fill(draft: Draft, job: Job, workers: int, advance: Callable[[int], None]) -> int:
    """Answer what the draft lacks; returns how many rows it had."""
    if not draft.blocks:
        draft.append(job.first(), 0)
    had = draft.rows
    advance(had)
    with closing(_answered(job, had, workers)) as answered:
        for payload, rows, counts in answered:
            draft.append(payload, rows, counts)
            advance(rows)
    return had


def _answered(
    job: Job, after: int, workers: int
) -> Generator[tuple[bytes | memoryview, int, list[int]]]:
    """Answered blocks in their order; several threads answer, a few blocks ahead."""
    blocks = job.source.blocks(after)
    if workers == 1:
        yield from map(job.block, blocks)
        return
    waiting: deque[Future[tuple[bytes | memoryview, int, list[int]]]] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        for block in blocks:
            waiting.append(pool.submit(job.block, block))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _counts(answers: dict[str, Column]) -> list[int]:
    """Rows of each kind of ``_ANSWERS``."""
    status, level = answers["match_status"], answers["match_level"]
    if not (isinstance(status, Texts) and isinstance(level, Texts)):
        raise TypeError
    levels = len(MatchLevel) + 1
    kinds = status.which * levels + level.which
    return [int(rows) for rows in np.bincount(kinds, minlength=len(_ANSWERS))]


def job_key(
    matcher: Matcher, file: AddressFile, suffix: str, columns: AddressColumns, *, explain: bool
) -> str:
    """What the rows of an output depend on, in one value."""
    with file.path.open("rb") as content:
        digest = file_digest(content, partial(blake2b, digest_size=16)).hexdigest()
    said = {
        "input": [digest, file.path.suffix, file.sheet],
        "output": suffix,
        "columns": vars(columns),
        "explain": explain,
        "scores": [matcher.accept_score, matcher.review_score],
        "index": matcher.fingerprint,
        "program": sources_digest(),
    }
    return blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()


def _renamed(headers: tuple[str, ...], ours: tuple[str, ...]) -> dict[str, str]:
    """New names for the columns of the input that are called as ours are."""
    taken, renamed = {*headers, *ours}, {}
    for name in headers:
        if name in ours:
            other = f"input_{name}"
            while other in taken:
                other = f"input_{other}"
            taken.add(other)
            renamed[name] = other
    return renamed


def _require_writable(path: Path, output: Path) -> None:
    if not output.absolute().parent.is_dir():
        raise UsageError(
            Text("Çıktının klasörü yok.", "The folder of the output is not there."),
            place=Place(file=str(output)),
            remedy=Text("klasörü oluşturun", "make the folder"),
        )
    if output.exists() and path.exists() and output.samefile(path):
        raise UsageError(
            Text("Çıktı, girdinin kendisi olamaz.", "The output cannot be the input itself."),
            place=Place(file=str(output)),
            remedy=Text("başka bir ad verin", "give another name"),
        )
