"""The folder of a static copy: only what changed is written, what went is removed.

Every file is put in its place whole. The folder is ours: a mark in it says so, and a folder that
holds anything else is refused, for what is no part of the copy is removed from it.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gis_platform.core.errors import Conflict, Place, Text, Unavailable, UsageError

MARK = ".gis-portal"
SUMS = "SHA256SUMS"
"""List of all files with their checksums: ``sha256sum -c SHA256SUMS`` checks a copy."""
_UNFINISHED = ".unfinished"


@dataclass
class Written:
    """What a run did, in files; ``size`` in bytes of all that are there now."""

    files: int = 0
    changed: int = 0
    removed: int = 0
    size: int = 0


class StaticFolder:
    """The folder while a copy is written into it.

    Raises:
        UsageError: the path is no folder, or lies in none.
        Conflict: it holds files that are no copy of the portal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._sums: dict[str, str] = {}
        self.written = Written()
        self._open()

    def sha256(self, name: str) -> str | None:
        """Checksum of the file that lies there already; ``None`` where there is none."""
        try:
            with (self._path / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def keep(self, name: str, digest: str) -> None:
        """The file that lies there stays; ``digest`` is its checksum."""
        self._note(name, digest, (self._path / name).stat().st_size)

    def put(self, name: str, content: bytes) -> None:
        """Write a file."""
        with self.writing(name) as file:
            file.write(content)

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """A file to write into; it takes its place when the block ends well, if it differs."""
        target = self._path / name
        self._make_room(target)
        unfinished = target.with_name(f"{target.name}{_UNFINISHED}")
        try:
            with unfinished.open("wb") as file:
                yield file
            with unfinished.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest == self.sha256(name):
                unfinished.unlink()
            else:
                unfinished.replace(target)
                self.written.changed += 1
        finally:
            unfinished.unlink(missing_ok=True)
        self._note(name, digest, target.stat().st_size)

    def forget(self) -> None:
        """Begin again: what was written so far counts as lying there from before."""
        self._sums, self.written = {}, Written()

    def finish(self) -> Written:
        """Remove what is no part of the copy any more and write the list of checksums."""
        for path in self._files():
            if path.relative_to(self._path).as_posix() not in self._sums:
                path.unlink()
                self.written.removed += 1
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._sums.items())]
        sums = self._path / SUMS
        unfinished = sums.with_name(f"{SUMS}{_UNFINISHED}")
        unfinished.write_text("".join(lines), "utf-8")
        unfinished.replace(sums)
        for folder, _, _ in os.walk(self._path, topdown=False):
            here = Path(folder)
            if not self._is_theirs(here) and here != self._path and not any(here.iterdir()):
                here.rmdir()
        return self.written

    def _open(self) -> None:
        path = self._path
        if path.exists() and not path.is_dir():
            raise UsageError(
                Text("Bu bir klasör değil.", "It is no folder."), place=Place(file=str(path))
            )
        try:
            path.mkdir(exist_ok=True)
            others = [each for each in path.iterdir() if not each.name.startswith(".")]
            if others and not (path / MARK).exists():
                raise Conflict(
                    Text("Klasör boş değil ve portalın kopyası değil.",
                         "The folder is not empty and no copy of the portal."),
                    place=Place(file=str(path)),
                    remedy=Text("boş ya da yeni bir klasör verin", "give an empty or new folder"),
                )  # fmt: skip
            if not (path / MARK).exists():
                (path / MARK).write_text("gis portal export\n", "utf-8")
        except FileNotFoundError:
            raise UsageError(
                Text("Üst klasör yok.", "The folder it is to lie in does not exist."),
                place=Place(file=str(path)), remedy=Text("önce onu oluşturun", "make that first"),
            ) from None  # fmt: skip
        except PermissionError as error:
            raise Unavailable(
                Text("Klasöre yazılamıyor.", "The folder cannot be written into."),
                place=Place(file=str(error.filename or path)),
            ) from None

    def _make_room(self, target: Path) -> None:
        """The folders a file lies in; a file of an earlier copy in the place of one goes."""
        for folder in reversed(target.parents):
            if folder.is_relative_to(self._path) and folder.is_file():
                folder.unlink()
        target.parent.mkdir(parents=True, exist_ok=True)

    def _note(self, name: str, digest: str, size: int) -> None:
        self._sums[name] = digest
        self.written.files += 1
        self.written.size += size

    def _files(self) -> list[Path]:
        found = (path for path in self._path.rglob("*") if path.is_file())
        return [each for each in found if not self._is_theirs(each) and each.name != SUMS]

    def _is_theirs(self, path: Path) -> bool:
        """Whether it begins with a dot at the top: version control, settings of a server, mark."""
        parts = path.relative_to(self._path).parts
        return bool(parts) and parts[0].startswith(".")
