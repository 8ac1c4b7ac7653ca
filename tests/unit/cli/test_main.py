"""The entrance of the command line."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gis_platform import __version__
from gis_platform.cli.main import build, in_language
from gis_platform.core.language import SEPARATOR, Language


def test_version_needs_no_command() -> None:
    answer = CliRunner().invoke(build(), ["--version"])
    assert (answer.exit_code, answer.stdout) == (0, f"{__version__}\n")


def test_no_command_shows_what_there_is() -> None:
    answer = CliRunner().invoke(build(), [])
    assert "Kapı" in answer.output or "MAKS" in answer.output
    assert answer.exit_code == 2


def test_version_is_printed_without_the_libraries_of_the_commands() -> None:
    asked = "import sys; sys.argv = ['gis', '--version']; import gis_platform.cli.main as m\n"
    then = "try: m.run()\nexcept SystemExit: print('pandas' in sys.modules)"
    run = [sys.executable, "-c", asked + then]
    answer = subprocess.run(run, capture_output=True, text=True, check=True)
    assert answer.stdout == f"{__version__}\nFalse\n"


def _helps(command: Any) -> Iterator[str]:
    yield command.help or ""
    yield from (getattr(each, "help", None) or "" for each in command.params)
    for inner in getattr(command, "commands", {}).values():
        yield from _helps(inner)


@pytest.mark.parametrize("language", ["tr", "en"])
def test_every_help_speaks_one_language(language: Language) -> None:
    command = typer.main.get_command(build())
    before = [each for each in _helps(command) if SEPARATOR in each]
    in_language(command, language)
    assert before
    assert [each for each in _helps(command) if SEPARATOR in each] == []


def test_the_list_of_commands_is_english_where_english_is_asked() -> None:
    run = [sys.executable, "-c", "import gis_platform.cli.main as m; m.run()", "layer", "--help"]
    said = subprocess.run(
        run, capture_output=True, text=True, check=True, env=os.environ | {"GIS_LANGUAGE": "en"}
    ).stdout
    assert "Lists the layers" in said
    assert "Katman" not in said
