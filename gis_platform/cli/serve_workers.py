"""The processes of ``gis serve``: those that answer, and the one that follows the register."""

import importlib
import logging
import multiprocessing
import os
import signal
import socket
import threading
from multiprocessing.context import ForkServerProcess
from typing import Any

from gis_platform.cli.serve_load import SERVING, collect_garbage, load_ahead
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database

_WATCH_EVERY = 0.5
_REST = 5.0
"""Seconds before a process that died young is started again."""
_LONGEST_END = 15.0
log = logging.getLogger("gis_platform.serve")


class Crew:
    """Processes that are started again when they die, and end together."""

    def __init__(self, settings: Settings) -> None:
        self._context = load_ahead()
        self.settings = settings
        self._members: list[tuple[str, tuple[Any, ...], ForkServerProcess]] = []

    def add(self, task: str, *given: Any) -> ForkServerProcess:
        """Start a process that calls ``task`` of :data:`SERVING`, and note it.

        Args:
            task: takes the settings, and then what is
            given: here.
        """
        process = self._context.Process(target=begin, args=(task, self.settings, *given), name=task)
        process.start()
        self._members.append((task, given, process))
        return process

    def add_serving(self, database: Database, opened: socket.socket, count: int) -> None:
        """Start processes that answer; returns when the first does: its fault is that of all.

        Raises:
            SystemExit: it ended before it answered; what was wrong stands on stderr.
        """
        is_serving = self._context.Event()
        process = self.add("answer", database, opened, is_serving)
        while not is_serving.wait(0.02):
            if not process.is_alive():
                raise SystemExit(process.exitcode)
        for _ in range(count - 1):
            self.add("answer", database, opened, is_serving)

    def watch(self, stop: threading.Event) -> None:
        """Start again what dies, until told to stop."""
        while not stop.wait(_WATCH_EVERY):
            for dead in [each for each in self._members if not each[2].is_alive()]:
                task, given, process = dead
                log.error("%s %s ended with %s", task, process.pid, process.exitcode)
                self._members.remove(dead)
                if task != "answer" and stop.wait(_REST):
                    return
                self.add(task, *given)

    def stop(self) -> None:
        """Let all end what they are doing, and wait for them."""
        for _, _, process in self._members:
            process.terminate()
        for _, _, process in self._members:
            process.join(_LONGEST_END)
            if process.is_alive():
                process.kill()


def begin(task: str, *given: Any) -> None:
    """What every process does first."""
    collect_garbage()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    getattr(importlib.import_module(SERVING), task)(*given)


def is_watched() -> bool:
    """Whether the process that watches this one is there; none outlives it."""
    parent = multiprocessing.parent_process()
    return parent is None or parent.is_alive()


def end_with_the_watcher() -> None:
    """Wait until nobody watches this process any more, and let it end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
