"""Files of addresses: a table or GeoPackage in, the same rows with their answers out, in pieces."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.core.errors import Place, SourceError, Text, UsageError
from gis_platform.matching.gazetteer import (
    build_index,
    folder_fingerprint,
    is_current,
    read_reference,
)
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import EXPLANATION_COLUMNS, RESULT_COLUMNS, AddressColumns
from gis_platform.sources.table import (
    CHUNK_ROWS,
    OURS,
    column_of,
    read_table,
    tables,
    write_table,
)

GEOPACKAGE = ".gpkg"
_BLOCK = 8 << 20
_LINES = frozenset({".csv", ".tsv", ".txt"})


@dataclass(frozen=True)
class MatchedFile:
    """What became of a file.

    Attributes:
        rows: rows read, and written.
        by_answer: rows per ``(match_status, match_level)``; no level where nothing was found.
        renamed: columns of the input that had a name of ours, and what they are called now.
    """

    rows: int
    by_answer: dict[tuple[str, str], int]
    renamed: dict[str, str]


@dataclass(frozen=True)
class AddressFile:
    """A file of addresses to be answered.

    Attributes:
        path: CSV, TSV, XLSX or GeoPackage.
        sheet: worksheet or layer, where there are several.
        headers: its column names.
    """

    path: Path
    sheet: str | None
    headers: tuple[str, ...]


def index_of_folder(folder: Path, home: Path) -> Path:
    """The index of a gazetteer folder, kept under ``home`` and made anew when a file changed.

    Raises:
        SourceError: the folder is not there, or lacks a file or column.
    """
    if not folder.is_dir():
        raise SourceError(
            Text("Böyle bir klasör yok.", "There is no such folder."),
            place=Place(file=str(folder)),
            remedy=Text(
                "csbm.csv ve mahalle.csv bulunan klasörü verin",
                "give the folder with csbm.csv and mahalle.csv",
            ),
        )
    fingerprint = folder_fingerprint(folder)
    place = blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()
    index = home / "gazetteers" / place
    if not is_current(index, fingerprint):
        index.parent.mkdir(parents=True, exist_ok=True)
        build_index(read_reference(folder), index, fingerprint=fingerprint)
    return index


def open_file(path: Path, sheet: str | None = None) -> AddressFile:
    """Look into a file of addresses.

    Raises:
        SourceError: it cannot be read.
    """
    if path.suffix == GEOPACKAGE:
        layer, fields, _ = _layer(path, sheet)
        return AddressFile(path, layer, fields)
    first = next(read_table(path, sheet=sheet, chunk_rows=1))
    return AddressFile(path, sheet, tuple(name for name in first.columns if name not in OURS))


def named_columns(file: AddressFile, wanted: dict[str, str]) -> AddressColumns:
    """Which header holds what, as a person said it; other case or Turkish letters are found too.

    Raises:
        SourceError: a column is not there; the message names those that are.
    """
    return AddressColumns(
        **{name: column_of(file.headers, said, path=file.path) for name, said in wanted.items()}
    )


def match_file(  # noqa: PLR0913 (two files, and how)
    matcher: Matcher,
    file: AddressFile,
    output: Path,
    columns: AddressColumns,
    *,
    explain: bool = False,
    advance: Callable[[int], None] = lambda _rows: None,
) -> MatchedFile:
    """Answer every row of a file, in its order, with all its columns; the output appears whole.

    A column of the input that has a name of ours is written with ``input_`` before it, so that
    the names of the result mean the result. A GeoPackage as output has a point in EPSG:4326 where
    there are coordinates; the geometry of one given as input is not kept.

    Args:
        matcher: what answers.
        file: the input.
        output: CSV, TSV, XLSX or GeoPackage, by its suffix.
        columns: which header holds what.
        explain: also ``EXPLANATION_COLUMNS``.
        advance: told how many rows were answered.

    Raises:
        SourceError: the input cannot be read.
        UsageError: the output cannot be written as its suffix says, or is the input.
    """
    _require_writable(file.path, output)
    ours = RESULT_COLUMNS + (EXPLANATION_COLUMNS if explain else ())
    renamed = _renamed(file.headers, ours)
    counted: dict[tuple[str, str], int] = {}

    def pieces() -> Iterator[pd.DataFrame]:
        for frame in _read(file):
            answers = matcher.match(frame, columns, explain=explain)
            _count(answers, counted)
            yield pd.concat([frame.rename(columns=renamed), answers], axis=1)
            advance(len(frame))

    if output.suffix == GEOPACKAGE:
        _write_points(pieces(), output)
    else:
        write_table(pieces(), output)
    return MatchedFile(sum(counted.values()), dict(sorted(counted.items())), renamed)


def row_count(file: AddressFile) -> int | None:
    """About how many rows a file has, for the progress bar; ``None`` where it takes long to say."""
    if file.path.suffix == GEOPACKAGE:
        return _layer(file.path, file.sheet)[2]
    if file.path.suffix in _LINES:
        with file.path.open("rb") as lines:
            return sum(block.count(b"\n") for block in iter(partial(lines.read, _BLOCK), b""))
    return None


def _renamed(headers: tuple[str, ...], ours: tuple[str, ...]) -> dict[str, str]:
    """New names for the columns of the input that are called as ours are."""
    taken, renamed = {*headers, *ours}, {}
    for name in headers:
        if name in ours:
            other = f"input_{name}"
            while other in taken:
                other = f"input_{other}"
            taken.add(other)
            renamed[name] = other
    return renamed


def _count(answers: pd.DataFrame, counted: dict[tuple[str, str], int]) -> None:
    for key, number in answers.groupby(["match_status", "match_level"]).size().items():
        status, level = key
        counted[str(status), str(level)] = counted.get((str(status), str(level)), 0) + int(number)


def _read(file: AddressFile) -> Iterator[pd.DataFrame]:
    """The rows in pieces; only the file's own columns."""
    if file.path.suffix != GEOPACKAGE:
        for frame in read_table(file.path, sheet=file.sheet):
            yield frame.drop(columns=list(OURS))
        return
    layer, _, count = _layer(file.path, file.sheet)
    for at in range(0, max(1, count), CHUNK_ROWS):
        yield pyogrio.read_dataframe(
            file.path, layer=layer, skip_features=at, max_features=CHUNK_ROWS, read_geometry=False
        )


