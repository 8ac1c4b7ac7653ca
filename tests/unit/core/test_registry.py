import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_platform.core.errors import Conflict, NotFound
from gis_platform.core.registry import Registry

MODULE = '''"""One plug-in."""

from gis_plugins import things

things.put("{name}", {value})
'''


@pytest.fixture
def things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[int]]:
    """A registry over a package with two plug-ins and a private module that is left alone."""
    folder = tmp_path / "gis_plugins"
    folder.mkdir()
    registry: Registry[int] = Registry("şey", "gis_plugins")
    (folder / "__init__.py").write_text("things = None\n")
    (folder / "b.py").write_text(MODULE.format(name="b", value=2))
    (folder / "a.py").write_text(MODULE.format(name="a", value=1))
    (folder / "_private.py").write_text("raise AssertionError\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import gis_plugins  # type: ignore[import-not-found]  # noqa: PLC0415

    gis_plugins.things = registry
    yield registry
    for name in [each for each in sys.modules if each.partition(".")[0] == "gis_plugins"]:
        del sys.modules[name]


def test_modules_of_the_folder_register_themselves(things: Registry[int]) -> None:
    assert list(things) == ["a", "b"]
    assert things.items() == [("a", 1), ("b", 2)]
    assert len(things) == 2
    assert "a" in things
    assert "c" not in things


def test_unknown_name_tells_the_known_ones(things: Registry[int]) -> None:
    with pytest.raises(NotFound) as caught:
        things["c"]
    assert "a, b" in caught.value.say("tr")
    assert "a, b" in caught.value.say("en")


def test_name_is_given_once(things: Registry[int]) -> None:
    with pytest.raises(Conflict):
        _ = things["a"], things.put("a", 7)


def test_same_thing_may_be_put_again(things: Registry[int]) -> None:
    one = 1000
    things.put("x", one)
    assert things.put("x", one) is one


def test_decorator_registers_and_returns_the_function(things: Registry[object]) -> None:
    @things.add("f")
    def f() -> None: ...

    assert things["f"] is f
