"""Spatial deliveries as tables: geodatabase, GeoPackage, shapefiles, MapInfo, GeoJSON, zips.

What a table holds is given as it was received: names, values, coordinates. Only heights, measures
and curves are gone: GDAL is asked for flat, straight geometry.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.text import fold
from gis_platform.sources.dbf import AS_BYTES, decoded, encoding_of

SUFFIXES = ("gpkg", "shp", "dbf", "tab", "mif", "geojson", "json", "fgb", "gml", "osm", "kml")
"""Files that hold spatial tables; ``.gdb`` is a folder, ``.zip`` holds any of them."""
LARGEST_UNPACKED = 20 << 30
"""Largest archive once unpacked, bytes."""
LARGEST_RATIO = 1000
"""Largest ratio of unpacked to packed bytes; the tables of shapefiles are mostly blanks."""

_BLOCK = 4 << 20
_RATIO_FROM = 64 << 20
_ENCRYPTED = 0x1
_WITH_CURVES = frozenset({"gdb", "gpkg"})
_CURVES = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE")
_NO_TABLES = frozenset({"shp", "tab", "mif"})


@dataclass(frozen=True)
class TableRef:
    """A table found, not read yet.

    Attributes:
        container: the file or folder that was handed over and holds it.
        source: GDAL's name of the dataset.
        table: the table's own name.
        file: what people are shown: file and, where it has several, table.
    """

    container: str
    source: str
    table: str
    file: str


@dataclass(frozen=True)
class SpatialTable:
    """A table as received.

    Attributes:
        frame: its columns as they are; times as ISO text.
        geometry: flat shapely geometries, ``None`` where the row has none or it is broken;
            ``None`` for a table without geometry.
        is_broken: rows whose geometry was there but cannot be read.
        crs: as the file declares it, if it does.
        has_heights: the file held Z or M values.
        curves: rows whose geometry was drawn with arcs; they are straight lines here.
        encodings: of a dBASE table, those its letters are in.
    """

    ref: TableRef
    frame: pd.DataFrame
    geometry: NDArray[np.object_] | None
    is_broken: NDArray[np.bool_]
    crs: pyproj.CRS | None
    has_heights: bool = False
    curves: int = 0
    encodings: tuple[str, ...] = ()


def list_tables(path: Path) -> list[TableRef]:
    """Every table in a file, geodatabase folder, archive, or folder of those.

    Raises:
        SourceError: the path is not there, cannot be opened, or holds nothing of the kind.
    """
    path = Path(path)
    if not path.exists():
        raise _error(
            path, Text("Böyle bir dosya ya da klasör yok.", "There is no such file or folder."),
            Text("yolu denetleyin", "check the path"),
        )  # fmt: skip
    try:
        found = list(_tables(path))
    except PermissionError:
        raise _error(
            path, Text("Okuma izni yok.", "No permission to read it."),
            Text("izinleri düzeltin", "mend the permissions"),
        ) from None  # fmt: skip
    if not found:
        raise _nothing(path)
    return found


def read_table(ref: TableRef) -> SpatialTable:
    """Read one table whole.

    Raises:
        SourceError: the table is locked, broken or gone.
    """
    is_dbf = _suffix(ref.source) in {"shp", "dbf"}
    encoding = AS_BYTES if is_dbf else None
    try:
        meta, _, wkb, values = pyogrio.raw.read(
            ref.source, layer=ref.table, force_2d=True, datetime_as_string=True, encoding=encoding
        )
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise _unreadable(ref, str(error)) from None
    frame, encodings = _frame(meta["fields"], values, encoding_of(ref.source) if is_dbf else None)
    if wkb is None:
        broken = np.zeros(len(frame), bool)
        return SpatialTable(ref, frame, None, broken, None, encodings=encodings)
    kind = str(meta["geometry_type"] or "")
    geometry = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    is_broken = np.array([one is not None for one in wkb], bool) & shapely.is_missing(geometry)
    return SpatialTable(
        ref,
        frame,
        geometry,
        is_broken,
        _crs(meta["crs"]),
        kind.endswith((" Z", " M", " ZM")),
        _curves(ref, kind),
        encodings,
    )


def _frame(
    fields: NDArray[np.object_], values: list[NDArray[Any]], other: str | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if other is None:
        return pd.DataFrame(dict(zip(fields, values, strict=True))), ()
    names, seen = decoded(np.asarray(fields, dtype=object), other)
    columns = {}
    for name, column in zip(names, values, strict=True):
        columns[name] = column
        if column.dtype == object:
            columns[name], found = decoded(column, other)
            seen |= found
    return pd.DataFrame(columns), tuple(sorted(seen))


def _curves(ref: TableRef, kind: str) -> int:
    """How many rows are drawn with arcs; GDAL has made straight lines of them already."""
    if _suffix(ref.source) not in _WITH_CURVES or kind.startswith(("Point", "MultiPoint")):
        return 0
    info = pyogrio.read_info(ref.source, layer=ref.table)
    # GeoPackage is asked through SQLite, the others through GDAL's own attribute of that name,
    # which is empty where no geometry is read.
    column = "OGR_GEOMETRY"
    if info["driver"] == "GPKG":
        column = f'ST_GeometryType("{info["geometry_name"]}")'
    curved = pyogrio.raw.read(
        ref.source,
        layer=ref.table,
        columns=[],
        where=" OR ".join(f"{column} = '{one}'" for one in _CURVES),
        return_fids=True,
    )
    return len(curved[1])


def _tables(path: Path) -> Iterator[TableRef]:
    if path.is_dir() and _is_geodatabase(path):
        yield from _geodatabase(path)
    elif path.is_dir():
        for item in sorted(path.iterdir()):
            if item.is_dir() or (_suffix(item.name) in {*SUFFIXES, "zip"} and _is_own(item)):
                yield from _tables(item)
    elif _suffix(path.name) == "zip":
        yield from _archive(path)
    elif _suffix(path.name) in SUFFIXES:
        yield from _dataset(path, str(path), path.name)
    else:
        raise _foreign(path)


def _is_geodatabase(path: Path) -> bool:
    return _suffix(path.name) == "gdb" or any(path.glob("a0000000*.gdbtable"))


def _is_own(path: Path) -> bool:
    """Whether a file of a folder is a dataset: no attributes of another, no JSON of some kind."""
    if _suffix(path.name) == "dbf":
        there = {fold(other.suffix.lstrip(".")) for other in path.parent.glob(f"{path.stem}.*")}
        return not there & _NO_TABLES
    if _suffix(path.name) == "json":
        with path.open("rb") as file:
            return b'"Feature' in file.read(_BLOCK)
    return True


def _geodatabase(path: Path) -> Iterator[TableRef]:
    found = list(_dataset(path, str(path), path.name))
    try:
        contents = pyogrio.raw.read(str(path), layer="GDB_SystemCatalog", return_fids=True)
    except (DataSourceError, DataLayerError):
        contents = None
    if contents is not None:
        _, fids, _, values = contents
        for number, name in zip(fids, values[0], strict=True):
            is_own = str(name).startswith("GDB_")
            if not is_own and not (path / f"a{int(number):08x}.gdbtable").exists():
                raise _missing_table(path, str(name), [ref.table for ref in found])
    yield from found


def _archive(path: Path) -> Iterator[TableRef]:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise _error(
            path, Text("Arşiv açılamıyor; bozuk ya da zip değil.",
                       "The archive cannot be opened; it is broken or not a zip."),
            Text("dosyayı yeniden isteyin", "ask for the file again"),
        ) from None  # fmt: skip
    _refuse_bomb(path, parts)
    names = sorted(part.filename for part in parts if not part.is_dir())
    members = {_member(name, names) for name in names} - {None}
    for member in sorted(str(one) for one in members):
        yield from _dataset(path, f"/vsizip/{path.resolve()}/{member}", f"{path.name}/{member}")


def _member(name: str, names: list[str]) -> str | None:
    """The dataset a file of an archive belongs to; ``None`` where it is none."""
    inside = PurePosixPath(name)
    for folder in inside.parents:
        if _suffix(folder.name) == "gdb":
            return folder.as_posix()
    if _suffix(name) == "dbf":
        stem = name[: -len("dbf")]
        others = {fold(other[len(stem) :]) for other in names if other.startswith(stem)}
        return None if others & _NO_TABLES else name
    return name if _suffix(name) in SUFFIXES else None


def _dataset(container: Path, source: str, file: str) -> Iterator[TableRef]:
    try:
        tables = [str(name) for name, _ in pyogrio.list_layers(source)]
    except (DataSourceError, DataLayerError) as error:
        raise _unreadable(TableRef(str(container), source, "", file), str(error)) from None
    is_single = _suffix(source) in {"shp", "dbf", "tab", "mif", "geojson", "json"}
    for table in tables:
        name = PurePosixPath(source).stem if is_single else table
        shown = file if is_single else f"{file}/{table}"
        yield TableRef(str(container), source, name if len(tables) == 1 else table, shown)


def _suffix(name: str) -> str:
    return fold(PurePosixPath(name).suffix.lstrip("."))


def _crs(declared: str | None) -> pyproj.CRS | None:
    if declared is None:
        return None
    try:
        return pyproj.CRS.from_user_input(declared)
    except CRSError:
        return None


def _refuse_bomb(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise _error(
            path, Text("Arşiv parolalı.", "The archive has a password."),
            Text("parolasını kaldırıp yeniden verin", "remove the password and hand it over again"),
        )  # fmt: skip
    unpacked = sum(part.file_size for part in parts)
    ratio = unpacked / max(1, sum(part.compress_size for part in parts))
    if unpacked > LARGEST_UNPACKED or (unpacked > _RATIO_FROM and ratio > LARGEST_RATIO):
        raise _error(
            path,
            Text(
                f"Arşiv açılınca {unpacked >> 20:,} MB oluyor ({ratio:,.0f} kat); "
                "güvenli sınırın üstünde.",
                f"Unpacked, the archive is {unpacked >> 20:,} MB ({ratio:,.0f} times); "
                "that is above the safe limit.",
            ),
            Text("içindekileri açıp klasörü verin", "unpack it and give the folder"),
        )


def _error(path: Path | str, text: Text, remedy: Text) -> SourceError:
    return SourceError(text, place=Place(file=str(path)), remedy=remedy)


def _nothing(path: Path) -> SourceError:
    there = ", ".join(sorted(item.name for item in path.iterdir())[:12]) if path.is_dir() else "–"
    return _error(
        path,
        Text(
            f"İçinde mekânsal tablo yok. Olanlar: {there or '–'}.",
            f"It holds no spatial table. What is there: {there or '–'}.",
        ),
        _FORMATS,
    )


_FORMATS = Text(
    "bir .gdb klasörü, .gpkg, shapefile, MapInfo ya da GeoJSON verin (zip de olur)",
    "give a .gdb folder, .gpkg, shapefiles, MapInfo or GeoJSON (zipped or not)",
)


def _foreign(path: Path) -> SourceError:
    return _error(
        path,
        Text(
            f"“{path.suffix or path.name}” bir mekânsal veri biçimi değil ya da tanınmıyor.",
            f"“{path.suffix or path.name}” is no spatial format, or not a known one.",
        ),
        _FORMATS,
    )


def _missing_table(path: Path, name: str, there: list[str]) -> SourceError:
    names = ", ".join(there) or "–"
    return _error(
        path,
        Text(
            f"Geodatabase'in “{name}” tablosunun dosyası yok. Okunabilenler: {names}.",
            f"The file of table “{name}” is missing from the geodatabase. Readable: {names}.",
        ),
        Text("klasörü bütün dosyalarıyla yeniden kopyalayın", "copy the folder whole again"),
    )


def _unreadable(ref: TableRef, said: str) -> SourceError:
    locks = list(Path(ref.container).glob("*.lock")) if Path(ref.container).is_dir() else []
    reason = said.split(";", maxsplit=1)[0].strip()
    if locks:
        return _error(
            ref.file,
            Text(
                f"Başka bir program açık tutuyor, okunamadı ({reason}).",
                f"Another program holds it open; it cannot be read ({reason}).",
            ),
            Text("ArcGIS'i kapatıp yeniden deneyin", "close ArcGIS and try again"),
        )
    return _error(
        ref.file,
        Text(
            f"Okunamadı: bozuk, eksik ya da başka bir biçimde ({reason}).",
            f"It cannot be read: broken, incomplete or of another format ({reason}).",
        ),
        Text("dosyayı kaynağından yeniden alın", "get the file from its source again"),
    )
