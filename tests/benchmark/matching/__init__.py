"""The matcher measured: speed, memory and quality, beside its peers in the same run.

``./run bench matching [DOORS] [--quality-only] [--json FILE]``; ``--help`` lists the rest. With
more than a million doors the reference is so many copies of a million, under other ilçe names.
"""

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from gis_platform.matching.gazetteer import Reference
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns

from .judge import judged, quality
from .messy import AMBIGUOUS, NONE, messy_addresses
from .peers import PEERS, run_peers
from .real import measure_real
from .speed import one_by_one, timed_build, worker
from .table import lines_of
from .weak import bad_rows, labels_of, report, write_bad
from .world import World, copies_of, make_world, reference_of

TEXT = AddressColumns(text="text")
NOISES = {"plain": False, "wild": True}
_WHOLE = 1_000_000


def main(arguments: list[str]) -> None:
    """Measure and print."""
    said = _said(arguments)
    copies = max(1, said.doors // _WHOLE)
    world = make_world(said.doors // copies, said.seed)
    reference = reference_of(world)
    asked = {
        noise: messy_addresses(world, said.queries, said.seed, wild=wild)
        for noise, wild in NOISES.items()
    }
    if copies > 1:
        asked = {noise: _with_ilce(frame) for noise, frame in asked.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = copies_of(reference, copies) if copies > 1 else reference
        facts: dict[str, Any] = {"doors": len(whole.kapi), "csbm": len(whole.csbm), **_machine()}  # type: ignore[arg-type]
        build = timed_build(whole, folder / "index")
        matcher = Matcher.open(folder / "index")
        facts["quality"] = _quality(matcher, whole, asked, said)
        if said.quality_only:
            return
        texts = _batch(world, said)
        facts["speed"] = build | worker(folder / "index", texts, folder)
        facts["speed"] |= one_by_one(matcher, texts, said.seed)
        del matcher
        facts["real"] = None if said.no_real else measure_real(folder)
        peers = run_peers(whole, asked, folder, said.peers)
    facts["peers"] = {
        one.name: {**one.facts, "quality": {n: q.as_dict() for n, q in one.quality.items()},
                   "why": one.why} for one in peers
    }  # fmt: skip
    print("\n".join(lines_of(facts, peers)))
    if facts["real"] is None and not said.no_real:
        print("real data: not beside the clone, left out")
    if said.json:
        said.json.write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")


def _said(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench matching")
    parser.add_argument("doors", nargs="?", type=int, default=20_000, help="doors of the reference")
    parser.add_argument("--quality-only", action="store_true", help="no speed, no peers; examples")
    parser.add_argument("--queries", type=int, default=5_000, help="messy addresses per noise")
    parser.add_argument("--batch", type=int, default=60_000, help="rows of the file for the batch")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, help="folder for the wrong and the missed rows, as CSV")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--examples", type=int, default=5, help="per kind of noise")
    parser.add_argument("--no-real", action="store_true", help="without the real registry")
    parser.add_argument("--peers", nargs="*", default=[one.name for one in PEERS],
                        help="which peers; none: --peers")  # fmt: skip
    return parser.parse_args(arguments)


def _with_ilce(asked: pd.DataFrame) -> pd.DataFrame:
    """Of several copies nobody can tell which one is meant where the text names no ilçe."""
    untold = asked["kinds"].str.contains("no_ilce|no_tail|other_ilce") & (asked["expected"] != NONE)
    return asked.assign(expected=asked["expected"].mask(untold, AMBIGUOUS))


def _machine() -> dict[str, Any]:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"processors": os.cpu_count(), "machine": platform.machine(), "load_before": load,
            "python": platform.python_version()}  # fmt: skip


def _batch(world: World, said: argparse.Namespace) -> list[str]:
    """Texts for the batch, half plain and half wild, none twice on purpose."""
    half = said.batch // 2
    parts = [
        messy_addresses(world, half, said.seed + 1, wild=wild)["text"] for wild in NOISES.values()
    ]
    return pd.concat(parts).sample(frac=1, random_state=said.seed).tolist()


def _quality(
    matcher: Matcher, reference: Reference, asked: dict[str, pd.DataFrame], said: argparse.Namespace
) -> dict[str, dict[str, float | int | None]]:
    found = {}
    for noise, frame in asked.items():
        answers = matcher.match(frame, TEXT, explain=True)
        rows = judged(frame, answers)
        found[noise] = quality(rows).as_dict()
        bad = bad_rows(rows, answers, labels_of(answers, reference.csbm))
        if said.quality_only:
            print(report(noise, rows, bad, said.examples))
        print(f"== {noise}: {found[noise]}")
        if said.out:
            write_bad(said.out, noise, bad)
    return found
