"""Datasets: a folder of Parquet files in, a folder of the same names out, each answered by itself.

The parts may be answered here, one after another, or by the processes of a Dask cluster; what is
written is the same to the byte. All parts are made in ``.<output>.match`` beside the output, which
appears whole; a run that was stopped goes on with the parts, and inside a part the rows, that are
not done.
"""

import importlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gis_platform.address.compiled import sources_digest
from gis_platform.core.errors import Conflict, Place, SourceError, Text, UsageError
from gis_platform.matching.files import (
    AddressFile,
    MatchedFile,
    job_key,
    match_file,
    open_file,
)
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns
from gis_platform.sources.parquet import PARQUET


@dataclass(frozen=True)
class Part:
    """A part to be answered, in any process that sees the same files.

    Attributes:
        path, output: the Parquet file, and the one to be made of it.
        note: where it is written down that the part is done.
        index: folder of the index.
        accept_score, review_score: see ``Matcher.open``.
        columns, explain, workers: see ``files.match_file``.
        program: which version of the program asks.
    """

    path: Path
    output: Path
    note: Path
    index: Path
    accept_score: float
    review_score: float
    columns: AddressColumns
    explain: bool
    workers: int | None
    program: str


def dataset(folder: Path) -> list[Path]:
    """The parts of a dataset, by name.

    Raises:
        SourceError: there are none.
    """
    parts = sorted(path for path in folder.glob(f"*{PARQUET}") if path.is_file())
    if not parts:
        raise SourceError(
            Text(
                f"Klasörde {PARQUET} dosyası yok.",
                f"There is no {PARQUET} file in the folder.",
            ),
            place=Place(file=str(folder)),
            remedy=Text("parçaları .parquet olarak yazın", "write the parts as .parquet"),
        )
    return parts


def first_part(folder: Path) -> AddressFile:
    """The first part of a dataset, for its column names.

    Raises:
        SourceError: there is none, or it cannot be read.
    """
    return open_file(dataset(folder)[0])


def match_parts(  # noqa: PLR0913 (two folders, and how)
    index: Path,
    scores: tuple[float, float],
    folder: Path,
    output: Path,
    columns: AddressColumns,
    *,
    explain: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    advance: Callable[[int], None] = lambda _rows: None,
) -> MatchedFile:
    """Answer every part of a dataset.

    Args:
        index: folder of the index.
        scores: from which an answer is matched, and from which a person is asked.
        folder: the dataset.
        output: the folder to be made.
        columns: which column holds what, in every part.
        explain: also ``EXPLANATION_COLUMNS``.
        workers: threads; with ``scheduler="local"`` processes; all processors where not given.
        scheduler: address of a Dask cluster, ``local`` for one made for this job, or none.
        advance: told how many rows were answered.

    Raises:
        SourceError: a part cannot be read.
        UsageError: the output is there already, or Dask is not installed.
        Unavailable: the cluster cannot be reached.
    """
    _require_new(output)
    work = output.with_name(f".{output.name}.match")
    (work / "parts").mkdir(parents=True, exist_ok=True)
    paths = dataset(folder)
    parts = [
        Part(
            path.absolute(), (work / "parts" / path.name).absolute(),
            (work / f"{path.name}.json").absolute(), index.absolute(), *scores, columns, explain,
            workers if scheduler is None else 1, sources_digest(),
        )
        for path in paths
    ]  # fmt: skip
    run = _here if scheduler is None else _cluster().answer_on(scheduler, workers)
    done: list[MatchedFile] = []
    for one in run(parts):
        done.append(one)
        advance(one.rows)
    _take_away_others(work / "parts", {path.name for path in paths})
    (work / "parts").replace(output)
    shutil.rmtree(work, ignore_errors=True)
    return _together(done)


def answer_part(part: Part) -> MatchedFile:
    """Answer a part, unless that is done; the index is opened once in every process.

    Raises:
        SourceError: the part cannot be read.
        Conflict: this process runs another version of the program than the one that asks.
    """
    if part.program != sources_digest():
        raise Conflict(
            Text(
                "Kümedeki bir işlem programın başka bir sürümünü çalıştırıyor.",
                "A process of the cluster runs another version of the program.",
            ),
            remedy=Text("her yere aynı sürümü kurun", "install the same version everywhere"),
        )
    matcher = _matcher(part.index, part.accept_score, part.review_score)
    file = open_file(part.path)
    key = job_key(matcher, file, PARQUET, part.columns, explain=part.explain)
    done = _done(part, key)
    if done is None:
        done = match_file(
            matcher, file, part.output, part.columns, explain=part.explain, workers=part.workers
        )
        kept = {**asdict(done), "key": key, "by_answer": list(done.by_answer.items())}
        draft = part.note.with_suffix(".new")
        draft.write_text(json.dumps(kept), encoding="utf-8")
        draft.replace(part.note)
    return done


def _done(part: Part, key: str) -> MatchedFile | None:
    """What an earlier run wrote down of a part; nothing where it was another job's."""
    try:
        said = json.loads(part.note.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if said["key"] != key or not part.output.is_file():
        return None
    answers = {(status, level): rows for (status, level), rows in said["by_answer"]}
    return MatchedFile(said["rows"], answers, said["renamed"], said["rows"])


@lru_cache(maxsize=1)
def _matcher(index: Path, accept_score: float, review_score: float) -> Matcher:
    return Matcher.open(index, accept_score=accept_score, review_score=review_score)


def _here(parts: Iterable[Part]) -> Iterator[MatchedFile]:
    return map(answer_part, parts)


def _cluster() -> Any:
    """The part of the program that needs Dask.

    Raises:
        UsageError: Dask is not installed.
    """
    try:
        return importlib.import_module("gis_platform.matching.cluster")
    except ModuleNotFoundError as error:
        if error.name not in ("dask", "distributed"):
            raise
        raise UsageError(
            Text("Dask kurulu değil.", "Dask is not installed."),
            remedy=Text(
                "kurun: pip install 'gis-platform[dask]'",
                "install it: pip install 'gis-platform[dask]'",
            ),
        ) from None


def _require_new(output: Path) -> None:
    if not output.absolute().parent.is_dir():
        raise UsageError(
            Text("Çıktının klasörü yok.", "The folder of the output is not there."),
            place=Place(file=str(output)),
            remedy=Text("klasörü oluşturun", "make the folder"),
        )
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(
            Text("Çıktı klasörü boş değil.", "The output folder is not empty."),
            place=Place(file=str(output)),
            remedy=Text("başka bir ad verin ya da silin", "give another name, or remove it"),
        )


def _take_away_others(parts: Path, names: set[str]) -> None:
    """Parts of an earlier run whose input is not there any more."""
    for path in parts.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _together(done: list[MatchedFile]) -> MatchedFile:
    answers: dict[tuple[str, str], int] = {}
    renamed: dict[str, str] = {}
    for one in done:
        renamed |= one.renamed
        for kind, rows in one.by_answer.items():
            answers[kind] = answers.get(kind, 0) + rows
    rows, resumed = sum(one.rows for one in done), sum(one.resumed for one in done)
    return MatchedFile(rows, dict(sorted(answers.items())), renamed, resumed)
