"""The house keeps its rules: names, texts, SQL, case, entrances (docs/develop/house.md)."""

import ast
import re
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from gis_platform.cli.main import build
from gis_platform.core.glossary import glossary
from gis_platform.core.language import SEPARATOR
from gis_platform.core.settings import known_variables

ROOT = Path(__file__).parents[2]
ROOMS = ("gis_platform", "etl")
CASE_CHANGES = {"lower", "upper", "casefold", "title", "capitalize", "swapcase"}
SQL_BUILDERS = {"select", "insert", "update", "delete", "text", "func", "table", "column"}
SQL_TEXT = re.compile(
    r"^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|truncate\s"
    r"|(create|alter|drop)\s+(or\s+replace\s+)?(table|view|schema|role|function|index)\s|grant\s.+\sto\s)",
    re.IGNORECASE | re.DOTALL,
)


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of the program, parsed, by its path from the root."""
    found = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {path.relative_to(ROOT): ast.parse(path.read_text("utf-8")) for path in found}


def nodes(kind: type[ast.AST], *, outside: str = "-") -> Iterator[tuple[Path, Any]]:
    for path, tree in modules().items():
        if not str(path).startswith(outside):
            yield from ((path, node) for node in ast.walk(tree) if isinstance(node, kind))


def at(path: Path, node: Any, what: str = "") -> str:
    return f"{path}:{node.lineno} {what}"


@cache
def line(path: Path, number: int) -> str:
    return (ROOT / path).read_text("utf-8").splitlines()[number - 1]


def tracked_files() -> list[str]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("not a git clone: which files are tracked is unknown")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# ------------------------------------------------------------------ names


def words_of(identifier: str) -> list[str]:
    """``findDoorNumber`` and ``find_door_number`` to their words."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier).lower().split("_")
    return [part for part in parts if part]


def bound_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name the module itself chooses, and its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


@cache
def banned() -> dict[str, str]:
    return {word: concept.code for concept in glossary() for word in concept.banned}


def banned_in(identifier: str) -> str | None:
    """The banned synonym an identifier holds, as whole words, or ``None``."""
    said = f"_{'_'.join(words_of(identifier))}_"
    return next((word for word in banned() if f"_{word}_" in said), None)


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("street", "street"),
        ("find_door_number", "door_number"),
        ("findDoorNumber", "door_number"),
        ("STREETS_WORD", None),
        ("dis_kapi_no", None),
        ("zip_path", None),
        ("find_zip_code", "zip_code"),
    ],
)
def test_banned_synonym_is_found_as_whole_words(identifier: str, expected: str | None) -> None:
    assert banned_in(identifier) == expected


def test_no_identifier_uses_a_banned_synonym() -> None:
    faults = [
        f"{path}:{number} {name}: say {banned()[word]}"
        for path, tree in modules().items()
        for name, number in bound_names(tree)
        if (word := banned_in(name))
    ]
    assert not faults, "\n".join(faults)


def test_no_module_is_named_after_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert not [str(path) for path in modules() if path.stem in empty]


def test_glossary_names_every_concept_once_and_in_both_languages() -> None:
    codes = [concept.code for concept in glossary()]
    assert len(codes) == len(set(codes))
    assert not [each.code for each in glossary() if not (each.tr and each.en and each.concept)]
    assert not set(codes) & set(banned()), "a name cannot be both right and banned"


# ------------------------------------------------------------------ rooms


def test_no_sql_outside_the_database_room() -> None:
    faults = [
        at(path, node, node.value.strip()[:50])
        for path, node in nodes(ast.Constant, outside="gis_platform/db/")
        if isinstance(node.value, str) and SQL_TEXT.match(node.value)
    ]
    for path, node in nodes(ast.ImportFrom, outside="gis_platform/db/"):
        room = (node.module or "").partition(".")[0]
        names = {alias.name for alias in node.names}
        if room == "geoalchemy2" or (room in {"sqlalchemy", "psycopg"} and names & SQL_BUILDERS):
            faults.append(at(path, node, f"imports {sorted(names)} from {node.module}"))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT a\nFROM b", True),
        ("delete from maks.yol", True),
        ("Select a file from the list", True),
        ("create table x (a int)", True),
        ("Updates the index.", False),
        ("with a remedy", False),
    ],
)
def test_sql_is_told_from_prose(text: str, expected: bool) -> None:  # noqa: FBT001
    assert bool(SQL_TEXT.match(text)) is expected


