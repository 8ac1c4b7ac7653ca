"""What we wrote is true: links, commands, options, settings and pages exist."""

import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from gis_platform.cli.main import build
from gis_platform.core.settings import NOT_SETTINGS, known_variables
from gis_platform.maks.control import controls

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in WRITTEN]
GENERATED = {"calibration", "settings", "commands", "controls", "layers", "errors", "glossary"}


@cache
def generate() -> ModuleType:
    sys.path.insert(0, str(DOCS))
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def generated() -> dict[Path, str]:
    made: dict[Path, str] = generate().pages()
    return made


def pages_in(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for inner in nav.values():
            yield from pages_in(inner)
    else:
        for inner in nav:
            yield from pages_in(inner)


@cache
def commands() -> dict[str, set[str]]:
    """Every command, as it is typed, and its options."""

    def walk(path: str, command: Any) -> Iterator[tuple[str, set[str]]]:
        options = {word for each in command.params for word in (*each.opts, *each.secondary_opts)}
        if type(command).__module__.startswith("gis_platform"):  # a group with a default command
            default = next(iter(command.commands.values()))
            options |= {word for each in default.params for word in each.opts}
        yield path, options
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(f"{path} {name}", inner)

    return dict(walk("gis", typer.main.get_command(build())))


def code_lines(page: Path) -> Iterator[str]:
    """Every line of a shell block and every piece of code that begins with ``gis``."""
    said = page.read_text("utf-8")
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", said, re.DOTALL | re.MULTILINE):
        yield from (line.partition(" # ")[0].strip() for line in block.splitlines())
    yield from re.findall(r"`((?:\./run )?gis [^`]+)`", said)


@pytest.mark.parametrize("page", WRITTEN, ids=NAMES)
def test_every_link_leads_somewhere(page: Path) -> None:
    said = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", said)
    local = [link.partition("#")[0] for link in links if "://" not in link]
    assert not [link for link in local if link and not (page.parent / link).exists()]


@pytest.mark.parametrize("page", WRITTEN, ids=NAMES)
def test_every_command_exists_with_its_options(page: Path) -> None:
    faults = []
    for line in code_lines(page):
        found = re.search(r"(?:^|\s|/)gis ((?:[a-z_]+ ?)+)", line)
        if found is None or line.startswith(("#", "git ", "docker build")):
            continue
        words = ["gis", *found[1].split()]
        known = [n for n in range(len(words), 0, -1) if " ".join(words[:n]) in commands()]
        name = " ".join(words[: known[0]])
        if name == "gis":
            faults.append(f"{line}: no such command")
            continue
        options = set(re.findall(r"(?<=\s)(--[a-z-]+)", line[found.start() :]))
        faults += [f"{line}: no option {each}" for each in options - commands()[name] - {"--help"}]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("page", WRITTEN, ids=NAMES)
def test_every_setting_exists(page: Path) -> None:
    said = set(re.findall(r"\bGIS_[A-Z][A-Z_]*[A-Z]\b", page.read_text("utf-8")))
    groups = {name.split("__")[0] for name in known_variables()}
    assert not said - set(known_variables()) - groups - NOT_SETTINGS


@pytest.mark.parametrize("page", WRITTEN, ids=NAMES)
def test_python_blocks_are_python(page: Path) -> None:
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.M):
        compile(block, str(page), "exec")


def test_navigation_names_every_page_and_nothing_else() -> None:
    nav = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    named = list(pages_in(nav))
    there = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    assert sorted(named) == sorted(name for name in there if "/controls/" not in name)


@pytest.mark.parametrize("folder", ["guide", "en"])
def test_the_table_of_controls_leads_to_the_page_of_each(folder: str) -> None:
    table = (DOCS / folder / "controls.md").read_text("utf-8")
    pages = sorted(page.stem for page in (DOCS / folder / "controls").glob("*.md"))
    assert pages == sorted(controls)
    assert all(f"[`{name}`](controls/{name}.md)" in table for name in pages)


def test_both_guides_have_the_same_pages() -> None:
    turkish, english = ({p.name for p in (DOCS / each).glob("*.md")} for each in ("guide", "en"))
    assert turkish == english


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_generated_page_is_current(name: str) -> None:
    for path, said in generated().items():
        if name in (path.parent.name, path.stem):
            assert path.read_text("utf-8") == said, "run python docs/generate.py"


def test_every_generated_page_is_tested() -> None:
    stems = {path.stem for path in generated() if path.parent.name != "controls"}
    assert stems == GENERATED


def test_every_error_is_explained_in_turkish() -> None:
    codes = {each.code for each in generate()._error_classes()}
    assert codes <= set(generate().ERRORS_TR)


def test_every_decision_says_status_context_decision_consequences() -> None:
    for page in sorted((DOCS / "develop" / "decisions").glob("*.md")):
        said = page.read_text("utf-8")
        assert re.match(rf"# {page.name[:4]} · ", said), page.name
        assert "**Status:**" in said, page.name
        assert re.findall(r"^## (.*)$", said, re.M) == ["Context", "Decision", "Consequences"]


def test_readme_opens_with_the_two_commands() -> None:
    first = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[0]
    assert [line.split("#")[0].strip() for line in first.splitlines()] == [
        "./run demo",
        "./run test",
    ]


def test_changelog_has_an_unreleased_head() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")
