"""Errors the public reports: taken, followed, answered; floods and personal data kept out."""

import json
import re
import sys
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gis_platform.api.app import create_app
from gis_platform.cli import main
from gis_platform.core.errors import UsageError
from gis_platform.core.settings import Settings
from gis_platform.opendata.error_report import checked, normal
from tests.server import visiting
from tests.town import load_town, publish_layers

SAID = "Kapının noktası sokağın karşı tarafında gösteriliyor."


@pytest.fixture(scope="module")
def town(_server, tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("report"))
    with _server.clone() as database:
        load_town(database)
        publish_layers(settings, database, "numarataj")
        yield settings, database


@pytest.fixture
def client(town):
    _, database = town
    with database.engine("gis_owner").begin() as connection:
        connection.execute(text("DELETE FROM access.error_report"))
    with visiting(create_app(*town)) as client:
        yield client


def send(client, path="/bildir", **fields):
    form = {"layer": "numarataj", "said": SAID, "opened": str(int(time.time()) - 60)}
    return client.post(path, data={**form, **fields}, follow_redirects=False)


def number_of(answer):
    assert answer.status_code == 303, answer.text
    return re.search(r"number=([0-9A-Z-]+)", answer.headers["location"])[1]


def stored(town):
    with town[1].engine("gis_owner").connect() as connection:
        found = connection.execute(text("SELECT * FROM access.error_report ORDER BY at"))
        return [dict(row) for row in found.mappings()]


@pytest.fixture
def gis(town, monkeypatch, capsys):
    monkeypatch.setenv("GIS_HOME", str(town[0].home))
    monkeypatch.setenv("GIS_DB__URL", town[1].url().render_as_string(hide_password=False))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["gis", *words])
        try:
            code = main._run()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize("path", ["/bildir", "/en/report"])
def test_the_form_names_the_layer_and_asks_for_no_name(client, path):
    html = client.get(path, params={"layer": "numarataj", "feature": "801001"}).text
    assert 'value="801001"' in html
    assert not re.search(r'type="email"|name="(?:name|email|phone)"', html)
    assert ("Kapı numaraları" if path == "/bildir" else "Door numbers") in html


def test_a_layer_links_to_its_form(client):
    assert "/bildir?layer=numarataj" in client.get("/katman/numarataj").text


def test_a_report_is_followed_and_answered_by_its_number(client, gis):
    number = number_of(send(client, feature="801001"))
    page = client.get(f"/bildirim?number={number}").text
    assert "inceleniyor" in page
    assert SAID not in page
    code, out, _ = gis("report", "list", "--layer", "numarataj")
    assert (code, number in out, "numarataj/801001" in out) == (0, True, True)
    assert json.loads(gis("report", "show", number)[1])["said"] == SAID
    words = ("report", "answer", number, "Nokta düzeltildi.", "--as", "Ayşe Kaya")
    assert gis(*words)[0] == 0
    page = client.get(f"/en/report-status?number={number.lower()}").text
    assert "Nokta düzeltildi." in page
    assert "corrected" in page
    assert "Ayşe" not in page
    assert gis(*words)[0] != 0, "answered twice"
    assert number not in gis("report", "list")[1]
    assert number in gis("report", "list", "--all", "--json")[1]


def test_the_sixth_report_of_an_hour_waits(client, town):
    answers = [send(client).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]
    assert len(stored(town)) == 5


@pytest.mark.parametrize(
    "fields",
    [
        {"website": "http://spam.example"},
        {"opened": str(int(time.time()) + 10_000)},
        {"opened": "0"},
        {"opened": "dün"},
        {"opened": ""},
        {"said": "kısa"},
        {"said": "x" * 2001},
        {"said": "Bana yazın: biri@ornek.example, yanlışı anlatayım."},
        {"said": "Beni arayın, numaram 0532 123 45 67, anlatayım."},
        {"said": "Kimliğim 10000000146, kapım yanlış yerde duruyor."},
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(client, town, fields):
    answer = send(client, feature="7", **fields)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="7"' in answer.text
    assert stored(town) == []


def test_a_form_sent_at_once_is_not_taken(client, town):
    assert send(client, opened=str(int(time.time()))).status_code == 400
    assert stored(town) == []


def test_a_giant_form_is_refused(client, town):
    assert send(client, said="x" * 40_000).status_code == 413
    assert stored(town) == []


def test_a_report_on_an_unknown_layer_is_not_found(client, town):
    assert send(client, layer="yok").status_code == 404
    assert client.get("/bildir?layer=yok").status_code == 404
    assert stored(town) == []


@pytest.mark.parametrize(
    "number", ["AAAA-AAAA-AAAA", "'; DROP", "\x00", "<script>alert(1)</script>"]
)
def test_an_unknown_number_is_told_so_and_never_run(client, number):
    answer = client.get("/bildirim", params={"number": number})
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_hostile_text_is_shown_as_text(client):
    attack = '"><script>alert(1)</script>'
    html = send(client, feature=attack, said=attack[:10]).text
    assert "<script>alert" not in html


def test_the_public_role_sees_no_report(client, town):
    number_of(send(client))
    with (
        town[1].engine("gis_portal").connect() as connection,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        connection.execute(text("SELECT said FROM access.error_report"))


def test_what_is_past_its_time_is_forgotten(client, town):
    number_of(send(client))
    with town[1].engine("gis_owner").begin() as connection:
        connection.execute(text("UPDATE access.error_report SET at = at - interval '400 days'"))
    number_of(send(client))
    old, new = stored(town)
    assert (old["said"], old["sender"]) == (None, None)
    assert new["said"] == SAID


@pytest.mark.parametrize(
    "said", ["Kapı 1234567890123 numaralı parselde değil.", SAID, "Yol adı 10 Kasım olmalı."]
)
def test_numbers_that_are_not_personal_are_taken(said):
    assert checked(said) == said


def test_a_text_of_blanks_is_too_short():
    with pytest.raises(UsageError):
        checked(" \n" * 40)


def test_a_number_is_known_however_it_is_typed():
    assert normal(" abcd efgh 2345 ") == normal("ABCD-EFGH-2345") == "ABCD-EFGH-2345"


def test_more_fields_than_the_form_has_and_unreadable_text_are_no_fault_of_the_server(client):
    many = client.post("/bildir", data={f"field{number}": "x" for number in range(50)})
    assert many.status_code == 400
    odd = client.post("/bildir", content=b"layer=%00&said=%ff%fe%00", headers={
        "content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert odd.status_code in {400, 404}
