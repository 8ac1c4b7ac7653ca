"""The whole way of a layer over HTTP, as identified persons; what everybody may ask; withdrawal."""

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from gis_platform.api.app import create_app
from gis_platform.core.settings import AccessSettings, Settings
from gis_platform.db.engine import Database
from tests.integration.test_api_serve import serving
from tests.issuer import AUDIENCE, Issuer, issuing
from tests.server import visiting
from tests.town import load_town, publish_layers, withdraw_layer

API = "/api/v1"
AYSE, BULENT, CAN = "Ayse Kaya", "Bulent Isik", "Can Er"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


class Signed(httpx.Auth):
    """Signs a request with a token of the person named in it."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        name = request.headers.pop("x-person", None)
        if name is not None:
            request.headers["authorization"] = f"Bearer {self.issuer.token(name, 'publication')}"
        yield request


@pytest.fixture
def client(settings: Settings, town: Database, issuer: Issuer) -> Iterator[httpx.Client]:
    known = AccessSettings(issuer=issuer.address, audience=AUDIENCE, public_per_second=0)
    with visiting(create_app(settings.model_copy(update={"access": known}), town)) as client:
        client.auth = Signed(issuer)
        yield client


def step(client: httpx.Client, who: str, path: str, **said: object) -> httpx.Response:
    return client.post(f"{API}/layers/{path}", headers={"x-person": who}, json=said or None)


def test_a_layer_goes_its_way_over_http(client: httpx.Client) -> None:
    proposed = step(client, AYSE, "csbm/propose")
    assert proposed.status_code == 200
    assert proposed.json()["state"] == "proposed"
    assert proposed.headers["cache-control"] == "no-store"
    refused = step(client, BULENT, "csbm/check")
    assert refused.status_code == 409
    assert "gis layer answer" in refused.json()["remedy"]
    for finding in proposed.json()["findings"]:
        said = {"finding": finding, "text": "Uydurma kasaba, kusuru bilinir"}
        assert step(client, AYSE, "csbm/answer", **said).status_code == 403
        assert step(client, BULENT, "csbm/answer", **said).status_code == 200
    assert step(client, AYSE, "csbm/check").status_code == 403
    assert step(client, BULENT, "csbm/check").json()["state"] == "checked"
    desk = client.get(f"{API}/desk", headers={"x-person": AYSE}).json()["layers"]
    assert [each["waiting_state"] for each in desk if each["layer"] == "csbm"] == ["checked"]
    difference = client.get(f"{API}/layers/csbm/difference", headers={"x-person": CAN})
    assert difference.json()["counts"]["added"] == 9
    page = client.get(f"{API}/layers/csbm/difference?f=html&lang=en", headers={"x-person": CAN})
    assert "Difference to the public version" in page.text
    assert step(client, CAN, "csbm/approve").json()["state"] == "approved"
    assert client.get(f"{API}/layers/csbm").status_code == 404
    assert step(client, AYSE, "csbm/publish").json()["state"] == "published"
    assert client.get(f"{API}/layers/csbm").json()["version"] == 1
    versions = client.get(f"{API}/layers/csbm/versions", headers={"x-person": AYSE}).json()[
        "versions"
    ]
    assert versions[0]["screening"]["answers"]
    lines = client.get(f"{API}/layers/csbm/history", headers={"x-person": AYSE}).json()["lines"]
    assert lines[-1]["person"] == "Ayse Kaya"
    asked = step(client, AYSE, "csbm/withdraw", reason="Sınır davası")
    assert asked.json()["withdrawal_asked_by"] == "Ayse Kaya"
    assert step(client, AYSE, "csbm/withdraw").status_code == 403
    assert step(client, CAN, "csbm/withdraw").json()["state"] == "withdrawn"
    gone = client.get(f"{API}/layers/csbm")
    assert (gone.status_code, "Sınır davası" in gone.json()["detail"]) == (410, True)


def test_returning_wants_a_reason_and_an_unknown_step_is_refused(client: httpx.Client) -> None:
    step(client, AYSE, "mahalle/draft")
    step(client, AYSE, "mahalle/propose")
    assert step(client, BULENT, "mahalle/return").status_code == 400
    returned = step(client, BULENT, "mahalle/return", reason="adlar eksik")
    assert returned.json()["state"] == "returned"
    assert step(client, BULENT, "mahalle/paint").status_code == 400
    assert step(client, BULENT, "mahalle/propose", colour="red").status_code == 400


def test_a_delegate_acts_for_whom_they_may_and_for_nobody_else(client: httpx.Client) -> None:
    step(client, AYSE, "mahalle/propose")
    as_delegate = {"acts_for": "Can Er"}
    assert step(client, BULENT, "mahalle/check", **as_delegate).status_code == 403
    today = time.strftime("%Y-%m-%d", time.gmtime())
    right = {"delegate": "Bulent Isik", "valid_from": today, "valid_to": today}
    assert (
        client.post(f"{API}/delegations", headers={"x-person": CAN}, json=right).status_code == 201
    )
    assert step(client, BULENT, "mahalle/check", **as_delegate).status_code == 200
    assert step(client, CAN, "mahalle/approve").status_code == 403, "his delegate checked"
    known = client.get(f"{API}/delegations", headers={"x-person": CAN}).json()["delegations"]
    assert [each["is_in_force"] for each in known] == [True]
    assert (
        client.delete(f"{API}/delegations/Bulent Isik", headers={"x-person": CAN}).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "desk"), ("GET", "layers/mahalle/versions"), ("GET", "layers/mahalle/history"),
        ("GET", "layers/mahalle/difference"), ("GET", "delegations"),
        ("POST", "layers/mahalle/propose"), ("POST", "layers/mahalle/publish"),
        ("POST", "layers/mahalle/withdraw"), ("DELETE", "delegations/x"),
    ],
)  # fmt: skip
def test_nobody_unknown_comes_near_the_desk(
    settings: Settings, town: Database, method: str, path: str
) -> None:
    with visiting(create_app(settings, town)) as client:
        answer = client.request(method, f"{API}/{path}")
        assert answer.status_code == 401
        assert answer.json()["code"] == "not-identified"


def test_anybody_asks_whether_a_file_is_ours_and_reads_the_record_without_names(
    settings: Settings, town: Database
) -> None:
    publish_layers(settings, town, "mahalle")
    with visiting(create_app(settings, town)) as client:
        file = client.get(f"{API}/layers/mahalle").json()["files"][0]
        body = client.get(file["url"]).content
        digest = hashlib.sha256(body).hexdigest()
        found = client.get(f"{API}/files/{digest}").json()
        assert (found["is_valid"], found["layer"], found["version"]) == (True, "mahalle", 1)
        assert not client.get(f"{API}/files/{'0' * 64}").json()["is_ours"]
        assert client.get(f"{API}/files/xyz").status_code == 400
        page = client.get(f"/dogrula?sha256={digest}").text
        assert "geçerlidir" in page
        assert "Mahalle sınırları" in page
        assert "no longer" not in client.get(f"/en/verify?sha256={digest.upper()}").text
        assert "did not publish" in client.get(f"/en/verify?sha256={'a' * 64}").text
        wrong = client.get("/en/verify?sha256=<b>")
        assert "no SHA-256" in wrong.text
        assert "<b>" not in wrong.text
        record = client.get(f"{API}/layers/mahalle/audit")
        assert [line["to_state"] for line in record.json()["lines"]] == [
            "draft", "proposed", "checked", "approved", "published",
        ]  # fmt: skip
        for name in ("Ayşe", "Deniz", "Bülent"):
            assert name not in record.text
        assert client.get(f"{API}/layers/yapi/audit").status_code == 404
        withdraw_layer(settings, town, "mahalle", "Sınır davası")
        assert "artık geçerli değil" in client.get(f"/dogrula?sha256={digest}").text
        last = client.get(f"{API}/layers/mahalle/audit").json()["lines"][-1]
        assert (last["to_state"], last["reason"]) == ("withdrawn", "Sınır davası")


def test_a_withdrawal_is_everywhere_within_a_minute_on_two_servers(
    database_settings: Settings, environment: dict[str, str], database: Database
) -> None:
    """Two real processes over one database; what a shared cache may keep runs out in time too."""
    load_town(database)
    publish_layers(database_settings, database, "mahalle")
    with ExitStack() as stack:
        lines = [stack.enter_context(serving(environment))[1] for _ in range(2)]
        servers = [re.search(r"http://127\.0\.0\.1:\d+", line)[0] for line in lines]  # type: ignore[index]
        client = stack.enter_context(httpx.Client(follow_redirects=True))
        layer = client.get(f"{servers[0]}{API}/layers/mahalle").json()
        file = layer["files"][0]["url"].removeprefix(servers[0])
        paths = [
            f"{API}/layers/mahalle", f"{API}/layers/mahalle/features/30001", "/katman/mahalle",
            "/en/layer/mahalle", file, file.replace("/v1/", "/son/"),
            "/tiles/mahalle/1/10/594/383.mvt", "/outline/mahalle/1.svg",
            "/outline/mahalle/1.labels.geojson", "/ogc/collections/mahalle",
            "/ogc/collections/mahalle/items", "/ogc/collections/mahalle/items/30001",
            "/ogc/collections/mahalle/items?f=csv", "/ogc/collections/mahalle/sortables",
            "/ogc/collections/mahalle/tiles/WebMercatorQuad",
            "/ogc/collections/mahalle/tiles/WebMercatorQuad/10/383/594",
            "/ogc/collections/mahalle/styles/maplibre",
            "/ogc/collections/veri-katalogu/items/mahalle", "/katman/mahalle.ttl",
            "/katman/mahalle/datapackage.json",
        ]  # fmt: skip
        for server in servers:
            for path in paths:
                answer = client.get(server + path)
                assert answer.status_code in {200, 204}, path
                assert _kept_for(answer) <= 60, path
        began = time.monotonic()
        withdraw_layer(database_settings, database, "mahalle", "Sınır davası")
        waiting = {server + path for server in servers for path in paths}
        while waiting and time.monotonic() - began < 60:
            waiting = {each for each in waiting if client.get(each).status_code != 410}
        assert waiting == set()
        took = time.monotonic() - began
        for server in servers:
            assert "Sınır davası" in client.get(f"{server}/katman/mahalle").text
            assert "Sınır davası" in client.get(server + file).json()["detail"]
            page = client.get(server + file, headers={"Accept": "text/html"})
            assert page.status_code == 410
            assert "Sınır davası" in page.text
            assert "mahalle" not in client.get(f"{server}{API}/layers").text
            assert "/katman/mahalle" not in client.get(f"{server}/katalog.ttl").text
            shown = client.get(f"{server}/api/3/action/package_show?id=mahalle")
            assert shown.status_code == 404
            assert client.get(f"{server}/api/3/action/package_list").json()["result"] == []
            listed = client.get(f"{server}/ogc/collections").json()["collections"]
            assert "mahalle" not in {each["id"] for each in listed}
        assert took + 30 < 60, "what a cache still keeps is at most half a minute old"


def _kept_for(answer: httpx.Response) -> int:
    said = answer.headers.get("cache-control", "no-store")
    found = re.search(r"max-age=(\d+)", said)
    return int(found[1]) if found else 0
