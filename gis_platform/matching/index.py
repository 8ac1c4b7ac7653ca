"""The gazetteer compiled to arrays: built once, written atomically, mapped into memory by everyone.

The folder holds one ``.npy`` per array, the names as text, the shapes as WKB and a manifest with
the index version, the fingerprint of the reference and of the word lists. An index of another
version is refused; who opens it builds it again.
"""

import errno
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.address.tokens import fold_table
from gis_platform.address.words import dictionary_hash, read_table, word_table
from gis_platform.core.errors import NotFound, Text
from gis_platform.core.text import fold
from gis_platform.matching import fuzzy, phrases
from gis_platform.matching.batch import codes_of
from gis_platform.matching.beginnings import beginnings_of
from gis_platform.matching.doors import door_codes
from gis_platform.matching.spellings import spellings

INDEX_VERSION = 11
"""Raised whenever the meaning of an array changes."""

IS_CSBM, IS_MAHALLE, IS_ILCE, IS_IL, IS_ONE_CSBM = range(5)
"""What a phrase is the name of; the last one: an alias of one csbm only."""

T = TypeVar("T")

_MANIFEST = "manifest.json"
_TRIES, _PAUSE_S = 10, 0.01
_MOST_ENDS = 12
"""Names that may end in a word for it to stand for one of them."""
_LAST = {"MERKEZ", "MAHALLE", "KISIM", "KÖY", "KÖYÜ", "OSB"}
_ADJECTIVES = {
    "YENİ", "ESKİ", "BÜYÜK", "KÜÇÜK", "YUKARI", "AŞAĞI", "ORTA", "KUZEY", "GÜNEY", "DOĞU", "BATI",
    "ŞEHİT", "HACI", "MİMAR", "SULTAN", "MAREŞAL", "GAZİ", "MERKEZ", "KARA",
}  # fmt: skip
"""First words that name no place by themselves."""
_SHORTEST_ALONE = 5
_SHARE_OF_FORM = 0.25
"""Of the texts that may mean a name, those that write it in one of its other forms."""


class Index(NamedTuple):
    """The arrays the compiled core reads; csbm are sorted by name, ilçe and mahalle."""

    slot_key: NDArray[np.uint64]
    slot_start: NDArray[np.int32]
    slot_end: NDArray[np.int32]
    slot_csbm: NDArray[np.float32]
    slot_mahalle: NDArray[np.float32]
    entry_kind: NDArray[np.int8]
    entry_id: NDArray[np.int32]
    entry_form: NDArray[np.int8]
    name_start: NDArray[np.int32]
    csbm_name: NDArray[np.int32]
    csbm_place: NDArray[np.int64]
    csbm_tur: NDArray[np.int8]
    csbm_mahalle: NDArray[np.int32]
    csbm_kod: NDArray[np.int64]
    kod_order: NDArray[np.int32]
    mahalle_ilce: NDArray[np.int32]
    mahalle_bits: NDArray[np.float64]
    mahalle_ilce_bits: NDArray[np.float64]
    mahalle_kod: NDArray[np.int64]
    mahalle_order: NDArray[np.int32]
    ilce_bits: NDArray[np.float64]
    ilce_kod: NDArray[np.int64]
    ilce_il: NDArray[np.int32]
    word_letters: NDArray[np.uint8]
    word_start: NDArray[np.int64]
    word_hash: NDArray[np.uint64]
    word_power: NDArray[np.uint64]
    known_word: NDArray[np.uint64]
    deletion_key: NDArray[np.uint32]
    deletion_bucket: NDArray[np.int32]
    deletion_word: NDArray[np.int32]
    door_start: NDArray[np.int64]
    door_integer: NDArray[np.int32]
    door_code: NDArray[np.uint64]
    decision_key: NDArray[np.uint64]
    decision_csbm: NDArray[np.int32]
    decision_door: NDArray[np.int64]
    refused_key: NDArray[np.uint64]
    refused_csbm: NDArray[np.int32]
    refused_door: NDArray[np.int64]


