"""A file as the source of a layer: read whole, put into a temporary table, then the same gate."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from gis_platform.core.crs import epsg_of
from gis_platform.core.errors import ConfigError, Place, SourceError, Text
from gis_platform.core.text import fold
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.catalogue import LayerFile
from gis_platform.sources.spatial import SpatialTable, list_tables, read_table

PREFIX = "file:"
_DATE = r"\d{4}-\d{2}-\d{2}"
_MOMENT = _DATE + r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?"


def source_table(connection: Connection, layer: LayerFile) -> str:
    """The table a layer is copied from; that of a file lasts as long as the transaction.

    Raises:
        ConfigError: the layer file is one that came along and has no folder.
        SourceError: the file cannot be read, holds several tables, or does not say its CRS.
    """
    if not layer.source.startswith(PREFIX):
        return layer.source
    found = _read(layer)
    srid = epsg_of(found.crs)
    if srid is None or found.geometry is None:
        raise _refused(
            layer,
            Text("Koordinat sistemi belli değil.", "It does not say its coordinate system."),
            Text("dosyayı EPSG koduyla kaydedin", "save the file with its EPSG code"),
        )
    if found.is_broken.any():
        row = int(np.argmax(found.is_broken)) + 1
        raise SourceError(
            Text("Geometri okunamıyor.", "The geometry cannot be read."),
            place=Place(file=found.ref.file, row=row),
        )
    table = f"source_{layer.name}"
    columns = {identifier_of(name): values for name, values in found.frame.items()}
    wanted = {name: _with_kind(columns[name]) for name in layer.columns if name in columns}
    ask.stage(connection, table, wanted, found.geometry, srid)
    return f"pg_temp.{table}"


def identifier_of(name: str) -> str:
    """How a layer file calls a column of a file: ``Park Adı`` is ``park_adi``."""
    return re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")


def kind_of(values: "pd.Series[object]") -> str:
    """Kind of values of a column as read; text that is all dates or moments is taken as such."""
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    if pd.api.types.is_float_dtype(values):
        return _number_kind(values)
    texts = values.dropna().astype(str)
    for kind, pattern in (("date", _DATE), ("date-time", _MOMENT)):
        if len(texts) and texts.str.fullmatch(pattern).all():
            return kind
    return "string"


def _with_kind(values: "pd.Series[object]") -> "tuple[str, pd.Series[object]]":
    kind = kind_of(values)
    return kind, values.astype("Int64") if kind == "integer" else values


def _number_kind(values: "pd.Series[float]") -> str:
    """Whole numbers with gaps are read as floating point; they stay whole."""
    known = values.dropna()
    is_whole = len(known) > 0 and (known % 1 == 0).all() and (known.abs() < 2**53).all()
    return "integer" if is_whole and values.isna().any() else "number"


def _read(layer: LayerFile) -> SpatialTable:
    if layer.folder is None:
        raise ConfigError(
            Text("Dosya kaynağı yalnızca kendi klasörünüzde olur.",
                 "A file is a source only in a folder of your own."),
            place=Place(file=f"{layer.name}.toml", field="source"),
        )  # fmt: skip
    path = Path(layer.folder) / layer.source.removeprefix(PREFIX)
    tables = list_tables(path)
    if len(tables) > 1:
        names = ", ".join(ref.table for ref in tables)
        raise _refused(
            layer,
            Text(f"Birden çok tablo var: {names}.", f"It holds several tables: {names}."),
            Text("her katman için ayrı dosya kaydedin", "save one file for each layer"),
        )
    return read_table(tables[0])


def _refused(layer: LayerFile, text: Text, remedy: Text) -> SourceError:
    return SourceError(text, place=Place(file=layer.source.removeprefix(PREFIX)), remedy=remedy)
