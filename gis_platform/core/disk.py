"""A full disk is told as one: libraries that write files often only say that writing failed."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_platform.core.errors import Text, Unavailable

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


def disk_full() -> Unavailable:
    """One line for a disk that is full, whoever noticed it."""
    return Unavailable(
        Text("Disk dolu.", "The disk is full."),
        remedy=Text(
            "yer açıp işi yeniden çalıştırın; yarım kalan hiçbir şey yüklenmedi",
            "make room and run the job again; nothing half-done was loaded",
        ),
    )
