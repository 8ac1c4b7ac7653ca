"""Pages of other hosts read what they may, also with a key."""

import pytest

from gis_platform.api.app import create_app
from gis_platform.jobs.index import ensure_index
from tests.server import visiting

SEARCH = "/api/v1/addresses/search"
HERE, THERE = "https://harita.example", "https://baska.example"
BEFORE = {"access-control-request-method": "GET", "access-control-request-headers": "authorization"}


@pytest.fixture
def client_of(settings, town):
    with town.engine("gis_etl").connect() as connection:
        ensure_index(settings, connection)

    def make(origins):
        server = settings.server.model_copy(update={"cors_origins": origins})
        return visiting(create_app(settings.model_copy(update={"server": server}), town))

    return make


def test_any_page_may_read_and_may_send_a_key(client_of):
    with client_of("*") as client:
        asked = client.options(SEARCH, headers=BEFORE | {"origin": THERE})
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == "*"
        assert "authorization" in asked.headers["access-control-allow-headers"]
        assert "x-request-id" in asked.headers
        answer = client.get(SEARCH, params={"q": "x"}, headers={"origin": THERE})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "retry-after" in answer.headers["access-control-expose-headers"]
        page = client.get("/hakkinda", headers={"origin": THERE})
        assert "access-control-allow-origin" not in page.headers


def test_only_named_hosts_may_where_they_are_named(client_of):
    with client_of(f"{HERE}, https://oteki.example/") as client:
        for origin, allowed in ((HERE, HERE), ("https://oteki.example", "https://oteki.example"),
                                (THERE, None), ("null", None)):  # fmt: skip
            for answer in (
                client.get(SEARCH, params={"q": "x"}, headers={"origin": origin}),
                client.options(SEARCH, headers=BEFORE | {"origin": origin}),
            ):
                assert answer.headers.get("access-control-allow-origin") == allowed
                assert "Origin" in answer.headers["vary"]


def test_options_without_a_browser_that_asks_before_is_no_method_of_the_address(client_of):
    with client_of("*") as client:
        assert client.options(SEARCH).status_code == 405
