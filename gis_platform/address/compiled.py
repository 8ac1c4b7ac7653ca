"""How functions of the compiled core are made: without the interpreter lock, cached on disk.

``NUMBA_DISABLE_JIT=1`` runs the same functions as plain Python: that twin is the oracle of the
tests. Where neither the package folder nor the user's cache folder can be written, functions are
compiled anew in each process.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config

F = TypeVar("F", bound=Callable[..., Any])

IS_COMPILED = not config.DISABLE_JIT
"""False in the plain Python twin."""


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _use_writable_cache() -> None:
    """Point numba at a folder of the system's temporary place where its own ones are read-only."""
    own = Path(__file__).parent / "__pycache__"
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    if config.CACHE_DIR or _can_write(own) or _can_write(home):
        return
    config.CACHE_DIR = str(Path(tempfile.gettempdir()) / f"gis-platform-numba-{os.getuid()}")


_use_writable_cache()


def compiled(function: F) -> F:
    """``function`` as machine code that releases the interpreter lock."""
    try:
        return numba.njit(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        return numba.njit(nogil=True)(function)  # type: ignore[no-any-return]
