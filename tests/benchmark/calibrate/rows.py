"""Rows whose answer is known, source by source, with the reference they are answered from.

Messy addresses of an invented province and of the sample's town; and, where the real files are
there, generated addresses over real names, and real ones labelled roughly or by hand. A tenth of
the csbm is taken out of the reference: an address whose csbm is not registered has to be refused.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matching.messy import messy_addresses
from matching.world import make_world, reference_of

from gis_platform.core.text import fold
from gis_platform.matching.gazetteer import Reference, read_reference
from gis_platform.sample.make import make_sample
from gis_platform.sample.mess import Parts, rates, write_address
from gis_platform.sources.table import FAULT, read_whole_table

COLUMNS = ["source", "text", "expected", "csbm_kod", "numarataj_kimlik_no", "mahalle_kod"]
TAKEN_OUT, NO_DOOR, WILD = 0.10, 0.03, 3.0
EYUPSULTAN = 1325
_LABELS = Path(__file__).parents[1] / "labels"
_LETTERS = "ABCDEFGHIKLMNOPRSTUVYZ"
_READ: dict[str, Any] = {"dtype": str, "keep_default_na": False}


@dataclass(frozen=True)
class Rows:
    """Rows with ``COLUMNS``, and what they are answered from."""

    name: str
    reference: Reference
    rows: pd.DataFrame


def every(folder: Path, shared: Path | None) -> Iterator[Rows]:
    """All there is; without the folder of real files, what can be generated."""
    yield from _invented("town", 20_000, 5_000, 101)
    yield from _invented("province", 200_000, 12_000, 102)
    yield _sample(folder / "sample")
    if shared is None:
        return
    registry = read_reference(shared / "registry")
    yield from _registry(registry)
    less, gone = without(registry, 11)
    yield Rows("registry", registry, _real(shared, set()).assign(part="whole"))
    yield Rows("registry_less", less, _real(shared, gone).pipe(_renamed, "{}_less"))


def without(reference: Reference, seed: int) -> tuple[Reference, set[int]]:
    """The reference with a share of its csbm taken out, and their codes."""
    codes = reference.csbm["csbm_kod"].dropna().astype("int64").unique()
    rng = np.random.default_rng(seed)
    gone = set(rng.choice(codes, int(len(codes) * TAKEN_OUT), replace=False).tolist())
    csbm = reference.csbm[~reference.csbm["csbm_kod"].isin(gone)]
    kapi = reference.kapi
    kapi = None if kapi is None else kapi[~kapi["csbm_kod"].isin(gone)]
    return replace(reference, csbm=csbm, kapi=kapi), gone


def _renamed(rows: pd.DataFrame, pattern: str) -> pd.DataFrame:
    return rows.assign(source=[pattern.format(name) for name in rows["source"]])


def _invented(name: str, doors: int, rows: int, seed: int) -> Iterator[Rows]:
    world = make_world(doors, seed)
    reference = reference_of(world)
    made = [
        messy_addresses(world, rows, seed, wild=wild).assign(
            source=f"{name}_{'wild' if wild else 'plain'}", mahalle_kod=pd.NA
        )
        for wild in (False, True)
    ]
    yield Rows(name, reference, pd.concat(made)[COLUMNS])


def _sample(folder: Path) -> Rows:
    """The invented town's own text, whole addresses in one column."""
    make_sample(folder, doors=8_000, seed=42)
    rows = read_whole_table(folder / "aks.csv")
    truth = read_whole_table(folder / "truth" / "aks_truth.csv")
    is_sound = (rows[FAULT] == "") & (truth["expected"] != "rejected")
    names = ["csbm_kod", "numarataj_kimlik_no", "mahalle_kod"]
    made = truth[names].assign(
        source="sample", text=rows["Açık Adres"], expected=truth["expected_text"]
    )
    return Rows("sample", read_reference(folder / "gazetteer"), made.loc[is_sound, COLUMNS])


def _registry(registry: Reference) -> Iterator[Rows]:
    """Generated doors and addresses over the names of a registry; and of one ilçe alone."""
    whole = _with_doors(registry, 1)
    less, gone = without(whole, 7)
    made = [
        _generated(whole, gone, 15_000, seed, wild=wild) for seed, wild in ((3, False), (4, True))
    ]
    yield Rows("names", less, pd.concat(made))
    assert less.kapi is not None
    csbm = less.csbm[less.csbm["ilce_kod"] == EYUPSULTAN]
    kapi = less.kapi[less.kapi["csbm_kod"].isin(csbm["csbm_kod"])]
    mahalle = less.mahalle[less.mahalle["ilce_kod"] == EYUPSULTAN]
    here = replace(less, csbm=csbm, kapi=kapi, mahalle=mahalle)
    own = replace(whole, csbm=whole.csbm[whole.csbm["ilce_kod"] == EYUPSULTAN])
    beyond = set(whole.csbm["csbm_kod"]) - set(csbm["csbm_kod"])
    near = [
        _generated(own, beyond, 5_000, 5, wild=True),
        _generated(whole, beyond, 700, 6, wild=True),
    ]
    yield Rows("one_ilce", here, pd.concat(near).assign(source="names_of_one_ilce"))


