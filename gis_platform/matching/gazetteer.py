"""The addresses one can match against: reference frames, read from files or handed in by ``db``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.text import fold
from gis_platform.matching.gdal import gdal
from gis_platform.matching.index import (
    compile_arrays,
    read_manifest,
    write_index,
)  # fmt: skip
from gis_platform.matching.learned import in_force, read_learned, with_learned
from gis_platform.matching.shapes import shape_arrays
from gis_platform.matching.weights import version as weights_version


@dataclass(frozen=True)
class Reference:
    """Frames that make a gazetteer; every optional one may be missing, and is then not used.

    Attributes:
        csbm: ilce_kod, ilce, mahalle_kod, mahalle, csbm_kod, csbm (name without its type word),
            tur_kod (0 köy sokağı, 1 meydan, 2 bulvar, 3 cadde, 4 sokak, 5 küme evler).
        mahalle: ilce_kod, ilce, mahalle_kod, mahalle; il where known.
        kapi: numarataj_kimlik_no, csbm_kod, dis_kapi_no, lon, lat (EPSG:4326).
        orta_hat: csbm_kod, geometry (lines, EPSG:4326).
        mahalle_alan: mahalle_kod, geometry (polygons, EPSG:4326).
        ilce_alan: ilce_kod, geometry (polygons, EPSG:4326).
        aliases: level (ilce, mahalle or csbm), kod, alias.
        decisions: key (normalised address or adres_no), numarataj_kimlik_no, csbm_kod, decided_by,
            decided_at.
        refusals: key, csbm_kod, numarataj_kimlik_no: places a person refused for that address.
        recalibration: slope and shift that were learnt for the log odds of the score.
    """

    csbm: pd.DataFrame
    mahalle: pd.DataFrame
    kapi: pd.DataFrame | None = None
    orta_hat: pd.DataFrame | None = None
    mahalle_alan: pd.DataFrame | None = None
    aliases: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    ilce_alan: pd.DataFrame | None = None
    refusals: pd.DataFrame | None = None
    recalibration: tuple[float, float] | None = None


_CSBM = ("ilce_kod", "ilce", "mahalle_kod", "mahalle", "csbm_kod", "csbm", "tur_kod")
_MAHALLE = ("ilce_kod", "ilce", "mahalle_kod", "mahalle")
_KAPI = ("numarataj_kimlik_no", "csbm_kod", "dis_kapi_no")
_TABLES = (".csv", ".parquet")
_SHAPES = (".geojson", ".gpkg", ".fgb", ".shp")
_CODES = ("ilce_kod", "mahalle_kod", "csbm_kod", "tur_kod", "numarataj_kimlik_no", "kod")


def read_reference(folder: Path) -> Reference:
    """The reference in a folder: files ending in ``csbm`` and ``mahalle``, CSV or Parquet.

    Also read where present: doors (``…kapi`` or ``…numarataj``), ``…aliases`` and ``…decisions``,
    likewise; what was learnt (``learned.csv``); centre-lines (``…orta_hat``) and areas
    (``…mahalle``, ``…ilce``) as GeoJSON,
    GeoPackage, FlatGeobuf or shapefile. Areas without codes are joined by ilçe and name.

    Raises:
        SourceError: one of the two is missing, or a file lacks a column.
    """
    csbm_file = _find(folder, ("csbm",), _TABLES)
    mahalle_file = _find(folder, ("mahalle",), _TABLES)
    if csbm_file is None or mahalle_file is None:
        missing = "csbm.csv" if csbm_file is None else "mahalle.csv"
        raise SourceError(
            Text(
                f"Klasörde adı {missing} ile biten dosya yok.",
                f"There is no file whose name ends in {missing} in the folder.",
            ),
            place=Place(file=str(folder)),
        )
    csbm, mahalle = _table(csbm_file, _CSBM), _table(mahalle_file, _MAHALLE)
    files = Reference(
        csbm,
        mahalle,
        kapi=_doors(_optional(folder, ("kapi", "numarataj"), _KAPI)),
        orta_hat=_lines(folder),
        mahalle_alan=_areas(folder, mahalle),
        ilce_alan=_districts(folder, mahalle),
        aliases=_optional(folder, ("aliases", "alias"), ("level", "kod", "alias")),
        decisions=_optional(folder, ("decisions",), ("key", "csbm_kod", "numarataj_kimlik_no")),
    )
    known: Reference = with_learned(files, read_learned(folder), today())
    return known


def build_index(reference: Reference, folder: Path, *, fingerprint: str = "") -> None:
    """Compile a reference into ``folder``; the old index there is read on until it is replaced.

    Args:
        reference: what to match against.
        folder: where the index goes; made where it is not there.
        fingerprint: of the reference, as ``is_current`` will be asked about it.
    """
    arrays, names = compile_arrays(reference)
    arrays |= shape_arrays(reference, arrays)
    counts = {
        "csbm": len(arrays["csbm_kod"]),
        "mahalle": len(arrays["mahalle_kod"]),
        "kapi": len(arrays["door_kimlik"]),
    }
    manifest = {
        "fingerprint": fingerprint,
        "weights": weights_version(),
        "counts": counts,
        "recalibration": reference.recalibration,
    }
    write_index(arrays, names, folder, manifest)


def is_current(folder: Path, fingerprint: str) -> bool:
    """Whether ``folder`` holds an index of this program's version made from that reference."""
    manifest = read_manifest(folder)
    return manifest is not None and manifest.get("fingerprint") == fingerprint


