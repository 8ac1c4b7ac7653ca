"""Speed and precision of the matcher on a sample, beside rapidfuzz over the same doors."""

import tempfile
import time
from pathlib import Path

import pandas as pd
from rapidfuzz import fuzz, process

from gis_platform.core.text import fold
from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns
from gis_platform.sample.make import make_sample
from gis_platform.sources.table import FAULT, read_whole_table

PEER_ROWS = 200


def main(arguments: list[str]) -> None:
    """Print rows per second, precision and share decided of both, and their ratio."""
    doors = int(arguments[0]) if arguments else 20_000
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), doors)


def _measure(folder: Path, doors: int) -> None:
    make_sample(folder / "sample", doors=doors, seed=42)
    reference = read_reference(folder / "sample" / "gazetteer")
    begin = time.perf_counter()
    build_index(reference, folder / "index")
    built = time.perf_counter() - begin
    begin = time.perf_counter()
    matcher = Matcher.open(folder / "index")
    opened = time.perf_counter() - begin
    rows = _labelled(folder / "sample")
    columns = AddressColumns(text="Açık Adres")
    matcher.match(rows.head(10), columns)  # compiles
    begin = time.perf_counter()
    answers = matcher.match(rows, columns, explain=True)
    ours = len(rows) / (time.perf_counter() - begin)
    decided = (answers["match_status"] == "matched") & (answers["match_level"] == "kapi")
    right = answers["numarataj_kimlik_no"].astype("str") == rows["numarataj_kimlik_no"]
    print(f"{doors:,} doors: index {built:.2f} s, open {opened:.2f} s")  # noqa: T201
    precision = (decided & right).sum() / decided.sum()
    print(  # noqa: T201
        f"matcher   {ours:>9,.0f} rows/s  decided {decided.mean():.1%}  right {precision:.2%}"
    )
    theirs, share = _rapidfuzz(reference, rows.head(PEER_ROWS))
    print(f"rapidfuzz {theirs:>9,.1f} rows/s  best is right {share:.1%}")  # noqa: T201
    print(f"ratio     {ours / theirs:>9,.0f} times the rows per second")  # noqa: T201


def _labelled(sample: Path) -> pd.DataFrame:
    rows = read_whole_table(sample / "aks.csv")
    rows = rows[rows[FAULT] == ""]
    truth = read_whole_table(sample / "truth" / "aks_truth.csv")
    truth = truth[truth["expected"] != "rejected"].drop_duplicates("adres_no")
    return rows.merge(truth, left_on="Adres No", right_on="adres_no", suffixes=("", "_truth"))


def _rapidfuzz(reference: object, rows: pd.DataFrame) -> tuple[float, float]:
    csbm = reference.csbm.astype({"csbm_kod": "str"}).set_index("csbm_kod")  # type: ignore[attr-defined]
    kapi = reference.kapi.astype({"csbm_kod": "str"}).join(csbm, on="csbm_kod")  # type: ignore[attr-defined]
    spelt = kapi["mahalle"] + " MAH " + kapi["csbm"] + " NO " + kapi["dis_kapi_no"].astype("str")
    known = [fold(text) for text in spelt]
    numbers = kapi["numarataj_kimlik_no"].astype("str").tolist()
    begin = time.perf_counter()
    right = 0
    for text, number in zip(rows["Açık Adres"], rows["numarataj_kimlik_no"], strict=True):
        found = process.extractOne(fold(text), known, scorer=fuzz.token_sort_ratio)
        right += found is not None and numbers[found[2]] == number
    return len(rows) / (time.perf_counter() - begin), right / len(rows)
