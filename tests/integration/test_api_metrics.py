"""What the server tells of itself to those who run it."""

import json
import re

import pytest

from gis_platform.api.app import create_app
from gis_platform.api.metrics import part_of
from tests.integration.test_api_serve_workers import answers, seconds_until, serving
from tests.server import visiting
from tests.town import load_town

ASKED = "haliç-bulvarı-gizli"


def metric(said, name):
    """Sum of a figure over its labels."""
    lines = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", said, re.MULTILINE)
    return sum(float(each) for each in lines)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/api/v1/addresses/search", "search"), ("/api/v1/addresses/yapi/1", "register"),
        ("/ogc/collections", "ogc"), ("/katman/x", "portal"), ("/", "portal"),
    ],
)  # fmt: skip
def test_paths_are_counted_by_the_part_that_answers(path, part):
    assert part_of(path) == part


def test_figures_are_shown_to_those_who_run_the_server_only(settings, town):
    with visiting(create_app(settings, town)) as client:
        client.get("/api/v1/addresses/search", params={"q": ASKED})
        said = client.get("/metrics")
        assert said.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert ASKED not in said.text
        assert metric(said.text, "gis_database_up") == 1
        assert 'part="search"' in said.text
    server = settings.server.model_copy(update={"metrics_from": "10.0.0.1"})
    with visiting(create_app(settings.model_copy(update={"server": server}), town)) as client:
        assert client.get("/metrics").status_code == 404


def test_workers_count_together_and_every_line_is_a_document_without_what_was_asked(
    environment, database
):
    load_town(database)
    told = environment | {"GIS_SERVER__LOG_FORMAT": "json"}
    with serving(told, "--workers", "2") as (process, address, said):
        seconds_until(lambda: answers(address, "/ready", 1)[0].status_code == 200)
        before = metric(answers(address, "/metrics", 1)[0].text, "gis_requests_total")
        for _ in range(3):
            answers(address, "/api/v1/addresses/search", 10, q=ASKED)
        after = metric(answers(address, "/metrics", 1)[0].text, "gis_requests_total")
        assert after - before >= 30  # by whichever worker they were answered
        process.terminate()
        assert process.wait(30) == 0
        said.seek(0)
        lines = said.read().splitlines()
    assert not any(ASKED in line for line in lines)
    documents = [json.loads(line) for line in lines]
    asked = [each for each in documents if each.get("path") == "/api/v1/addresses/search"]
    assert len(asked) == 30
    assert {each["status"] for each in asked} <= {200, 503}
    assert len({each["request_id"] for each in asked}) == 30
