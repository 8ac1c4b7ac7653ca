"""Who may ask the address service what, and how much: keys, tokens, allowances, units."""

import json
import threading
import time
from collections import Counter

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from gis_platform.api import rights, tokens
from gis_platform.api.app import create_app
from gis_platform.cli.main import build
from gis_platform.core.errors import Conflict, NotFound, UsageError
from gis_platform.core.settings import AccessSettings
from gis_platform.jobs.index import ensure_index
from gis_platform.jobs.keys import Terms, hash_of, keys_of, new_key, revoke_key, rotate_key
from tests.builders import a_feature, a_frame, guid
from tests.integration.test_api_register import change
from tests.issuer import AUDIENCE, issuing
from tests.server import running, visiting
from tests.town import publish_layers

API = "/api/v1/addresses"
SEARCH = f"{API}/search"
Q = {"q": "haliç bulvarı 5"}
DOOR = 801001
WHO = "Ayşe Öner"


@pytest.fixture(scope="module")
def office(_server, _town_template, tmp_path_factory):
    """A home with an index of the town, and its register; nothing is published."""
    with _server.clone(_town_template) as database:
        yield tmp_path_factory.mktemp("home"), database


@pytest.fixture
def app_of(office, settings):
    """Makes the application with other rules of access."""
    home, database = office
    closed = settings.model_copy(update={"home": home})
    with database.engine("gis_etl").connect() as connection:
        ensure_index(closed, connection)

    def make(**rules):
        return create_app(
            closed.model_copy(update={"access": AccessSettings.model_validate(rules)}), database
        )

    return make


@pytest.fixture(autouse=True)
def full_buckets(office):
    """Nobody has asked anything yet."""
    with office[1].engine("gis_owner").begin() as connection:
        connection.execute(text("TRUNCATE access.bucket"))


def key_for(database, *scopes, **terms):
    return new_key(database, Terms("Zabıta", scopes, terms.pop("days", 30), **terms), WHO)


def bearer(secret):
    return {"authorization": f"Bearer {secret}"}


# ---------------------------------------------------------------- without a key


def test_without_a_key_only_published_levels_are_seen(settings, town):
    with town.engine("gis_etl").connect() as connection:
        ensure_index(settings, connection)
    shut = settings.model_copy(update={"access": AccessSettings()})
    rights_path = f"{API}/mahalle/30001"
    with visiting(create_app(shut, town)) as client:
        refused = client.get(SEARCH, params=Q)
        assert (refused.status_code, refused.json()["code"]) == (401, "not-identified")
        assert refused.headers["www-authenticate"] == "Bearer"
        assert client.get(rights_path).status_code == 401
        publish_layers(settings, town, "numarataj")
        deadline = time.monotonic() + 3 * rights.REMEMBERED
        while client.get(SEARCH, params=Q).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert client.get(f"{API}/numarataj/{DOOR}").status_code == 200
        assert client.get(rights_path).status_code == 401
        told = client.get(f"{API}/changes").json()["changes"]
        assert {each["level"] for each in told} == {"numarataj"}
        secret, _ = key_for(town, "register")
        known = client.get(f"{API}/changes", headers=bearer(secret)).json()["changes"]
        assert {each["level"] for each in known} == {"numarataj", "csbm", "mahalle", "yapi"}


def test_public_scopes_can_be_narrowed_but_never_hold_units(app_of, office):
    with visiting(app_of(public_scopes="search", public_levels="all")) as client:
        assert client.get(SEARCH, params=Q).status_code == 200
        assert client.get(f"{API}/match", params=Q).status_code == 401
        secret, _ = key_for(office[1], "match")
        assert client.get(f"{API}/match", params=Q, headers=bearer(secret)).status_code == 200
        refused = client.get(f"{API}/numarataj/{DOOR}", headers=bearer(secret))
        assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    with pytest.raises(ValueError, match="search"):
        AccessSettings(public_scopes="search,unit")


# ---------------------------------------------------------------- keys


