"""The MAKS tables as municipalities hand them over: geodatabase, GeoPackage, zipped shapefiles."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from gis_platform.core.crs import REGISTER_SRID
from gis_platform.maks.model import LAYERS
from gis_platform.sample.district import Ints
from gis_platform.sample.register import MISSING, Column, Register, Table, stamps

_CHUNK = 200_000
_GEOMETRY = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOLYGON": "MultiPolygon",
}


@dataclass(frozen=True)
class _Form:
    """One form of delivery: GDAL's driver, its options, and how columns are named."""

    driver: str
    options: dict[str, str]
    is_short: bool = False


_GDB = _Form("OpenFileGDB", {"TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER"})
_GPKG = _Form("GPKG", {"SPATIAL_INDEX": "YES"})
_SHP = _Form("ESRI Shapefile", {"ENCODING": "UTF-8"}, is_short=True)


def write_maks(register: Register, folder: Path, seed: int, advance: Callable[[int], None]) -> None:
    """Write ``maks.gdb``, ``maks.gpkg`` and ``maks_shp/*.zip``, all in EPSG:5254."""
    for name, form in (("maks.gdb", _GDB), ("maks.gpkg", _GPKG)):
        target = folder / name
        _remove(target)
        for number, table in enumerate(register.values()):
            _write_table(target, table, form, (seed, number))
            advance(len(table))
    zips = folder / "maks_shp"
    _remove(zips)
    zips.mkdir()
    for number, table in enumerate(register.values()):
        _write_zip(zips, table, (seed, number))
        advance(len(table))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write_zip(zips: Path, table: Table, stamp: tuple[int, int]) -> None:
    """One shapefile (a table without geometry: its .dbf) in a zip of its own."""
    name = LAYERS[table.layer].official
    with tempfile.TemporaryDirectory(dir=zips.parent) as work:
        target = Path(work) / (f"{name}.shp" if table.geometry is not None else f"{name}.dbf")
        _write_table(target, table, _SHP, stamp)
        with zipfile.ZipFile(zips / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
            for part in sorted(Path(work).iterdir()):
                info = zipfile.ZipInfo(part.name, (2026, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                with z.open(info, "w") as out, part.open("rb") as source:
                    shutil.copyfileobj(source, out)


def _write_table(target: Path, table: Table, form: _Form, stamp: tuple[int, int]) -> None:
    layer = LAYERS[table.layer]
    made, changed = stamps(len(table), *stamp)
    delivered = table.delivered
    for at in range(0, len(delivered), _CHUNK):
        rows = delivered[at : at + _CHUNK]
        values, masks, names = [], [], []
        for name, kept in [
            *_columns(table),
            ("olusturma_tarihi", made),
            ("degistirme_tarihi", changed),
        ]:
            column = layer.column(name)
            value, mask = _written(table, name, kept, rows, stamp[0])
            values.append(_dated(value, form) if value.dtype.kind == "M" else value)
            masks.append(mask)
            names.append(column.short if form.is_short else column.official)
        geometry = None if table.geometry is None else shapely.to_wkb(table.geometry[rows])
        options = form.options if at == 0 else {}
        pyogrio.raw.write(
            target,
            geometry,
            values,
            names,
            field_mask=masks,
            layer=None if form.is_short else layer.official,
            driver=form.driver,
            geometry_type=None if geometry is None else _GEOMETRY[str(layer.geometry)],
            crs=None if geometry is None else f"EPSG:{REGISTER_SRID}",
            append=at > 0,
            **options,
        )


def _dated(value: Column, form: _Form) -> Column:
    """A time; as text in a shapefile, which has only dates."""
    if form.is_short:
        text: Column = np.datetime_as_string(value, unit="s").astype(object)
        return text
    return value.astype("datetime64[ms]")


def _columns(table: Table) -> list[tuple[str, Column]]:
    ids = np.arange(len(table))
    return [("id", ids), *table.columns.items()]


def _written(
    table: Table, name: str, values: Column, rows: Ints, seed: int
) -> tuple[Column, Column | None]:
    """A column as it is written, and which of its values are missing."""
    part = values[rows]
    if name == "id":
        return guids(seed, table.layer, part), None
    if name in table.refers:
        text = guids(seed, table.refers[name], part)
        text[part == MISSING] = None
        return text, None
    if part.dtype.kind == "i":
        missing = part == MISSING
        kind = LAYERS[table.layer].column(name).kind
        part = part.astype(np.int64 if kind == "long" else np.int32)
        return part, missing if missing.any() else None
    return part, None


def guids(seed: int, layer: str, rows: Column) -> Column:
    """The GUID of each row of a layer, in braces and capitals; the same for the same seed."""
    salt = (seed * 64 + list(LAYERS).index(layer) + 1) * 0x9E3779B97F4A7C15 % 2**64
    base = rows.astype(np.uint64) * np.uint64(2) + np.full(len(rows), salt, np.uint64)
    digits = np.stack([_mixed(base), _mixed(base + np.uint64(1))], axis=1).astype(">u8")
    text = digits.tobytes().hex().upper()  # ASCII: hexadecimal
    cut = [text[at : at + 32] for at in range(0, len(text), 32)]
    made = [f"{{{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}}}" for t in cut]
    return np.array(made, dtype=object)


def _mixed(value: Column) -> Column:
    """SplitMix64's finaliser: neighbouring numbers become unlike ones."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Column = value ^ (value >> np.uint64(31))
    return mixed
