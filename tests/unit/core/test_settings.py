from pathlib import Path

import pytest
from pydantic import ValidationError

from gis_platform.core.errors import ConfigError
from gis_platform.core.settings import Settings, known_variables, read_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine gets in."""
    for name in known_variables():
        monkeypatch.delenv(name, raising=False)


def test_defaults_need_no_environment() -> None:
    settings = read_settings()
    assert settings.db.url is None
    assert settings.language == "tr"
    assert 0 <= settings.matching.review_score <= settings.matching.accept_score <= 1
    assert settings.server.host == "127.0.0.1"


def test_variables_of_groups_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIS_HOME", str(tmp_path))
    monkeypatch.setenv("GIS_MATCHING__ACCEPT_SCORE", "0.95")
    settings = read_settings()
    assert settings.matching.accept_score == 0.95
    assert settings.index_dir.parent == settings.report_dir.parent == tmp_path


@pytest.mark.parametrize("name", ["GIS_DB_URL", "GIS_LANGAUGE", "GIS_DB__PASSWORD", "GIS_X"])
def test_unknown_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(ConfigError) as caught:
        read_settings()
    assert name in caught.value.say("tr")
    assert "gis settings" in caught.value.say("tr")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIS_MATCHING__ACCEPT_SCORE", "1.5"),
        ("GIS_MATCHING__ACCEPT_SCORE", "çok"),
        ("GIS_SERVER__PORT", "0"),
        ("GIS_SERVER__PORT", "70000"),
        ("GIS_LANGUAGE", "de"),
    ],
)
def test_wrong_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        read_settings()
    assert name in caught.value.say("en")


def test_variables_of_other_programs_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GISBASE", "/usr/lib/grass")
    monkeypatch.setenv("GIS_TEST_DATABASE_URL", "postgresql://x")
    read_settings()


def test_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_DB__URL", "postgresql://gis:cok-gizli@db/gis")
    settings = read_settings()
    assert "cok-gizli" not in repr(settings)
    assert "cok-gizli" not in settings.model_dump_json()
    assert settings.db.url is not None
    assert "cok-gizli" in settings.db.url.get_secret_value()


def test_settings_cannot_be_changed_after_the_entrance() -> None:
    with pytest.raises(ValidationError):
        read_settings().language = "en"  # type: ignore[misc]


def test_every_setting_can_be_set_from_the_environment() -> None:
    groups = {name.split("__")[0] for name in known_variables() if "__" in name}
    plain = {name for name in known_variables() if "__" not in name}
    fields = {f"GIS_{name}".upper() for name in Settings.model_fields}
    assert groups | plain == fields
