"""A small invented town: a few mahalle, curved roads with doors on both sides, buildings."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import shapely

from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.load import BatchFacts, begin_batch, merge_layer
from gis_platform.maks.layers import MaksLayers
from gis_platform.opendata.approval import Action
from gis_platform.opendata.publish import answer, move, propose, publish, withdraw
from tests.builders import EAST, NORTH, a_feature, a_frame, guid

MAHALLE = ("NİŞANCI", "İSLAMBEY", "ÇIRÇIR", "GÜZELTEPE", "ŞIĞINAK")
ROADS = (
    "HALİÇ",
    "ÇIĞIR",
    "ŞAİR NEDİM",
    "İĞDE",
    "ÖĞRETMEN",
    "KÜÇÜK SU",
    "DEĞİRMEN",
    "GÜMÜŞ",
    "ILICA",
)
WIDE, HIGH = 1800.0, 1200.0
LAYERS = ("mahalle", "csbm", "numarataj", "yapi")


def a_town() -> MaksLayers:
    """The register of the town."""
    areas = list(_areas())
    rows: dict[str, list[dict[str, Any]]] = {
        "mahalle": [
            a_feature("mahalle", 30_001 + at, ad=name, geometry=shapely.MultiPolygon([area]))
            for at, (name, area) in enumerate(zip(MAHALLE, areas, strict=True))
        ]
    }
    for number, line in enumerate(_lines()):
        _add_road(rows, number, line, areas)
    ilce = a_feature("ilce", 1325, geometry=shapely.MultiPolygon([_frame()]))
    rows |= {"ilce": [ilce], "il": [a_feature("il", 34)]}
    return MaksLayers({name: a_frame(name, *features) for name, features in rows.items()})


def load_town(database: Database) -> None:
    """Put the town into the register."""
    facts = BatchFacts(kind="maks", file_name="kasaba.gdb", sha256="7" * 64, size=1)
    with database.engine("gis_etl").begin() as connection:
        batch = begin_batch(connection, facts, started_by="test")
        for name, frame in a_town().items():
            merge_layer(connection, batch, name, frame)


def publish_layers(settings: Settings, database: Database, *names: str) -> None:
    """Propose, approve and publish these layers."""
    for name in names or LAYERS:
        found = propose(settings, database, name, "Ayşe Öner")
        steward_checks(database, name, found.findings)
        move(database, name, Action.APPROVE, "Bülent Onay")
        publish(settings, database, name, "Bülent Onay")


def withdraw_layer(settings: Settings, database: Database, name: str, reason: str) -> None:
    """Take a layer back: one asks, another does it."""
    withdraw(settings, database, name, "Ayşe Öner", reason)
    withdraw(settings, database, name, "Bülent Onay", None)


def steward_checks(
    database: Database, name: str, findings: Iterable[str] = (), person: str = "Deniz Denet"
) -> None:
    """Answer these findings of a proposed layer and pass it on."""
    for finding in findings:
        answer(database, name, finding, "Uydurma kasaba, kusuru bilinir", person)
    move(database, name, Action.CHECK, person)


def _frame() -> shapely.Polygon:
    return shapely.box(EAST, NORTH, EAST + WIDE, NORTH + HIGH)


def _areas() -> Iterator[shapely.Polygon]:
    seeds = [(250, 300), (800, 900), (950, 250), (1450, 800), (1500, 250)]
    points = shapely.MultiPoint([(EAST + x, NORTH + y) for x, y in seeds])
    cells = shapely.voronoi_polygons(points, extend_to=_frame(), ordered=True)
    for cell in cells.geoms:
        yield cell.intersection(_frame())


def _lines() -> Iterator[shapely.LineString]:
    """Three long roads, and six that cross them."""
    for y in (200, 600, 1000):
        yield _bent([(60 + x, y + 45 * math.sin(x / 260)) for x in range(0, 1681, 70)])
    for x in (200, 480, 760, 1040, 1320, 1600):
        yield _bent([(x + 30 * math.sin(y / 190), 60 + y) for y in range(0, 1081, 60)])


def _bent(points: list[tuple[float, float]]) -> shapely.LineString:
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in points])


def _add_road(
    rows: dict[str, list[dict[str, Any]]],
    number: int,
    line: shapely.LineString,
    areas: list[shapely.Polygon],
) -> None:
    """A road, its two sides, a door every thirty metres and a building behind each."""
    at = max(range(len(areas)), key=lambda i: areas[i].intersection(line).length)
    road, hat, yon = 501 + number, 601 + number, 701 + number
    add = rows.setdefault
    add("yol", []).append(a_feature("yol", road, ad=ROADS[number], tip=2 if number < 3 else 4))
    add("yol_orta_hat", []).append(
        a_feature("yol_orta_hat", hat, ad=ROADS[number], yol_id=guid("yol", road), geometry=line)
    )
    add("yol_orta_hat_yon", []).append(
        a_feature(
            "yol_orta_hat_yon",
            yon,
            yol_orta_hat_id=guid("yol_orta_hat", hat),
            mahalle_id=guid("mahalle", 30_001 + at),
            uavt_kodu=741_000 + number,
            tur="TEK",
            sayisallastirma_yon="SOL",
        )
    )
    for step in range(int(line.length // 30)):
        for side in (1, -1):
            _add_door(rows, yon, line, step, side)


def _add_door(
    rows: dict[str, list[dict[str, Any]]],
    yon: int,
    line: shapely.LineString,
    step: int,
    side: int,
) -> None:
    at = shapely.line_interpolate_point(line, 15 + 30 * step)
    ahead = shapely.line_interpolate_point(line, 16 + 30 * step)
    right = (ahead.y - at.y, at.x - ahead.x)
    number = 2 * step + (2 if side == 1 else 1)
    key = 100_000 + yon * 1000 + number
    door = shapely.Point(at.x + 9 * side * right[0], at.y + 9 * side * right[1])
    middle = shapely.Point(at.x + 18 * side * right[0], at.y + 18 * side * right[1])
    building = middle.buffer(8, cap_style="square")
    rows.setdefault("yapi", []).append(a_feature("yapi", key, geometry=building))
    rows.setdefault("numarataj", []).append(
        a_feature(
            "numarataj",
            key,
            kapi_no=f"{number}/A" if number % 11 == 0 else str(number),
            yol_orta_hat_yon_id=guid("yol_orta_hat_yon", yon),
            yapi_id=guid("yapi", key),
            geometry=door,
        )
    )
