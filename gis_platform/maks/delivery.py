"""A MAKS delivery as it comes becomes ``MaksLayers``; what was done to it is said, not hidden."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gis_platform.core.errors import Place
from gis_platform.core.findings import Finding, Severity
from gis_platform.maks import saying
from gis_platform.maks.arriving import REJECTED_COLUMNS, Arrived, ArrivingTable, TableFacts
from gis_platform.maks.columns import layer_of_table, nearest_layer
from gis_platform.maks.describe import find_layer
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.local_datum import LocalDatum
from gis_platform.maks.model import LAYERS, Layer
from gis_platform.sources.spatial import TableRef, list_tables, read_table

__all__ = ["REJECTED_COLUMNS", "Delivery", "RawTable", "TableFacts", "read_delivery"]


@dataclass(frozen=True)
class RawTable:
    """A table as received, for ``raw.feature``.

    Attributes:
        layer: the MAKS layer it is.
        frame: its columns without those that hold data of persons, ``_file``, ``_row`` and, for
            a spatial table, ``geometry`` in the CRS received.
        srid: EPSG code the file declares, if it does.
    """

    layer: str
    frame: pd.DataFrame
    srid: int | None


@dataclass(frozen=True)
class Delivery:
    """A delivery read.

    Attributes:
        layers: its features, in the register's columns and CRS.
        raw: its tables as received.
        facts: one per table read.
        findings: what was found out or done on the way.
        quarantined: ``file, header, what, count`` of columns with data of persons; their values
            were dropped.
        unknown: ``file, header, count`` of columns that mean nothing to MAKS.
        rejected: rows that cannot be features; ``REJECTED_COLUMNS``.
        labels: ``list, code, label, count``: pairs of code and label seen.
    """

    layers: MaksLayers
    raw: tuple[RawTable, ...]
    facts: tuple[TableFacts, ...]
    findings: tuple[Finding, ...]
    quarantined: pd.DataFrame
    unknown: pd.DataFrame
    rejected: pd.DataFrame
    labels: pd.DataFrame

    @property
    def read(self) -> int:
        """Rows of its MAKS tables: features and rejected ones."""
        return sum(facts.rows for facts in self.facts)

    def all_findings(self) -> list[Finding]:
        """What was found on the way, and each refused row as a finding."""
        refused = [
            Finding(
                code=row["code"],
                layer=row["layer"],
                feature_id=None,
                severity=Severity.ERROR,
                text=row["text"],
                remedy=row["remedy"],
                place=Place(file=row["file"], row=int(row["row"]), field=row["field"]),
            )
            for row in self.rejected.to_dict("records")
        ]
        return [*self.findings, *refused]


def read_delivery(
    path: Path,
    *,
    srid: int | None = None,
    tables: Mapping[str, str] | None = None,
    local: LocalDatum | None = None,
) -> Delivery:
    """Read a delivery: a geodatabase, GeoPackage, archive, MapInfo or GeoJSON file, or a folder.

    Args:
        path: file or folder.
        srid: EPSG code of the coordinates, where the files do not declare the right one.
        tables: which layer a table is, where its name does not say.
        local: the municipality's own way from ED50 to TUREF.

    Raises:
        SourceError: nothing can be read, no table is a MAKS layer, one layer stands in two
            deliveries, a CRS cannot be found out, or all of it lies in another district.
        NotFound: ``tables`` names no layer of MAKS.
    """
    path = Path(path)
    found = _Found(path, tables or {})
    arriving = [ArrivingTable(read_table(ref), layer, local) for ref, layer in found.wanted]
    for table in arriving:
        table.place(srid)
    _refuse_other_district(path, arriving)
    arrived = [table.arrive() for table in arriving]
    findings = [*found.misspelt, *(saying.unknown_table(ref) for ref in found.others)]
    placed = [(t.file, t.placing) for t in arriving if t.placing is not None]
    used = {file: at.fit.srid for file, at in placed}
    if len(set(used.values())) > 1:
        findings.append(saying.mixed_crs(used))
    if local is not None:
        is_used = any(at.local is not None for _, at in placed)
        say = saying.local_datum if is_used else saying.local_unused
        findings.append(say(local))
    return _delivery(arrived, findings)


class _Found:
    """The tables of a delivery: those that are MAKS layers, and the others."""

    def __init__(self, path: Path, told: Mapping[str, str]) -> None:
        refs = list_tables(path)
        names = [ref.table for ref in refs]
        for table in told:
            if table not in names:
                raise saying.no_such_table(path, table, names)
        self.wanted: list[tuple[TableRef, Layer]] = []
        self.others: list[TableRef] = []
        self.misspelt: list[Finding] = []
        for ref in refs:
            self._sort(ref, told)
        self._take_misspelt()
        if not self.wanted:
            raise saying.no_layer(path, names)
        _refuse_doubles(path, self.wanted)

    def _sort(self, ref: TableRef, told: Mapping[str, str]) -> None:
        layer = find_layer(told[ref.table]) if ref.table in told else layer_of_table(ref.table)
        if layer is None:
            self.others.append(ref)
        else:
            self.wanted.append((ref, layer))

    def _take_misspelt(self) -> None:
        """A name that is nearly a layer's is taken for it where that layer is not there."""
        there = {layer.name for _, layer in self.wanted}
        near = [(ref, nearest_layer(ref.table)) for ref in self.others]
        for ref, layer in near:
            rivals = [other for _, other in near if other == layer]
            if layer is not None and layer.name not in there and len(rivals) == 1:
                self.others.remove(ref)
                self.wanted.append((ref, layer))
                self.misspelt.append(saying.misspelt_table(ref, layer))


def _refuse_doubles(path: Path, wanted: Sequence[tuple[TableRef, Layer]]) -> None:
    """One layer from two files is two deliveries, not one."""
    places = defaultdict(set)
    for ref, layer in wanted:
        places[layer.name].add(ref.container)
    doubled = sorted(name for name, where in places.items() if len(where) > 1)
    if doubled:
        where = sorted({Path(one).name for name in doubled for one in places[name]})
        raise saying.several_deliveries(path, doubled, where)


def _refuse_other_district(path: Path, tables: Sequence[ArrivingTable]) -> None:
    placed = [(table, table.placing) for table in tables if table.placing is not None]
    if placed and not any(at.fit.share for _, at in placed):
        table = placed[0][0]
        raise saying.other_district(path, table.layer, table.table.geometry)


def _delivery(arrived: Sequence[Arrived], findings: Sequence[Finding]) -> Delivery:
    return Delivery(
        layers=MaksLayers(_frames(arrived)),
        raw=tuple(RawTable(one.facts.layer, one.raw, _declared(one.facts)) for one in arrived),
        facts=tuple(one.facts for one in arrived),
        findings=(*findings, *(said for one in arrived for said in one.findings)),
        quarantined=_concat([one.quarantined for one in arrived]),
        unknown=_concat([one.unknown for one in arrived]),
        rejected=_concat([one.rejected for one in arrived]),
        labels=_concat([one.labels for one in arrived]),
    )


def _frames(arrived: Sequence[Arrived]) -> dict[str, pd.DataFrame]:
    frames = {}
    for name in LAYERS:
        parts = [one.frame for one in arrived if one.facts.layer == name]
        if parts:
            frames[name] = _concat(parts)
    return frames


def _declared(facts: TableFacts) -> int | None:
    return facts.placing.declared if facts.placing is not None else None


def _concat(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    there = [part for part in parts if len(part)]
    return pd.concat(there, ignore_index=True) if there else parts[0].reset_index(drop=True)
