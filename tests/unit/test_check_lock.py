"""The check of the lock files finds what must not be there."""

import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = "resolved"
FILES = (
    "requirements.lock",
    "requirements-uv.lock",
    "requirements-bench.lock",
    "requirements-bench-tipg.lock",
    "requirements-bench-ukam.lock",
    "docker/requirements.lock",
    "pyproject.toml",
    "package.json",
    "package-lock.json",
)


@pytest.fixture(scope="module")
def check_lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_lock", ROOT / ".ci" / "check_lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    (tmp_path / "docker").mkdir()
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_lock_files_of_the_project_are_in_order(check_lock: ModuleType, copy: Path) -> None:
    assert check_lock.check(copy) == []


@pytest.mark.parametrize("name", ["requirements-uv.lock", "requirements-bench-ukam.lock"])
def test_bad_line_is_found_in_every_lock(check_lock: ModuleType, copy: Path, name: str) -> None:
    with (copy / name).open("a", encoding="utf-8") as lock:
        lock.write("left-pad==1.0\n")
    assert f"{name}: left-pad has no hash" in check_lock.check(copy)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("left-pad==1.0\n", "left-pad has no hash"),
        ("left-pad>=1.0 \\\n    --hash=sha256:00\n", "not a pinned version"),
        ("left-pad @ https://example.org/left-pad.whl\n", "not a pinned version"),
        ("--index-" + "url https://example.org/simple\n", "not a pinned version"),
    ],
)
def test_bad_line_is_found(check_lock: ModuleType, copy: Path, line: str, fault: str) -> None:
    with (copy / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write(line)
    assert any(fault in each for each in check_lock.check(copy))


@pytest.mark.parametrize("wanted", ["left-pad>=1", "fastapi>=999"])
def test_dependency_that_is_not_locked_is_found(
    check_lock: ModuleType, copy: Path, wanted: str
) -> None:
    project = copy / "pyproject.toml"
    said = project.read_text("utf-8").replace('"alembic>=1.16"', f'"{wanted}"')
    project.write_text(said, encoding="utf-8")
    assert any(wanted.partition(">")[0] in each for each in check_lock.check(copy))


def test_image_with_another_version_is_found(check_lock: ModuleType, copy: Path) -> None:
    lock = copy / "docker" / "requirements.lock"
    lock.write_text(re.sub(r"alembic==\S+", "alembic==0.1", lock.read_text("utf-8")), "utf-8")
    assert any("docker/requirements.lock: alembic" in each for each in check_lock.check(copy))


def test_npm_lock_with_an_address_or_without_integrity_is_found(
    check_lock: ModuleType, copy: Path
) -> None:
    path = copy / "package-lock.json"
    lock = json.loads(path.read_text("utf-8"))
    lock["packages"]["node_modules/x"] = {ADDRESS: "registry"}
    path.write_text(json.dumps(lock), encoding="utf-8")
    faults = check_lock.check(copy)
    assert "package-lock.json: node_modules/x holds an address" in faults
    assert "package-lock.json: node_modules/x has no integrity" in faults
