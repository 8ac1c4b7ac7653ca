from pathlib import Path

import pytest

from gis_platform.core.errors import ConfigError, NotFound
from gis_platform.maks.control import controls
from gis_platform.maks.profile import profile_names, read_profile


def a_profile(tmp_path: Path, text: str) -> str:
    path = tmp_path / "ozel.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_platform_has_its_three_profiles() -> None:
    assert profile_names() == ["delivery", "publication", "register"]


def test_a_kind_can_weigh_otherwise_than_its_control() -> None:
    profile = read_profile("register")
    assert profile.action(controls["R-SP-12"]) == "block"
    assert profile.action(controls["R-SP-12"], "optional-reference") == "warn"
    assert profile.action(controls["R-SP-12"], "copy") == "block"


def test_a_profile_of_ones_own_sets_actions_and_limits(tmp_path: Path) -> None:
    text = '[controls]\nR-SP-02 = "block"\n[limits.R-SP-02]\nmetres = 25.0\n'
    profile = read_profile(a_profile(tmp_path, text))
    assert profile.action(controls["R-SP-02"]) == "block"
    assert profile.limits["R-SP-02"] == {"metres": 25.0}
    assert profile.action(controls["R-NUM-13"]) == "block", "by its own severity"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[controls]\nR-YOL-99 = "warn"\n', "no control “R-YOL-99”"),
        ('[controls]\n"R-SP-12.nothing" = "warn"\n', "no control"),
        ('[controls]\nR-YOL-01 = "stop"\n', "block, warn, info, off"),
        ("[limits.R-SP-02]\nmeters = 3\n", "no limit “meters”"),
        ("[controls\n", "ozel.toml"),
    ],
)
def test_a_mistake_in_a_profile_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_profile(a_profile(tmp_path, text))
    assert said in error.value.say("en")


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="delivery, publication, register"):
        read_profile("strict")
