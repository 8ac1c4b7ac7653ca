"""The real registry and real texts, where they lie beside the clone: labels, and csbm taken out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gis_platform.matching.gazetteer import Reference, build_index, read_reference
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns, MatchLevel, MatchStatus

from .judge import ece
from .messy import CSBM_ONLY
from .world import name_key

DATA = Path(__file__).parents[4] / "shared" / "data"
COLUMNS = AddressColumns(text="address", ilce="ilce")
_LEVELS = [MatchLevel.KAPI.value, MatchLevel.INTERPOLASYON.value, MatchLevel.CSBM.value]
_TAKEN = 0.10
_SEEDS = (1, 2, 3)


def measure_real(folder: Path) -> dict[str, Any] | None:
    """Figures on the labelled real addresses; ``None`` where the data are not there."""
    if not (DATA / "addresses" / "street_labels.csv").is_file():
        return None
    reference, rows = _registry(), labelled()
    answers = _answers(reference, rows, folder / "registry")
    return {
        "labels": {
            source: _figures(rows, answers, source) for source in sorted(set(rows["source"]))
        },
        "ece": _ece(rows, answers),
        "taken_out": [_taken_out(reference, rows, folder, seed) for seed in _SEEDS],
    }


def labelled() -> pd.DataFrame:
    """Every labelled row with its text and ilçe; an id that stands twice is paired in order."""
    files = ("istanbul_dev.csv", "eyupsultan.csv")
    texts = pd.concat([_read(DATA / "addresses" / name) for name in files])
    labels = _read(DATA / "addresses" / "street_labels.csv")
    keys = ["source", "id", "occurrence"]
    texts, labels = (
        frame.assign(occurrence=frame.groupby(keys[:2]).cumcount()) for frame in (texts, labels)
    )
    return labels.merge(texts, on=keys, validate="one_to_one")


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _registry() -> Reference:
    return read_reference(DATA / "registry")


def _answers(reference: Reference, rows: pd.DataFrame, index: Path) -> pd.DataFrame:
    build_index(reference, index)
    answers = Matcher.open(index).match(rows, COLUMNS, explain=True)
    is_placed = answers["csbm_kod"].notna() & answers["match_level"].isin(_LEVELS)
    is_matched = answers["match_status"] == MatchStatus.MATCHED.value
    same = pd.to_numeric(answers["csbm_kod"]) == pd.to_numeric(rows["csbm_kod"])
    return answers.assign(
        is_placed=is_placed, is_decided=is_placed & is_matched, is_right=same.fillna(value=False)
    )


def _figures(rows: pd.DataFrame, answers: pd.DataFrame, source: str) -> dict[str, float | int]:
    mine = answers[(rows["source"] == source).to_numpy()]
    decided = mine["is_decided"]
    return {
        "rows": len(mine),
        "decided": round(float(decided.mean()), 5),
        "right": round(float(mine["is_right"][decided].mean()), 5),
        "wrong_rows": int((decided & ~mine["is_right"]).sum()),
    }


def _ece(rows: pd.DataFrame, answers: pd.DataFrame) -> float | None:
    found = ece(answers.assign(expected=CSBM_ONLY, score=pd.to_numeric(answers["score"])))
    return None if found is None else round(found, 5)


def _taken_out(
    reference: Reference, rows: pd.DataFrame, folder: Path, seed: int
) -> dict[str, float | int]:
    """A tenth of the csbm is taken out, by whole names: how many of their rows match still."""
    keys = reference.csbm["csbm"].map(lambda name: name_key(str(name)))
    sizes = keys.value_counts().sort_index()
    order = np.random.default_rng(seed).permutation(len(sizes))
    taken = sizes.iloc[order].cumsum() <= _TAKEN * len(keys)
    gone = keys.isin(taken.index[taken])
    kept = replace(reference, csbm=reference.csbm[~gone], orta_hat=None)
    codes = set(reference.csbm["csbm_kod"][gone].astype("int64"))
    there = pd.to_numeric(rows["csbm_kod"]).astype("int64").isin(codes)
    mine = rows[there].reset_index(drop=True)
    answers = _answers(kept, mine, folder / f"taken_{seed}")
    matched = int(answers["is_decided"].sum())
    return {"seed": seed, "csbm": len(codes), "rows": len(mine), "matched": matched,
            "share": round(matched / max(len(mine), 1), 5)}  # fmt: skip
