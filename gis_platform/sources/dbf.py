"""The letters of a dBASE table: UTF-8, Windows Turkish or what its own mark says."""

import codecs
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_LOOKED_AT = 32 << 20
_MARK_OFFSET = 29
_MARKS = {0x6B: "cp857", 0x88: "cp857", 0xCA: "cp1254"}
"""Language marks that say Turkish; others are often wrong and do not count."""
_HIGH = bytes(range(0x80, 0x100))


def encoding_of(source: str) -> str:
    """The encoding of the attributes of a shapefile or dBASE table, by looking at its bytes.

    Args:
        source: path of the ``.shp`` or ``.dbf``, also inside ``/vsizip/``.
    """
    with _opened(source) as file:
        data = file.read(_LOOKED_AT) if file is not None else b""
    mark = data[_MARK_OFFSET] if len(data) > _MARK_OFFSET else 0
    records = data[int.from_bytes(data[8:10], "little") :]
    if records.isascii():
        return "UTF-8"
    text = codecs.decode(records, "utf-8", "replace")
    wrong = text.count("\ufffd")
    good = len(text) - wrong - len(records.translate(None, _HIGH))
    return "UTF-8" if good > wrong else _MARKS.get(mark, "cp1254")


@contextmanager
def _opened(source: str) -> Iterator[IO[bytes] | None]:
    """The ``.dbf`` beside ``source``; ``None`` where there is none."""
    stem = source[: -len("shp")]
    if not source.startswith("/vsizip/"):
        there = (Path(stem + suffix) for suffix in ("dbf", "DBF"))
        path = next((one for one in there if one.exists()), None)
        if path is None:
            yield None
            return
        with path.open("rb") as file:
            yield file
        return
    archive, _, member = source.removeprefix("/vsizip/").partition(".zip/")
    with zipfile.ZipFile(archive + ".zip") as zipped:
        for suffix in ("dbf", "DBF"):
            with suppress(KeyError), zipped.open(member[: -len("shp")] + suffix) as file:
                yield file
                return
        yield None