@dataclass(frozen=True)
class Names:
    """What people read, by place in the arrays."""

    csbm: list[str]
    mahalle: list[str]
    ilce: list[str]
    il: list[str]
    door: NDArray[Any]


def _factorize(values: pd.Series) -> tuple[NDArray[np.int32], NDArray[Any]]:
    codes, kinds = pd.factorize(values, sort=True)
    return codes.astype(np.int32), np.asarray(kinds)


def _clean(values: pd.Series) -> pd.Series:
    return values.astype("object").where(values.notna(), "").astype(str).str.strip()


@dataclass
class _Places:
    """Mahalle and ilçe of a reference, numbered by code."""

    mahalle_kod: NDArray[np.int64]
    mahalle: list[str]
    mahalle_ilce: NDArray[np.int32]
    ilce_kod: NDArray[np.int64]
    ilce: list[str]
    ilce_il: NDArray[np.int32]
    il: list[str]


def _places(csbm: pd.DataFrame, mahalle: pd.DataFrame) -> _Places:
    columns = ["ilce_kod", "ilce", "mahalle_kod", "mahalle"]
    il = mahalle["il"] if "il" in mahalle else pd.Series("", index=mahalle.index)
    frame = pd.concat([mahalle[columns].assign(il=il), csbm[columns].assign(il="")])
    frame = frame.dropna(subset=["ilce_kod", "mahalle_kod"]).copy()
    frame["il"] = _clean(frame["il"])
    for kod in ("ilce_kod", "mahalle_kod"):
        frame[kod] = frame[kod].astype("int64")
    units = frame.drop_duplicates("mahalle_kod").sort_values("mahalle_kod")
    districts = frame.drop_duplicates("ilce_kod").sort_values("ilce_kod")
    ilce_kod = districts["ilce_kod"].to_numpy()
    il_code, il_names = _factorize(districts["il"])
    return _Places(
        units["mahalle_kod"].to_numpy(),
        _clean(units["mahalle"]).tolist(),
        np.searchsorted(ilce_kod, units["ilce_kod"].to_numpy()).astype(np.int32),
        ilce_kod,
        _clean(districts["ilce"]).tolist(),
        il_code,
        [str(name) for name in il_names],
    )


class _Phrases:
    """Gathers (hash, kind, id, form) of every name."""

    def __init__(self) -> None:
        self.parts: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        self.named: list[tuple[list[str], NDArray[Any], int]] = []

    def add(self, names: list[str], ids: NDArray[Any], kind: int, *, form: int | None = None,
            with_forms: bool = True) -> None:  # fmt: skip
        """All forms of ``names``; ``form`` overrides what they are said to be."""
        if not names:
            return
        self.named.append((names, ids, kind))
        codes, starts = codes_of(names)
        numbers, values, kinds = phrases.forms(
            codes, starts, fold_table(), word_table(), with_forms
        )
        if form is not None:
            kinds = np.where(kinds == phrases.FULL, form, kinds).astype(np.int8)
        kind_column = np.full(len(numbers), kind, np.int8)
        self.parts.append((values, kind_column, ids[numbers].astype(np.int32), kinds))

    def arrays(
        self, csbm_of_name: NDArray[Any], csbm_of_mahalle: NDArray[Any]
    ) -> dict[str, NDArray[Any]]:
        """Open addressing from hash to entries; one entry per (hash, kind, id), its best form.

        ``csbm_of_name``, ``csbm_of_mahalle``: how many csbm bear each name, lie in each mahalle.
        """
        keys, kinds, ids, forms = (
            np.concatenate([part[at] for part in self.parts]) for at in range(4)
        )
        keys, kinds, ids, forms = _without_common_ends(keys, kinds, ids, forms)
        forms = _unrivalled(keys, kinds, forms)
        order = np.lexsort((forms, ids, kinds, keys))
        keys, kinds, ids, forms = keys[order], kinds[order], ids[order], forms[order]
        first = np.ones(len(keys), bool)
        first[1:] = (keys[1:] != keys[:-1]) | (kinds[1:] != kinds[:-1]) | (ids[1:] != ids[:-1])
        keys, kinds, ids, forms = keys[first], kinds[first], ids[first], forms[first]
        distinct, start = np.unique(keys, return_index=True)
        end = np.append(start[1:], len(keys)).astype(np.int32)
        slots = slot_table(distinct)
        slot_start, slot_end = np.zeros(len(slots), np.int32), np.zeros(len(slots), np.int32)
        used = slots >= 0
        slot_start[used], slot_end[used] = start[slots[used]], end[slots[used]]
        slot_csbm, slot_mahalle = np.zeros((2, len(slots)), np.float32)
        counts = _csbm_of_phrases(kinds, ids, forms, start, csbm_of_name, IS_CSBM)
        counts += np.add.reduceat(kinds == IS_ONE_CSBM, start)
        slot_csbm[used] = counts[slots[used]]
        counts = _csbm_of_phrases(kinds, ids, forms, start, csbm_of_mahalle, IS_MAHALLE)
        slot_mahalle[used] = _log_share(int(csbm_of_mahalle.sum()), counts)[slots[used]]
        slot_key = np.zeros(len(slots), np.uint64)
        slot_key[used] = distinct[slots[used]]
        return {
            "slot_key": slot_key, "slot_start": slot_start, "slot_end": slot_end,
            "slot_csbm": slot_csbm, "slot_mahalle": slot_mahalle, "entry_kind": kinds,
            "entry_id": ids, "entry_form": forms,
        }  # fmt: skip


