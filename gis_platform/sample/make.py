"""Makes the whole sample delivery in a folder, or finds it there already."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Text, UsageError
from gis_platform.sample.aks import COLUMNS, TRUTH_COLUMNS, AksRow, AksText, renamed_ways
from gis_platform.sample.gazetteer import write_gazetteer, write_renamed, write_rows
from gis_platform.sample.names import NameBook
from gis_platform.sample.parks import FOLDER, write_parks
from gis_platform.sample.plant import plant
from gis_platform.sample.readme import readme
from gis_platform.sample.register import make_register
from gis_platform.sample.violations import COLUMNS as VIOLATION_COLUMNS
from gis_platform.sample.violations import PLANTED
from gis_platform.sample.world import make_world
from gis_platform.sample.write_maks import write_maks
from gis_platform.sample.write_text import CsvFile, XlsxFile

VERSION = 4
"""Goes up with every change of what is made; a folder of another version is made again."""
FEWEST, MOST = 1_000, 1_000_000
XLSX_ROWS = 200_000
"""A larger AKS text is not written as a workbook: nobody could open it."""
_MANIFEST = "manifest.json"
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class SampleFacts:
    """What a sample holds.

    Attributes:
        doors, seed, version: what it was made from.
        features: features per MAKS layer.
        aks_rows: rows of the AKS text; ``expected`` counts them by the right answer.
        violations: planted violations by rule.
        has_xlsx: whether the text is also there as a workbook.
    """

    doors: int
    seed: int
    version: int
    features: dict[str, int]
    aks_rows: int
    expected: dict[str, int]
    violations: dict[str, int]
    has_xlsx: bool


def make_sample(
    folder: Path, *, doors: int, seed: int, advance: Callable[[int], None] = lambda _rows: None
) -> SampleFacts:
    """Make the invented district's delivery in ``folder``; the same numbers give the same content.

    Nothing is made where ``folder`` holds that very sample already.

    Args:
        folder: created where missing; an older sample in it is replaced.
        doors: number of doors, 1,000 to 1,000,000.
        seed: number that decides everything left to chance.
        advance: told how many rows were written.

    Raises:
        UsageError: too few or too many doors, or the folder holds something else.
    """
    _require_possible(folder, doors, seed)
    found = read_facts(folder)
    if found and (found.doors, found.seed, found.version) == (doors, seed, VERSION):
        return found
    _clear(folder)
    world = make_world(doors, seed)
    book = NameBook(np.random.default_rng([seed, 20]), taken=world.names)
    renamed = renamed_ways(world, book)
    register = make_register(world)
    violations, spoilt = plant(world, register)
    with writing_to(folder):
        write_maks(register, folder, seed, advance)
        write_gazetteer(world, renamed, folder / "gazetteer")
        write_parks(world, folder / FOLDER)
    write_renamed(world, renamed, folder / "csbm_renamed.csv")
    text = AksText(world, renamed, spoilt, len(register["bagimsiz_bolum"]), book)
    expected = _write_aks(text, folder, advance)
    write_rows(folder / "truth" / "violations.csv", VIOLATION_COLUMNS, violations)
    facts = SampleFacts(
        doors=doors,
        seed=seed,
        version=VERSION,
        features={layer: len(table.delivered) for layer, table in register.items()},
        aks_rows=len(text),
        expected=expected,
        violations=_counts(row[0] for row in violations if row[4] == PLANTED),
        has_xlsx=len(text) <= XLSX_ROWS,
    )
    (folder / "README.txt").write_text(
        readme(doors=doors, seed=seed, rows=len(text), has_xlsx=facts.has_xlsx), encoding="utf-8"
    )
    (folder / _MANIFEST).write_text(json.dumps(asdict(facts), indent=2), encoding="utf-8")
    return facts


def read_facts(folder: Path) -> SampleFacts | None:
    """The facts of the sample in ``folder``; ``None`` where there is none, or it was cut short."""
    try:
        return SampleFacts(**json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return None


def _require_possible(folder: Path, doors: int, seed: int) -> None:
    if not FEWEST <= doors <= MOST or seed < 0:
        raise UsageError(
            Text(
                f"Kapı sayısı {FEWEST:,} ile {MOST:,} arasında, tohum 0 ya da büyük olmalı.",
                f"Doors must be from {FEWEST:,} to {MOST:,}, the seed 0 or more.",
            ),
            remedy=Text("örnek: --doors 20000 --seed 42", "for example: --doors 20000 --seed 42"),
        )
    if folder.is_file():
        raise UsageError(Text(f"{folder} bir dosya.", f"{folder} is a file."))
    if folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder):
        raise UsageError(
            Text(
                f"{folder} boş değil ve örnek teslimat içermiyor.",
                f"{folder} is not empty and holds no sample delivery.",
            ),
            remedy=Text("boş bir klasör verin", "give an empty folder"),
        )


_OURS = frozenset({
    "maks.gdb", "maks.gpkg", "maks_shp", "aks.csv", "aks_cp1254.csv", "aks.xlsx",
    "csbm_renamed.csv", "gazetteer", "truth", FOLDER, "README.txt", _MANIFEST,
})  # fmt: skip


def _is_ours(folder: Path) -> bool:
    """Whether only what a sample leaves is there (one cut short has no manifest yet)."""
    return all(entry.name in _OURS or entry.name.startswith("tmp") for entry in folder.iterdir())


def _clear(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MANIFEST).unlink(missing_ok=True)
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    (folder / "truth").mkdir()


def _write_aks(text: AksText, folder: Path, advance: Callable[[int], None]) -> dict[str, int]:
    """The text in its three forms and the truth, in one go through the rows."""
    expected: dict[str, int] = {}
    with ExitStack() as stack:
        files: list[CsvFile | XlsxFile] = [
            stack.enter_context(CsvFile(folder / "aks.csv", "utf-8", ",")),
            stack.enter_context(CsvFile(folder / "aks_cp1254.csv", "cp1254", ";")),
        ]
        if len(text) <= XLSX_ROWS:
            files.append(stack.enter_context(XlsxFile(folder / "aks.xlsx")))
        truth = stack.enter_context(CsvFile(folder / "truth" / "aks_truth.csv", "utf-8", ","))
        for file in files:
            file.write([list(COLUMNS)])
        truth.write([list(TRUTH_COLUMNS)])
        for part in _parts(text.rows()):
            for file in files:
                file.write([row.fields for row in part])
            truth.write([list(row.truth) for row in part])
            for row in part:
                expected[row.truth[5]] = expected.get(row.truth[5], 0) + 1
            advance(len(part))
    return dict(sorted(expected.items()))


def _parts(rows: Iterator[AksRow]) -> Iterator[list[AksRow]]:
    while part := list(islice(rows, _ROWS_AT_ONCE)):
        yield part


def _counts(codes: Iterator[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for code in codes:
        counted[code] = counted.get(code, 0) + 1
    return dict(sorted(counted.items()))
