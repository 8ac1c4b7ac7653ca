"""A file as it was handed over: its checksum, size and about how many rows it has."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from gis_platform.core.errors import Place, SourceError, Text

_BLOCK = 4 << 20
_LOCK = ".lock"
"""ArcGIS leaves such files in a geodatabase it has open; they are not part of the delivery."""
_LINES = frozenset({".csv", ".tsv", ".txt"})


@dataclass(frozen=True)
class Received:
    """A file, or a folder taken as one, that came in.

    Attributes:
        sha256: of its bytes; of a folder, of the names and bytes of its files.
        size: bytes.
        lines: line ends below the header; ``None`` where the format has none.
    """

    path: Path
    sha256: str
    size: int
    lines: int | None


def received(path: Path) -> Received:
    """Read a file or folder once, in blocks, and say what it is.

    Raises:
        SourceError: there is no such file.
    """
    path = Path(path)
    digest, size, lines = hashlib.sha256(), 0, 0
    for file in _files(path):
        if path.is_dir():
            digest.update(str(file.relative_to(path)).encode() + b"\0")
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                size += len(block)
                lines += block.count(b"\n")
    has_lines = path.suffix.lower() in _LINES  # ASCII: a suffix, no Turkish text
    return Received(path, digest.hexdigest(), size, max(0, lines - 1) if has_lines else None)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = (file for file in path.rglob("*") if file.is_file())
        return sorted(file for file in files if file.suffix != _LOCK)
    if path.is_file():
        return [path]
    raise SourceError(
        Text("Böyle bir dosya yok.", "There is no such file."),
        place=Place(file=str(path)),
        remedy=Text("yolu denetleyin", "check the path"),
    )
