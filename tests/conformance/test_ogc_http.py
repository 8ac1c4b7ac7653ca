"""What no abstract test asks and users need: caching, compression, swaps, withdrawal."""

import asyncio
import gzip
import threading
import time

import httpx
import psycopg
import pytest
from sqlalchemy import text

from gis_platform.api.app import create_app
from gis_platform.api.ogc_catalogue import LOOK_EVERY
from gis_platform.core.errors import Unavailable
from gis_platform.core.settings import ServerSettings
from gis_platform.db.engine import Database
from gis_platform.db.pool import ReadPool
from gis_platform.db.queries.features import Shape, page_sql
from gis_platform.opendata.public import public_layers
from tests.conformance.conftest import layers_of
from tests.server import running
from tests.town import load_town, publish_layers, withdraw_layer

CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'gis-platform gis_portal' AND datname = current_database()
"""
ITEMS = "/collections/numarataj/items"


@pytest.mark.parametrize(
    "path", ["", "/collections", ITEMS, "/collections/mahalle/items/30001", "/openapi"]
)
def test_what_the_client_has_already_is_not_sent_again(ogc, path):
    first = ogc.get(path)
    assert "max-age" in first.headers["cache-control"]
    for tag in (first.headers["etag"], f'"x", {first.headers["etag"]}'):
        again = ogc.get(path, headers={"Accept": "*/*", "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    other = ogc.get(path, headers={"Accept": "*/*", "If-None-Match": 'W/"other"'})
    assert other.status_code == 200


def test_last_modified_is_when_the_layer_was_published(ogc):
    said = ogc.get(ITEMS).headers["last-modified"]
    unchanged = ogc.get(ITEMS, headers={"Accept": "*/*", "If-Modified-Since": said})
    assert unchanged.status_code == 304
    old = {"Accept": "*/*", "If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    assert ogc.get(ITEMS, headers=old).status_code == 200
    assert (
        ogc.get(ITEMS, headers={"Accept": "*/*", "If-Modified-Since": "tomorrow"}).status_code
        == 200
    )


def test_answers_in_two_forms_have_two_tags(ogc):
    tags = {
        ogc.get(ITEMS, **each).headers["etag"]
        for each in ({}, {"lang": "en"}, {"f": "html"}, {"limit": 3})
    }
    assert len(tags) == 4


def test_a_large_answer_is_compressed_where_the_client_takes_it(ogc):
    packed = ogc.get(ITEMS, limit=100, headers={"Accept": "*/*", "Accept-Encoding": "gzip"})
    plain = ogc.get(ITEMS, limit=100, headers={"Accept": "*/*", "Accept-Encoding": "identity"})
    refused = ogc.get(ITEMS, limit=100, headers={"Accept": "*/*", "Accept-Encoding": "gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert packed.json()["features"] == plain.json()["features"]
    assert "content-encoding" not in refused.headers
    for each in (packed, plain):
        assert {"Accept", "Accept-Encoding", "Accept-Language"} <= set(
            each.headers["vary"].replace(" ", "").split(",")
        )
    with ogc.client.stream("GET", f"{ogc.url}{ITEMS}", headers={"Accept-Encoding": "gzip"}) as raw:
        assert gzip.decompress(b"".join(raw.iter_raw())).startswith(b'{"type":"FeatureCollection"')


@pytest.mark.parametrize(
    "path", ["/yok", "/collections/", "/collections/mahalle/yok", "/processes"]
)
def test_what_is_not_there_is_a_404_problem(ogc, path):
    answer = ogc.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


def test_pages_of_other_hosts_may_read_the_data(ogc):
    assert ogc.get(ITEMS).headers["access-control-allow-origin"] == "*"


@pytest.fixture
def town(settings, database):
    load_town(database)
    publish_layers(settings, database, "mahalle")
    return settings, database


def test_links_carry_the_public_address(town):
    settings, database = town
    settings = settings.model_copy(
        update={"server": ServerSettings(public_url="https://veri.example/gis")}
    )
    with running(create_app(settings, database)) as address:
        for path in ("", "/collections", "/collections/mahalle/items?limit=1", "/openapi"):
            said = httpx.get(f"{address}/ogc{path}").text
            assert "https://veri.example/gis/ogc" in said
            assert address not in said


def test_a_host_that_is_no_host_gets_into_no_link(town):
    with running(create_app(*town)) as address:
        evil = {"Host": 'x"><script>'}
        assert "<script>" not in httpx.get(f"{address}/ogc", headers=evil).text


def ids(address):
    return [each["id"] for each in layers_of(httpx.get(f"{address}/ogc/collections").json())]


def within(seconds, check):
    """Whether ``check`` comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.05)
    return False