def _with_doors(reference: Reference, seed: int) -> Reference:
    """Generated numarataj over the csbm of a registry that has none."""
    rng = np.random.default_rng(seed)
    codes = reference.csbm["csbm_kod"].dropna().astype("int64").unique()
    count = 1 + rng.geometric(0.3, len(codes))
    csbm = np.repeat(codes, count)
    place = np.arange(len(csbm)) - np.repeat(np.cumsum(count) - count, count)
    number = np.maximum(1 + place * 2 - rng.integers(0, 2, len(csbm)), 1)
    letter = np.where(rng.random(len(csbm)) < 0.08, rng.choice(list("ABCD"), len(csbm)), "")
    kapi = pd.DataFrame(
        {
            "numarataj_kimlik_no": np.arange(len(csbm)) + 10_000_000,
            "csbm_kod": csbm,
            "dis_kapi_no": np.char.add(number.astype(str), letter),
            "lon": np.nan,
            "lat": np.nan,
        }
    )
    return replace(reference, kapi=kapi.drop_duplicates(["csbm_kod", "dis_kapi_no"]))


def _generated(
    whole: Reference, gone: set[int], rows: int, seed: int, *, wild: bool
) -> pd.DataFrame:
    """Addresses over the names of a registry; those of ``gone`` csbm are not in the reference."""
    made = pd.DataFrame(list(_written(whole, gone, rows, seed, WILD if wild else 1.0)))
    return made.assign(source="names_wild" if wild else "names_plain")[COLUMNS]


def _written(
    whole: Reference, gone: set[int], rows: int, seed: int, noise: float
) -> Iterator[dict[str, Any]]:
    chance, rng = random.Random(seed), np.random.default_rng(seed)  # noqa: S311 (invented data)
    assert whole.kapi is not None
    csbm = whole.csbm.drop_duplicates("csbm_kod").dropna(subset=["csbm_kod", "csbm"])
    doors = whole.kapi.merge(csbm, on="csbm_kod")
    chosen = doors.iloc[rng.integers(0, len(doors), rows)]
    names = list(rates())
    share = np.minimum(np.array(list(rates().values())) * noise, 0.8)
    asked = rng.random((rows, len(names))) < share
    known = set(map(fold, csbm["csbm"]))
    beside = csbm.groupby("ilce_kod")["mahalle"].unique().to_dict()
    for row, wanted in zip(chosen.itertuples(index=False), asked, strict=True):
        parts = _parts(row, chance.choice(beside[row.ilce_kod]), chance)
        has_door = chance.random() >= NO_DOOR
        if not has_door:
            parts.kapi = str(900 + chance.randrange(90))
        _spoil(parts, chance, noise, known)
        kinds = [name for name, is_wanted in zip(names, wanted, strict=True) if is_wanted]
        text = write_address(parts, kinds, chance, lambda said: fold(said) in known)
        is_none = "csbm_missing" in parts.kinds or int(row.csbm_kod) in gone
        has_door = has_door and "kilometre" not in parts.kinds
        yield {
            "text": text,
            "expected": "none" if is_none else "kapi" if has_door else "csbm",
            "csbm_kod": pd.NA if is_none else int(row.csbm_kod),
            "numarataj_kimlik_no": int(row.numarataj_kimlik_no)
            if has_door and not is_none
            else pd.NA,
            "mahalle_kod": int(row.mahalle_kod),
        }


def _parts(row: Any, other: str, chance: random.Random) -> Parts:
    return Parts(
        mahalle=row.mahalle, name=row.csbm, tip=int(row.tur_kod) or 4, kapi=row.dis_kapi_no,
        unit=str(chance.randrange(1, 30)) if chance.random() < 0.4 else "",
        floor=f"KAT:{chance.randrange(1, 9)}", building=chance.choice(("", "", "A BLOK")),
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


def _real(shared: Path, gone: set[int]) -> pd.DataFrame:
    """Real addresses with a label of their csbm, rough or by hand."""
    files = [shared / "addresses" / name for name in ("istanbul_dev.csv", "eyupsultan.csv")]
    texts = pd.concat([pd.read_csv(path, **_READ) for path in files])
    rough = pd.read_csv(shared / "addresses" / "street_labels.csv", **_READ)
    by_hand = pd.concat([pd.read_csv(path, **_READ) for path in sorted(_LABELS.glob("*.csv"))])
    by_hand = by_hand[~by_hand["remark"].str.startswith("ambiguous")]
    labels = pd.concat([rough.assign(kind="{}"), by_hand.assign(kind="{}_by_hand")])
    rows = texts.merge(labels[["source", "id", "csbm_kod", "kind"]], on=["source", "id"])
    codes = pd.to_numeric(rows["csbm_kod"]).astype("Int64")
    codes = codes.mask(codes.isin(gone))
    return pd.DataFrame(
        {
            "source": [
                kind.format(name) for kind, name in zip(rows["kind"], rows["source"], strict=True)
            ],
            "text": rows["address"],
            "expected": np.where(codes.isna(), "none", "csbm_only"),
            "csbm_kod": codes,
            "numarataj_kimlik_no": pd.NA,
            "mahalle_kod": pd.NA,
        }
    )
