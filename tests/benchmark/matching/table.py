"""The figures as a table: what is asked for, what is aimed at, ours, and each peer's beside it."""

from collections.abc import Iterable
from typing import Any

from .peers import PeerResult

_BIG = 1_000_000


def lines_of(facts: dict[str, Any], peers: list[PeerResult]) -> list[str]:
    """The whole report."""
    rows = [*_speed(facts), *_quality(facts), *_real(facts)]
    out = [f"{'':<52} {'floor':>8} {'aim':>8} {'ours':>10}  "]
    for name, floor, aim, ours, holds in rows:
        out.append(f"{name:<52} {floor:>8} {aim:>8} {ours:>10}  {'' if holds else '← below floor'}")
    return [*out, "", *_peers(facts, peers)]


def _row(  # noqa: PLR0913
    name: str, floor: float, aim: float, ours: float | None, form: str = "{:.4g}",
         *, least: bool = False) -> tuple[str, str, str, str, bool]:  # fmt: skip
    """``least``: a greater figure is better."""
    if ours is None:
        return name, form.format(floor), form.format(aim), "–", True
    holds = ours >= floor if least else ours <= floor
    return name, form.format(floor), form.format(aim), form.format(ours), holds


def _speed(facts: dict[str, Any]) -> Iterable[tuple[str, str, str, str, bool]]:
    speed = facts.get("speed")
    if not speed:
        return
    doors = facts["doors"]
    at = "" if doors == _BIG else f" (at {doors:,} doors)"
    memory = (1200, 600) if doors > _BIG else (400, 250)
    yield _row(f"batch, CSV in to out with explanation, rows/s{at}", 4e4, 1e5,
               speed["rows"] / speed["batch_s"], "{:,.0f}", least=True)  # fmt: skip
    yield _row("  the same, rows per second of processor time", 4e4, 1e5,
               speed["rows"] / speed["batch_cpu_s"], "{:,.0f}", least=True)  # fmt: skip
    yield _row("one address, p95, ms", 1, 0.1, speed["one_p95_ms"])
    yield _row("one address, p50, ms", 1, 0.1, speed["one_p50_ms"])
    yield _row("  p95 of processor time", 1, 0.1, speed["one_cpu_p95_ms"])
    yield _row("suggest, p95, ms", 5, 1, speed["suggest_p95_ms"])
    times = max(1.0, doors / _BIG)
    yield _row("index build, s", 15 * times, 5 * times, speed["build_s"])
    yield _row("  of processor time", 15 * times, 5 * times, speed["build_cpu_s"])
    yield _row("open, s", 2, 0.3, speed["open_s"])
    yield _row("memory per worker after a batch, MB", *memory, speed["rss_mb"], "{:.0f}")
    yield _row("  of it private", *memory, speed["private_mb"], "{:.0f}")


def _quality(facts: dict[str, Any]) -> Iterable[tuple[str, str, str, str, bool]]:
    bars = {"plain": (0.96, 0.98), "wild": (0.93, 0.96)}
    for noise, found in facts["quality"].items():
        yield _row(f"recall at 99 % precision, {noise}", *bars[noise], found["recall_99"], "{:.4f}",
                   least=True)  # fmt: skip
    for noise, found in facts["quality"].items():
        yield _row(f"not in the reference, answered as matched, {noise}", 0.01, 0.003,
                   found["absent_answered"], "{:.4f}")  # fmt: skip
    for noise, found in facts["quality"].items():
        yield _row(f"calibration error (ECE), {noise}", 0.02, 0.01, found["ece"], "{:.4f}")


def _real(facts: dict[str, Any]) -> Iterable[tuple[str, str, str, str, bool]]:
    real = facts.get("real")
    if not real:
        return
    for source, found in real["labels"].items():
        name = f"street_labels, {source} ({found['rows']} rows)"
        yield _row(f"{name}: right", 0.995, 0.999, found["right"], "{:.4f}", least=True)
        yield _row(f"{name}: decided", 0.985, 0.995, found["decided"], "{:.4f}", least=True)
    for found in real["taken_out"]:
        name = f"10 % of csbm taken out, seed {found['seed']} ({found['rows']} rows): matched"
        yield _row(name, 0.02, 0.005, found["share"], "{:.4f}")
    yield _row("calibration error (ECE), street_labels", 0.02, 0.01, real["ece"], "{:.4f}")


def _peers(facts: dict[str, Any], peers: list[PeerResult]) -> Iterable[str]:
    head = ("rows/s", "/cpu-s", "ratio", "build s", "MB")
    noises = list(facts["quality"])
    for noise in noises:
        head += (f"acc {noise}", "R@P99", "right", "absent")
    if peers:
        yield "Peers, same run, same reference and addresses (fewer of them: n of each noise)"
        yield f"{'':<18}" + "".join(f"{word:>11}" for word in head)
        yield _peer_line("ours", _our_speed(facts), [facts["quality"][n] for n in noises])
    for peer in peers:
        if peer.why:
            yield f"{peer.name:<18} NOT MEASURED: {peer.why}"
            continue
        found = [peer.quality[noise].as_dict() for noise in noises]
        name = f"{peer.name} n={next(iter(peer.quality.values())).rows}"
        yield _peer_line(name, _peer_speed(facts, peer), found)


def _our_speed(facts: dict[str, Any]) -> list[str]:
    speed = facts["speed"]
    rows = speed["rows"]
    return [f"{rows / speed['batch_s']:,.0f}", f"{rows / speed['batch_cpu_s']:,.0f}",
            "1", f"{speed['build_s']:.1f}", f"{speed['rss_mb']:.0f}"]  # fmt: skip


def _peer_speed(facts: dict[str, Any], peer: PeerResult) -> list[str]:
    speed, theirs = facts["speed"], peer.rows_per_cpu_second
    ratio = speed["rows"] / speed["batch_cpu_s"] / theirs if theirs else 0
    return [f"{peer.rows_per_second:,.0f}", f"{theirs:,.0f}", f"1:{ratio:,.0f}",
            f"{peer.facts['build_s']:.1f}", f"{peer.facts['rss_mb']:.0f}"]  # fmt: skip


def _peer_line(name: str, speed: list[str], found: list[dict[str, Any]]) -> str:
    cells = list(speed)
    for one in found:
        cells += [_share(one[key]) for key in ("accuracy", "recall_99", "right", "absent_answered")]
    return f"{name:<18}" + "".join(f"{cell:>11}" for cell in cells)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