def test_a_layer_appears_is_replaced_and_is_withdrawn_without_a_stop_and_without_an_error(town):
    settings, database = town
    seen: set[int] = set()
    with running(create_app(settings, database)) as address:
        over = threading.Event()
        visitor = threading.Thread(target=keep_asking, args=(address, over, seen))
        visitor.start()
        try:
            assert ids(address) == ["mahalle"]
            before = httpx.get(f"{address}/ogc/collections/mahalle/items")
            publish_layers(settings, database, "csbm")
            assert within(5, lambda: "csbm" in ids(address))
            assert len(httpx.get(f"{address}/ogc/collections/csbm/items").json()["features"]) == 9
            assert "/collections/csbm/items" in httpx.get(f"{address}/ogc/openapi").json()["paths"]
            withdraw_layer(settings, database, "csbm", "sınır davası")
            path = f"{address}/ogc/collections/csbm/items"
            assert within(5, lambda: httpx.get(path).status_code == 410)
            gone = httpx.get(path)
            assert "sınır davası" in gone.json()["detail"]
            assert httpx.get(f"{address}/ogc/collections/csbm/items/741000").status_code == 410
            assert httpx.get(f"{address}/ogc/collections/csbm/schema").status_code == 410
            assert within(5, lambda: ids(address) == ["mahalle"])
            after = httpx.get(f"{address}/ogc/collections/mahalle/items")
            assert after.headers["etag"] == before.headers["etag"]
        finally:
            over.set()
            visitor.join(10)
    assert seen == {200}


def keep_asking(address, over, seen):
    """A visitor who reads all the while."""
    with httpx.Client() as client:
        while not over.is_set():
            for path in ("/ogc", "/ogc/collections", "/ogc/collections/mahalle/items"):
                seen.add(client.get(f"{address}{path}").status_code)


def test_a_layer_taken_back_is_gone_at_once_even_before_the_next_look(town):
    """The database refuses to read it; the answer is 410, not an error."""
    settings, database = town
    with running(create_app(settings, database)) as address:
        path = f"{address}/ogc/collections/mahalle/items"
        assert httpx.get(path).status_code == 200
        withdraw_layer(settings, database, "mahalle", "yanlış veri")
        answer = httpx.get(path)
        assert answer.status_code == 410
        assert "yanlış veri" in answer.json()["detail"]


@pytest.mark.ats("own/paging-stable")
def test_a_new_version_while_a_client_pages_loses_and_doubles_no_row_that_stays(town):
    """Rows are added and removed before and behind the client; those untouched come once each."""
    settings, database = town
    publish_layers(settings, database, "numarataj")
    with running(create_app(settings, database)) as address:
        page = httpx.get(f"{address}/ogc/collections/numarataj/items?limit=100").json()
        seen, all_before = [], sorted(numbers(database))
        gone = {all_before[5], all_before[150], all_before[700]}
        while page is not None:
            seen += [each["id"] for each in page["features"]]
            if len(seen) == 200:
                change(database, gone)
                publish_layers(settings, database, "numarataj")
                assert within(5, lambda: version_of(address) == "2")
            following = [each["href"] for each in page["links"] if each["rel"] == "next"]
            page = httpx.get(following[0]).json() if following else None
    assert len(seen) == len(set(seen))
    assert set(all_before) - gone <= set(seen)
    assert all_before[700] not in seen  # removed before it was reached
    assert seen[-1] == 10**9  # added behind all


def numbers(database):
    with database.engine("gis_owner").connect() as connection:
        return connection.execute(text("SELECT kimlik_no FROM published.numarataj")).scalars().all()


def change(database, gone):
    """The register loses these doors; the first of them is there again, behind all others."""
    with database.engine("gis_owner").begin() as connection:
        connection.execute(text("ALTER TABLE maks.numarataj_version DISABLE TRIGGER ALL"))
        renumbered, *lost = sorted(gone)
        connection.execute(
            text("DELETE FROM maks.numarataj_version WHERE kimlik_no = ANY(:lost)"), {"lost": lost}
        )
        connection.execute(
            text("UPDATE maks.numarataj_version SET kimlik_no = :new WHERE kimlik_no = :old"),
            {"old": renumbered, "new": 10**9},
        )


