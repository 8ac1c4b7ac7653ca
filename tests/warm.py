"""Compiles the core of the matcher once, before tests that run side by side would each do it.

On a slow machine two workers that compile the same at once outlast what their tests wait for.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.matching.match import Matcher
from gis_platform.sample.make import make_sample


def compile_matcher() -> None:
    """Match one address, suggest one, and match a file, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="gis-") as given:
        folder = Path(given)
        make_sample(folder / "sample", doors=1000, seed=3)
        build_index(read_reference(folder / "sample" / "gazetteer"), folder / "index")
        matcher = Matcher.open(folder / "index")
        matcher.match_one("Merkez Mah. Çınar Sk. No: 1")
        matcher.suggest("merkez mah")
        (folder / "a.csv").write_text("adres\nMerkez Mah. Çınar Sk. No: 1\n", "utf-8")
        subprocess.run(
            [sys.executable, "-m", "gis_platform", "match", folder / "a.csv", "--column", "adres",
             "--gazetteer", folder / "sample" / "gazetteer", "-o", folder / "o.csv"],
            check=True, capture_output=True, env=os.environ | {"GIS_HOME": str(folder / "home")},
        )  # fmt: skip
