"""Clients that hang up on heavy questions stop them, and keep nobody else waiting."""

import socket
import time
from copy import copy
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import text

from gis_platform.api.app import create_app
from tests.server import running

SLOW = """
CREATE OR REPLACE FUNCTION public.cql2_casei(given text) RETURNS text
LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN given; END $$
"""
BUSY = """
SELECT count(*) FROM pg_stat_activity
WHERE state = 'active' AND query LIKE '%cql2_casei(%' AND pid <> pg_backend_pid()
"""
CLIENTS = 8


@pytest.fixture(params=["/ogc/collections/park/items", "/api/v1/datasets/park/rows"])
def slow(ogc, request):
    """A filter that takes a minute; as it was, afterwards."""
    with ogc.database.engine("gis_owner").begin() as connection:
        was = connection.execute(
            text("SELECT pg_get_functiondef('public.cql2_casei(text)'::regprocedure)")
        ).scalar_one()
        connection.execute(text(SLOW))
    yield f"{request.param}?{urlencode({'filter': 'CASEI(ad) = casei(ad)'})}"
    with ogc.database.engine("gis_owner").begin() as connection:
        connection.exec_driver_sql(was.replace("%", "%%"))


def wait_until(is_so, seconds):
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)


@pytest.fixture
def patient(ogc):
    """A server whose own limit is no reason why a query ends."""
    database = copy(ogc.database)
    database._timeout = 120_000
    with running(create_app(ogc.settings, database)) as address:
        yield f"{address}/ogc"
    database.dispose()


def test_a_client_that_hangs_up_stops_its_query(ogc, slow, patient):
    place = urlsplit(patient)
    waiting = []
    for _ in range(CLIENTS):
        client = socket.create_connection((place.hostname, place.port))
        client.sendall(f"GET {slow} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        waiting.append(client)
    wait_until(lambda: ogc.sql(BUSY) == [CLIENTS], 15)
    for client in waiting:
        client.close()
    assert ogc.client.get(f"{patient}/collections/park/items/P%2F1", timeout=30).status_code == 200
    wait_until(lambda: ogc.sql(BUSY) == [0], 30)


def test_a_question_that_takes_too_long_says_so(ogc, slow):
    answer = ogc.client.get(f"{ogc.url.removesuffix('/ogc')}{slow}", timeout=40)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