def version_of(address):
    said = httpx.get(f"{address}/api/v1/layers/numarataj").json()
    return str(said["version"])


@pytest.mark.ats("own/deep-page")
def test_a_deep_page_is_found_by_the_index_and_reads_its_own_rows_only(town):
    """What a page costs does not depend on how deep it lies: no row before it is read."""
    settings, database = town
    publish_layers(settings, database, "numarataj")
    with database.engine("gis_portal").connect() as connection:
        (layer,) = [each for each in public_layers(connection) if each.name == "numarataj"]
    key = sorted(numbers(database))[700]
    plan = plan_of(database, Shape(layer.served, start="after"), after_0=key, limit=10)
    (found,) = [each for each in plan if "Index Cond" in each]
    assert found["Node Type"] == "Index Scan"
    assert "kimlik_no >" in found["Index Cond"]
    assert found["Actual Rows"] == 10
    assert not any("Rows Removed by Filter" in each for each in plan)
    deep = plan_of(database, Shape(layer.served, start="offset"), offset=700, limit=10)
    passed = [each for each in deep if each["Actual Rows"] > 100]
    assert {each["Node Type"] for each in passed} <= {"Index Only Scan"}


def plan_of(database, shape, **values):
    """The nodes of the plan of a page as PostgreSQL carried it out, on a table as if large."""
    with database.engine("gis_owner").connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("SET LOCAL enable_seqscan = off")
        question = f"EXPLAIN (ANALYZE, FORMAT JSON) {page_sql(shape)}"
        ((said,),) = raw.execute(question, values).fetchall()
    return list(nodes(said[0]["Plan"]))


def nodes(node):
    yield node
    for each in node.get("Plans", []):
        yield from nodes(each)


def test_an_edition_that_cannot_be_read_leaves_the_old_one(town):
    settings, database = town
    with running(create_app(settings, database)) as address:
        assert ids(address) == ["mahalle"]
        with database.engine("gis_owner").begin() as connection:
            connection.execute(text("UPDATE published.catalogue SET entry = '{}'"))
        time.sleep(LOOK_EVERY + 0.2)
        assert ids(address) == ["mahalle"]
        assert len(httpx.get(f"{address}/ogc/collections/mahalle/items").json()["features"]) == 5


def test_an_empty_catalogue_is_served(settings, database):
    with running(create_app(settings, database)) as address:
        assert ids(address) == []
        page = httpx.get(f"{address}/ogc/collections?f=html").text
        assert "Şu anda yayımlanmış katman yok" in page
        assert httpx.get(f"{address}/ogc/openapi").json()["paths"]


def test_a_connection_that_was_cut_is_made_anew(town):
    settings, database = town
    with running(create_app(settings, database)) as address:
        path = f"{address}/ogc/collections/mahalle/items"
        assert httpx.get(path).status_code == 200
        with database.engine("gis_owner").connect() as connection:
            connection.execute(text(CUT))
        assert httpx.get(path).status_code == 200


async def ask(pool, sql):
    try:
        return await pool.fetch(sql)
    finally:
        await pool.close()


@pytest.mark.parametrize("sql", ["SELECT * FROM maks.mahalle", "DELETE FROM published.catalogue"])
def test_the_pool_may_only_read_what_is_published(town, sql):
    _, database = town
    with pytest.raises(psycopg.Error):
        asyncio.run(ask(ReadPool(database), sql))


def test_a_question_that_takes_too_long_is_broken_off_and_the_next_is_answered(town):
    _, database = town
    slow = Database(
        {"gis_portal": database.url("gis_portal")},
        set_role=not database.is_private, statement_timeout_ms=200,
    )  # fmt: skip

    async def both():
        pool = ReadPool(slow)
        with pytest.raises(Unavailable):
            await pool.fetch("SELECT pg_sleep(5)")
        try:
            return await pool.fetch("SELECT 1")
        finally:
            await pool.close()

    assert asyncio.run(both()) == [(1,)]


def test_a_visitor_who_leaves_takes_the_question_along(town):
    _, database = town

    async def leave():
        pool = ReadPool(database)
        asked = asyncio.ensure_future(pool.fetch("SELECT pg_sleep(8)"))
        await asyncio.sleep(0.3)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        try:
            return await pool.fetch(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(8)%' "
                "AND state = 'active' AND pid <> pg_backend_pid()"
            )
        finally:
            await pool.close()

    assert asyncio.run(leave()) == [(0,)]
