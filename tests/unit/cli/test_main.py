"""The entrance of the command line."""

from typer.testing import CliRunner

from gis_platform import __version__
from gis_platform.cli.main import build


def test_version_needs_no_command() -> None:
    answer = CliRunner().invoke(build(), ["--version"])
    assert (answer.exit_code, answer.stdout) == (0, f"{__version__}\n")


def test_no_command_shows_what_there_is() -> None:
    answer = CliRunner().invoke(build(), [])
    assert "Kapı" in answer.output or "MAKS" in answer.output
    assert answer.exit_code == 2
