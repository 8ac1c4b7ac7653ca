"""A municipality's own way from ED50 to TUREF: seven parameters, or common points that give them.

The operation of the EPSG registry is good to 2.1 m in Türkiye, which is not enough for a door
beside a parcel line (maks.md §2.3). A CSV of common points gives a similarity by least squares; a
TOML gives the parameters, and may name points to try them on. How far the points end from where
they should is always told.
"""

import csv
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import (
    DISTRICT_ENVELOPE_5254,
    OLD_SRID,
    REGISTER_SRID,
    Helmert,
    reproject,
    reproject_geometry,
    shift_datum,
)
from gis_platform.core.errors import ConfigError, Place, Text
from gis_platform.maks.model import name_key

LEAST_POINTS = 4
"""Common points from which a similarity is estimated: two more than it needs, so that it shows."""
LEAST_WIDTH_M = 500.0
"""Width of the common points below which their turn and scale say nothing of a district."""
BELIEVED_WITHIN_M = 15.0
"""Farthest from the operation of the EPSG registry (itself good to 2.1 m) that can be right."""

Floats = NDArray[np.float64]
Move = Callable[[Floats, Floats], tuple[Floats, ...]]

_HEADERS = {
    "nokta": ("nokta", "noktano", "point", "name", "ad"),
    "ed50_saga": ("ed50saga", "ed50y", "ed50east", "ed50e"),
    "ed50_yukari": ("ed50yukari", "ed50x", "ed50north", "ed50n"),
    "turef_saga": ("turefsaga", "turefy", "tureeast", "turefeast", "turefe", "itrfsaga", "itrfy"),
    "turef_yukari": ("turefyukari", "turefx", "turefnorth", "turefn", "itrfyukari", "itrfx"),
}
"""Columns of a file of points, and how they are also called. Turkish Y is east, X is north."""
_KEYS = frozenset(field.name for field in fields(Helmert))


@dataclass(frozen=True)
class Residual:
    """How far a common point ends from where it should, metres: is less should be."""

    point: str
    east: float
    north: float

    @property
    def length(self) -> float:
        """Metres."""
        return float(np.hypot(self.east, self.north))


@dataclass(frozen=True)
class LocalDatum:
    """A way from ED50 / TM30 to TUREF / TM30.

    Attributes:
        file: name of the file it was read from.
        method: what it is.
        accuracy_m: root mean square of the residuals, or as the file states; ``None`` unknown.
        residuals: of the common points; empty where the file has none.
        move: east and north in EPSG:2320 to EPSG:5254, metres.
    """

    file: str
    method: Text
    accuracy_m: float | None
    residuals: tuple[Residual, ...]
    move: Move

    def to_register(self, shapes: NDArray[np.object_], srid: int) -> NDArray[np.object_]:
        """Geometries of any CRS on ED50 in the CRS of the register, east first."""
        old = reproject_geometry(shapes, srid, OLD_SRID)
        return np.asarray(shapely.transform(old, self.move, interleaved=False), dtype=object)


def read_local_datum(path: Path) -> LocalDatum:
    """Read a file of common points (``.csv``) or of parameters (``.toml``).

    Raises:
        ConfigError: it cannot be read, has too few points, or moves the district to where it
            cannot be.
    """
    path = Path(path)
    text = _text(path)
    made = _parameters(path, text) if path.suffix == ".toml" else _estimated(path, text)
    _refuse_far(path, made)
    return made


def _estimated(path: Path, text: str) -> LocalDatum:
    names, old, new = _points(path, text)
    if len(names) < LEAST_POINTS:
        raise _wrong(
            path,
            Text(
                f"{len(names)} ortak nokta var; en az {LEAST_POINTS} gerekir.",
                f"There are {len(names)} common points; at least {LEAST_POINTS} are needed.",
            ),
        )
    if float(np.max(old.max(axis=0) - old.min(axis=0))) < LEAST_WIDTH_M:
        raise _wrong(
            path,
            Text(
                f"Ortak noktalar birbirine {LEAST_WIDTH_M:.0f} m'den yakın.",
                f"The common points lie within {LEAST_WIDTH_M:.0f} m of each other.",
            ),
            remedy=Text("ilçeye yayılmış noktalar verin", "give points spread over the district"),
        )
    move = _similarity(old, new)
    residuals = _residuals(names, old, new, move)
    method = Text(
        f"{path.name}: {len(names)} ortak noktadan benzerlik dönüşümü",
        f"{path.name}: similarity from {len(names)} common points",
    )
    # Four unknowns are taken from the points themselves.
    freedom = 2 * len(names) - 4
    accuracy = float(np.sqrt(sum(one.length**2 for one in residuals) / freedom))
    return LocalDatum(path.name, method, accuracy, residuals, move)


def _similarity(old: Floats, new: Floats) -> Move:
    """East and north moved, turned and scaled so that the points fit best."""
    middle, aim = old.mean(axis=0), new.mean(axis=0)
    x, y = (old - middle).T
    dx, dy = (new - aim).T
    spread = float((x * x + y * y).sum())
    a, b = float((x * dx + y * dy).sum() / spread), float((x * dy - y * dx).sum() / spread)

    def move(east: Floats, north: Floats) -> tuple[Floats, ...]:
        e, n = east - middle[0], north - middle[1]
        return aim[0] + a * e - b * n, aim[1] + b * e + a * n

    return move


