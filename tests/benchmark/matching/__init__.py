"""The matcher measured: speed, memory and quality, beside its peers in the same run.

``./run bench matching [DOORS] [--quality-only] [--queries N] [--seed N] [--out FOLDER] [--json FILE]``
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from gis_platform.matching.gazetteer import Reference, build_index
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns

from .judge import Quality, judged, quality
from .messy import messy_addresses
from .weak import bad_rows, labels_of, report, write_bad
from .world import World, make_world, reference_of

TEXT = AddressColumns(text="text")
NOISES = {"plain": False, "wild": True}


def main(arguments: list[str]) -> None:
    """Measure and print."""
    said = _said(arguments)
    world = make_world(said.doors, said.seed)
    reference = reference_of(world)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        build_index(reference, index)
        matcher = Matcher.open(index)
        for name, wild in NOISES.items():
            _print_quality(name, matcher, world, reference, said, wild=wild)


def _said(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench matching")
    parser.add_argument("doors", nargs="?", type=int, default=20_000, help="doors of the reference")
    parser.add_argument("--quality-only", action="store_true", help="no speed, no peers")
    parser.add_argument("--queries", type=int, default=5_000, help="messy addresses per noise")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, help="folder for the wrong and the missed rows, as CSV")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--examples", type=int, default=5, help="per kind of noise")
    return parser.parse_args(arguments)


def _print_quality(  # noqa: PLR0913
    name: str, matcher: Matcher, world: World, reference: Reference, said: Any, *, wild: bool
) -> Quality:
    asked = messy_addresses(world, said.queries, said.seed, wild=wild)
    answers = matcher.match(asked, TEXT, explain=True)
    rows = judged(asked, answers)
    found = quality(rows)
    labels = labels_of(answers, reference.csbm)
    bad = bad_rows(rows, answers, labels)
    print(report(name, rows, bad, said.examples))  # noqa: T201
    print(f"== {name}: {found.as_dict()}")  # noqa: T201
    if said.out:
        write_bad(said.out, name, bad)
    return found