def folder_fingerprint(folder: Path) -> str:
    """A value that changes with the files of a gazetteer folder, and with what is in force today.

    Of a file count its name, size and time.
    """
    digest = blake2b(digest_size=16)
    for path in sorted(folder.iterdir()):
        if path.is_file():
            facts = path.stat()
            digest.update(f"{path.name}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    holding = in_force(read_learned(folder), today())
    digest.update(repr([one.id for one in holding]).encode())
    return digest.hexdigest()


def today() -> date:
    """The day by which it is told what is in force (UTC)."""
    return datetime.now(UTC).date()


def _find(folder: Path, ends: Iterable[str], suffixes: Iterable[str]) -> Path | None:
    """The file whose name ends so; the shortest name where there are several."""
    try:
        files = [path for path in folder.iterdir() if path.is_file()]
    except OSError:
        raise SourceError(
            Text("Böyle bir klasör yok.", "There is no such folder."),
            place=Place(file=str(folder)),
        ) from None
    wanted = [
        path
        for path in files
        if fold(path.suffix) in suffixes and fold(path.stem).endswith(tuple(ends))
    ]
    return min(wanted, key=lambda path: (len(path.name), path.name), default=None)


def _read(path: Path) -> pd.DataFrame:
    try:
        if fold(path.suffix) == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise SourceError(
            Text(f"Dosya tablo olarak okunamadı: {error}", f"Not readable as a table: {error}"),
            place=Place(file=str(path)),
        ) from None


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    frame = _read(path)
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        there = ", ".join(map(str, frame.columns))
        raise SourceError(
            Text(
                f"{missing[0]} sütunu yok. Olanlar: {there}.",
                f"There is no column {missing[0]}. There are: {there}.",
            ),
            place=Place(file=str(path), field=missing[0]),
        )
    for name in _CODES:
        if name in frame.columns:
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("Int64")
    return frame


def _optional(folder: Path, ends: tuple[str, ...], columns: tuple[str, ...]) -> pd.DataFrame | None:
    path = _find(folder, ends, _TABLES)
    return None if path is None else _table(path, columns)


def _doors(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    if frame is None:
        return None
    for name in ("lon", "lat"):
        frame[name] = pd.to_numeric(frame[name], errors="coerce") if name in frame else np.nan
    return frame


def _shapes_of(path: Path | None) -> pd.DataFrame | None:
    """Features of a file as a GeoDataFrame in EPSG:4326."""
    return None if path is None else gdal().read_shapes(path)


def _lines(folder: Path) -> pd.DataFrame | None:
    frame = _shapes_of(_find(folder, ("orta_hat", "ortahat", "csbm"), _SHAPES))
    return frame if frame is not None and "csbm_kod" in frame else None


def _areas(folder: Path, mahalle: pd.DataFrame) -> pd.DataFrame | None:
    frame = _shapes_of(_find(folder, ("mahalle",), _SHAPES))
    if frame is None or "mahalle_kod" in frame:
        return frame
    districts = _shapes_of(_find(folder, ("ilce",), _SHAPES))
    if districts is None or not {"townId", "name"} <= set(frame.columns):
        return None
    town = {
        row.id: fold(str(row.name)) for row in districts[["id", "name"]].itertuples(index=False)
    }
    codes = _codes_by_name(mahalle)
    found = [
        _code_of(codes, town.get(at, ""), str(name))
        for at, name in zip(frame["townId"], frame["name"], strict=True)
    ]
    frame = frame.assign(mahalle_kod=pd.array(found, "Int64"))
    return frame.dropna(subset=["mahalle_kod"])[["mahalle_kod", "geometry"]]


def _districts(folder: Path, mahalle: pd.DataFrame) -> pd.DataFrame | None:
    frame = _shapes_of(_find(folder, ("ilce",), _SHAPES))
    if frame is None or "ilce_kod" in frame or "name" not in frame:
        return frame if frame is not None and "ilce_kod" in frame else None
    codes = {
        fold(str(name)): kod for name, kod in zip(mahalle["ilce"], mahalle["ilce_kod"], strict=True)
    }
    codes |= {_tight(name): kod for name, kod in list(codes.items())}
    codes.setdefault("eyup", codes.get("eyupsultan"))
    found = [codes.get(fold(str(name))) or codes.get(_tight(str(name))) for name in frame["name"]]
    frame = frame.assign(ilce_kod=pd.array(found, "Int64"))
    return frame.dropna(subset=["ilce_kod"])[["ilce_kod", "geometry"]]


def _tight(name: str) -> str:
    """A name without blanks, signs and the word for mahalle."""
    words = fold(name).replace(".", " ").replace("-", " ").split()
    while len(words) > 1 and words[-1] in {"mah", "mh", "mahallesi", "mahalle"}:
        words.pop()
    return "".join(words)


def _codes_by_name(mahalle: pd.DataFrame) -> dict[tuple[str, str], Any]:
    """Codes by ilçe and name; ``X Merkez`` also as ``X``, never over a mahalle of that name."""
    codes: dict[tuple[str, str], Any] = {}
    rows = list(mahalle[["ilce", "mahalle", "mahalle_kod"]].itertuples(index=False))
    for ilce, name, kod in rows:
        codes[(_tight(str(ilce)), _tight(str(name)))] = kod
    for ilce, name, kod in rows:
        district, tight = _tight(str(ilce)), _tight(str(name))
        other = tight.removesuffix("merkez") if tight.endswith("merkez") else tight + "merkez"
        for form in (other, tight.removesuffix("mahalle"), tight + "mahallesi", tight + "koyu"):
            if form:
                codes.setdefault((district, form), kod)
    return codes


def _code_of(codes: dict[tuple[str, str], Any], town: str, name: str) -> Any:
    district = _tight(town)
    for at in (district, "eyupsultan" if district == "eyup" else district):
        kod = codes.get((at, _tight(name)))
        if kod is not None:
            return kod
    return None
