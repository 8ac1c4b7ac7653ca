"""Rows whose answer is known, source by source, to fit the score on one half and test it on the other.

Generated addresses over real names (where the real files are there) and over the sample's invented
town, and the labelled real ones; a tenth of the csbm is taken out of the reference, for an address
whose csbm is not registered has to be refused.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gis_platform.core.text import fold
from gis_platform.matching.gazetteer import Reference, read_reference
from gis_platform.matching.model import AddressColumns
from gis_platform.sample.make import make_sample
from gis_platform.sample.mess import Parts, rates, write_address
from gis_platform.sources.table import FAULT, read_whole_table

TEXT = AddressColumns(text="text")
TAKEN_OUT, NO_DOOR = 0.10, 0.03
WILD = 3.0
_LETTERS = "ABCDEFGHIKLMNOPRSTUVYZ"


@dataclass(frozen=True)
class Source:
    """Rows of one kind: their reference, the texts with ``source`` and ``id``, the labels."""

    name: str
    reference: Reference
    rows: pd.DataFrame
    columns: AddressColumns


def without(reference: Reference, share: float, seed: int) -> tuple[Reference, set[int]]:
    """The reference with a share of its csbm taken out, and their codes."""
    codes = reference.csbm["csbm_kod"].dropna().astype("int64").unique()
    rng = np.random.default_rng(seed)
    gone = set(rng.choice(codes, int(len(codes) * share), replace=False).tolist())
    csbm = reference.csbm[~reference.csbm["csbm_kod"].isin(gone)]
    kapi = reference.kapi
    kapi = None if kapi is None else kapi[~kapi["csbm_kod"].isin(gone)]
    return replace(reference, csbm=csbm, kapi=kapi), gone


def with_doors(reference: Reference, seed: int) -> Reference:
    """Generated numarataj over the csbm of a registry that has none."""
    rng = np.random.default_rng(seed)
    codes = reference.csbm["csbm_kod"].dropna().astype("int64").unique()
    count = 2 + rng.geometric(0.3, len(codes))
    csbm = np.repeat(codes, count)
    place = np.arange(len(csbm)) - np.repeat(np.cumsum(count) - count, count)
    number = 1 + place * 2 - rng.integers(0, 2, len(csbm))
    letter = np.where(rng.random(len(csbm)) < 0.08, rng.choice(list("ABCD"), len(csbm)), "")
    kapi = pd.DataFrame({
        "numarataj_kimlik_no": np.arange(len(csbm)) + 10_000_000, "csbm_kod": csbm,
        "dis_kapi_no": np.char.add(np.maximum(number, 1).astype(str), letter),
        "lon": np.nan, "lat": np.nan,
    })  # fmt: skip
    return replace(reference, kapi=kapi.drop_duplicates(["csbm_kod", "dis_kapi_no"]))


def sample_rows(folder: Path, doors: int, seed: int) -> Source:
    """The invented town's own text, whole addresses in one column."""
    make_sample(folder, doors=doors, seed=seed)
    rows = read_whole_table(folder / "aks.csv")
    truth = read_whole_table(folder / "truth" / "aks_truth.csv").reset_index(drop=True)
    rows = rows.reset_index(drop=True)
    known = (rows[FAULT] == "") & ~truth["expected"].isin(["rejected"])
    frame = pd.DataFrame({
        "source": f"sample", "id": truth["row"], "text": rows["Açık Adres"],
        "numarataj_kimlik_no": truth["numarataj_kimlik_no"], "csbm_kod": truth["csbm_kod"],
        "expected": truth["expected_text"],
    })[known]  # fmt: skip
    return Source("sample", read_reference(folder / "gazetteer"), frame, TEXT)


def generated_rows(reference: Reference, gone: set[int], whole: Reference, rows: int, seed: int,
                   wild: bool) -> pd.DataFrame:  # fmt: skip
    """Addresses over the names of a registry, plainly or wildly written; ``gone`` ones are none."""
    name = "generated_wild" if wild else "generated"
    made = _written(whole, gone, rows, seed, WILD if wild else 1.0)
    return pd.DataFrame(list(made)).assign(source=name, id=lambda f: f.index.astype(str))


