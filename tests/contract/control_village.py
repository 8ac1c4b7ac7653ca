"""A small village in which every control is silent, and changes to it told by kimlik no.

Coordinates are metres from a corner, east and north. Two mahalle lie side by side, MERKEZ (40365,
x -500 to 500) and NİŞANCI (40371, x 500 to 1500). Roads: HALİÇ 501 (cadde, (0 0) to (300 0)),
ÇIĞIR 502 (sokak, from the end of HALİÇ northwards), GÜL 503 (sokak in NİŞANCI, (600 0) to (800 0)),
BARIŞ 504 (meydan). Centre-line 6xx, sides 7xx1 (left, TEK) and 7xx2 (right, ÇİFT) belong to road
5xx. Door 50103 is number 3 of road 501, its building has the same number. 50190 is 3A, a secondary
door of 50103. 50309 is the gate (9) of a site with the blocks 9A (50391) and 9B (50392); 50310 is
the range 10-12. Units 1000000001 to 1000000004 are behind door 50101; behind every other building
is one, with ten digits that end in the number of its door (1000050102).
"""

import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from shapely import affinity

from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.model import LAYERS
from tests.builders import EAST, NORTH, a_feature, a_frame, guid

_CHANGES = ("drop", "repeat", "set", "add", "shift")
Rows = dict[str, dict[int, dict[str, Any]]]
MERKEZ, NISANCI = 40365, 40371
_FIRST_UNIT = 1_000_000_001
_FLATS = 50101


def village(case: Mapping[str, Any] | None = None) -> MaksLayers:
    """The village with the changes of a case.

    ``drop`` and ``repeat`` name features by layer and kimlik no, ``set`` gives columns new values,
    ``add`` adds features, ``shift`` moves a whole layer (metres east and north).
    """
    case = case or {}
    if not case:
        return MaksLayers({layer: a_frame(layer, *of.values()) for layer, of in _village().items()})
    rows = _village()
    changed = {layer for change in _CHANGES for layer in case.get(change, {})}
    for layer, numbers in case.get("drop", {}).items():
        for number in rows[layer].copy() if numbers == "all" else numbers:
            del rows[layer][number]
    features = _changed(rows, case)
    frames = {layer: a_frame(layer, *features[layer]) for layer in changed}
    return MaksLayers({**_without_faults().frames, **frames})


