"""The lists that come with the platform as CSV; lines beginning with # tell where they are from."""

import csv
from collections.abc import Iterator
from importlib.resources import files


def read_data(name: str) -> Iterator[dict[str, str]]:
    """The rows of ``maks/data/<name>``."""
    text = (files("gis_platform.maks") / "data" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