def _written(
    whole: Reference, gone: set[int], rows: int, seed: int, noise: float
) -> Iterator[dict[str, Any]]:
    chance, rng = random.Random(seed), np.random.default_rng(seed)
    csbm = whole.csbm.drop_duplicates("csbm_kod").dropna(subset=["csbm_kod", "csbm"])
    assert whole.kapi is not None
    doors = whole.kapi.merge(csbm, on="csbm_kod")
    chosen = doors.iloc[rng.integers(0, len(doors), rows)]
    names = list(rates())
    asked = rng.random((rows, len(names))) < np.minimum(np.array(list(rates().values())) * noise, 0.8)
    known = set(map(fold, csbm["csbm"]))
    beside = csbm.groupby("ilce_kod")["mahalle"].unique().to_dict()
    for row, wanted in zip(chosen.itertuples(index=False), asked, strict=True):
        parts = _parts(row, chance.choice(beside[row.ilce_kod]), chance)
        door, expected = str(row.numarataj_kimlik_no), "kapi"
        if chance.random() < NO_DOOR:
            parts.kapi, door, expected = str(900 + chance.randrange(90)), "", "csbm"
        _spoil(parts, chance, noise, known)
        kinds = [name for name, is_wanted in zip(names, wanted, strict=True) if is_wanted]
        text = write_address(parts, kinds, chance, lambda said: fold(said) in known)
        if "csbm_missing" in parts.kinds or int(row.csbm_kod) in gone:
            door, expected = "", "none"
        elif "kilometre" in parts.kinds and expected == "kapi":
            door, expected = "", "csbm"
        yield {"text": text, "expected": expected, "numarataj_kimlik_no": door,
               "csbm_kod": "" if expected == "none" else str(row.csbm_kod)}  # fmt: skip


def _parts(row: Any, other: str, chance: random.Random) -> Parts:
    unit = str(chance.randrange(1, 30)) if chance.random() < 0.4 else ""
    return Parts(
        mahalle=row.mahalle, name=row.csbm, tip=int(row.tur_kod) or 4, kapi=row.dis_kapi_no,
        unit=unit, floor=f"KAT:{chance.randrange(1, 9)}", building=chance.choice(("", "", "A BLOK")),
        ilce=row.ilce, il="İSTANBUL", semt_known="", other_mahalle=other, old_name="",
    )  # fmt: skip


def _spoil(parts: Parts, chance: random.Random, noise: float, known: set[str]) -> None:
    """Mess beyond the sample's: letters replaced, words dropped, the ilçe left out or wrong."""
    draw = chance.random()
    if draw < 0.02 * noise and len(parts.name) > 4:
        at = chance.randrange(1, len(parts.name))
        spelt = parts.name[:at] + chance.choice(_LETTERS) + parts.name[at + 1 :]
        if parts.name[at].isalpha() and fold(spelt) not in known:
            parts.name = spelt
    elif draw < 0.03 * noise and " " in parts.name:
        words = parts.name.split()
        words.pop(chance.randrange(len(words)))
        parts.name = " ".join(words)
    if chance.random() < 0.05 * noise:
        parts.ilce = ""
    elif chance.random() < 0.01 * noise:
        parts.ilce = "SARIYER"


def labelled_rows(folder: Path, gone: set[int]) -> pd.DataFrame:
    """Real addresses with a label of their csbm."""
    read = {"dtype": str, "keep_default_na": False}
    labels = pd.read_csv(folder / "addresses" / "street_labels.csv", **read)
    rows = pd.concat([
        pd.read_csv(folder / "addresses" / name, **read)
        for name in ("istanbul_dev.csv", "eyupsultan.csv")
    ])  # fmt: skip
    rows = rows.merge(labels[["source", "id", "csbm_kod"]], on=["source", "id"])
    is_gone = rows["csbm_kod"].astype("int64").isin(gone)
    return pd.DataFrame({
        "source": rows["source"], "id": rows["id"], "text": rows["address"],
        "expected": np.where(is_gone, "none", "csbm_only"), "numarataj_kimlik_no": "",
        "csbm_kod": rows["csbm_kod"].where(~is_gone, ""),
    })  # fmt: skip
