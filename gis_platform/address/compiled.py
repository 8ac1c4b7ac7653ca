"""How functions of the compiled core are made: without the interpreter lock, cached on disk.

``NUMBA_DISABLE_JIT=1`` runs the same functions as plain Python: that twin is the oracle of the
tests. Where neither the package folder nor the user's cache folder can be written, functions are
compiled anew in each process.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import cgutils as untyped_cgutils
from numba.core import config, types
from numba.extending import intrinsic

cgutils: Any = untyped_cgutils
F = TypeVar("F", bound=Callable[..., Any])

_KEPT = 4
"""Compiled versions of the sources that stay in the cache."""

IS_COMPILED = not vars(config)["DISABLE_JIT"]
"""False in the plain Python twin."""


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def sources_digest() -> str:
    """Fingerprint of every module of the core.

    Numba looks only at a function's own file, and would go on using what it compiled from a
    callee's older source.
    """
    digest = blake2b(digest_size=8)
    package = Path(__file__).parent.parent
    for folder in ("address", "matching"):
        for file in sorted((package / folder).glob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _use_own_cache() -> None:
    """Point numba at a folder of these very sources, in the first place that can be written."""
    if vars(config)["CACHE_DIR"]:
        return
    user = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "gis-platform"
    places = (Path(__file__).parent / "__pycache__", user)
    temporary = Path(tempfile.gettempdir()) / f"gis-platform-{os.getuid()}"
    place = next((place for place in places if _can_write(place)), temporary)
    vars(config)["CACHE_DIR"] = str(place / f"numba-{sources_digest()}")
    _forget_older(place)


def _forget_older(place: Path) -> None:
    """Remove what was compiled from older sources, but for the last few: others may run them."""
    try:
        folders = sorted(place.glob("numba-*"), key=lambda folder: folder.stat().st_mtime)
    except OSError:
        return
    for folder in folders[:-_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)


_use_own_cache()


def compiled(function: F) -> F:
    """``function`` as machine code that releases the interpreter lock."""
    try:
        made: Any = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        made = numba.njit(nogil=True)(function)
    return _once(made) if IS_COMPILED else made


def _once(made: Any) -> Any:
    """One version for all constants and widths of integers; numba would compile one for each."""
    template = made.get_call_template

    def resolve(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return template(tuple(map(_wide, args)), {name: _wide(one) for name, one in kws.items()})

    made.get_call_template = resolve
    return made


def _wide(kind: Any) -> Any:
    plain: Any = types.unliteral(kind)  # type: ignore[no-untyped-call]
    is_narrow = isinstance(plain, types.Integer) and vars(plain)["signed"]
    return types.int64 if is_narrow else plain


def _without_owner(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """An array that counts no references, or a tuple of such."""
    if isinstance(kind, types.Array):
        array = cgutils.create_struct_proxy(kind)(context, builder, value=value)
        array.meminfo = cgutils.get_null_value(array.meminfo.type)
        array.parent = cgutils.get_null_value(array.parent.type)
        return array._getvalue()
    parts = cgutils.unpack_tuple(builder, value)
    freed = [
        _without_owner(context, builder, one, part) for one, part in zip(kind, parts, strict=True)
    ]
    return context.make_tuple(builder, kind, freed)


@intrinsic
def _unowned(_typing: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _without_owner(context, builder, signature.args[0], arguments[0])

    return value(value), generate


def _itself(value: Any) -> Any:
    return value


unowned: Any = _unowned if IS_COMPILED else _itself
"""An array, or a tuple of arrays, whose references compiled code does not count.

Two thirds of the time of the core went into counting references to arrays that outlive it anyway.
Who calls this keeps the owner alive: arguments of a compiled function are; what the function made
itself is only until its last use.
"""
