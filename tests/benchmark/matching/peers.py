"""The peers on the same reference and addresses, each in an environment of its own, in this run."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gis_platform.matching.gazetteer import Reference

from .environments import call, python_of
from .judge import Quality, judged, quality

_SCRIPTS = Path(__file__).parents[1] / "peers"


@dataclass(frozen=True)
class Peer:
    """An engine, its licence, and how many addresses it is asked at most (of each noise).

    ``lock`` names its environment; without one it runs in ours. ``work``: doors times addresses it
    gets through in a bearable time, for those that look at every door.
    """

    name: str
    licence: str
    most: int
    lock: str = ""
    work: float = float("inf")

    def addresses(self, doors: int) -> int:
        """How many addresses of each noise it is asked with such a reference."""
        return int(max(20, min(self.most, self.work / doors)))


PEERS = (
    Peer("splink", "MIT", 5_000, "requirements-bench.lock"),
    Peer("ukam", "MIT", 1_000, "requirements-bench-ukam.lock"),
    Peer("rapidfuzz", "MIT", 300, work=2e7),
)


@dataclass(frozen=True)
class PeerResult:
    """What a peer reached; ``why`` says why there is nothing else."""

    name: str
    facts: dict[str, Any]
    quality: dict[str, Quality]
    why: str = ""

    @property
    def rows_per_second(self) -> float | None:
        """Addresses answered in a second, its own start and build left out."""
        return self.facts["rows"] / self.facts["match_s"] if self.facts else None

    @property
    def rows_per_cpu_second(self) -> float | None:
        """The same by processor time."""
        return self.facts["rows"] / self.facts["match_cpu_s"] if self.facts else None


def run_peers(
    reference: Reference, asked: dict[str, pd.DataFrame], folder: Path, names: list[str]
) -> list[PeerResult]:
    """Ask every peer the first addresses of each noise; one that cannot run says so."""
    assert reference.kapi is not None
    doors = reference.kapi.merge(reference.csbm, on="csbm_kod")
    doors.to_csv(folder / "reference.csv", index=False)
    csbm = doors.set_index("numarataj_kimlik_no")["csbm_kod"]
    return [_run(peer, csbm, asked, folder) for peer in PEERS if peer.name in names]


def _run(
    peer: Peer, csbm: "pd.Series[Any]", asked: dict[str, pd.DataFrame], folder: Path
) -> PeerResult:
    count = peer.addresses(len(csbm))
    parts = {name: frame.head(count) for name, frame in asked.items()}
    together = pd.concat(parts.values(), ignore_index=True)
    together[["text"]].to_csv(folder / "asked.csv", index_label="row")
    answers = folder / f"{peer.name}.csv"
    try:
        python = _environment(peer)
        script = _SCRIPTS / f"peer_{peer.name}.py"
        files = [folder / "reference.csv", folder / "asked.csv", answers]
        done = call([python, script, *files])
    except (subprocess.CalledProcessError, OSError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return PeerResult(peer.name, {}, {}, said[-1] if said else repr(error))
    found = pd.read_csv(answers).set_index("row").reindex(range(len(together)))
    frame, at, by_noise = _as_answers(found, csbm), 0, {}
    for name, part in parts.items():
        mine = frame.iloc[at : at + len(part)].reset_index(drop=True)
        result = quality(judged(part.reset_index(drop=True), mine))
        by_noise[name] = _honest(result, has_threshold=bool(found["is_matched"].notna().any()))
        at += len(part)
    return PeerResult(peer.name, json.loads(done.stdout.strip().splitlines()[-1]), by_noise)


def _honest(found: Quality, *, has_threshold: bool) -> Quality:
    """Without what the engine does not claim: some have no threshold of their own."""
    facts = found.as_dict()
    if not has_threshold:
        facts |= dict.fromkeys(("decided", "right", "absent_answered", "ambiguous_answered"))
    return Quality(**facts)  # type: ignore[arg-type]


def _as_answers(found: pd.DataFrame, csbm: "pd.Series[Any]") -> pd.DataFrame:
    door = pd.to_numeric(found["numarataj_kimlik_no"])
    is_there = door.notna().to_numpy()
    return pd.DataFrame({
        "match_status": np.where(found["is_matched"] == 1, "matched", "review"),
        "match_level": np.where(is_there, "kapi", ""),
        "csbm_kod": csbm.reindex(door.fillna(-1).astype("int64")).to_numpy(),
        "numarataj_kimlik_no": door.to_numpy(),
        "score": found["score"].fillna(-1e9).to_numpy(),
    })  # fmt: skip


def _environment(peer: Peer) -> Path:
    """The peer's Python."""
    return python_of(peer.name, peer.lock) if peer.lock else Path(sys.executable)
