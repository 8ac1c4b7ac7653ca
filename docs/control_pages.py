"""A page for every control: its rule and source, what it says of real breaches, what helps."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from gis_platform.core.errors import Text
from gis_platform.core.findings import Finding
from gis_platform.core.language import Language
from gis_platform.maks.check import check
from gis_platform.maks.control import Control
from gis_platform.maks.profile import Profile

TESTS = Path(__file__).parent.parent / "tests"
CASES = TESTS / "contract" / "controls"
SHOWN = 3
"""Examples of a page at most."""


def examples(control: Control) -> list[tuple[str, Finding]]:
    """What the control says of its cases: why each is wrong, and the finding."""
    found = (
        (case["why"], _findings(control, case)) for case in cases_of(control.code).get("bad", [])
    )
    return [(why, findings[0]) for why, findings in found if findings][:SHOWN]


def cases_of(code: str) -> dict[str, list[dict[str, Any]]]:
    """The cases of a control, ``bad`` and ``good``."""
    path = CASES / f"{code}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}


def _village() -> Any:
    """The village of the tests, by the name it has there; other packages are called so too."""
    there = ModuleType("tests")
    there.__path__ = [str(TESTS)]
    sys.modules.setdefault("tests", there)
    return importlib.import_module("tests.contract.control_village")


def _findings(control: Control, case: Mapping[str, Any]) -> list[Finding]:
    limits = {control.code: case.get("limits", {})}
    everything = Profile("all", Text("hepsi", "all"), {}, limits)
    return list(check(_village().village(case), everything, only=[control.code]).findings())


def shown(control: Control, language: Language) -> Iterator[str]:
    """The paragraphs with its examples, and what it leaves alone."""
    there = examples(control)
    if there:
        yield f"## {Text('Örnekler', 'Examples').say(language)}"
    for why, finding in there:
        said = [f"> {finding.text.say(language)}"]
        if finding.remedy is not None:
            help_ = Text("Çare", "Remedy").say(language)
            said.append(f">\n> *{help_}:* {finding.remedy.say(language)}")
        yield (f"{why.capitalize()}:\n\n" if language == "en" else "") + "\n".join(said)
    silent = [case["why"] for case in cases_of(control.code).get("good", [])]
    if silent and language == "en":
        yield "Nothing is said of: " + "; ".join(silent) + "."