def test_only_core_text_changes_case() -> None:
    """Python's own case rules break Turkish; ASCII by definition is marked ``# ASCII: why``."""
    faults = [
        at(path, node, f".{node.func.attr}()")
        for path, node in nodes(ast.Call, outside="gis_platform/core/text.py")
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in CASE_CHANGES
        and not node.args
        and "# ASCII" not in line(path, node.end_lineno)
    ]
    assert not faults, "\n".join(faults)


def test_only_core_crs_reprojects() -> None:
    faults = [
        at(path, node, f".{node.attr}")
        for path, node in nodes(ast.Attribute, outside="gis_platform/core/crs.py")
        if node.attr in {"to_crs", "from_crs", "from_pipeline"}
    ]
    assert not faults, "\n".join(faults)


def test_everything_is_caught_at_an_entrance_only() -> None:
    def names(kind: ast.expr | None) -> set[str]:
        kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
        return {each.id if isinstance(each, ast.Name) else "" if each else "all" for each in kinds}

    faults = [
        at(path, node)
        for path, node in nodes(ast.ExceptHandler, outside="gis_platform/cli/main.py")
        if names(node.type) & {"all", "Exception", "BaseException"}
    ]
    assert not faults, "\n".join(faults)


def test_no_import_hides_in_a_function_or_behind_type_checking() -> None:
    faults = [
        at(path, inner, f"import in {outer.name}")
        for path, outer in nodes(ast.FunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    faults += [at(path, n, n.id) for path, n in nodes(ast.Name) if n.id == "TYPE_CHECKING"]
    assert not faults, "\n".join(faults)


# ------------------------------------------------------------------ texts


def test_every_module_opens_with_a_sentence() -> None:
    def first(tree: ast.Module) -> str:
        return (ast.get_docstring(tree) or "").partition("\n\n")[0]

    assert not [
        str(path)
        for path, tree in modules().items()
        if not re.search(r"\w.*[.:?]$", first(tree), re.S)
    ]


def test_every_text_has_both_languages() -> None:
    faults = []
    ours = {
        path
        for path, node in nodes(ast.ImportFrom)
        if node.module == "gis_platform.core.errors" and "Text" in {a.name for a in node.names}
    }
    for path, node in nodes(ast.Call):
        if path not in ours or not (isinstance(node.func, ast.Name) and node.func.id == "Text"):
            continue
        said = [*node.args, *(keyword.value for keyword in node.keywords)]
        starred = any(isinstance(each, ast.Starred) for each in said)
        empty = {bool(isinstance(each, ast.Constant) and not each.value) for each in said}
        if len(empty) == 2 or (len(said) != 2 and not starred):
            faults.append(at(path, node))
    assert not faults, "\n".join(faults)


def commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(f"{path} {name}", inner)


def test_every_command_and_option_is_explained_in_both_languages() -> None:
    faults = []
    for path, command in commands("gis", typer.main.get_command(build())):
        said = [(path, command.help)]
        said += [(f"{path} {each.name}", each.help) for each in command.params]
        faults += [name for name, text in said if SEPARATOR not in " ".join((text or "").split())]
    assert not faults, "\n".join(faults)


def test_every_setting_is_explained_in_both_languages() -> None:
    assert not [name for name, said in known_variables().items() if SEPARATOR not in said]


# ------------------------------------------------------------------ what is in the repository

MACHINE = (
    r"/(root|home/\w+|Users/\w+)/\.?\w",
    r"--(extra-)?index-" + "url",
    r"files\.pythonhosted|registry\.(npmjs|yarnpkg)|pypi\.org/simple",
    r'"resolved": "|source = \{ registry',
    r"/packages/[0-9a-f]{2}/[0-9a-f]{2}/",
)


def test_no_tracked_file_names_this_machine_or_a_registry() -> None:
    anywhere = {Path("/"), Path(tempfile.gettempdir())}
    here = [] if ROOT.parent in anywhere else [re.escape(f"{ROOT.parent}/")]
    pattern = re.compile("|".join([*MACHINE, *here]))
    faults = [
        f"{name}:{number} {found[0]}"
        for name in tracked_files()
        if name != "tests/unit/test_house.py"
        for number, said in enumerate(read(name).splitlines(), 1)
        if (found := pattern.search(said))
    ]
    assert not faults, "\n".join(faults)


def read(name: str) -> str:
    raw = (ROOT / name).read_bytes()
    return "" if b"\0" in raw[:8000] else raw.decode("utf-8")


def test_no_tracked_file_is_large() -> None:
    assert not [n for n in tracked_files() if (ROOT / n).stat().st_size > 1_500_000]
