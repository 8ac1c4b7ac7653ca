"""The sample's reference addresses as files: ``gis match`` then needs no database."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject
from gis_platform.sample.aks import Renamed
from gis_platform.sample.district import IL, ILCE, ILCE_KOD
from gis_platform.sample.names import full_name
from gis_platform.sample.register import Column
from gis_platform.sample.world import World

_DEGREES = 8
_CHUNK = 100_000


def write_gazetteer(world: World, renamed: list[Renamed], folder: Path) -> None:
    """Write csbm, mahalle and kapi as CSV, centre-lines and mahalle as GeoJSON (EPSG:4326)."""
    folder.mkdir(exist_ok=True)
    district, codes = world.district, world.codes
    mahalle = [
        (ILCE_KOD, ILCE, kod, ad)
        for kod, ad in zip(district.kimlik_no.tolist(), district.ad, strict=True)
    ]
    write_rows(
        folder / "mahalle.csv",
        ("il", "ilce_kod", "ilce", "mahalle_kod", "mahalle"),
        ((IL, *row) for row in mahalle),
    )
    write_rows(
        folder / "csbm.csv",
        ("ilce_kod", "ilce", "mahalle_kod", "mahalle", "csbm_kod", "csbm", "tur_kod"),
        (
            (*mahalle[cell], kod, world.names[way], world.tip[way])
            for way, cell, kod in zip(
                codes.way.tolist(), codes.mahalle.tolist(), codes.csbm_kod.tolist(), strict=True
            )
        ),
    )
    _write_kapi(world, folder / "kapi.csv")
    _write_aliases(world, renamed, folder / "aliases.csv")
    _write_shapes(
        folder / "mahalle.geojson",
        "mahalle_kod",
        district.kimlik_no,
        np.array(world.mahalle_area, dtype=object),
    )
    _write_lines(world, folder / "orta_hat.geojson")


def _write_aliases(world: World, renamed: list[Renamed], path: Path) -> None:
    """Write the old names as aliases, for matching to know them."""
    rows = [
        ("csbm", kod, one.old_name, one.date) for one in renamed for kod in _codes_of(world, one)
    ]
    write_rows(path, ("level", "kod", "alias", "date"), rows)


def _codes_of(world: World, renamed: Renamed) -> list[int]:
    codes: list[int] = world.codes.csbm_kod[world.codes.way == renamed.way].tolist()
    return codes


def write_renamed(world: World, renamed: list[Renamed], path: Path) -> None:
    """Write what each renamed csbm was called, what it is called, and since when."""
    write_rows(
        path,
        ("csbm_kod", "old_name", "new_name", "date"),
        (
            (
                kod,
                full_name(one.old_name, int(world.tip[one.way])),
                full_name(world.names[one.way], int(world.tip[one.way])),
                one.date,
            )
            for one in renamed
            for kod in _codes_of(world, one)
        ),
    )


def write_rows(path: Path, header: tuple[str, ...], rows: Iterable[Iterable[object]]) -> None:
    """A CSV in UTF-8 with commas."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_kapi(world: World, path: Path) -> None:
    lon, lat = world.lon_lat
    codes = world.codes.csbm_kod[world.door_code]
    columns = (world.numarataj_no, codes, world.kapi_no, lon.round(_DEGREES), lat.round(_DEGREES))
    write_rows(
        path,
        ("numarataj_kimlik_no", "csbm_kod", "dis_kapi_no", "lon", "lat"),
        (
            row
            for at in range(0, len(lon), _CHUNK)
            for row in zip(*(part[at : at + _CHUNK].tolist() for part in columns), strict=True)
        ),
    )


def _write_lines(world: World, path: Path) -> None:
    """A line per csbm code and centre-line; a way along a border stands there for both codes."""
    hat = np.repeat(np.arange(len(world.hat_way)), 2)
    side = np.tile([0, 1], len(world.hat_way))
    code = world.code_of[world.hat_way[hat], world.hat_part[hat], side]
    pairs = np.unique(np.stack([code, hat], axis=1), axis=0)
    kod = world.codes.csbm_kod[pairs[:, 0]]
    _write_shapes(path, "csbm_kod", kod, world.hat_line[pairs[:, 1]])


def _write_shapes(path: Path, name: str, values: Column, shapes: Column) -> None:
    path.unlink(missing_ok=True)
    moved = shapely.transform(shapes, _to_degrees)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(moved),
        [values],
        [name],
        driver="GeoJSON",
        geometry_type=shapes[0].geom_type,
        crs=f"EPSG:{PUBLISHED_SRID}",
        COORDINATE_PRECISION=str(_DEGREES),
    )


def _to_degrees(points: Column) -> Column:
    return np.stack(reproject(points[:, 0], points[:, 1], REGISTER_SRID, PUBLISHED_SRID), axis=1)