def test_a_key_is_kept_as_a_hash_and_shown_once(office):
    secret, made = key_for(office[1], "search")
    assert secret.startswith(f"gis_{made.prefix}_")
    with office[1].engine("gis_owner").connect() as connection:
        kept = connection.execute(
            text("SELECT to_jsonb(k)::text FROM access.api_key AS k WHERE prefix = :p"),
            {"p": made.prefix},
        ).scalar_one()
    assert secret.rpartition("_")[2] not in kept
    assert hash_of(secret) in kept


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_a_key_is_taken_from_either_header_and_its_use_is_noted(app_of, office, header):
    secret, made = key_for(office[1], "search")
    value = f"Bearer {secret}" if header == "authorization" else secret
    with visiting(app_of(public_scopes="")) as client:
        assert client.get(SEARCH, params=Q, headers={header: value}).status_code == 200
        assert client.get(SEARCH, params=Q).status_code == 401
    used = {each.prefix: each.last_used_at for each in keys_of(office[1])}
    assert used[made.prefix] is not None


@pytest.mark.parametrize("query", ["api_key=x", "access_token=x", "q=gis_abcdefgh_1"])
def test_a_key_in_the_address_is_refused(app_of, query):
    with visiting(app_of(public_levels="all")) as client:
        answer = client.get(f"{SEARCH}?{query}")
        assert answer.status_code == 400
        assert "Authorization" in answer.json()["remedy"]


def test_a_revoked_key_is_refused_within_seconds_and_stays_so(app_of, office):
    secret, made = key_for(office[1], "search")
    with visiting(app_of(public_scopes="")) as client:
        assert client.get(SEARCH, params=Q, headers=bearer(secret)).status_code == 200
        revoke_key(office[1], made.prefix, WHO, "kayboldu")
        began = time.monotonic()
        while client.get(SEARCH, params=Q, headers=bearer(secret)).status_code == 200:
            assert time.monotonic() - began < rights.REMEMBERED + 5
            time.sleep(0.2)
    with pytest.raises(Conflict):
        revoke_key(office[1], made.prefix, WHO, None)
    back = text("UPDATE access.api_key SET revoked_at = NULL, revoked_by = NULL WHERE prefix = :p")
    with pytest.raises(DBAPIError), office[1].engine("gis_office").begin() as connection:
        connection.execute(back, {"p": made.prefix})


def test_a_key_ends_when_its_time_is_over(app_of, office):
    secret, made = key_for(office[1], "search", days=1 / 86400)
    time.sleep(1.1)
    with visiting(app_of(public_scopes="")) as client:
        assert client.get(SEARCH, params=Q, headers=bearer(secret)).status_code == 401
    assert {each.prefix: each.state for each in keys_of(office[1])}[made.prefix] == "expired"


def test_a_rotated_key_and_its_successor_hold_together_for_a_while(app_of, office):
    old, made = key_for(office[1], "search", per_second=7.0)
    new, successor = rotate_key(office[1], made.prefix, WHO, days=30, overlap_days=2 / 86400)
    assert (successor.follows, successor.scopes, successor.per_second) == (
        made.prefix, made.scopes, 7.0,
    )  # fmt: skip
    with visiting(app_of(public_scopes="")) as client:
        assert client.get(SEARCH, params=Q, headers=bearer(new)).status_code == 200
        time.sleep(2.1)
        assert client.get(SEARCH, params=Q, headers=bearer(old)).status_code == 401
        assert client.get(SEARCH, params=Q, headers=bearer(new)).status_code == 200


@pytest.mark.parametrize(
    "terms",
    [
        Terms("", ("search",), 1), Terms("Zabıta", (), 1), Terms("Zabıta", ("everything",), 1),
        Terms("Zabıta", ("search",), 0), Terms("Zabıta", ("search",), 1, 0.0),
    ],
)  # fmt: skip
def test_a_key_without_sense_is_not_given(office, terms):
    with pytest.raises(UsageError):
        new_key(office[1], terms, WHO)
    with pytest.raises(NotFound):
        rotate_key(office[1], "zzzzzzzz", WHO, days=1, overlap_days=0)


def test_the_whole_life_of_a_key_from_the_command_line(environment, town):
    def gis(*words):
        return CliRunner().invoke(build("key"), ["key", *words], env=environment)

    made = json.loads(
        gis("new", "--unit", "Zabıta", "--scope", "search", "--as", WHO, "--json").stdout
    )
    assert made["key"].startswith("gis_")
    turned = gis("rotate", made["prefix"], "--as", WHO)
    assert turned.exit_code == 0
    assert "Bir daha gösterilmez" in turned.stderr
    assert gis("revoke", made["prefix"], "--as", WHO, "--reason", "x").exit_code == 0
    assert isinstance(gis("revoke", made["prefix"], "--as", WHO).exception, Conflict)
    listed = gis("list").stdout
    assert "iptal edildi" in listed
    assert made["key"] not in listed
    assert made["key"] not in gis("show", made["prefix"]).stdout
    refused = gis("new", "--unit", "X", "--scope", "all", "--as", WHO)
    assert isinstance(refused.exception, UsageError)


