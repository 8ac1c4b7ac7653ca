"""``gis maks waiver``: kept in the database, obeyed by check and import, ended by a person."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from gis_platform.cli.main import build
from gis_platform.db.decide import read_waivers
from gis_platform.db.engine import Database
from tests.builders import load_layers
from tests.contract.control_village import village

TOMORROW = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 - any day to come
CASE = {"set": {"numarataj": {50101: {"kapi_no": None}, 50301: {"kapi_no": None}}}}
GIVEN = ("--reason", "levha yok", "--until", TOMORROW, "--as", "Ayşe Demir")


@pytest.fixture
def gis(
    database: Database, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with database.engine("gis_etl").begin() as connection:
        list(load_layers(connection, village(CASE)))
    return lambda *words: CliRunner().invoke(build(), ["maks", *words])


def blocking(answer: Result) -> list[str]:
    found = json.loads(answer.stdout)["findings"]
    return [one["kimlik_no"] for one in found if one["severity"] == "error"]


def test_a_waiver_is_given_obeyed_listed_and_ended(
    gis: Callable[..., Result], database: Database
) -> None:
    checked = ("check", "--only", "R-NUM-13", "--json")
    assert blocking(gis(*checked)) == ["50101", "50301"]
    assert gis("waiver", "add", "R-NUM-13", "--mahalle", "nişancı", *GIVEN).exit_code == 0
    assert blocking(gis(*checked)) == ["50101"]
    assert gis("waiver", "add", "R-NUM-13", "--feature", "50101", *GIVEN).exit_code == 0
    answer = gis("check", "--only", "R-NUM-13")
    assert answer.exit_code == 0
    assert "muaf" in answer.stdout
    assert "levha yok" in answer.stdout
    assert gis("waiver", "end", "1", "--reason", "levha takıldı", "--as", "Can Er").exit_code == 0
    assert blocking(gis(*checked)) == ["50301"]
    listed = json.loads(gis("waiver", "list", "--all", "--json").stdout)
    assert [row["bitirildi"].endswith("Can Er: levha takıldı") for row in listed] == [True, False]
    with database.engine("gis_etl").connect() as connection:
        assert read_waivers(connection, on=date.today() + timedelta(days=2)) == []  # noqa: DTZ011


def test_a_waiver_must_say_what_it_holds_for(gis: Callable[..., Result]) -> None:
    answer = gis("waiver", "add", "R-NUM-13", *GIVEN)
    assert answer.exit_code != 0
    assert "--everywhere" in str(answer.exception)


def test_waivers_only_grow(gis: Callable[..., Result], database: Database) -> None:
    gis("waiver", "add", "R-NUM-13", "--everywhere", *GIVEN)
    for order in ("UPDATE raw.waiver SET reason = 'x'", "DELETE FROM raw.waiver"):
        with (
            database.engine("gis_etl").connect() as connection,
            pytest.raises(Exception, match=r"grow|denied"),
        ):
            connection.execute(text(order))
