"""A result half made: what is answered is kept beside the output, so that a stopped job goes on.

The folder ``.<output>.match`` holds ``rows``, the answered blocks one after another, and
``journal``: first the key of the job, then a line for every block with its size and checksum. A
block counts once its line is there and its bytes are what the line says; all else is cut off.
"""

import fcntl
import json
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gis_platform.core.errors import Conflict, Place, Text

_COPIED = 4 << 20


@dataclass(frozen=True)
class Block:
    """A block that is done.

    Attributes:
        rows: rows of the input it holds.
        size, check: bytes and their CRC-32.
        counts: rows by answer; see ``files``.
    """

    rows: int
    size: int
    check: int
    counts: Sequence[int]


class Draft:
    """The rows of an output so far; one process at a time.

    Args:
        output: the file that is being made.
        key: what the rows depend on; rows made for another key are thrown away.

    Raises:
        Conflict: another process is making the same output.
    """

    def __init__(self, output: Path, key: str) -> None:
        self.folder = output.with_name(f".{output.name}.match")
        self.rows_path = self.folder / "rows"
        self.was_stale = False
        self.blocks: list[Block] = []
        self.folder.mkdir(exist_ok=True)
        self._journal = (self.folder / "journal").open("a+b")
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._journal.close()
            raise _busy(output) from None
        self._rows = self.rows_path.open("a+b")
        self._take_up(key)

    @property
    def rows(self) -> int:
        """Rows of the input that are done."""
        return sum(block.rows for block in self.blocks)

    def append(self, payload: bytes | memoryview, rows: int, counts: Sequence[int] = ()) -> None:
        """Keep an answered block."""
        self._rows.write(payload)
        self._rows.flush()
        block = Block(rows, len(payload), zlib.crc32(payload), list(counts))
        self._write_line(json.dumps(vars(block)))
        self.blocks.append(block)

    def close(self) -> None:
        """Let go of the files; what is done stays for the next run."""
        self._rows.close()
        self._journal.close()

    def discard(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.close()

    def _take_up(self, key: str) -> None:
        """Keep the blocks of an earlier run that are whole, and cut off the rest."""
        self._journal.seek(0)
        lines = self._journal.read().split(b"\n")[:-1]
        said = json.dumps({"key": key}).encode()
        if lines[:1] != [said]:
            self.was_stale = bool(lines)
            self._journal.truncate(0)
            self._rows.truncate(0)
            self._write_line(said.decode())
            return
        self._rows.seek(0)
        size, written = 0, len(said) + 1
        for line in lines[1:]:
            block = Block(**json.loads(line))
            if not self._holds(block):
                break
            self.blocks.append(block)
            size += block.size
            written += len(line) + 1
        self._rows.truncate(size)
        self._journal.truncate(written)

    def _holds(self, block: Block) -> bool:
        """Whether the next bytes are those of a block."""
        check, left = 0, block.size
        while left:
            part = self._rows.read(min(left, _COPIED))
            if not part:
                return False
            check, left = zlib.crc32(part, check), left - len(part)
        return check == block.check

    def _write_line(self, text: str) -> None:
        self._journal.write(text.encode() + b"\n")
        self._journal.flush()


def _busy(output: Path) -> Conflict:
    return Conflict(
        Text(
            "Bu çıktıyı şu anda başka bir işlem yazıyor.",
            "Another process is writing this output right now.",
        ),
        place=Place(file=str(output)),
        remedy=Text("bitmesini bekleyin ya da başka bir ad verin", "wait or give another name"),
    )
