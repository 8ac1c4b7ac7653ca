"""``gis serve``: the portal, the OGC services and the address service on one port."""

import errno
import logging
import signal
import socket
import sys
import threading

import typer
import uvicorn

from gis_platform.api.app import create_app
from gis_platform.cli.main import settings_of
from gis_platform.core.errors import Text, UsageError
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database, open_database
from gis_platform.db.upgrade import upgrade

_GRACE_SECONDS = 5
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
) -> None:
    """Portalı, OGC servislerini ve adres servisini sunar. / Serves portal, OGC and addresses."""
    settings = settings_of(context)
    host, port = host or settings.server.host, port or settings.server.port
    listen(host, port).close()
    with open_database(settings) as database:
        upgrade(database)
        serve(settings, database, host, port)


def serve(settings: Settings, database: Database, host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM, then return; the caller closes the database.

    Raises:
        UsageError: the port is taken, or may not be used.
        ConfigError: something the pages need is not installed.
    """
    app = create_app(settings, database)
    _log_to_stderr()
    # Beside the start: the pages need no index, and after an upgrade this takes a minute.
    threading.Thread(target=app.state.service.index.warm, name="warm", daemon=True).start()
    with listen(host, port) as opened:
        server = _Server(
            uvicorn.Config(
                app, log_config=None, access_log=False, server_header=False, date_header=True,
                timeout_graceful_shutdown=_GRACE_SECONDS, lifespan="auto",
            ),
            settings, opened,
        )  # fmt: skip
        before = {each: signal.signal(each, signal.SIG_IGN) for each in _STOPS}
        try:
            server.run([opened])
        finally:
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


class _Server(uvicorn.Server):
    """uvicorn that says where it is, once it answers."""

    def __init__(self, config: uvicorn.Config, settings: Settings, opened: socket.socket) -> None:
        super().__init__(config)
        self._settings = settings
        self._opened = opened

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        host, port = self._opened.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        address = self._settings.server.public_url or f"http://{shown}:{port}"
        said = Text(
            f"Sunuluyor: {address}  (durdurmak için Ctrl-C)",
            f"Serving on {address}  (Ctrl-C to stop)",
        )
        sys.stdout.write(said.say(self._settings.language) + "\n")
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


def _log_to_stderr() -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("gis_platform").setLevel(logging.INFO)
