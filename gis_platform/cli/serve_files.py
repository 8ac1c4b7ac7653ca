"""The files that take long, made beside the answering, and what could not be made."""

import logging
import multiprocessing
import os
import sys
import threading
import time
from contextlib import suppress
from copy import copy
from multiprocessing.connection import Connection

from gis_platform.cli.serve_workers import end_with_the_watcher
from gis_platform.core.errors import GisPlatformError
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.later_files import Missing, catalogue_edition, make_files, missing_files

AGAIN_AFTER = 3600.0
"""Seconds after which a format that could not be made is tried again."""
_NICE = 15
log = logging.getLogger("gis_platform.files")


class FileMaker:
    """Makes what is missing, a version at a time, in a process that gives its memory back."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._failed: dict[tuple[str, int, str], float] = {}
        self._whole_at: int | None = None

    def work_once(self) -> bool:
        """Make the files of one version; whether anything was made."""
        edition = catalogue_edition(self._database)
        if edition == self._whole_at:
            return False
        found = missing_files(self._database)
        self._whole_at = None if found else edition
        for missing in found:
            wanted = tuple(each for each in missing.formats if self._may_try(missing, each))
            if wanted:
                return self._make(Missing(missing.layer, missing.version, wanted))
        return False

    def _may_try(self, missing: Missing, name: str) -> bool:
        failed_at = self._failed.get((missing.layer, missing.version, name))
        return failed_at is None or time.monotonic() > failed_at + AGAIN_AFTER

    def _make(self, missing: Missing) -> bool:
        mine, its = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(self._settings, copy(self._database), missing, its), name="files"
        )
        process.start()
        its.close()
        try:
            made, failed = mine.recv()
        except EOFError:  # it was killed, or told what was wrong itself
            made, failed = False, missing.formats
        process.join()
        for name in failed:
            log.error("%s v%s: no %s", missing.layer, missing.version, name)
            self._failed[missing.layer, missing.version, name] = time.monotonic()
        return bool(made)


def _work(settings: Settings, database: Database, missing: Missing, answer: Connection) -> None:
    threading.Thread(target=end_with_the_watcher, name="watcher", daemon=True).start()
    with suppress(OSError):
        os.nice(_NICE)  # answering goes before
    try:
        made = make_files(settings, database, missing)
    except GisPlatformError as error:
        log.error("%s v%s: %s", missing.layer, missing.version, error)  # noqa: TRY400 (one line)
        sys.exit(1)
    finally:
        database.dispose()
    for name, fault in made.faults:
        log.error("%s v%s, %s: %s", missing.layer, missing.version, name, fault.en)
    answer.send((bool(made.files), tuple(name for name, _ in made.faults)))
