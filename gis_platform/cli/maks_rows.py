"""Rows for a person as a table, for a machine as JSON."""

import json
import sys
from collections.abc import Sequence

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_PIPE_WIDTH = 200
"""Characters of a line where no terminal says how wide it is."""


def print_rows(rows: Sequence[dict[str, str]]) -> None:
    """A table whose headers are the keys of the first row; nothing where there is none."""
    if not rows:
        return
    table = Table(box=SIMPLE, pad_edge=False)
    for at, name in enumerate(rows[0]):
        table.add_column(name, overflow="fold", no_wrap=at == 0)
    for row in rows:
        table.add_row(*(escape(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(table)


def write_json(value: object) -> None:
    """JSON with real letters, indented."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
