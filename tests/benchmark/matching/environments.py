"""Environments of peers: each in a folder of its own under ``.tools``, from a lock of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def python_of(name: str, lock: str) -> Path:
    """The peer's Python; its environment is made where it is missing or its lock changed.

    Raises:
        subprocess.CalledProcessError, OSError: it cannot be installed.
    """
    home, locked = ROOT / ".tools" / f"bench-{name}", ROOT / lock
    python, stamp = home / "bin" / "python", home / "stamp"
    if not stamp.is_file() or stamp.read_bytes() != locked.read_bytes():
        uv = os.environ.get("UV", "uv")
        sys.stderr.write(f"» {name}: {home.relative_to(ROOT)} ({lock})\n")
        call([uv, "venv", "-q", "--clear", "--python", sys.executable, home])
        call([uv, "pip", "sync", "-q", "--require-hashes", "--python", python, locked])
        stamp.write_bytes(locked.read_bytes())
    return python


def call(words: list[Any]) -> "subprocess.CompletedProcess[str]":
    """Run a program and keep what it says."""
    return subprocess.run(
        [str(word) for word in words], check=True, capture_output=True, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
