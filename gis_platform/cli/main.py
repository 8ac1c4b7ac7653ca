"""The entrance of the command line: finds the command groups, turns errors into one line."""

import errno
import importlib
import pkgutil
import signal
import sys
from types import FrameType
from typing import Any

import typer
from sqlalchemy.exc import DBAPIError, OperationalError

import gis_platform.cli
from gis_platform import __version__
from gis_platform.core.disk import disk_full
from gis_platform.core.errors import GisPlatformError
from gis_platform.core.language import Language, half
from gis_platform.core.settings import Settings, read_settings
from gis_platform.db.engine import unavailable

DATA_EXIT = 1
"""Exit code where findings block."""


def build(asked: str | None = None) -> typer.Typer:
    """The ``gis`` command with every group found in this package.

    A module with an underscore in its name (``maks_export``) is a part of the group before it.

    Args:
        asked: the first word of the command line; where a module has its name, only that one is
            imported (none for ``--version``): the others' libraries take seconds.
    """
    root = typer.Typer(
        name="gis",
        help="Adres eşleme, MAKS kontrolleri ve onaylı açık veri yayını. / "
        "Address matching, MAKS controls and approved open-data publication.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    root.callback()(_root)
    modules = {module.name for module in pkgutil.iter_modules(gis_platform.cli.__path__)}
    there = {name for name in modules if "_" not in name} - {"main"}
    for name in _wanted(asked, there):
        importlib.import_module(f"{gis_platform.cli.__name__}.{name}").register(root)
    return root


def _wanted(asked: str | None, there: set[str]) -> list[str]:
    if asked == "--version":
        return []
    return [asked] if asked in there else sorted(there)


def _root(
    context: typer.Context,
    version: bool = typer.Option(  # noqa: FBT001
        False,  # noqa: FBT003
        "--version",
        is_eager=True,
        callback=lambda is_asked: _print_version() if is_asked else None,
        help="Sürümü yazar. / Prints the version.",
    ),
) -> None:
    """Adres eşleme, MAKS kontrolleri, onaylı yayın. / Matching, controls, publication."""
    if context.resilient_parsing:
        return
    context.obj = read_settings()


def _print_version() -> None:
    sys.stdout.write(f"{__version__}\n")
    raise typer.Exit


def settings_of(context: typer.Context) -> Settings:
    """The settings read once at the entrance."""
    settings: Settings = context.find_object(Settings) or read_settings()
    return settings


def run() -> None:
    """Console entry: exit 0 clean, 1 data or findings that block, 2 misuse, 128+n a signal."""
    for stop in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(stop, _leave)
    sys.exit(_run())


def _leave(number: int, _frame: FrameType | None) -> None:
    """Leave through the ``finally`` blocks, so that the private cluster is stopped."""
    sys.exit(128 + number)


def _run() -> int:
    try:
        command = typer.main.get_command(build(next(iter(sys.argv[1:]), None)))
        in_language(command, _language())
        command()
    except GisPlatformError as error:
        return say_error(error)
    except DBAPIError as error:
        return _say_database(error)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return say_error(disk_full())
        raise
    return 0


def _say_database(error: DBAPIError) -> int:
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return say_error(unavailable(error))
    raise error


def in_language(command: Any, language: Language) -> None:
    """Let ``--help`` of a command, and of all below it, speak one language.

    The texts are written ``Türkçe. / English.``; what a list of commands would show of that is
    the first sentence only, so that a reader of English would see none.
    """
    for thing in (command, *command.params):
        if getattr(thing, "help", None):
            thing.help = half(" ".join(thing.help.split()), language)
    for inner in getattr(command, "commands", {}).values():
        in_language(inner, language)


def _language() -> Language:
    try:
        return read_settings().language
    except GisPlatformError:
        return "tr"


def say_error(error: GisPlatformError) -> int:
    """Write the one line of an error on stderr, and give the exit code that goes with it."""
    language = _language()
    sys.stderr.write(("HATA " if language == "tr" else "ERROR ") + error.say(language) + "\n")
    return error.exit_code
