"""``gis db`` as its user types it."""

import json

import pytest
from typer.testing import CliRunner

from gis_platform.cli.main import build
from gis_platform.db.upgrade import is_current

WORD = "very-secret"


@pytest.fixture
def gis(empty_database, tmp_path, monkeypatch):
    """Run ``gis …`` on an empty database of the test's own."""
    for name, value in {
        "GIS_HOME": str(tmp_path),
        "GIS_DB__URL": empty_database.url().render_as_string(hide_password=False),
        "GIS_LANGUAGE": "en",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(build(), words, catch_exceptions=False)


def test_upgrade_makes_the_schemas_once(gis, empty_database):
    first = gis("db", "upgrade")
    assert (first.exit_code, first.stdout) == (0, "The database was upgraded.\n")
    assert is_current(empty_database)
    assert gis("db", "upgrade").stdout == "The database is up to date.\n"


def test_status_says_what_there_is(gis):
    before = json.loads(gis("db", "status", "--json").stdout)
    assert before["is_current"] is False
    assert before["layers"] == {}
    gis("db", "upgrade")
    after = json.loads(gis("db", "status", "--json").stdout)
    assert after["is_current"] is True
    assert after["layers"]["numarataj"] == 0
    assert after["postgis"].startswith("3.")
    assert set(after["schemas"]) == {
        "raw", "work", "maks", "address", "access", "catalogue", "published",
    }  # fmt: skip
    shown = gis("db", "status").stdout
    assert "maks.numarataj" in shown


def test_url_can_be_pasted_into_psql(gis):
    shown = gis("db", "url").stdout.strip()
    assert shown.startswith("postgresql://")
    assert "***" not in shown


def test_no_password_is_ever_shown(gis, monkeypatch, empty_database):
    url = empty_database.url().set(password=WORD)
    monkeypatch.setenv("GIS_DB__URL", url.render_as_string(hide_password=False))
    for command in ("status", "url"):
        assert WORD not in gis("db", command).output
