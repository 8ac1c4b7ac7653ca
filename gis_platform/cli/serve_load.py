"""Loading what ``gis serve`` answers with, before and beside everything else.

This module imports no library, so that the loading begins at once.
"""

import atexit
import gc
import multiprocessing
import os
import shutil
import tempfile
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

from gis_platform.core.counts import COUNTS_FOLDER

SERVING = "gis_platform.cli.serve_one"
"""Module of what the processes do. The process they are copied from loads it once, so that they
start in no time and share its memory."""
_LOADED_IN_PEACE = "gis_platform.cli.serve_peace"


@cache
def load_ahead() -> ForkServerContext:
    """Begin to load in a process of its own; a second call gives what the first gave.

    The libraries take seconds of a processor: the caller reads its settings and brings up the
    database in the meantime.

    Returns:
        the context in which to start processes.
    """
    counts = Path(tempfile.mkdtemp(prefix="gis-metrics-"))
    atexit.register(shutil.rmtree, counts, ignore_errors=True)
    os.environ[COUNTS_FOLDER] = str(counts)  # before the process is there: its copies inherit it
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_LOADED_IN_PEACE, SERVING])
    forkserver.ensure_running()
    return context


def collect_no_garbage() -> None:
    """While modules are loaded there is none to find, and looking for it takes a tenth of it."""
    gc.disable()


def collect_garbage() -> None:
    """Look for garbage again, but not in what was loaded: a copy shares that memory unwritten."""
    gc.freeze()
    gc.enable()
