"""The row API beside the same SQL asked directly: how long an answer takes, how many times that.

``python tests/benchmark rows [points]``: points are published (1,000,000 where nothing is said),
one server process, one client that asks each question anew with other values, then psycopg with the
same statement in the same run. Milliseconds hold for one machine and one hour; the ratio counts.
Groups are kept once worked out: every question here is asked for the first time.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
from ogc import process, publish_points, serve

from gis_platform.core.settings import AccessSettings, Settings
from gis_platform.db.engine import open_database

TIMES = 60
ROWS = "/api/v1/datasets/kapi/rows"
COLUMNS = "kimlik_no, dis_kapi_no, csbm_kodu, csbm, mahalle_kodu, kat_sayisi"
Case = tuple[dict[str, str], str]


def cases(  # noqa: C901 (a list)
    points: int, chance: random.Random
) -> Iterator[tuple[str, Callable[[], Case]]]:
    """Name and maker of each question: what is asked of us, and the same as SQL."""
    roads = points // 100

    def ordinary(asked: dict[str, str], where: str, order: str, at: int = 0) -> Case:
        sql = (
            f"SELECT row_to_json(t)::text FROM (SELECT {COLUMNS} FROM published.kapi_v1 "  # noqa: S608
            f"WHERE {where} ORDER BY {order} LIMIT 100 OFFSET {at}) AS t"
        )
        return {"limit": "100", **asked}, sql

    def road() -> str:
        return f"Çeşme {chance.randrange(1, roads)}"

    def equal() -> Case:
        name = road()
        return ordinary({"csbm": name}, f"csbm COLLATE turkish_natural = '{name}'",
                        "kimlik_no")  # fmt: skip

    def cql2() -> Case:
        of, least = chance.randrange(29), chance.randrange(11)
        said = f"mahalle_kodu = {of} AND kat_sayisi > {least}"
        return ordinary({"filter": said}, said, "kimlik_no")

    def none() -> Case:
        said = f"mahalle_kodu = {chance.randrange(29)} AND kat_sayisi > 90"
        return ordinary({"filter": said}, said, "kimlik_no")

    def sort() -> Case:
        at = chance.randrange(1000)
        return ordinary({"sort": "-csbm", "offset": str(at)}, "true",
                        "csbm COLLATE turkish_natural DESC, kimlik_no DESC", at)  # fmt: skip

    def sort_few() -> Case:
        of = chance.randrange(29)
        return ordinary({"sort": "-kat_sayisi", "mahalle_kodu": str(of)},
                        f"mahalle_kodu = {of}", "kat_sayisi DESC, kimlik_no DESC")  # fmt: skip

    def box() -> Case:
        west, south = 28.80 + chance.random() / 10, 41.05 + chance.random() / 8
        edges = (west, south, west + 0.01, south + 0.01)
        said = ",".join(f"{each:.5f}" for each in edges)
        where = f"ST_Intersects(geometry, ST_MakeEnvelope({said}, 4326))"
        return ordinary({"bbox": said}, where, "kimlik_no")

    def group() -> Case:
        least = chance.randrange(1, points)
        sql = (
            "SELECT row_to_json(t)::text FROM (SELECT mahalle_kodu, count(*), "  # noqa: S608
            "avg(kat_sayisi)::float8 AS avg_kat_sayisi "
            f"FROM published.kapi_v1 WHERE kimlik_no <> {least} GROUP BY 1 ORDER BY 1) AS t"
        )
        asked = {"group": "mahalle_kodu", "count": "*", "avg": "kat_sayisi",
                 "filter": f"kimlik_no <> {least}"}  # fmt: skip
        return asked, sql

    def total() -> Case:
        of, but = chance.randrange(12), chance.randrange(1, points)
        where = f"kat_sayisi = {of} AND kimlik_no <> {but}"
        sql = (
            "SELECT row_to_json(t)::text FROM (SELECT count(*), max(csbm_kodu) AS max_csbm_kodu "  # noqa: S608
            f"FROM published.kapi_v1 WHERE {where}) AS t"
        )
        return {"count": "*", "max": "csbm_kodu", "filter": where}, sql

    yield "column = value", equal
    yield "filter, CQL2", cql2
    yield "filter, nothing found", none
    yield "sort, Turkish text", sort
    yield "filter and sort", sort_few
    yield "bbox", box
    yield "group: count, mean", group
    yield "total of a filter", total


def main(arguments: list[str]) -> None:
    """Measure and print a table."""
    points = int(arguments[0]) if arguments else 1_000_000
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gis-", dir="/tmp")))
        folder.chmod(0o755)
        settings = publish_points(folder, points, stack)
        free = AccessSettings(public_per_second=0)
        address = stack.enter_context(process(serve, settings.model_copy(update={"access": free})))
        client = stack.enter_context(httpx.Client(base_url=address, timeout=30))
        direct = stack.enter_context(connected(settings))
        print(f"{points} points, {TIMES} questions each, one client; milliseconds")
        print(f"{'':24}{'median':>8}{'p95':>8}{'SQL p95':>9}{'ratio':>7}{'304 p95':>9}")
        for name, make in cases(points, random.Random(7)):  # noqa: S311 (no secret)
            measure(name, [make() for _ in range(TIMES)], client, direct)


def measure(name: str, asked: list[Case], client: httpx.Client, direct: psycopg.Connection) -> None:
    """A line of the table; both answers are compared first."""
    client.get(ROWS, params={"limit": "1"})
    parameters, sql = asked[0]
    ours = client.get(ROWS, params=parameters)
    theirs = [row[0] for row in direct.execute(sql.encode()).fetchall()]
    said = ours.text[ours.text.index('"rows":[') :]
    assert said == f'"rows":[{",".join(theirs)}]}}', name
    etags: list[str] = []

    def of_us(case: Case) -> None:
        answer = client.get(ROWS, params=case[0])
        assert answer.status_code == 200, answer.text
        etags.append(answer.headers["etag"])

    spent = timed(of_us, asked[1:])
    floor = timed(lambda case: direct.execute(case[1].encode()).fetchall(), asked[1:])
    held = iter(etags)
    known = timed(
        lambda case: client.get(ROWS, params=case[0], headers={"If-None-Match": next(held)}),
        asked[1:],
    )
    print(
        f"{name:24}{statistics.median(spent):8.1f}{p95(spent):8.1f}{p95(floor):9.1f}"
        f"{p95(spent) / p95(floor):7.2f}{p95(known):9.1f}"
    )


def timed(ask: Callable[[Case], object], asked: list[Case]) -> list[float]:
    """Milliseconds of each question."""
    found = []
    for case in asked:
        began = time.perf_counter()
        ask(case)
        found.append((time.perf_counter() - began) * 1000)
    return found


def p95(spent: list[float]) -> float:
    """What 95 of 100 stay below."""
    return statistics.quantiles(spent, n=20)[-1]


def connected(settings: Settings) -> psycopg.Connection:
    """A connection with the rights and the settings of the public pages."""
    with open_database(settings) as database:
        return psycopg.connect(**database.driver_arguments("gis_portal"), autocommit=True)
