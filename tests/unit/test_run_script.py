"""The scripts everything starts from: ``./run`` and ``.ci/run``."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*words: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "GIS_LANGUAGE": language}
    return subprocess.run(
        [ROOT / "run", *words], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_script_can_be_executed_and_parses(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    shell = shutil.which(path.read_text("utf-8").partition("\n")[0].rpartition("/")[2].split()[-1])
    assert shell is not None
    subprocess.run([shell, "-n", path], check=True)


@pytest.mark.parametrize("language", ["tr", "en"])
def test_help_names_every_command(language: str) -> None:
    script = (ROOT / "run").read_text("utf-8")
    listed = re.findall(r"^((?:\w+ \| )*\w+)\)$", script.partition("\ncase ")[2], re.MULTILINE)
    commands = {name for line in listed for name in line.split(" | ")} - {"help"}
    assert {"demo", "test", "check", "docs", "serve", "bench"} <= commands
    said = run("help", language=language).stdout
    assert not [name for name in commands if f"./run {name}" not in said]


def test_help_speaks_the_language_of_the_terminal() -> None:
    environment = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8"}
    said = subprocess.run(
        [ROOT / "run"], env=environment, capture_output=True, text=True, check=True
    )
    assert "sample data" in said.stdout
    assert "örnek veri" in run(language="tr").stdout


def test_unknown_command_is_misuse() -> None:
    answer = run("yayınla")
    assert answer.returncode == 2
    assert "There is no command “yayınla”." in answer.stderr
    assert "./run demo" in answer.stderr


def test_ci_runs_everything_and_asks_nobody() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "CI=true" in script
    assert "</dev/null" in script
    assert re.findall(r"^step (\w+)", script, re.M) == ["check", "docs", "test"]


def test_nothing_uses_sudo() -> None:
    script = (ROOT / "run").read_text("utf-8")
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("#")]
    assert not [line for line in lines if re.search(r"\bsudo\b", line)]
