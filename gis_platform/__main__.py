"""``gis``, and ``python -m gis_platform``: the command line, and what must begin before it."""

import importlib
import sys

from gis_platform.cli.serve_load import load_ahead


def run() -> None:
    """Console entry, see :func:`gis_platform.cli.main.run`."""
    if sys.argv[1:2] == ["serve"] and "--help" not in sys.argv:
        load_ahead()  # while the rest of this process is loaded
    importlib.import_module("gis_platform.cli.main").run()


if __name__ == "__main__":
    run()