def _without_common_ends(keys: NDArray[Any], *others: NDArray[Any]) -> list[NDArray[Any]]:
    """Entries without the last words that too many names end in to tell one from another."""
    kinds, ids, forms = others
    is_last = forms == phrases.LAST
    distinct, at, counts = np.unique(keys[is_last], return_inverse=True, return_counts=True)
    keep = np.ones(len(keys), bool)
    if len(distinct):
        keep[is_last] = counts[at] <= _MOST_ENDS
    return [array[keep] for array in (keys, kinds, ids, forms)]


def _unrivalled(keys: NDArray[Any], kinds: NDArray[Any], forms: NDArray[Any]) -> NDArray[np.int8]:
    """An alias that is no mahalle's own name is as good as another form of the name."""
    is_mahalle = kinds == IS_MAHALLE
    own = np.unique(keys[is_mahalle & (forms == phrases.FULL)])
    alone = is_mahalle & (forms == phrases.ALIAS) & ~np.isin(keys, own)
    return np.where(alone, phrases.EXTENDED, forms).astype(np.int8)


def _csbm_of_phrases(
    kinds: NDArray[Any], ids: NDArray[Any], forms: NDArray[Any], start: NDArray[Any],
    csbm_of: NDArray[Any], kind: int,
) -> NDArray[np.float64]:  # fmt: skip
    """How many csbm a phrase may speak of; another form of a name counts a quarter."""
    many = np.zeros(len(kinds))
    is_kind = kinds == kind
    many[is_kind] = csbm_of[ids[is_kind]]
    many[forms != phrases.FULL] *= _SHARE_OF_FORM
    return np.asarray(np.add.reduceat(many, start))


