"""One table of a delivery on its way to a frame of its layer."""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_platform.core.crs import REGISTER_SRID, epsg_of, names_ed50
from gis_platform.core.findings import Finding
from gis_platform.core.text import clean
from gis_platform.maks import placing, saying
from gis_platform.maks.codes import code_list_of
from gis_platform.maks.columns import Headers, read_headers
from gis_platform.maks.layers import FILE, ROW, empty_frame
from gis_platform.maks.local_datum import LocalDatum
from gis_platform.maks.model import Column, Layer, name_key
from gis_platform.maks.shapes import fit_shapes
from gis_platform.maks.values import Converted, converter, is_turkish_identity_number
from gis_platform.sources.spatial import SpatialTable

REJECTED_COLUMNS = ("layer", "file", "row", "field", "code", "value", "text", "remedy")
"""Of rejected rows: where the row is, what is wrong (``core.errors.Text``), what to do."""
LABEL_COLUMNS = ("list", "code", "label", "count")
"""Of the pairs of code and label a delivery shows."""

_SAMPLE = 500
_MOSTLY = 0.5
_LABEL_ENDINGS = ("adi", "ad", "aciklama", "ack", "formatted", "label")
_IDENTITY_NUMBER = "identity number of a person"


@dataclass(frozen=True)
class TableFacts:
    """What is known of one table of a delivery.

    Attributes:
        layer: the MAKS layer it is.
        file: where it was, with its table where the file has several.
        rows: how many it has.
        placing: the CRS declared and used, with the operation; ``None`` without geometry.
        headers: what its columns mean.
    """

    layer: str
    file: str
    rows: int
    placing: placing.Placing | None
    headers: Headers


@dataclass(frozen=True)
class Arrived:
    """What became of one table; the fields are those of ``delivery.Delivery``."""

    frame: pd.DataFrame
    raw: pd.DataFrame
    facts: TableFacts
    findings: list[Finding]
    quarantined: pd.DataFrame
    unknown: pd.DataFrame
    rejected: pd.DataFrame
    labels: pd.DataFrame