def _parameters(path: Path, text: str) -> LocalDatum:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, Text(str(error), str(error))) from None
    given = data.get("helmert")
    if not isinstance(given, dict) or not {"dx", "dy", "dz"} <= set(given) <= _KEYS:
        raise _wrong(path, _KEYS_TEXT)
    try:
        numbers = {key: float(value) for key, value in given.items() if key != "convention"}
    except (TypeError, ValueError):
        raise _wrong(path, _KEYS_TEXT) from None
    convention = str(given.get("convention", "position_vector"))
    if convention not in {"position_vector", "coordinate_frame"}:
        raise _wrong(path, _KEYS_TEXT)
    helmert = Helmert(convention=convention, **numbers)

    def move(east: Floats, north: Floats) -> tuple[Floats, ...]:
        return shift_datum(east, north, helmert)

    residuals = _tried(path, data.get("points"), move)
    stated = data.get("accuracy_m")
    accuracy = float(stated) if isinstance(stated, int | float) else None
    if residuals:
        accuracy = float(np.sqrt(np.mean([one.length**2 for one in residuals])))
    method = Text(f"{path.name}: yedi parametre", f"{path.name}: seven parameters")
    return LocalDatum(path.name, method, accuracy, residuals, move)


def _tried(path: Path, points: object, move: Move) -> tuple[Residual, ...]:
    if points is None:
        return ()
    file = path.parent / str(points)
    return _residuals(*_points(file, _text(file)), move)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong(path, _UNREADABLE) from None
    except OSError:
        raise _wrong(path, _MISSING) from None


def _points(path: Path, text: str) -> tuple[list[str], Floats, Floats]:
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    keys = [name_key(header) for header in rows[0]] if rows else []
    at = {name: _index(keys, known) for name, known in _HEADERS.items()}
    if any(place is None for name, place in at.items() if name != "nokta"):
        raise _wrong(path, _POINTS_TEXT)
    names, numbers = [], []
    for row_no, row in enumerate(rows[1:], 1):
        if not any(cell.strip() for cell in row):
            continue
        try:
            cells = [row[at[name] or 0] for name in list(_HEADERS)[1:]]
            numbers.append([float(cell.replace(",", ".")) for cell in cells])
        except (IndexError, ValueError):
            raise _wrong(path, _POINTS_TEXT, row=row_no) from None
        names.append(row[at["nokta"]] if at["nokta"] is not None else str(row_no))
    table = np.array(numbers, dtype=np.float64).reshape(-1, 4)
    return names, table[:, :2], table[:, 2:]


def _index(keys: Sequence[str], known: Sequence[str]) -> int | None:
    return next((at for at, key in enumerate(keys) if key in known), None)


def _residuals(names: Sequence[str], old: Floats, new: Floats, move: Move) -> tuple[Residual, ...]:
    east, north = move(old[:, 0], old[:, 1])
    off = zip(names, east - new[:, 0], north - new[:, 1], strict=True)
    return tuple(Residual(name, float(e), float(n)) for name, e, n in off)


def _refuse_far(path: Path, made: LocalDatum) -> None:
    """Whatever a municipality measured, it cannot be farther off than the registry is coarse."""
    west, south, east, north = DISTRICT_ENVELOPE_5254
    x, y = np.array([west, west, east, east]), np.array([south, north, south, north])
    old_x, old_y = reproject(x, y, REGISTER_SRID, OLD_SRID)
    moved_x, moved_y = made.move(old_x, old_y)
    off = float(np.hypot(moved_x - x, moved_y - y).max())
    if not off <= BELIEVED_WITHIN_M:
        raise _wrong(
            path,
            Text(
                f"Bu dosya ilçeyi EPSG dönüşümünden {off:,.0f} m uzağa taşıyor; doğru olamaz.",
                f"This file moves the district {off:,.0f} m away from where the EPSG registry puts "
                "it; it cannot be right.",
            ),
            remedy=Text(
                "sağa/yukarı sırasını, işaretleri ve yönü (ED50'den TUREF'e) denetleyin",
                "check the order of east and north, the signs, and the way (from ED50 to TUREF)",
            ),
        )


_MISSING = Text("Böyle bir dosya yok ya da okunamıyor.", "There is no such file, or no access.")
_UNREADABLE = Text("Dosya okunamıyor (UTF-8 metin olmalı).", "It cannot be read as UTF-8 text.")
_KEYS_TEXT = Text(
    '[helmert] altında dx, dy, dz (m) ve istenirse rx, ry, rz ("), ds (ppm), convention '
    "(position_vector ya da coordinate_frame) olmalı.",
    'Under [helmert] there must be dx, dy, dz (m) and, where wanted, rx, ry, rz ("), ds (ppm), '
    "convention (position_vector or coordinate_frame).",
)
_POINTS_TEXT = Text(
    "Sütunlar nokta, ed50_saga, ed50_yukari, turef_saga, turef_yukari ve sayılar metre olmalı.",
    "The columns must be nokta, ed50_saga, ed50_yukari, turef_saga, turef_yukari, in metres.",
)


def _wrong(
    path: Path, text: Text, *, row: int | None = None, remedy: Text | None = None
) -> ConfigError:
    return ConfigError(text, place=Place(file=str(path), row=row), remedy=remedy)