def slot_table(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Open addressing over distinct keys: the number of the key in each slot, −1 where empty."""
    size = 1 << max(4, (len(keys) * 2).bit_length())
    return np.asarray(phrases.fill_slots(keys, size))


def _name_ids(names: list[str]) -> NDArray[np.int32]:
    """The same number for names that differ only in blanks, signs and abbreviations."""
    codes, starts = codes_of(names)
    numbers, values, _ = phrases.forms(  # numba takes no keywords
        codes, starts, fold_table(), word_table(), False
    )
    first = np.zeros(len(names), np.uint64)
    first[numbers[::-1]] = values[::-1]
    return np.unique(first, return_inverse=True)[1].astype(np.int32)


def _log_share(total: int, counts: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(np.log2(max(total, 1) / np.maximum(counts, 1)), np.float64)


def _csbm_arrays(csbm: pd.DataFrame, places: _Places) -> tuple[dict[str, Any], pd.DataFrame]:
    frame = csbm.dropna(subset=["csbm_kod", "mahalle_kod"]).copy()
    frame["csbm"] = _clean(frame["csbm"])
    frame["csbm_kod"] = frame["csbm_kod"].astype("int64")
    frame = frame[frame["csbm"] != ""].drop_duplicates("csbm_kod")
    frame["at_mahalle"] = np.searchsorted(
        places.mahalle_kod, frame["mahalle_kod"].astype("int64").to_numpy()
    )
    frame["at_ilce"] = places.mahalle_ilce[frame["at_mahalle"].to_numpy()]
    spellings, kinds = pd.factorize(frame["csbm"])
    frame["name"] = _name_ids([str(kind) for kind in kinds])[spellings] if len(frame) else 0
    frame = frame.sort_values(["name", "at_ilce", "at_mahalle", "csbm_kod"]).reset_index(drop=True)
    tur = pd.to_numeric(frame["tur_kod"], errors="coerce").fillna(9).to_numpy(np.int8)
    name = frame["name"].to_numpy(np.int32)
    count = int(name.max()) + 1 if len(name) else 0
    mahalle = frame["at_mahalle"].to_numpy(np.int32)
    in_mahalle = np.bincount(mahalle, minlength=len(places.mahalle_kod))
    folded = np.unique([fold(n) for n in places.mahalle], return_inverse=True)[1]
    in_name = np.bincount(folded, in_mahalle)[folded]
    in_ilce = np.bincount(places.mahalle_ilce, in_mahalle, minlength=len(places.ilce_kod))
    kod = frame["csbm_kod"].to_numpy(np.int64)
    total = len(frame)
    arrays = {
        "name_start": np.searchsorted(name, np.arange(count + 1)).astype(np.int32),
        "csbm_name": name,
        "csbm_place": (frame["at_ilce"].to_numpy(np.int64) << 20) | mahalle,
        "csbm_tur": tur,
        "csbm_mahalle": mahalle,
        "csbm_kod": kod,
        "kod_order": np.argsort(kod, kind="stable").astype(np.int32),
        "mahalle_ilce": places.mahalle_ilce,
        "mahalle_bits": _log_share(total, in_name),
        "mahalle_ilce_bits": np.log2(np.maximum(in_name, 1) / np.maximum(in_mahalle, 1)),
        "mahalle_kod": places.mahalle_kod,
        "mahalle_order": np.arange(len(places.mahalle_kod), dtype=np.int32),
        "ilce_bits": _log_share(total, in_ilce),
        "ilce_kod": places.ilce_kod,
        "ilce_il": places.ilce_il,
    }
    return arrays, frame


def _add_spellings(gathered: _Phrases, names: list[str], ids: NDArray[Any], kind: int) -> None:
    """Names with a number in letters or the other way round, ``D-100`` as ``E-5``."""
    found = [(form, at) for name, at in zip(names, ids, strict=True) for form in spellings(name)]
    forms, places = [form for form, _ in found], np.array([at for _, at in found], np.int32)
    gathered.add(forms, places, kind, form=phrases.EXTENDED, with_forms=False)


def _add_short_names(gathered: _Phrases, places: _Places) -> None:
    """Other ways to say the name of a mahalle, where none of the ilçe is really called so.

    A former belde's name stands before those of its mahalle (``DEĞİRMENKÖY FEVZİPAŞA``), and people
    leave it out, or say it alone (``Yakacık`` for ``YAKACIK ÇARŞI`` and ``YAKACIK YENİ``). Which
    of several is meant the csbm tells.
    """
    taken = {(int(places.mahalle_ilce[at]), name) for at, name in enumerate(places.mahalle)}
    found = [
        (form, at)
        for at, name in enumerate(places.mahalle)
        for form in _short_forms(name)
        if (int(places.mahalle_ilce[at]), form) not in taken
    ]
    forms, ids = [form for form, _ in found], np.array([at for _, at in found], np.int32)
    gathered.add(forms, ids, IS_MAHALLE, form=phrases.WEAK, with_forms=False)


def _short_forms(name: str) -> list[str]:
    words = name.split()
    if not 2 <= len(words) <= 4 or not all(word.isalpha() for word in words):
        return []
    forms = []
    if words[-1] not in _LAST:
        forms += [" ".join(words[at:]) for at in range(1, len(words))]
        forms += [f"{words[1]} {words[0]}"] if len(words) == 2 else []
    if words[0] not in _ADJECTIVES:
        forms += [" ".join(words[:at]) for at in range(1, len(words))]
    return [form for form in forms if len(form) >= _SHORTEST_ALONE]


def _mahalle_forms(gathered: _Phrases, places: _Places) -> None:
    """Names of mahalle, and those with ``Merkez``, ``Mahalle`` or the ilçe put to or left out."""
    ids = np.arange(len(places.mahalle), dtype=np.int32)
    gathered.add(places.mahalle, ids, IS_MAHALLE)
    taken = set(zip(places.mahalle_ilce.tolist(), places.mahalle, strict=True))
    other: list[str] = []
    whose: list[int] = []
    _add_short_names(gathered, places)
    for at, name in enumerate(places.mahalle):
        ilce = places.ilce[places.mahalle_ilce[at]]
        words = name.split()
        forms = []
        if words[-1:] == ["MERKEZ"] and len(words) > 1:
            forms.append(" ".join(words[:-1]))
        if words[-1:] in (["MAHALLE"], ["KISIM"]) and len(words) > 1:
            forms.append(" ".join(words[:-1]))
        if name == "MERKEZ":
            forms += [f"{ilce} MERKEZ", ilce]
        elif name == f"{ilce} MERKEZ" and (int(places.mahalle_ilce[at]), "MERKEZ") not in taken:
            forms.append("MERKEZ")
        elif words[-1:] != ["MERKEZ"]:
            forms.append(f"{name} MERKEZ")
        if not name.startswith(ilce):
            forms.append(f"{ilce} {name}")
        if name.endswith(("KÖY", "KÖYÜ")):
            forms.append(name.removesuffix("Ü").removesuffix("KÖY"))
        other += [form for form in forms if len(form) > 2]
        whose += [at] * sum(len(form) > 2 for form in forms)
    gathered.add(other, np.array(whose, np.int32), IS_MAHALLE, form=phrases.EXTENDED,
                 with_forms=False)  # fmt: skip


def _aliases(
    gathered: _Phrases, places: _Places, kod: NDArray[Any], frame: pd.DataFrame | None
) -> None:
    """Other names: those every installation knows, and those of this reference."""
    ilce_at = {fold(name): at for at, name in enumerate(places.ilce)}
    ilce_at |= {code: at for at, code in enumerate(places.ilce_kod.tolist())}
    mahalle_at = {
        (fold(places.ilce[places.mahalle_ilce[at]]), fold(name)): at
        for at, name in enumerate(places.mahalle)
    }
    found: dict[int, list[tuple[str, int]]] = {IS_ILCE: [], IS_MAHALLE: [], IS_ONE_CSBM: []}
    for row in read_table("aliases.csv"):
        if row["level"] == "ilce" and (at := ilce_at.get(fold(row["ilce"]))) is not None:
            found[IS_ILCE].append((row["alias"], at))
        key = (fold(row["ilce"]), fold(row["name"]))
        if row["level"] == "mahalle" and (at := mahalle_at.get(key)) is not None:
            found[IS_MAHALLE].append((row["alias"], at))
    if frame is not None and len(frame):
        codes = {
            "ilce": (IS_ILCE, {c: at for at, c in enumerate(places.ilce_kod.tolist())}),
            "mahalle": (IS_MAHALLE, {c: at for at, c in enumerate(places.mahalle_kod.tolist())}),
            "csbm": (IS_ONE_CSBM, {c: at for at, c in enumerate(kod.tolist())}),
        }
        for level, code, alias in frame[["level", "kod", "alias"]].itertuples(index=False):
            kind, places_of = codes.get(str(level), (None, {}))
            if kind is not None and not pd.isna(code) and int(code) in places_of:
                found[kind].append((str(alias), places_of[int(code)]))
    for kind, pairs in found.items():
        names, ids = [p[0] for p in pairs], np.array([p[1] for p in pairs], np.int32)
        gathered.add(names, ids, kind, form=phrases.ALIAS)


def _il_forms(gathered: _Phrases, places: _Places) -> list[str]:
    """All provinces, those of the reference first: a text may name one that is not ours."""
    names = list(places.il)
    at = {fold(name): number for number, name in enumerate(names)}
    forms: list[tuple[str, int]] = []
    for row in read_table("il.csv"):
        number = at.setdefault(fold(row["il"]), len(at))
        if number == len(names):
            names.append(row["il"])
        forms += [(form, number) for form in [row["il"], *row["variants"].split("|")] if form]
    forms += [(name, number) for number, name in enumerate(places.il) if name]
    gathered.add([f[0] for f in forms], np.array([f[1] for f in forms], np.int32), IS_IL,
                 with_forms=False)  # fmt: skip
    return names


def _word_arrays(names: list[str]) -> dict[str, NDArray[Any]]:
    """Every word of the names, and the deletion index over them."""
    codes, starts = codes_of(names)
    letters, bounds = phrases.word_list(codes, starts, fold_table(), word_table())
    first, hashes = phrases.distinct_words(letters, bounds)
    keep = np.sort(first)
    sizes = bounds[keep + 1] - bounds[keep]
    word_start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    word_letters = phrases.copy_words(letters, bounds, keep, word_start)
    keys, numbers = fuzzy.file_words(word_letters, word_start)
    order = np.argsort(keys, kind="stable")
    value, power = phrases.hash_words(word_letters, word_start, word_table())
    slots = slot_table(np.unique(hashes))
    known = np.zeros(len(slots), np.uint64)
    known[slots >= 0] = np.unique(hashes)[slots[slots >= 0]]
    return {
        "word_letters": word_letters, "word_start": word_start, "word_hash": value,
        "word_power": power, "known_word": known, "deletion_key": fuzzy.kept_keys(keys[order]),
        "deletion_bucket": fuzzy.buckets_of(keys[order]), "deletion_word": numbers[order],
    }  # fmt: skip


def _door_arrays(
    kapi: pd.DataFrame | None, kod: NDArray[Any], order: NDArray[Any]
) -> dict[str, Any]:
    """Doors sorted by csbm and number."""
    if kapi is None or not len(kapi):
        return {
            "door_start": np.zeros(len(kod) + 1, np.int64), "door_integer": np.zeros(0, np.int32),
            "door_code": np.zeros(0, np.uint64), "door_kimlik": np.zeros(0, np.int64),
            "door_lon": np.zeros(0), "door_lat": np.zeros(0), "door_text": np.zeros(0, np.int32),
            "door_texts": np.zeros(0, "S1"),
        }  # fmt: skip
    csbm = kapi["csbm_kod"].astype("Int64").fillna(-1).to_numpy(np.int64)
    place = np.minimum(np.searchsorted(kod[order], csbm), len(kod) - 1)
    at = order[place]
    texts, kinds = pd.factorize(_clean(kapi["dis_kapi_no"]))
    codes, starts = codes_of([str(kind) for kind in kinds])
    numbers, hashes = door_codes(codes, starts, fold_table(), word_table())
    keep = (kod[at] == csbm) & (hashes[texts] != 0)
    sort_key = (at.astype(np.int64) << 24) | np.minimum(numbers[texts], (1 << 24) - 1)
    chosen = np.flatnonzero(keep)
    chosen = chosen[np.argsort(sort_key[chosen], kind="stable")]
    at, texts = at[chosen], texts[chosen]
    return {
        "door_start": np.searchsorted(at, np.arange(len(kod) + 1)).astype(np.int64),
        "door_integer": numbers[texts].astype(np.int32),
        "door_code": hashes[texts],
        "door_kimlik": kapi["numarataj_kimlik_no"].astype("Int64").fillna(-1)
        .to_numpy(np.int64)[chosen],
        "door_lon": pd.to_numeric(kapi["lon"]).to_numpy(np.float64)[chosen],
        "door_lat": pd.to_numeric(kapi["lat"]).to_numpy(np.float64)[chosen],
        "door_text": texts.astype(np.int32),
        "door_texts": np.array([str(kind).encode("utf-8")[:24] for kind in kinds], "S24"),
    }  # fmt: skip


def _decided(frame: pd.DataFrame | None, kod: NDArray[Any], order: NDArray[Any],
             kimlik: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:  # fmt: skip
    """Hash of each key, with the places of its csbm and door; −1 where not known (any more)."""
    frame = None if frame is None else frame[_clean(frame["key"]) != ""]
    if frame is None or not len(frame) or not len(kod):
        return np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.int64)
    codes, starts = codes_of([str(key) for key in frame["key"]])
    keys = phrases.key_hashes(codes, starts, fold_table(), word_table())
    csbm = frame["csbm_kod"].astype("Int64").fillna(-1).to_numpy(np.int64)
    door = frame["numarataj_kimlik_no"].astype("Int64").fillna(-1).to_numpy(np.int64)
    place = order[np.minimum(np.searchsorted(kod[order], csbm), len(kod) - 1)]
    at_csbm = np.where(kod[place] == csbm, place, -1).astype(np.int32)
    by_kimlik = np.argsort(kimlik, kind="stable")
    spot = np.searchsorted(kimlik[by_kimlik], door)
    spot = np.minimum(spot, max(len(kimlik) - 1, 0))
    at_door = by_kimlik[spot] if len(kimlik) else np.zeros(len(door), np.int64)
    same = kimlik[at_door] == door if len(kimlik) else np.zeros(len(door), bool)
    at_door = np.where(same, at_door, -1).astype(np.int64)
    sort = np.argsort(keys, kind="stable")
    return keys[sort], at_csbm[sort], at_door[sort]


def _decision_arrays(reference: Any, arrays: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """What people decided and refused; a refused door that is gone refuses nothing else."""
    known = arrays["csbm_kod"], arrays["kod_order"], arrays["door_kimlik"]
    keys, csbm, door = _decided(reference.decisions, *known)
    refusals = reference.refusals
    if refusals is not None and len(refusals):
        doors = refusals["numarataj_kimlik_no"].astype("Int64")
        there = doors.isna() | doors.isin(known[2])
        refusals = refusals[there & refusals["csbm_kod"].notna()]
    refused_key, refused_csbm, refused_door = _decided(refusals, *known)
    return {
        "decision_key": keys, "decision_csbm": csbm, "decision_door": door,
        "refused_key": refused_key, "refused_csbm": refused_csbm, "refused_door": refused_door,
    }  # fmt: skip


def compile_arrays(reference: Any) -> tuple[dict[str, NDArray[Any]], dict[str, list[str]]]:
    """The arrays and the names of a reference."""
    places = _places(reference.csbm, reference.mahalle)
    arrays, frame = _csbm_arrays(reference.csbm, places)
    gathered = _Phrases()
    spelt = frame.drop_duplicates(["name", "csbm"])
    gathered.add(spelt["csbm"].tolist(), spelt["name"].to_numpy(np.int32), IS_CSBM)
    _add_spellings(gathered, spelt["csbm"].tolist(), spelt["name"].to_numpy(np.int32), IS_CSBM)
    at_mahalle = np.arange(len(places.mahalle), dtype=np.int32)
    _add_spellings(gathered, places.mahalle, at_mahalle, IS_MAHALLE)
    _mahalle_forms(gathered, places)
    gathered.add(places.ilce, np.arange(len(places.ilce), dtype=np.int32), IS_ILCE)
    _aliases(gathered, places, arrays["csbm_kod"], reference.aliases)
    il = _il_forms(gathered, places)
    in_mahalle = np.bincount(arrays["csbm_mahalle"], minlength=len(places.mahalle))
    arrays |= gathered.arrays(np.diff(arrays["name_start"]), in_mahalle)
    arrays |= beginnings_of(gathered.named)
    every = sorted(set(frame["csbm"])) + places.mahalle + places.ilce + il
    arrays |= _word_arrays(every)
    arrays |= _door_arrays(reference.kapi, arrays["csbm_kod"], arrays["kod_order"])
    arrays |= _decision_arrays(reference, arrays)
    own = sum(1 for said in places.il if said)
    arrays["il_count"] = np.array([len(places.il) if own else len(il)])
    names = {
        "csbm": frame["csbm"].tolist(),
        "mahalle": places.mahalle,
        "ilce": places.ilce,
        "il": il,
    }
    return arrays, names


def _version() -> str:
    """The version of the index and its arrays by name: an index of others is not ours."""
    return f"{INDEX_VERSION} {' '.join(Index._fields)}"


def write_index(arrays: dict[str, NDArray[Any]], names: dict[str, list[str]], folder: Path,
                manifest: dict[str, Any]) -> None:  # fmt: skip
    """Write beside ``folder`` and put in its place: who reads the old one keeps it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, array in arrays.items():
            np.save(made / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        for level, said in names.items():
            text = "\n".join(name.replace("\n", " ") for name in said)
            (made / f"{level}.txt").write_text(text, encoding="utf-8")
        manifest = {**manifest, "version": _version(), "dictionary": dictionary_hash()}
        (made / _MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        made.chmod(0o755)
        _swap(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _swap(made: Path, folder: Path) -> None:
    """Put ``made`` in place of ``folder``; of several processes at it the last one stays."""
    old = made.with_name(made.name + "-old")
    while True:
        with suppress(FileNotFoundError):
            folder.replace(old)
        try:
            made.replace(folder)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
        else:
            return
        finally:
            shutil.rmtree(old, ignore_errors=True)


def read_whole(folder: Path, read: Callable[[], T]) -> T:
    """What ``read`` makes of an index; read again where another took its place meanwhile."""
    for _ in range(_TRIES):
        before = _which(folder)
        try:
            found = read()
        except (NotFound, FileNotFoundError, KeyError):  # half of it was gone already
            if before is not None and _which(folder) == before:
                raise
            time.sleep(_PAUSE_S)
        else:
            if _which(folder) == before:
                return found
    return read()


def _which(folder: Path) -> tuple[int, int] | None:
    """Tells one index folder from another of its name; ``None`` where there is none."""
    try:
        facts = folder.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of an index this program can use; ``None`` where there is none."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(manifest, dict) and manifest.get("version") == _version()
    is_ours = is_ours and manifest.get("dictionary") == dictionary_hash()
    return manifest if is_ours else None


def fingerprint_of(folder: Path) -> str:
    """A value that is another one for every index that is built."""
    digest = blake2b((folder / _MANIFEST).read_bytes(), digest_size=16)
    for path in sorted(folder.glob("*.npy")):
        facts = path.stat()
        digest.update(f"{path.name}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def open_arrays(folder: Path) -> tuple[Index, dict[str, NDArray[Any]], dict[str, Any]]:
    """The index of a folder, mapped into memory, with its other arrays and its manifest.

    Raises:
        NotFound: there is none, or it was made by another version.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise NotFound(
            Text(
                f"{folder} içinde bu sürümün kullanabileceği bir adres dizini yok.",
                f"{folder} holds no address index this version can use.",
            ),
            remedy=Text("dizini yeniden kurun", "build the index again"),
        )
    arrays = {
        path.stem: np.load(path, mmap_mode="r", allow_pickle=False) for path in folder.glob("*.npy")
    }
    arrays = {name: _plain(array) for name, array in arrays.items()}
    index = Index(**{name: arrays.pop(name) for name in Index._fields})
    return index, arrays, manifest


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """The mapped memory as a plain read-only array: one type for the compiled core."""
    plain = np.asarray(array)
    plain.flags.writeable = False
    return plain


def read_names(folder: Path, level: str) -> list[str]:
    """Names of a level in the order of the arrays."""
    text = (folder / f"{level}.txt").read_text(encoding="utf-8")
    return text.split("\n") if text else []
