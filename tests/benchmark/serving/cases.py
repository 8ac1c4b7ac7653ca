"""What ``./run bench ogc`` asks: every case many addresses, each in three dialects."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from gis_platform.api.ogc_query import Position, token_of

ITEMS = "/ogc/collections/kapi/items"
SCHEME = "WebMercatorQuad"
TILES = f"/ogc/collections/kapi/tiles/{SCHEME}"
PEER = "/collections/published.kapi_v1"
ADDRESSES = 500
WIDE, HIGH = 0.0053, 0.004
"""Degrees of a box of about 440 m, which holds some 370 of a million points."""
WEST, SOUTH, EAST, NORTH = 28.79, 41.06, 28.95, 41.30


@dataclass(frozen=True)
class Case:
    """One kind of question.

    Attributes:
        floor: requests a second it has to reach.
        bare, peer: the same addresses for the bare handler and for TiPG; empty where it has none.
    """

    name: str
    floor: int
    ours: list[str]
    bare: list[str]
    peer: list[str]


def item_cases(points: int) -> Iterator[Case]:
    """Every question for features."""
    dice = random.Random(5)  # noqa: S311 (no secret)
    deep = points * 9 // 10

    def some(make: Callable[[], str]) -> list[str]:
        return [make() for _ in range(ADDRESSES)]

    for limit, floor in ((10, 2_500), (1_000, 220)):
        asked = some(lambda: f"?limit={limit}&offset={dice.randrange(1_000)}")  # noqa: B023
        yield _same(f"items, {limit}", floor, asked)
    yield _same("bbox, 100", 800, some(lambda: f"?bbox={_box(dice)}&limit=100"))
    yield _same(
        "attribute filter, 10", 2_000,
        some(lambda: f"?mahalle_kodu={dice.randrange(55)}&limit=10&offset={dice.randrange(50)}"),
    )  # fmt: skip
    pairs = [(dice.randrange(55), dice.randrange(11)) for _ in range(ADDRESSES)]
    asked = [f"?limit=10&filter={quote(f'mahalle_kodu = {a} AND kat_sayisi > {b}')}"
             for a, b in pairs]  # fmt: skip
    yield Case("CQL2 attribute, 10", 800, [ITEMS + each for each in asked],
               [f"/items?limit=10&mahalle_kodu={a}&over={b}" for a, b in pairs],
               [f"{PEER}/items{each}" for each in asked])  # fmt: skip
    shapes = [_triangle(dice) for _ in range(ADDRESSES)]
    asked = [f"?limit=10&filter={quote(f'S_INTERSECTS(geometry,{each})')}" for each in shapes]
    yield Case("CQL2 spatial, 10", 600, [ITEMS + each for each in asked],
               [f"/items?limit=10&within={quote(each)}" for each in shapes],
               [f"{PEER}/items{each}" for each in asked])  # fmt: skip
    keys = [dice.randrange(1, points) for _ in range(ADDRESSES * 2)]
    yield Case("one feature", 5_000, [f"{ITEMS}/{key}" for key in keys],
               [f"/one/{key}" for key in keys],
               [f"{PEER}/items/{key}" for key in keys])  # fmt: skip
    places = [deep + dice.randrange(points // 20) for _ in range(ADDRESSES)]
    tokens = [token_of(Position(place, (place,)), "") for place in places]
    yield Case("deep page, next", 2_500, [f"{ITEMS}?limit=10&token={each}" for each in tokens],
               [f"/items?limit=10&after={place}" for place in places], [])  # fmt: skip
    yield _same("deep page, offset", 60, [f"?offset={each}&limit=10" for each in places])


def tile_case(z: int, floor: int, rows: range, columns: range) -> Case:
    """Every tile of a zoom, in no order."""
    places = [(row, column) for row in rows for column in columns]
    random.Random(1).shuffle(places)  # noqa: S311 (no secret)
    return Case(
        f"tile z{z}, made anew", floor, [f"{TILES}/{z}/{row}/{column}" for row, column in places],
        [f"/tile/{z}/{row}/{column}" for row, column in places],
        [f"{PEER}/tiles/{SCHEME}/{z}/{column}/{row}" for row, column in places],
    )  # fmt: skip


def _same(name: str, floor: int, asked: list[str]) -> Case:
    """All three understand the same query."""
    return Case(name, floor, [ITEMS + each for each in asked], [f"/items{each}" for each in asked],
                [f"{PEER}/items{each}" for each in asked])  # fmt: skip


def _box(dice: random.Random) -> str:
    west, south = dice.uniform(WEST, EAST - WIDE), dice.uniform(SOUTH, NORTH - HIGH)
    return f"{west:.5f},{south:.5f},{west + WIDE:.5f},{south + HIGH:.5f}"


def _triangle(dice: random.Random) -> str:
    west, south = dice.uniform(WEST, EAST - WIDE), dice.uniform(SOUTH, NORTH - HIGH)
    corners = ((west, south), (west + WIDE, south), (west + WIDE / 2, south + 2 * HIGH),
               (west, south))  # fmt: skip
    return f"POLYGON(({','.join(f'{x:.5f} {y:.5f}' for x, y in corners)}))"