def _layer(path: Path, name: str | None) -> tuple[str, tuple[str, ...], int]:
    """Name, columns and number of features of the layer asked for, or of the only one."""
    if not path.is_file():
        raise _error(path, Text("Böyle bir dosya yok.", "There is no such file."))
    try:
        layers = [str(layer) for layer, _ in pyogrio.list_layers(path)]
        if name is None and len(layers) != 1:
            there = ", ".join(layers) or "–"
            raise _error(
                path,
                Text(f"Birden çok katman var: {there}.", f"There are several layers: {there}."),
                Text("--sheet ile birini seçin", "choose one with --sheet"),
            )
        info = pyogrio.read_info(path, layer=name or layers[0], force_feature_count=True)
    except (DataSourceError, DataLayerError) as error:
        raise _error(
            path, Text(f"GeoPackage okunamadı: {error}", f"Not readable as a GeoPackage: {error}")
        ) from None
    return str(info["layer_name"]), tuple(map(str, info["fields"])), int(info["features"])


def _write_points(frames: Iterator[pd.DataFrame], output: Path) -> None:
    draft = output.with_name(f".{output.stem}.{os.getpid()}{output.suffix}")
    try:
        for at, frame in enumerate(frames):
            lon, lat = (frame[name].to_numpy(float) for name in ("lon", "lat"))
            points = shapely.points(lon, lat)
            points[np.isnan(lon)] = None
            pyogrio.write_dataframe(
                gpd.GeoDataFrame(frame, geometry=points, crs=PUBLISHED_SRID),
                draft,
                layer=output.stem,
                driver="GPKG",
                geometry_type="Point",
                append=at > 0,
            )
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def _require_writable(path: Path, output: Path) -> None:
    suffix = output.suffix.lstrip(".")
    if suffix not in tables and output.suffix != GEOPACKAGE:
        known = ", ".join([*(f".{name}" for name in tables), GEOPACKAGE])
        raise UsageError(
            Text(
                f"“{output.suffix}” olarak yazılamaz. Yazılanlar: {known}.",
                f"Cannot write “{output.suffix}”. What can be written: {known}.",
            ),
            place=Place(file=str(output)),
        )
    if not output.absolute().parent.is_dir():
        raise UsageError(
            Text("Çıktının klasörü yok.", "The folder of the output is not there."),
            place=Place(file=str(output)),
            remedy=Text("klasörü oluşturun", "make the folder"),
        )
    if output.exists() and path.exists() and output.samefile(path):
        raise UsageError(
            Text("Çıktı, girdinin kendisi olamaz.", "The output cannot be the input itself."),
            place=Place(file=str(output)),
            remedy=Text("başka bir ad verin", "give another name"),
        )


def _error(path: Path, text: Text, remedy: Text | None = None) -> SourceError:
    return SourceError(text, place=Place(file=str(path)), remedy=remedy)