def _changed(rows: Rows, case: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    features = {layer: list(of.values()) for layer, of in rows.items()}
    for layer, numbers in case.get("repeat", {}).items():
        features[layer] += [rows[layer][number] for number in numbers]
    for layer, changes in case.get("set", {}).items():
        for number, values in changes.items():
            rows[layer][number].update(_values(layer, values))
    for layer, added in case.get("add", {}).items():
        for values in added:
            made = a_feature(layer, values["kimlik_no"], **_bare(layer))
            features.setdefault(layer, []).append({**made, **_values(layer, values)})
    for layer, (east, north) in case.get("shift", {}).items():
        for feature in features[layer]:
            feature["geometry"] = affinity.translate(feature["geometry"], east, north)
    return features


@cache
def _without_faults() -> MaksLayers:
    return village()


def write_delivery(layers: MaksLayers, path: Path, driver: str = "GPKG") -> Path:
    """Layers as a municipality hands them over: official names, one table each."""
    is_shape = driver == "ESRI Shapefile"
    for layer, frame in layers.items():
        named = {column.name: column.official for column in LAYERS[layer].columns}
        out = frame.drop(columns=["_file", "_row"]).rename(columns=named)
        where, extra = path, {"layer": LAYERS[layer].official}
        if is_shape:
            suffix = ".shp" if "geometry" in out else ".dbf"
            where, extra = path / f"{LAYERS[layer].official}{suffix}", {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # names cut, dates as text: as in life
            pyogrio.write_dataframe(out, where, driver=driver, **extra)
    return path


def local(wkt: str) -> shapely.Geometry:
    """A geometry given in metres from the corner of the village."""
    return affinity.translate(shapely.from_wkt(wkt), EAST, NORTH)


def _values(layer: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """References by kimlik no become GUIDs, ``wkt`` becomes the geometry."""
    known = {column.name: column for column in LAYERS[layer].columns}
    made: dict[str, Any] = {}
    for name, value in values.items():
        target = known[name].refers_to if name in known else None
        if name == "wkt":
            made["geometry"] = local(value)
        elif target is not None and isinstance(value, int):
            made[name] = guid(target, value)
        else:
            made[name] = value
    return made


def _bare(layer: str) -> dict[str, Any]:
    """Builders fill in references of their own little district: not here."""
    names = [c.name for c in LAYERS[layer].columns if c.refers_to]
    return {**dict.fromkeys(names), **({"geometry": None} if LAYERS[layer].geometry else {})}


def _village() -> Rows:
    rows: Rows = {layer: {} for layer in LAYERS}
    del rows["parsel"], rows["diger_yapi"], rows["koy"], rows["belediye"]
    _put(
        rows,
        "il",
        34,
        ad="İSTANBUL",
        wkt="MULTIPOLYGON(((-900 -900,1900 -900,1900 900,-900 900,-900 -900)))",
    )
    _put(rows, "ilce", 1325, ad="EYÜPSULTAN", il_id=34,
         wkt="MULTIPOLYGON(((-500 -500,1500 -500,1500 500,-500 500,-500 -500)))")  # fmt: skip
    _put(rows, "mahalle", MERKEZ, ad="MERKEZ", ilce_id=1325,
         wkt="MULTIPOLYGON(((-500 -500,500 -500,500 500,-500 500,-500 -500)))")  # fmt: skip
    _put(rows, "mahalle", NISANCI, ad="NİŞANCI", ilce_id=1325,
         wkt="MULTIPOLYGON(((500 -500,1500 -500,1500 500,500 500,500 -500)))")  # fmt: skip
    _road(rows, 1, ("HALİÇ", 3), MERKEZ, "LINESTRING(0 0,300 0)")
    _road(rows, 2, ("ÇIĞIR", 4), MERKEZ, "LINESTRING(300 0,300 160)")
    _road(rows, 3, ("GÜL", 4), NISANCI, "LINESTRING(600 0,800 0)")
    _road(rows, 4, ("BARIŞ", 1), NISANCI, "LINESTRING(900 100,900 200,1000 200,1000 100)")
    for number in range(1, 17):
        along = 20 + 30 * ((number - 1) // 2)
        _door(
            rows,
            (1, str(number), number),
            (along, 10 if number % 2 else -10),
            (0, 1 if number % 2 else -1),
        )
    for number in range(1, 9):
        along = 40 + 30 * ((number - 1) // 2)
        _door(
            rows,
            (2, str(number), number),
            (290 if number % 2 else 310, along),
            (-1 if number % 2 else 1, 0),
        )
    for number in range(1, 9):
        along = 615 + 20 * ((number - 1) // 2)
        _door(
            rows,
            (3, str(number), number),
            (along, 10 if number % 2 else -10),
            (0, 1 if number % 2 else -1),
        )
    for number, at, way in ((1, (950, 210), (0, 1)), (2, (1010, 150), (1, 0)),
                            (3, (950, 90), (0, -1)), (4, (890, 150), (-1, 0))):  # fmt: skip
        _door(rows, (4, str(number), number), at, way)
    _specials(rows)
    return rows


def _specials(rows: Rows) -> None:
    _door(rows, (1, "3A", 90), (56, 10), None, yapi_id=50103, bagli_oldugu_numarataj_id=50103)
    _door(rows, (3, "9", 9), (692, 6), None)
    _door(rows, (3, "9A", 91), (700, 10), (0, 1))
    _door(rows, (3, "9B", 92), (725, 10), (0, 1))
    _door(rows, (3, "10-12", 10), (705, -10), (0, -1))
    for number in (50391, 50392):
        rows["yapi"][number]["site_veya_kooperatif_adi"] = "GÜNEŞ SİTESİ"
    for at in range(4):
        _put(rows, "bagimsiz_bolum", _FIRST_UNIT + at, ic_kapi_no=str(at + 1), kat_no=str(at),
             numarataj_id=_FLATS, yapi_id=_FLATS)  # fmt: skip


def _road(rows: Rows, at: int, named: tuple[str, int], mahalle: int, wkt: str) -> None:
    ad, tip = named
    _put(rows, "yol", 500 + at, ad=ad, tip=tip)
    _put(rows, "yol_orta_hat", 600 + at, ad=ad, yol_id=500 + at, wkt=wkt)
    for hand, tur, side in ((1, "TEK", "SOL"), (2, "ÇİFT", "SAĞ")):
        _put(rows, "yol_orta_hat_yon", 7000 + 10 * at + hand, yol_orta_hat_id=600 + at,
             mahalle_id=mahalle, uavt_kodu=741_000 + at, tanitim_kodu=str(90 + at), tur=tur,
             sayisallastirma_yon=side)  # fmt: skip


def _door(
    rows: Rows,
    numbered: tuple[int, str, int],
    at: tuple[float, float],
    behind: tuple[float, float] | None,
    **more: Any,
) -> None:
    """A door and, in the direction ``behind`` it, its building of sixteen by sixteen metres."""
    road, kapi_no, key = numbered
    kimlik_no = 50_000 + 100 * road + key
    x, y = at
    is_odd = int("".join(c for c in kapi_no.partition("-")[0] if c.isdigit())) % 2 == 1
    side = 1 if is_odd or road == 4 else 2
    if behind is not None:
        dx, dy = behind
        half = 4 if kapi_no.startswith("9") else 6
        x1, x2 = (x - half, x + half) if dx == 0 else sorted((x, x + 16 * dx))
        y1, y2 = (y - half, y + half) if dy == 0 else sorted((y, y + 16 * dy))
        wkt = f"POLYGON(({x1} {y1},{x2} {y1},{x2} {y2},{x1} {y2},{x1} {y1}))"
        _put(rows, "yapi", kimlik_no, zemin_ustu_kat_sayisi=4, zemin_alti_kat_sayisi=1,
             posta_kodu="34050", wkt=wkt)  # fmt: skip
        more = {"yapi_id": kimlik_no, **more}
        if kimlik_no != _FLATS:
            _put(rows, "bagimsiz_bolum", _FIRST_UNIT - 1 + kimlik_no, numarataj_id=kimlik_no,
                 yapi_id=kimlik_no)  # fmt: skip
    _put(rows, "numarataj", kimlik_no, kapi_no=kapi_no, wkt=f"POINT({x} {y})",
         yol_orta_hat_yon_id=7000 + 10 * road + side, **more)  # fmt: skip


def _put(rows: Rows, layer: str, kimlik_no: int, **values: Any) -> None:
    made = a_feature(layer, kimlik_no, **_bare(layer))
    rows[layer][kimlik_no] = {**made, **_values(layer, values)}
