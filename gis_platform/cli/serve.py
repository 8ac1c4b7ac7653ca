"""``gis serve``: the portal, the OGC services and the address service on one port."""

import errno
import signal
import socket
import sys
import threading

import typer

from gis_platform.cli.main import settings_of
from gis_platform.cli.serve_workers import Crew
from gis_platform.core.errors import Text, UsageError
from gis_platform.core.logs import log_to_stderr
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database, open_database
from gis_platform.db.upgrade import upgrade

_BACKLOG = 2048


def register(root: typer.Typer) -> None:
    """Add the command to ``gis``."""
    root.command("serve")(run)


def run(
    context: typer.Context,
    host: str | None = typer.Option(
        None, help="Dinlenecek adres. / Address to listen on. (GIS_SERVER__HOST)"
    ),
    port: int | None = typer.Option(
        None, min=1, max=65535, help="TCP kapısı. / TCP port. (GIS_SERVER__PORT)"
    ),
    workers: int | None = typer.Option(
        None,
        min=1,
        max=64,
        help="Kaç süreç sunsun. / How many processes serve. (GIS_SERVER__WORKERS)",
    ),
) -> None:
    """Portalı, OGC servislerini ve adres servisini sunar. / Serves portal, OGC and addresses."""
    settings = settings_of(context)
    host, port = host or settings.server.host, port or settings.server.port
    listen(host, port).close()
    crew = Crew(settings)
    with open_database(settings) as database:
        upgrade(database)
        serve(crew, database, host, port, workers or settings.server.workers)


def serve(crew: Crew, database: Database, host: str, port: int, workers: int) -> None:
    """Serve until Ctrl-C or SIGTERM, then return; the caller closes the database.

    Raises:
        UsageError: the port is taken, or may not be used.
        SystemExit: a process could not start; it said why.
    """
    log_to_stderr(crew.settings.server.log_format)
    stop = threading.Event()
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in _STOPS}
    try:
        with listen(host, port) as opened:
            crew.add_serving(database, opened, workers)
            _announce(crew.settings, opened)
            if crew.settings.server.follow_register:
                crew.add("follow", database)
            crew.add("match_files", database)
            crew.add("tell", database)
            crew.add("make_files", database)
            crew.watch(stop)
    finally:
        crew.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on the address.

    Raises:
        UsageError: it cannot; one line says why.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise _cannot_listen(host, port, error) from None
    # The protocol is named, else asyncio leaves Nagle's algorithm on: 40 ms at every answer.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(_BACKLOG)
    except OSError as error:
        opened.close()
        raise _cannot_listen(host, port, error) from None
    return opened


_STOPS = (signal.SIGINT, signal.SIGTERM)


def _announce(settings: Settings, opened: socket.socket) -> None:
    """Say where we are."""
    host, port = opened.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    address = settings.server.public_url or f"http://{shown}:{port}"
    said = Text(
        f"Sunuluyor: {address}  (durdurmak için Ctrl-C)",
        f"Serving on {address}  (Ctrl-C to stop)",
    )
    sys.stdout.write(said.say(settings.language) + "\n")
    sys.stdout.flush()


def _cannot_listen(host: str, port: int, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            Text(f"{port} kapısı dolu.", f"Port {port} is taken."),
            remedy=Text(f"--port {port + 1} ya da öteki programı kapatın",
                        f"--port {port + 1}, or stop the other program"),
        )  # fmt: skip
    return UsageError(
        Text(
            f"{host}:{port} dinlenemiyor: {error.strerror or error}",
            f"Cannot listen on {host}:{port}: {error.strerror or error}",
        )
    )