# ---------------------------------------------------------------- how much


def test_two_servers_share_one_allowance(app_of, office):
    """As two workers do: each holds no more than a portion of it."""
    secret, _ = key_for(office[1], "search", per_second=20.0)
    statuses, rules = Counter(), {"public_scopes": "", "burst_seconds": 1}
    with running(app_of(**rules)) as one, running(app_of(**rules)) as two:

        def ask(address):
            with httpx.Client(base_url=address, headers=bearer(secret)) as client:
                until = time.monotonic() + 3
                while time.monotonic() < until:
                    statuses[client.get(SEARCH, params=Q).status_code] += 1

        asking = [threading.Thread(target=ask, args=(each,)) for each in (one, two)]
        for each in asking:
            each.start()
        for each in asking:
            each.join()
    assert set(statuses) == {200, 429}
    assert 30 <= statuses[200] <= 20 + 20 * 3 + 25, statuses  # burst, three seconds, late ends


def test_who_asks_too_much_is_told_when_to_come_again(app_of):
    with visiting(app_of(public_levels="all", public_per_second=1, burst_seconds=2)) as client:
        answers = [client.get(SEARCH, params=Q) for _ in range(4)]
    assert [each.status_code for each in answers][:2] == [200, 200]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many")
    assert int(refused.headers["retry-after"]) >= 1
    assert answers[0].headers["ratelimit-policy"] == '"default";q=2;w=2'
    assert answers[0].headers["ratelimit"] == '"default";r=1;t=2'
    assert refused.headers["ratelimit"].startswith('"default";r=0')


def test_guessing_keys_uses_up_the_allowance_of_the_address(app_of):
    with visiting(app_of(public_per_second=5, burst_seconds=5)) as client:
        guesses = [f"gis_abcdefgh_{number:032d}" for number in range(20)]
        statuses = [client.get(SEARCH, headers=bearer(each)).status_code for each in guesses]
    assert statuses.count(401) <= 4
    assert set(statuses) == {401, 429}


def test_allowances_leave_no_trace_of_who_asked(app_of, office):
    with visiting(app_of(public_levels="all")) as client:
        client.get(SEARCH, params=Q)
    with office[1].engine("gis_owner").connect() as connection:
        names = connection.execute(text("SELECT id FROM access.bucket")).scalars().all()
    assert names
    assert not any("127.0.0.1" in name for name in names)


# ---------------------------------------------------------------- units


@pytest.fixture
def units_of_door(office):
    unit = a_feature(
        "bagimsiz_bolum", 1_000_000_777, numarataj_id=guid("numarataj", DOOR), ic_kapi_no="3",
        ad="AYŞE YILMAZ",
    )  # fmt: skip
    change(office[1], {"bagimsiz_bolum": a_frame("bagimsiz_bolum", unit)})
    return f"{API}/numarataj/{DOOR}/units"


def test_units_are_told_to_a_key_with_the_right_and_every_reading_is_written_down(
    app_of, office, units_of_door
):
    secret, made = key_for(office[1], "unit")
    with visiting(app_of(public_levels="all")) as client:
        assert client.get(units_of_door, params={"purpose": "tebligat"}).status_code == 401
        plain, _ = key_for(office[1], "search")
        refused = client.get(units_of_door, params={"purpose": "x y z"}, headers=bearer(plain))
        assert refused.status_code == 403
        silent = client.get(units_of_door, headers=bearer(secret))
        assert (silent.status_code, silent.json()["errors"][0]["parameter"]) == (400, "purpose")
        given = client.get(
            units_of_door, params={"purpose": "tebligat"},
            headers=bearer(secret) | {"x-request-id": "istek-7"},
        )  # fmt: skip
        assert given.json()["units"] == [{"adres_no": 1_000_000_777, "ic_kapi_no": "3"}]
        assert "AYŞE" not in given.text
        assert (
            client.get(
                f"{API}/numarataj/1/units", params={"purpose": "tebligat"}, headers=bearer(secret)
            ).status_code
            == 404
        )
    with office[1].engine("gis_owner").connect() as connection:
        rows = connection.execute(
            text("SELECT prefix, unit, purpose, request_id, numarataj, units "
                 "FROM access.unit_reading")
        ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [(made.prefix, "Zabıta", "tebligat", "istek-7", DOOR, 1)]


@pytest.mark.parametrize("role", ["gis_owner", "gis_office", "gis_portal"])
@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM access.unit_reading", "UPDATE access.unit_reading SET purpose = 'x'",
        "TRUNCATE access.unit_reading",
    ],
)  # fmt: skip
def test_nobody_changes_the_record_of_readings(office, role, deed):
    with office[1].engine(role).connect() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(DBAPIError):
            connection.execute(text(deed))


