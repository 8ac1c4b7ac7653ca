"""How much is used: counted over HTTP into PostgreSQL, by several processes, without a trace."""

import csv
import io
import re
import signal
import threading
import time
from datetime import date

import httpx
import pytest
from sqlalchemy.exc import ProgrammingError

from gis_platform.api.app import create_app
from gis_platform.api.uses import Uses
from gis_platform.core.settings import PortalSettings
from gis_platform.opendata.use import Use, add_use, shown_months, today
from tests.integration.test_api_serve_workers import serving, serving_processes
from tests.server import visiting
from tests.town import load_town, publish_layers, withdraw_layer

PERSON = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}
CURL = {"user-agent": "curl/8.5.0"}
ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0)", "Mozilla/5.0 (compatible; YandexBot/3.0)",
    "Baiduspider+(+http://www.baidu.com/search/spider.htm)", "ia_archiver", "AhrefsBot/7.0",
    "facebookexternalhit/1.1", "SomeCrawler 1.0", "UptimeMonitor", "GPTBot/1.2",
]  # fmt: skip
COUNTS = (
    "SELECT layer, kind, format, sum(count) FROM access.use_count GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)


@pytest.fixture
def served(settings, town):
    publish_layers(settings, town, "mahalle", "numarataj")
    app = create_app(settings, town)
    with visiting(app) as client:
        yield client, app.state.service.uses


def counted(run, uses, client=None):
    if client is not None:
        client.get("/health")
        time.sleep(0.3)  # a file is closed after its last byte has arrived here
    uses.flush()
    return {(layer, kind, file): int(count) for layer, kind, file, count in run(COUNTS)}


def test_views_downloads_and_requests_are_told_apart(served, run):
    client, uses = served
    for path, headers in [
        ("/katman/mahalle", PERSON), ("/en/layer/mahalle", PERSON),
        ("/katman/mahalle?page=2", PERSON),
        ("/files/mahalle/v1/mahalle.gpkg", CURL), ("/files/mahalle/son/mahalle.csv", PERSON),
        ("/ogc/collections/numarataj/items?f=json", CURL), ("/api/v1/layers/numarataj", CURL),
        ("/ogc/collections/numarataj/items/801001", CURL),
    ]:  # fmt: skip
        client.get(path, headers=headers)
    found = counted(run, uses, client)
    assert found.pop(("numarataj", "api", "")) in {2, 3}
    assert found == {
        ("mahalle", "page", ""): 3, ("mahalle", "download", "gpkg"): 1,
        ("mahalle", "download", "csv"): 1,
    }  # fmt: skip


@pytest.mark.parametrize("agent", ROBOTS)
def test_robots_that_say_so_are_not_counted(served, run, agent):
    client, uses = served
    for path in ("/katman/mahalle", "/files/mahalle/v1/mahalle.gpkg", "/api/v1/layers/mahalle"):
        assert client.get(path, headers={"user-agent": agent}).status_code == 200
    assert counted(run, uses, client) == {}


def test_a_phone_of_cubot_is_no_robot(served, run):
    client, uses = served
    client.get("/katman/mahalle", headers={"user-agent": "Mozilla/5.0 (Android 14; CUBOT P80)"})
    assert counted(run, uses, client) == {("mahalle", "page", ""): 1}


def test_what_is_no_use_of_a_layer_is_not_counted(served, run):
    client, uses = served
    tag = client.get("/files/mahalle/v1/mahalle.gpkg", headers=ROBOT).headers["etag"]
    client.head("/katman/mahalle", headers=PERSON)
    client.get("/katman/yok", headers=PERSON)
    client.get("/katman/mahalle%2f..%2fx", headers=PERSON)
    client.get("/", headers=PERSON)
    client.get("/katman/mahalle", headers=CURL)  # a program looks at no page
    client.get("/katman/mahalle", headers={**PERSON, "sec-purpose": "prefetch"})
    client.get("/tiles/mahalle/1/10/593/383.mvt", headers=PERSON)
    client.get("/files/mahalle/v1/yok.gpkg", headers=PERSON)
    client.get("/files/mahalle/v1/mahalle.gpkg", headers={**PERSON, "if-none-match": tag})
    client.get("/files/mahalle/v1/mahalle.gpkg", headers={**PERSON, "range": "bytes=100-200"})
    client.get("/api/v1/layers/mahalle?yok=1", headers=CURL)
    assert counted(run, uses, client) == {}
    client.get("/files/mahalle/v1/mahalle.gpkg", headers={**PERSON, "range": "bytes=0-99"})
    assert counted(run, uses, client) == {("mahalle", "download", "gpkg"): 1}


ROBOT = {"user-agent": ROBOTS[0]}


def test_no_request_writes_and_nothing_of_who_asks_is_kept(served, run):
    client, uses = served
    for _ in range(20):
        client.get("/katman/mahalle", headers={**PERSON, "x-forwarded-for": "203.0.113.9"})
    client.get("/health")
    time.sleep(0.3)
    assert run(COUNTS) == []  # no request writes
    uses.flush()
    rows = run("SELECT * FROM access.use_count")
    assert len(rows) == 1  # twenty views, one row
    assert tuple(rows[0]) == (today(), "mahalle", "page", "", 20)
    columns = run("SELECT column_name FROM information_schema.columns "
                  "WHERE table_name = 'use_count' ORDER BY 1")  # fmt: skip
    assert [each[0] for each in columns] == ["count", "day", "format", "kind", "layer"]


def test_counting_can_be_switched_off(settings, town, run):
    publish_layers(settings, town, "mahalle")
    off = settings.model_copy(update={"portal": PortalSettings(count_use=False)})
    app = create_app(off, town)
    with visiting(app) as client:
        client.get("/katman/mahalle", headers=PERSON)
    assert counted(run, app.state.service.uses) == {}


def test_what_is_left_is_written_when_the_server_ends(settings, town, run):
    publish_layers(settings, town, "mahalle")
    with visiting(create_app(settings, town)) as client:
        client.get("/katman/mahalle", headers=PERSON)
    assert [int(count) for *_, count in run(COUNTS)] == [1]


def test_many_writers_add_up(town, run):
    every = [Uses(town) for _ in range(4)]
    scopes = [
        {"path": f"/katman/{name}", "method": "GET", "headers": [(b"user-agent", b"Mozilla/5.0")]}
        for name in ("mahalle", "csbm", "yapi", "numarataj")
    ]

    def work(uses, at):
        for step in range(200):
            uses.note(scopes[(at + step) % 4], 200)
            if step % 10 == at:
                uses.flush()
        uses.flush()

    threads = [threading.Thread(target=work, args=(each, at)) for at, each in enumerate(every)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert {name: int(count) for name, _, _, count in run(COUNTS)} == {
        "csbm": 200, "mahalle": 200, "numarataj": 200, "yapi": 200,
    }  # fmt: skip


def test_a_database_that_does_not_answer_loses_nothing(town, run):
    uses = Uses(town)
    scope = {"path": "/katman/yapi", "method": "GET", "headers": [(b"user-agent", b"Mozilla/5.0")]}
    uses.note(scope, 200)
    run("ALTER FUNCTION access.add_use(date[], text[], text[], text[], bigint[]) RENAME TO away")
    uses.flush()
    uses.note(scope, 200)
    run("ALTER FUNCTION access.away(date[], text[], text[], text[], bigint[]) RENAME TO add_use")
    assert counted(run, uses) == {("yapi", "page", ""): 2}


def test_several_processes_add_up_and_a_killed_one_loses_seconds(
    environment, settings, database, run_in
):
    load_town(database)
    publish_layers(settings, database, "mahalle")
    with serving(environment, "--workers", "2") as (_, address, _said):
        deadline = time.monotonic() + 60
        while len(serving_processes(address)) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        for _ in range(60):
            httpx.get(f"{address}/katman/mahalle", headers=PERSON, timeout=30)
        until(lambda: run_in(COUNTS) and int(run_in(COUNTS)[0][3]) == 60)
        serving_processes(address)[0].send_signal(signal.SIGKILL)
        until(lambda: len(serving_processes(address)) == 2)
        for _ in range(40):
            httpx.get(f"{address}/katman/mahalle", headers=PERSON, timeout=30)
    assert int(run_in(COUNTS)[0][3]) == 100  # both wrote what was left when they were told to end


def until(holds, longest=90.0):
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < longest
        time.sleep(0.2)


@pytest.fixture
def run_in(database):
    def ask(statement):
        with database.engine("gis_owner").connect() as connection:
            return connection.exec_driver_sql(statement).all()

    return ask


# ---------------------------------------------------------------------------- what is told


def fill(town, **counts):
    month = shown_months(today())[-2]
    add_use(town, {Use(month, name, "page"): count for name, count in counts.items()})


def test_the_page_the_chart_and_the_file_tell_the_same(settings, town):
    publish_layers(settings, town, "mahalle", "numarataj", "csbm")
    fill(town, mahalle=1200, numarataj=30, csbm=4, yapi=500)
    add_use(town, {Use(today(), "mahalle", "download", "gpkg"): 7,
                   Use(today(), "mahalle", "api"): 11,
                   Use(date(2001, 1, 1), "mahalle", "page"): 9999})  # fmt: skip
    withdraw_layer(settings, town, "numarataj", "Yanlış")
    with visiting(create_app(settings, town)) as client:
        page = client.get("/istatistik").text
        figures = re.findall(r"<div><dt>([^<]+)</dt><dd>([^<]+)</dd></div>", page)
        assert figures == [
            ("Sayfa görüntüleme", "1.200"),
            ("İndirme", "7"),
            ("Servis isteği", "11"),
        ]
        assert len(re.findall(r"<rect class=\"use-\w+\" x=\"\d+\.\d", page)) == 3
        assert page.count('<th scope="row">') == 12 + 1 + 1
        assert "style=" not in page
        assert "Kapı numaraları" not in page.partition("<main")[2].partition("</main")[0]
        answer = client.get("/istatistik.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert {(r["layer"], r["kind"], r["format"], r["count"]) for r in rows} == {
            ("mahalle", "page", "", "1200"), ("mahalle", "download", "gpkg", "7"),
            ("mahalle", "api", "", "11"),
        }  # fmt: skip
        assert client.get("/en/statistics.csv").text == answer.text
        english = client.get("/en/statistics").text
        assert "1,200" in english
        assert "Page views" in english
        home = client.get("/").text
        assert home.index("En çok kullanılanlar") < home.index("Yeni yayımlananlar")


def test_less_than_five_is_told_to_nobody(settings, town):
    publish_layers(settings, town, "mahalle", "csbm")
    fill(town, mahalle=5, csbm=4)
    with town.engine("gis_portal").connect() as connection:
        rows = connection.exec_driver_sql("SELECT layer FROM access.use_by_month('2000-01-01')")
        assert [each[0] for each in rows] == ["mahalle"]
    with visiting(create_app(settings, town)) as client:
        assert "csbm" not in client.get("/istatistik.csv").text
        assert re.search(r"<dd>5</dd>", client.get("/istatistik").text)


def test_without_use_the_page_says_so(settings, town):
    with visiting(create_app(settings, town)) as client:
        assert "Henüz gösterilecek kadar kullanım yok" in client.get("/istatistik").text
        assert client.get("/istatistik.csv").text.splitlines() == ["month,layer,kind,format,count"]
        assert "En çok kullanılanlar" not in client.get("/").text


def test_days_of_long_ago_become_their_month_and_nothing_is_lost(town, run):
    old = shown_months(today())[3]
    days = {Use(old.replace(day=day), "mahalle", "page"): day for day in range(1, 11)}
    add_use(town, {**days, Use(today(), "mahalle", "page"): 2})
    add_use(town, {}, merges=True)
    add_use(town, {}, merges=True)
    rows = run("SELECT day, count FROM access.use_count ORDER BY 1")
    assert [tuple(each) for each in rows] == [(old, 55), (today(), 2)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM access.use_count",
        "DELETE FROM access.use_count",
        "INSERT INTO access.use_count VALUES (current_date, 'a', 'page', '', 1)",
    ],
)
def test_the_public_role_sees_no_day_and_writes_no_row(session_database, statement):
    with session_database.engine("gis_portal").connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ WRITE")
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.exec_driver_sql(statement)
