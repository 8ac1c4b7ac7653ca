"""Files written whole or not at all; a full disk is told as one, whatever a library says of it."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_platform.core.errors import Conflict, NotFound, Place, Text, Unavailable

FULL_BELOW = 512 << 10
"""Bytes left below which a failed write is taken to be for lack of room."""


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Turn a library's failure to write near ``path`` into ``OSError(ENOSPC)`` where it is full.

    Raises:
        OSError: there is no room where the file goes.
    """
    try:
        yield
    except RuntimeError as error:
        folder = next(place for place in (path, *path.absolute().parents) if place.is_dir())
        if shutil.disk_usage(folder).free < FULL_BELOW:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        raise


@contextmanager
def replacing(path: Path, *, may_replace: bool = False) -> Iterator[Path]:
    """Make a file or folder beside its place and put it there whole, or leave nothing.

    Yields:
        A path of the same name in a hidden folder beside ``path``: nothing is there yet.

    Raises:
        Conflict: ``path`` is there already, and may not be replaced.
        NotFound: the folder ``path`` is to lie in does not exist.
        OSError: there is no room where it goes.
    """
    path = Path(path).absolute()
    _refuse_taken(path, may_replace=may_replace)
    work = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        with writing_to(path):
            yield work / path.name
        old = work / "old"
        if path.exists():
            path.replace(old)
        try:
            (work / path.name).replace(path)
        except OSError:
            if old.exists():
                old.replace(path)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _refuse_taken(path: Path, *, may_replace: bool) -> None:
    if not path.parent.is_dir():
        raise NotFound(
            Text("Yazılacak klasör yok.", "The folder to write into does not exist."),
            place=Place(file=str(path.parent)),
            remedy=Text("klasörü oluşturun", "make the folder"),
        )
    if path.exists() and not may_replace:
        raise Conflict(
            Text("Bu adda bir dosya ya da klasör var.", "It is there already."),
            place=Place(file=str(path)),
            remedy=Text(
                "başka bir ad verin ya da --replace ile yerine yazın",
                "give another name, or put it in its place with --replace",
            ),
        )


def disk_full() -> Unavailable:
    """One line for a disk that is full, whoever noticed it."""
    return Unavailable(
        Text("Disk dolu.", "The disk is full."),
        remedy=Text(
            "yer açıp işi yeniden çalıştırın; yarım kalan hiçbir şey yüklenmedi",
            "make room and run the job again; nothing half-done was loaded",
        ),
    )
