"""``gis sample``."""

import json
from pathlib import Path

from typer.testing import CliRunner

from gis_platform.cli.main import build


def test_sample_says_what_it_made_as_json(tmp_path: Path) -> None:
    answer = CliRunner().invoke(
        build(), ["sample", str(tmp_path / "s"), "--doors", "1000", "--seed", "3", "--json"]
    )
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert said["features"]["numarataj"] == 1000
    assert (tmp_path / "s" / "README.txt").is_file()
