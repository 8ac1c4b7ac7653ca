"""What the processes of ``gis serve`` do: one kind answers, the other follows the register."""

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from multiprocessing.synchronize import Event

import uvicorn
from sqlalchemy.exc import DBAPIError

from gis_platform.api.app import create_app
from gis_platform.api.index import AddressIndex
from gis_platform.cli.main import say_error
from gis_platform.cli.serve_files import FileMaker
from gis_platform.cli.serve_load import collect_garbage
from gis_platform.cli.serve_workers import end_with_the_watcher, is_watched
from gis_platform.core.errors import GisPlatformError
from gis_platform.core.logs import log_to_stderr
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database, unavailable
from gis_platform.jobs.batch import Jobs
from gis_platform.jobs.index import Follower, ensure_index
from gis_platform.jobs.webhooks import tell_once

LOOK_EVERY = 1.0
"""Seconds between two looks at the register."""
_LOOK_FOR_FILES_EVERY = 0.5
_LOOK_FOR_FORMATS_EVERY = 5.0
_SWEEP_EVERY = 60.0
_AFTER_A_FAULT = 30.0
_GRACE_SECONDS = 5
_NICE = 10
_STOPS = (signal.SIGINT, signal.SIGTERM)
log = logging.getLogger("gis_platform.serve")


def answer(settings: Settings, database: Database, opened: socket.socket, serves: Event) -> None:
    """Answer what is asked on a socket until SIGINT or SIGTERM.

    Args:
        settings: of the server.
        database: where it asks.
        opened: listens already.
        serves: set as soon as answers are given.
    """
    log_to_stderr(settings.server.log_format)
    try:
        _answer(settings, database, opened, serves.set)
    except GisPlatformError as error:
        sys.exit(say_error(error))
    finally:
        database.dispose()


def _answer(
    settings: Settings, database: Database, opened: socket.socket, announce: Callable[[], None]
) -> None:
    app, end = create_app(settings, database), threading.Event()
    collect_garbage()
    index: AddressIndex = app.state.service.index
    # Beside the start: the pages need no index, and after an upgrade this takes a minute.
    threading.Thread(target=_keep_open, args=(index, end), name="index", daemon=True).start()
    threading.Thread(target=end_with_the_watcher, name="watcher", daemon=True).start()
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, date_header=True,
        timeout_graceful_shutdown=_GRACE_SECONDS, lifespan="auto",
    )  # fmt: skip
    for each in _STOPS:
        signal.signal(each, signal.SIG_IGN)  # uvicorn gives them back as it found them, and raises
    try:
        _Server(config, announce).run([opened])
    finally:
        end.set()


def _keep_open(index: AddressIndex, end: threading.Event) -> None:
    index.warm()
    index.watch(end)


class _Server(uvicorn.Server):
    """uvicorn that says so, once it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._announce()


def follow(settings: Settings, database: Database) -> None:
    """Make the index anew whenever the register has changed, until SIGTERM."""
    follower = Follower(database, lambda: _renew(settings, database))
    _again_and_again(settings, LOOK_EVERY, follower.look)


def match_files(settings: Settings, database: Database) -> None:
    """Answer files that were sent, one after the other, and delete what has expired."""
    with suppress(OSError):
        os.nice(_NICE)  # answering goes before
    jobs, swept = Jobs(settings, database), -_SWEEP_EVERY

    def work() -> bool:
        nonlocal swept
        if time.monotonic() - swept > _SWEEP_EVERY:
            swept = time.monotonic()
            jobs.sweep()
        return jobs.work_once()

    _again_and_again(settings, _LOOK_FOR_FILES_EVERY, work)


def make_files(settings: Settings, database: Database) -> None:
    """Make the files that take long, of whatever is published, until SIGTERM."""
    maker = FileMaker(settings, database)
    _again_and_again(settings, _LOOK_FOR_FORMATS_EVERY, maker.work_once)


def tell(settings: Settings, database: Database) -> None:
    """Tell other programs of changed addresses."""
    rules, address = settings.webhook, settings.server.public_url
    _again_and_again(settings, LOOK_EVERY, lambda: tell_once(database, rules, address))


def _again_and_again(settings: Settings, rest: float, step: Callable[[], bool]) -> None:
    """Do a step as long as the server is there; after one with nothing to do or a fault, rest."""
    log_to_stderr(settings.server.log_format)
    while is_watched():
        try:
            wait = 0.0 if step() else rest
        except DBAPIError as error:
            log.error("%s", unavailable(error))  # noqa: TRY400 (one line is enough)
            wait = _AFTER_A_FAULT
        time.sleep(wait)


def _renew(settings: Settings, database: Database) -> bool:
    """Build in a copy of this process, so that what a build takes of memory is given back.

    A copy at once has everything loaded, and this process has no thread that could be cut off.
    """
    process = multiprocessing.get_context("fork").Process(
        target=build, args=(settings, copy(database)), name="build"
    )
    process.start()
    process.join()
    if process.exitcode:
        log.error("the index was not made: %s", process.exitcode)
        time.sleep(_AFTER_A_FAULT)
    return process.exitcode == 0


def build(settings: Settings, database: Database) -> None:
    """Bring the address index up to the register."""
    with suppress(OSError):
        os.nice(_NICE)  # answering goes before
    try:
        with database.engine("gis_etl").connect() as connection:
            ensure_index(settings, connection)
    except GisPlatformError as error:
        sys.exit(say_error(error))
    finally:
        database.dispose()
