"""Runs a profile over the layers, and parts what may enter the register from what waits."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject_geometry
from gis_platform.core.errors import NotFound, Place, Text
from gis_platform.core.findings import Finding, Severity
from gis_platform.core.text import sort_key
from gis_platform.maks.control import EVERY_LAYER, Control, Violation, controls, fill
from gis_platform.maks.joined import JoinedLayers, among
from gis_platform.maks.layers import FILE, ROW, MaksLayers
from gis_platform.maks.model import LAYERS
from gis_platform.maks.names import name_fold
from gis_platform.maks.profile import Profile, read_profile, severity_of
from gis_platform.maks.waiver import Waiver, waived_by

CODES = "_codes"
"""Column of a held frame: the codes that hold the feature, joined by ``;``."""
HELD_PARENT = "held.parent"
"""The code of a feature that waits because the feature it needs waits."""
_CARRIERS = frozenset({"yol", "yol_orta_hat", "yol_orta_hat_yon", "numarataj"})
"""Layers whose held features hold others; a boundary that waits must not stop a whole district."""

COLUMNS = (
    "code", "kind", "layer", "action", "index", "kimlik_no", "mahalle", "file", "row", "values",
    "remedy", "fix", "geometry",
)  # fmt: skip


@dataclass(frozen=True)
class CheckResult:
    """What a profile found.

    Attributes:
        profile: the profile that ran.
        violations: one row per breach; ``COLUMNS``: code, kind, layer, action (block, warn, info),
            index in the layer's frame (missing: the whole layer), kimlik_no, mahalle (identity
            numbers), file and row of origin, values, remedy, fix (column to value, where it can
            be computed), geometry (EPSG:5254, east first).
        seconds: code to time taken.
        waived: breaches people let be, as ``violations``, with ``waiver`` (its number); they
            block nothing and are told as information.
        waivers: by their number.
    """

    profile: Profile
    violations: gpd.GeoDataFrame
    seconds: Mapping[str, float]
    waived: gpd.GeoDataFrame | None = None
    waivers: Mapping[int, Waiver] = field(default_factory=dict)

    @property
    def is_blocking(self) -> bool:
        """Whether anything found blocks under this profile."""
        return bool((self.violations["action"] == "block").any())

    def counts(self) -> pd.DataFrame:
        """Breaches per ``code, layer, action``, with ``count``."""
        keys = ["code", "layer", "action"]
        return self.violations.groupby(keys, sort=True).size().rename("count").reset_index()

    def findings(self) -> list[Finding]:
        """Every breach as a finding, geometry in EPSG:4326."""
        return list(self.iter_findings())

    def iter_findings(self) -> Iterator[Finding]:
        """The findings one by one: a delivery may have very many; the waived ones come last."""
        for row, shape in _rows(self.violations):
            yield _finding(row, shape)
        for row, shape in _rows(self.waived) if self.waived is not None else ():
            yield _let_be(_finding(row, shape), self.waivers[int(row.waiver)])


@dataclass(frozen=True)
class Split:
    """What may enter the register, and per layer what waits, with the codes why (``_codes``)."""

    clean: MaksLayers
    held: Mapping[str, pd.DataFrame]

    def __iter__(self) -> Iterator[object]:
        """Unpacks as ``clean, held``."""
        return iter((self.clean, self.held))


def check(  # noqa: PLR0913 - what is seen and what is let be, all named
    layers: MaksLayers,
    profile: Profile | str,
    *,
    only: Iterable[str] | None = None,
    mahalle: int | None = None,
    register: MaksLayers | None = None,
    waivers: Iterable[Waiver] = (),
) -> CheckResult:
    """Run every control the profile does not switch off.

    Args:
        layers: the features findings speak of.
        profile: a profile or its name.
        only: codes to run, if not all.
        mahalle: identity number; only findings on features of that mahalle are kept.
        register: what the register holds already: the controls see it (a delivered feature takes
            the place of the one with its identity number), no finding speaks of it.
        waivers: those in force; what falls under one blocks nothing.

    Raises:
        NotFound: a code of ``only`` is not a control, or there is no such profile.
    """
    profile = read_profile(profile) if isinstance(profile, str) else profile
    seen = JoinedLayers(dict(overlay(layers, register).frames))
    seconds: dict[str, float] = {}
    parts = []
    for one in _chosen(profile, only, layers if register is not None else None):
        begin = time.perf_counter()
        found = list(one.check(seen, **profile.limits.get(one.code, {})))
        parts.append(_table(found, one, profile, seen, layers))
        seconds[one.code] = time.perf_counter() - begin
    violations = _joined(parts)
    if mahalle is not None:
        violations = violations[(violations["mahalle"] == mahalle).fillna(value=False)]
    return _apart(CheckResult(profile, violations.reset_index(drop=True), seconds), waivers)


def _apart(result: CheckResult, waivers: Iterable[Waiver]) -> CheckResult:
    """The result with what people let be taken out of the violations."""
    known = {waiver.id: waiver for waiver in waivers}
    numbers = waived_by(result.violations, known.values())
    if not numbers.notna().any():
        return result
    let_be = result.violations[numbers.notna()].assign(waiver=numbers.dropna())
    left = result.violations[numbers.isna()]
    return replace(
        result,
        violations=left.reset_index(drop=True),
        waived=let_be.reset_index(drop=True),
        waivers={number: known[number] for number in sorted(set(numbers.dropna()))},
    )


def split(layers: MaksLayers, result: CheckResult, *, register: MaksLayers | None = None) -> Split:
    """Part the features with a blocking finding, and those that need one of them, from the rest.

    A feature follows the one it must refer to (``Column.required``); where the register holds an
    earlier version of that one, it may stay.
    """
    blocked = result.violations
    blocked = blocked[(blocked["action"] == "block") & blocked["index"].notna()]
    clean: dict[str, pd.DataFrame] = {}
    held: dict[str, pd.DataFrame] = {}
    for name in layers:
        frame = layers[name]
        codes = _codes_of(blocked[blocked["layer"] == name], frame.index)
        codes = codes.where(codes != "", _orphaned(name, frame, clean, held, register))
        clean[name] = frame[codes == ""]
        if (codes != "").any():
            held[name] = frame[codes != ""].assign(**{CODES: codes[codes != ""]})
    return Split(MaksLayers(clean), held)


def find_mahalle(layers: MaksLayers, wanted: str) -> int:
    """Identity number of the mahalle of that name or number.

    Raises:
        NotFound: the layers have no such mahalle; the message names those they have.
    """
    known = layers["mahalle"]
    if wanted.isdecimal():
        mine = known[known["kimlik_no"] == int(wanted)]
    else:
        mine = known[known["ad"].fillna("").map(name_fold) == name_fold(wanted)]
    if len(mine):
        return int(mine["kimlik_no"].iloc[0])
    names = ", ".join(sorted(known["ad"].dropna(), key=sort_key))
    raise NotFound(
        Text(
            f"“{wanted}” adında bir mahalle yok. Olanlar: {names}.",
            f"There is no mahalle “{wanted}”. Those that are: {names}.",
        )
    )


def overlay(layers: MaksLayers, register: MaksLayers | None) -> MaksLayers:
    """The register as it would be with ``layers`` in it; delivered rows first, in their order."""
    if register is None:
        return layers
    return MaksLayers(
        {name: _overlaid(layers, register, name) for name in LAYERS if name in {*layers, *register}}
    )


def _overlaid(layers: MaksLayers, register: MaksLayers, name: str) -> pd.DataFrame:
    new, old = layers[name], register[name]
    old = old[~old["kimlik_no"].isin(new["kimlik_no"].dropna())]
    if not len(new) or not len(old):
        return new if len(new) else old.set_axis(_behind(new, old))
    old = old.set_axis(_behind(new, old))
    return pd.concat([new, old[[column for column in new.columns if column in old.columns]]])


def _behind(new: pd.DataFrame, old: pd.DataFrame) -> pd.Index:
    """Index labels no delivered row has."""
    return pd.Index([("register", at) for at in range(len(old))], tupleize_cols=False)


def _chosen(
    profile: Profile, only: Iterable[str] | None, delivered: MaksLayers | None
) -> list[Control]:
    wanted = None if only is None else {controls[code].code for code in only}
    chosen = []
    for code, one in controls.items():
        if wanted is not None and code not in wanted:
            continue
        if wanted is None and profile.action(one) == "off":
            continue
        if delivered is None or one.layer == EVERY_LAYER or one.layer in delivered:
            chosen.append(one)
    return chosen


def _table(
    found: Sequence[Violation],
    one: Control,
    profile: Profile,
    seen: JoinedLayers,
    layers: MaksLayers,
) -> gpd.GeoDataFrame | None:
    parts = []
    for layer in sorted({violation.layer or one.layer for violation in found}):
        mine = [violation for violation in found if (violation.layer or one.layer) == layer]
        delivered = layers[layer].index
        is_there = layer in layers
        mine = [v for v in mine if (is_there if v.index is None else v.index in delivered)]
        if mine:
            parts.append(_layer_table(mine, one, profile, seen, layer))
    return _joined(parts) if parts else None


def _layer_table(
    found: Sequence[Violation], one: Control, profile: Profile, seen: JoinedLayers, layer: str
) -> gpd.GeoDataFrame:
    frame = seen[layer]
    at = frame.index.get_indexer(pd.Index([v.index for v in found], tupleize_cols=False))
    table = pd.DataFrame(
        {
            "code": one.code,
            "kind": pd.Series([v.kind for v in found], dtype="str"),
            "layer": layer,
            "action": pd.Series([profile.action(one, v.kind) for v in found], dtype="str"),
            "index": pd.Series([v.index for v in found], dtype=object),
            "values": pd.Series([dict(v.values) for v in found], dtype=object),
            "remedy": pd.Series([v.remedy or one.remedy for v in found], dtype=object),
            "fix": pd.Series([v.fix for v in found], dtype=object),
        }
    )
    table["kimlik_no"] = _taken(frame["kimlik_no"], at)
    table["mahalle"] = _taken(seen.mahalle_of(layer), at)
    table["file"] = _taken(frame[FILE], at)
    table["row"] = _taken(frame[ROW], at)
    shapes = _shapes(found, frame, at)
    kept = table["action"] != "off"
    return gpd.GeoDataFrame(
        table[kept].reset_index(drop=True),
        geometry=gpd.GeoSeries(shapes[kept.to_numpy()], crs=REGISTER_SRID),
    )[list(COLUMNS)]


def _taken(column: pd.Series, at: np.ndarray) -> pd.Series:
    """Values at positions; missing at -1."""
    if not len(column):
        return pd.Series([None] * len(at), dtype=column.dtype)
    values = column.take(np.where(at < 0, 0, at)).reset_index(drop=True)
    return values.where(at >= 0)


def _shapes(found: Sequence[Violation], frame: pd.DataFrame, at: np.ndarray) -> np.ndarray:
    shapes = np.array([v.geometry for v in found], dtype=object)
    if isinstance(frame, gpd.GeoDataFrame) and len(frame):
        own = np.asarray(frame.geometry.array)[np.where(at < 0, 0, at)]
        lacks = shapely.is_missing(shapes) & (at >= 0)
        shapes[lacks] = own[lacks]
    return shapes


def _joined(parts: Iterable[gpd.GeoDataFrame | None]) -> gpd.GeoDataFrame:
    there = [part for part in parts if part is not None and len(part)]
    if there:
        return cast("gpd.GeoDataFrame", pd.concat(there, ignore_index=True))
    empty = {name: pd.Series(dtype=object) for name in COLUMNS if name != "geometry"}
    return gpd.GeoDataFrame(
        pd.DataFrame(empty).astype({"kimlik_no": "Int64", "mahalle": "Int64", "row": "Int64"}),
        geometry=gpd.GeoSeries([], crs=REGISTER_SRID),
    )


def _codes_of(blocked: pd.DataFrame, index: pd.Index) -> pd.Series:
    codes = pd.Series("", index=index, dtype="str")
    if len(blocked):
        joined = blocked.groupby("index")["code"].agg(lambda all_: ";".join(sorted(set(all_))))
        codes.loc[joined.index] = joined
    return codes


def _orphaned(
    name: str,
    frame: pd.DataFrame,
    clean: Mapping[str, pd.DataFrame],
    held: Mapping[str, pd.DataFrame],
    register: MaksLayers | None,
) -> pd.Series:
    """``held.parent`` for the features whose required reference points to a held one."""
    codes = pd.Series("", index=frame.index, dtype="str")
    for column in LAYERS[name].columns:
        parent = column.refers_to
        if not column.required or parent not in _CARRIERS or parent not in held:
            continue
        lost = among(frame[column.name], held[parent]["id"])
        lost &= ~among(frame[column.name], clean[parent]["id"])
        if register is not None:
            lost &= ~among(frame[column.name], register[parent]["id"])
        codes = codes.mask(lost, HELD_PARENT)
    return codes


def _rows(violations: gpd.GeoDataFrame) -> Iterator[tuple[Any, str | None]]:
    wkt = _wkt_4326(violations)
    rows = violations.rename(columns={"values": "values_", "index": "index_"})
    return zip(rows.itertuples(index=False), wkt, strict=True)


def _let_be(finding: Finding, waiver: Waiver) -> Finding:
    """A finding as it is told once a person let it be."""
    said = waiver.said
    text = Text(f"{finding.text.tr} [{said.tr}]", f"{finding.text.en} [{said.en}]")
    return replace(finding, severity=Severity.INFO, text=text, waiver=waiver.id)


def _finding(row: Any, wkt: str | None) -> Finding:
    kimlik_no = None if pd.isna(row.kimlik_no) else str(row.kimlik_no)
    title = LAYERS[row.layer].title if row.layer in LAYERS else row.layer
    filled = {"kimlik_no": kimlik_no or "?", "layer": title, **row.values_}
    return Finding(
        code=row.code,
        layer=row.layer,
        feature_id=kimlik_no,
        severity=severity_of(row.action),
        text=fill(controls[row.code].sentence(row.kind), filled),
        values={k: v.tr if isinstance(v, Text) else str(v) for k, v in row.values_.items()},
        remedy=None if row.remedy is None else fill(row.remedy, filled),
        place=Place(
            file=None if pd.isna(row.file) else str(row.file),
            row=None if pd.isna(row.row) else int(row.row),
        ),
        wkt=wkt,
        fix=None if row.fix is None else {name: _said(v) for name, v in row.fix.items()},
    )


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _wkt_4326(violations: gpd.GeoDataFrame) -> list[str | None]:
    shapes = np.asarray(violations.geometry.array)
    turned = reproject_geometry(shapes, REGISTER_SRID, PUBLISHED_SRID)
    return [None if shape is None else shapely.to_wkt(shape, 7) for shape in turned]