class ArrivingTable:
    """A table of a delivery and what is being said about it.

    Args:
        table: as received.
        layer: the MAKS layer it is.
        local: the municipality's own way from ED50 to TUREF.
    """

    def __init__(self, table: SpatialTable, layer: Layer, local: LocalDatum | None = None) -> None:
        self.table = table
        self.local = local
        self.layer = layer
        self.file = table.ref.file
        self.placing: placing.Placing | None = None
        self.findings: list[Finding] = []
        self._headers = read_headers(layer, table.frame.columns)
        for header, rest in self._headers.rests.items():
            whole = table.frame[header].fillna("") + table.frame[rest].fillna("")
            table.frame[header] = whole.where(whole != "", None)
        self._rejected: list[pd.DataFrame] = []

    def place(self, srid: int | None) -> None:
        """Find out where its coordinates are.

        Raises:
            SourceError: no CRS is declared, and the numbers fit none in the district.
        """
        shapes = self.table.geometry
        if shapes is None or self.layer.geometry is None or pd.isna(shapes).all():
            return
        crs = self.table.crs
        self.placing = placing.place(
            shapes, epsg_of(crs), srid, self.local, on_ed50=names_ed50(crs)
        )
        if self.placing is None:
            raise saying.nowhere(self.layer, shapes, self.file)
        self.findings.extend(saying.placed(self.layer, self.placing, self.file))

    def arrive(self) -> Arrived:
        """The frame of its layer, and everything there is to say about it."""
        quarantined = self._quarantine()
        self._say_headers()
        frame = self._columns()
        frame[FILE] = pd.Series(self.file, index=frame.index, dtype="str")
        frame[ROW] = pd.Series(frame.index + 1, index=frame.index, dtype="Int64")
        labels = self._labels(frame)
        frame = self._with_geometry(frame)
        rejected = self._all_rejected()
        facts = TableFacts(self.layer.name, self.file, len(frame), self.placing, self._headers)
        kept = frame[~frame[ROW].isin(rejected["row"])]
        return Arrived(
            kept, self._raw(), facts, self.findings, quarantined, self._unknown(), rejected, labels
        )

    def _columns(self) -> pd.DataFrame:
        empty = empty_frame(self.layer.name)
        index = pd.RangeIndex(len(self.table.frame))
        columns = {}
        for column in self.layer.columns:
            headers = self._headers.columns.get(column.name, [])
            values = self._values(column, headers) if headers else pd.Series(index=index)
            columns[column.name] = values.astype(empty[column.name].dtype)
        return pd.DataFrame(columns, index=index)

    def _values(self, column: Column, headers: list[str]) -> pd.Series:
        header, values, lost = self._best(headers, converter(column.kind))
        values, lost = self._coded(column, self.table.frame[header], values, lost)
        if lost.any():
            said = self.table.frame.loc[lost, header].astype("str")
            if column.required:
                self._reject(lost.to_numpy(), "value.malformed", header, said)
            else:
                self.findings.append(
                    saying.value_lost(self.layer, column.name, header, said, self.file)
                )
        return values

    def _best(
        self, headers: list[str], convert: Callable[[pd.Series], Converted]
    ) -> tuple[str, pd.Series, pd.Series]:
        """Of several headers for one column the first whose values mostly fit."""
        tried = []
        for header in headers:
            values, lost = convert(self.table.frame[header])
            tried.append((header, values, lost))
            if values.notna().any() and lost.mean() <= _MOSTLY:
                return tried[-1]
        return tried[0]

    def _coded(
        self, column: Column, received: pd.Series, values: pd.Series, lost: pd.Series
    ) -> Converted:
        """Labels of a code list as its codes: ``SOKAK`` as 4, ``cift`` as ``ÇİFT``."""
        codes = code_list_of(self.layer.name, column.name)
        which = lost if column.kind == "int" else received.notna()
        if codes is None or not codes.codes or not which.any():
            return values, lost
        found = received[which].astype("str").map(lambda label: codes.code_of(clean(label)))
        found = found.dropna().astype(values.dtype)
        values, lost = values.copy(), lost.copy()
        values[found.index], lost[found.index] = found, False
        return values, lost

    def _labels(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Pairs of code and label: a code list can be filled from them."""
        keys = {name_key(header): header for header in self._headers.unknown}
        parts = [pd.DataFrame(columns=list(LABEL_COLUMNS))]
        for name, headers in self._headers.columns.items():
            codes = code_list_of(self.layer.name, name)
            if codes is None:
                continue
            stems = {name_key(name), *(name_key(one) for one in headers)}
            stems |= {name_key(self.layer.name) + stem for stem in stems}
            stems |= {stem.removesuffix("kodu") for stem in stems}
            endings = [stem + ending for stem in stems for ending in _LABEL_ENDINGS]
            header = next((keys[key] for key in endings if key in keys), None)
            if header is not None:
                pairs = pd.DataFrame({"code": frame[name], "label": self.table.frame[header]})
                counted = pairs.dropna().value_counts().reset_index()
                parts.append(counted.assign(list=codes.name)[list(LABEL_COLUMNS)])
        return parts[-1] if len(parts) == 1 else pd.concat(parts[1:], ignore_index=True)

    def _with_geometry(self, frame: pd.DataFrame) -> pd.DataFrame:
        if self.layer.geometry is None:
            return frame
        shapes = self.table.geometry
        if shapes is None:
            self.findings.append(saying.no_geometry(self.layer, self.file))
            shapes = np.full(len(frame), None, dtype=object)
        self._reject(self.table.is_broken, "geometry.broken", "geometry")
        shapes, is_foreign, unpacked = fit_shapes(shapes, self.layer.geometry)
        self._reject(is_foreign, "geometry.wrong-type", "geometry")
        if unpacked:
            self.findings.append(saying.unpacked(self.layer, unpacked, self.file))
        if self.table.has_heights:
            self.findings.append(saying.flattened(self.layer, self.file))
        if self.table.curves:
            self.findings.append(saying.straightened(self.layer, self.table.curves, self.file))
        if self.placing is not None:
            moved = placing.to_register(shapes, self.placing.fit, self.placing.local)
            self._reject(~pd.isna(shapes) & pd.isna(moved), "geometry.impossible", "geometry")
            shapes = moved
        return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=REGISTER_SRID))

    def _reject(
        self,
        which: NDArray[np.bool_],
        code: str,
        header: str,
        values: pd.Series | None = None,
    ) -> None:
        at = np.flatnonzero(which)
        text, remedy = saying.REJECTIONS[code]
        said = [""] * len(at) if values is None else list(values)
        rows = {
            "layer": self.layer.name,
            "file": self.file,
            "row": at + 1,
            "field": header,
            "code": code,
            "value": said,
            "text": [text.fill(field=header, value=one) for one in said],
            "remedy": [remedy] * len(at),
        }
        self._rejected.append(pd.DataFrame(rows, index=range(len(at))))

    def _all_rejected(self) -> pd.DataFrame:
        there = [part for part in self._rejected if len(part)]
        if not there:
            return pd.DataFrame(columns=list(REJECTED_COLUMNS))
        return pd.concat(there).drop_duplicates("row").sort_values("row", ignore_index=True)

    def _say_headers(self) -> None:
        for name, header in self._headers.guessed.items():
            self.findings.append(saying.guessed_column(self.layer, name, header, self.file))
        for name in self._headers.missing:
            if self.layer.column(name).required:
                self.findings.append(saying.missing_column(self.layer, name, self.file))
        if self._headers.unknown:
            unknown = self._headers.unknown
            self.findings.append(saying.unknown_columns(self.layer, unknown, self.file))
        if len(self.table.encodings) > 1:
            self.findings.append(saying.mixed_letters(self.layer, self.table.encodings, self.file))
        if not len(self.table.frame):
            self.findings.append(saying.empty_table(self.layer, self.file))

    def _quarantine(self) -> pd.DataFrame:
        """Columns with data of persons, by their name or by what stands in them."""
        for header in list(self._headers.unknown):
            text = self.table.frame[header].dropna().head(_SAMPLE).astype("str")
            if len(text) and is_turkish_identity_number(text).mean() > _MOSTLY:
                self._headers.unknown.remove(header)
                self._headers.personal[header] = _IDENTITY_NUMBER
        rows = [
            {"file": self.file, "header": header, "what": what, "count": self._count(header)}
            for header, what in self._headers.personal.items()
        ]
        self.findings.extend(saying.quarantined(self.layer, row) for row in rows)
        return pd.DataFrame(rows, columns=["file", "header", "what", "count"])

    def _unknown(self) -> pd.DataFrame:
        rows = [
            {"file": self.file, "header": header, "count": self._count(header)}
            for header in self._headers.unknown
        ]
        return pd.DataFrame(rows, columns=["file", "header", "count"])

    def _count(self, header: str) -> int:
        text = self.table.frame[header].dropna().astype("str")
        return int((text.str.strip() != "").sum())

    def _raw(self) -> pd.DataFrame:
        raw = self.table.frame.drop(columns=list(self._headers.personal))
        raw = raw.assign(**{FILE: self.file, ROW: np.arange(1, len(raw) + 1)})
        if self.table.geometry is None:
            return raw
        return gpd.GeoDataFrame(raw, geometry=gpd.GeoSeries(self.table.geometry))
