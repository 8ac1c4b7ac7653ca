"""The letters of a dBASE table: UTF-8, Windows Turkish or what its own mark says.

A table is read byte for byte, as Latin-1, and each value decoded by itself: rows that came from
several programs may be written in several encodings.
"""

import codecs
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

AS_BYTES = "ISO-8859-1"
"""The encoding in which each byte is one letter."""

_MARK_OFFSET = 29
_MARKS = {0x6B: "cp857", 0x88: "cp857", 0xCA: "cp1254"}
"""Language marks that say Turkish; others are often wrong and do not count."""


def encoding_of(source: str) -> str:
    """The encoding of what is not UTF-8: by the ``.cpg`` file, the table's mark, else Windows'.

    Args:
        source: path of the ``.shp`` or ``.dbf``, also inside ``/vsizip/``.
    """
    with _opened(source, "cpg", "CPG") as file:
        said = file.read(64).decode("ascii", "replace").strip() if file is not None else ""
    with suppress(LookupError):
        known = codecs.lookup(f"cp{said}" if said.isdecimal() else said).name
        if known not in {"utf-8", "ascii"}:
            return known
    with _opened(source, "dbf", "DBF") as file:
        head = file.read(_MARK_OFFSET + 1) if file is not None else b""
    return _MARKS.get(head[_MARK_OFFSET] if len(head) > _MARK_OFFSET else 0, "cp1254")


def decoded(values: NDArray[np.object_], other: str) -> tuple[NDArray[np.object_], set[str]]:
    """Texts read byte for byte as what they say, and the encodings they were in.

    Args:
        values: text as Latin-1, or ``None``.
        other: the encoding of what is not UTF-8.
    """
    known: dict[str, str] = {}
    seen: set[str] = set()
    for value in values:
        if isinstance(value, str) and not value.isascii() and value not in known:
            known[value], encoding = _decode(value.encode(AS_BYTES, "replace"), other)
            seen.add(encoding)
    if not known:
        return values, seen
    texts = [known.get(value, value) if isinstance(value, str) else value for value in values]
    return np.array(texts, dtype=object), seen


def _decode(data: bytes, other: str) -> tuple[str, str]:
    """A field too short for its text may end within a letter: that letter is lost, not the rest."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        text = ""
    if not text.isascii():
        return text, "utf-8"
    return data.decode(other, "replace"), other


@contextmanager
def _opened(source: str, *suffixes: str) -> Iterator[IO[bytes] | None]:
    """The file beside ``source`` with one of the suffixes; ``None`` where there is none."""
    stem = source[: -len("shp")]
    if not source.startswith("/vsizip/"):
        there = (Path(stem + suffix) for suffix in suffixes)
        path = next((one for one in there if one.exists()), None)
        if path is None:
            yield None
            return
        with path.open("rb") as file:
            yield file
        return
    archive, _, member = source.removeprefix("/vsizip/").partition(".zip/")
    with zipfile.ZipFile(archive + ".zip") as zipped:
        for suffix in suffixes:
            with suppress(KeyError), zipped.open(member[: -len("shp")] + suffix) as file:
                yield file
                return
        yield None
