"""Checks the lock files: hashes everywhere, addresses nowhere, and nothing of pyproject missing.

Relock, both with ``--universal --python-version 3.11 --generate-hashes --no-header``::

    uv pip compile pyproject.toml --all-extras … -o requirements.lock
    echo hatchling | uv pip compile pyproject.toml - -c requirements.lock --no-annotate …
        -o docker/requirements.lock

The second holds what the image needs: no tools of development, the same versions. Each lock
``requirements-bench*.lock`` holds a peer of ``./run bench`` and is made alone.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
ADDRESS = re.compile(r"[a-z+]+://|^-|\s@\s|--(extra-)?index-url|--find-links")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")


def pins_of(path: Path) -> tuple[dict[str, set[str]], list[str]]:
    """Versions by package name, and the faults of one requirements lock."""
    pins: dict[str, set[str]] = {}
    faults: list[str] = []
    for entry in _entries(path.read_text(encoding="utf-8")):
        first = entry[0]
        pin = PIN.match(first)
        if pin is None:
            faults.append(f"{path.name}: not a pinned version: {first}")
            continue
        pins.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
        if not any(line.strip().startswith("--hash=sha256:") for line in entry[1:]):
            faults.append(f"{path.name}: {pin['name']} has no hash")
        faults += [f"{path.name}: an address: {line}" for line in entry if ADDRESS.search(line)]
    return pins, faults


def _entries(text: str) -> Iterator[list[str]]:
    """A requirement and the lines that continue it; comments are left out."""
    entry: list[str] = []
    for line in text.splitlines():
        if line.lstrip().startswith("#") or not line.strip():
            continue
        if not line.startswith(" ") and entry:
            yield entry
            entry = []
        entry.append(line)
    if entry:
        yield entry


def missing_from(pins: dict[str, set[str]], project: dict[str, Any]) -> list[str]:
    """Dependencies of pyproject that the lock lacks, or holds in a version not allowed."""
    faults = []
    for line in declared(project):
        wanted = Requirement(line)
        versions = pins.get(canonicalize_name(wanted.name))
        if versions is None:
            faults.append(f"requirements.lock: {wanted.name} of pyproject.toml is not locked")
        elif not all(wanted.specifier.contains(each, prereleases=True) for each in versions):
            faults.append(f"requirements.lock: {wanted.name} {sorted(versions)} is not {wanted}")
    return faults


def declared(project: dict[str, Any]) -> list[str]:
    """Every dependency pyproject names: to build, to run, and the extras."""
    extras = project["project"]["optional-dependencies"].values()
    build, run = project["build-system"]["requires"], project["project"]["dependencies"]
    return [*build, *run, *(line for lines in extras for line in lines)]


def npm_faults(lock: dict[str, Any], package: dict[str, Any]) -> list[str]:
    """Faults of package-lock.json: an address, a package without integrity, a stale root."""
    packages = lock["packages"]
    faults = []
    if packages[""].get("dependencies") != package.get("dependencies"):
        faults.append("package-lock.json: not made from this package.json")
    for name, entry in packages.items():
        if "resolved" in entry:
            faults.append(f"package-lock.json: {name} holds an address")
        if name and not str(entry.get("integrity", "")).startswith("sha512-"):
            faults.append(f"package-lock.json: {name} has no integrity")
    return faults


def check(root: Path) -> list[str]:
    """Every fault of the lock files under ``root``."""
    pins, faults = pins_of(root / "requirements.lock")
    for path in [root / "requirements-uv.lock", *sorted(root.glob("requirements-bench*.lock"))]:
        faults += pins_of(path)[1]
    image, image_faults = pins_of(root / "docker" / "requirements.lock")
    faults += image_faults
    faults += [
        f"docker/requirements.lock: {name} {sorted(versions)} is not what requirements.lock says"
        for name, versions in image.items()
        if not versions <= pins.get(name, set())
    ]
    faults += missing_from(pins, tomllib.loads((root / "pyproject.toml").read_text("utf-8")))
    package, lock = (
        json.loads((root / name).read_text("utf-8"))
        for name in ("package.json", "package-lock.json")
    )
    return faults + npm_faults(lock, package)


if __name__ == "__main__":
    found = check(ROOT)
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    sys.exit(1 if found else 0)