def test_the_database_itself_tells_no_unit_without_a_key_that_may(office):
    ask = text("SELECT access.units('x', 'tebligat', 'r', 801001)")
    with office[1].engine("gis_portal").connect() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(DBAPIError, match="may not read units"):
            connection.execute(ask)


# ---------------------------------------------------------------- tokens


@pytest.fixture(scope="module")
def issuer():
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def by_token(app_of, issuer):
    rules = {"public_scopes": "", "issuer": issuer.address, "audience": AUDIENCE,
             "public_per_second": 0}  # fmt: skip
    with visiting(app_of(**rules)) as client:
        yield client


def status(client, token):
    return client.get(SEARCH, params=Q, headers=bearer(token)).status_code


@pytest.mark.parametrize("kid", ["rsa-1", "ec-1"])
def test_a_token_of_the_issuer_opens_what_its_scopes_say(by_token, issuer, kid):
    token = issuer.token("Can Er", "search unit", kid)
    assert status(by_token, token) == 200
    assert by_token.get(f"{API}/match", params=Q, headers=bearer(token)).status_code == 403
    units = by_token.get(f"{API}/numarataj/{DOOR}/units", params={"purpose": "tebligat"},
                         headers=bearer(token))  # fmt: skip
    assert units.status_code == 403  # units are told to keys only


def test_scopes_may_be_a_list(by_token, issuer):
    assert status(by_token, issuer.token(None, ["search"])) == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "somebody-else"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}, {"exp": None},
        {"nbf": 4_000_000_000}, {"sub": None},
    ],
)  # fmt: skip
def test_a_token_that_does_not_hold_is_refused(by_token, issuer, wrong):
    claims = {"scope": "search"} | wrong
    assert status(by_token, issuer.token("Can Er", claims.pop("scope"), **claims)) == 401


def test_the_algorithm_is_not_the_tokens_to_choose(by_token, issuer):
    said = jwt.decode(issuer.token("Can Er", "search"), options={"verify_signature": False})
    unsigned = jwt.encode(said, None, algorithm="none", headers={"kid": "rsa-1"})
    public = issuer.keys["rsa-1"].public_key().public_numbers().n.to_bytes(256, "big")
    confused = jwt.encode(said, public, algorithm="HS256", headers={"kid": "rsa-1"})
    forged = jwt.encode(
        said, rsa.generate_private_key(public_exponent=65537, key_size=2048),
        algorithm="RS256", headers={"kid": "rsa-1"},
    )  # fmt: skip
    assert [status(by_token, each) for each in (unsigned, confused, forged, "a.b.c", "x")] == [
        401
    ] * 5


def test_a_new_key_of_the_issuer_is_taken_and_unknown_ones_do_not_make_it_ask_each_time(
    by_token, issuer, monkeypatch
):
    monkeypatch.setattr(tokens, "_SOONEST_S", 0.5)
    assert status(by_token, issuer.token("Can Er", "search")) == 200
    asked = issuer.asked
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    strange = [
        jwt.encode({"sub": "x"}, key, algorithm="RS256", headers={"kid": f"strange-{number}"})
        for number in range(20)
    ]
    assert {status(by_token, each) for each in strange} == {401}
    assert issuer.asked - asked <= 3
    issuer.add("rsa-2", key)
    time.sleep(0.6)
    assert status(by_token, issuer.token("Can Er", "search", "rsa-2")) == 200
