"""Speed and memory of the matcher: build, open, batch from file to file, one address, suggest."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from gis_platform.matching.gazetteer import Reference, build_index
from gis_platform.matching.match import Matcher

_ONE = 3_000


def timed_build(reference: Reference, index: Path) -> dict[str, float]:
    """Compile the reference; seconds on the wall and of the processor."""
    begin, used = time.perf_counter(), time.process_time()
    build_index(reference, index)
    return {
        "build_s": round(time.perf_counter() - begin, 3),
        "build_cpu_s": round(time.process_time() - used, 3),
        "index_mb": round(sum(f.stat().st_size for f in index.rglob("*") if f.is_file()) / 2**20),
    }


def worker(index: Path, texts: list[str], folder: Path) -> dict[str, float]:
    """A fresh process opens the index and answers a CSV into a CSV with explanation."""
    file = folder / "batch.csv"
    pd.DataFrame({"text": texts}).to_csv(file, index=False)
    script = Path(__file__).with_name("worker.py")
    for _ in range(2):  # the first may have to compile, once on a machine
        done = subprocess.run(
            [sys.executable, script, index, file], check=True, capture_output=True, text=True
        )
    facts: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return facts


def one_by_one(matcher: Matcher, texts: list[str], seed: int) -> dict[str, float]:
    """Milliseconds of one address and of one suggest, median and 95 %, wall and processor."""
    rng = np.random.default_rng(seed)
    chosen = [texts[at] for at in rng.integers(len(texts), size=_ONE).tolist()]
    typed = [text[: int(rng.integers(3, 26))] for text in _typed(matcher, rng)]
    return {
        **_percentiles("one", matcher.match_one, chosen),
        **_percentiles("suggest", matcher.suggest, typed),
    }


def _typed(matcher: Matcher, rng: np.random.Generator) -> list[str]:
    """What people type into a search box: a csbm, or its mahalle first, or its ilçe behind."""
    said = []
    for at in rng.integers(len(matcher.index.csbm_kod), size=_ONE).tolist():
        place = matcher.candidate(at, -1, 1.0)
        order = ([place.csbm], [place.mahalle, place.csbm], [place.csbm, place.ilce])
        said.append(" ".join(str(name) for name in order[int(rng.integers(3))]))
    return said


def _percentiles(name: str, ask: Callable[[str], object], texts: list[str]) -> dict[str, float]:
    for text in texts[:50]:
        ask(text)
    wall, cpu = np.empty(len(texts)), np.empty(len(texts))
    for at, text in enumerate(texts):
        begin, used = time.perf_counter_ns(), time.thread_time_ns()
        ask(text)
        wall[at], cpu[at] = time.perf_counter_ns() - begin, time.thread_time_ns() - used
    facts = {"p50": np.percentile(wall, 50), "p95": np.percentile(wall, 95),
             "cpu_p50": np.percentile(cpu, 50), "cpu_p95": np.percentile(cpu, 95)}  # fmt: skip
    return {f"{name}_{key}_ms": round(float(value) / 1e6, 4) for key, value in facts.items()}
