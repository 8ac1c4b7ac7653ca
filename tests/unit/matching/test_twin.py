"""The compiled core and its plain-Python twin give the same answers, byte for byte."""

import os
import subprocess
import sys
from pathlib import Path

from tests.gazetteer import cases

ROOT = Path(__file__).parents[3]
GAZETTEER = str(ROOT / "tests" / "gazetteer.py")
MORE = (
    "", "GÜL", "eyüpsultan", "NO:5", "Nişnacı Mah. Istiklal Cadesi 12", "\u202e\0 SK. 1/2/3-4 D:Z1",
    "LALE SK. NO:8 (eski adı 160. SK.) PTT KARŞISI TEL 0212 555 44 33 SARIYER/ANKARA",
)  # fmt: skip
SCRIPT = """
import runpy
import sys
import pandas as pd
from pathlib import Path
from gis_platform.address.compiled import IS_COMPILED
from gis_platform.matching.gazetteer import build_index
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns
folder, twin, gazetteer, *texts = sys.argv[1:]
reference = runpy.run_path(gazetteer)["reference"]
assert IS_COMPILED == (twin == "compiled")
build_index(reference(), Path(folder) / twin)
matcher = Matcher.open(Path(folder) / twin)
frame = pd.DataFrame({"text": [text.encode().decode("unicode_escape") for text in texts]})
answers = matcher.match(frame, AddressColumns(text="text"), explain=True)
print(answers.to_csv(index=False), end="")
for text in frame["text"]:
    print(ascii(matcher.explain(text)))
    print(ascii(matcher.suggest(text[: len(text) // 2])))
"""


def answers(folder: Path, twin: str) -> str:
    texts = [case["text"] for case in cases()] + list(MORE)
    escaped = [text.encode("unicode_escape").decode() for text in texts]
    switch = {"NUMBA_DISABLE_JIT": "1"} if twin == "plain" else {}
    done = subprocess.run(  # the uint64 of the twin overflows on purpose, and NumPy says so
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(folder), twin, GAZETTEER, *escaped],
        env={**os.environ, **switch},
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_plain_python_twin_builds_and_answers_as_the_compiled_core_does(tmp_path: Path) -> None:
    plain, compiled = answers(tmp_path, "plain"), answers(tmp_path, "compiled")
    assert plain.count("\n") > len(MORE)
    assert plain == compiled
    for file in sorted((tmp_path / "compiled").iterdir()):
        assert file.read_bytes() == (tmp_path / "plain" / file.name).read_bytes(), file.name
