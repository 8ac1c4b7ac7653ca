"""What the server counts of itself, in the form Prometheus reads; the same over all workers.

Nothing of what is asked is counted by its words: labels are parts of the server, methods, statuses.
"""

import os
import time
from collections.abc import Iterable
from functools import lru_cache

from prometheus_client import REGISTRY as OWN
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from gis_platform.core.counts import COUNTS_FOLDER

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PARTS = (
    ("/ogc", "ogc"),
    ("/api/v1/addresses/search", "search"),
    ("/api/v1/addresses/match", "match"),
    ("/api/v1/addresses/reverse", "reverse"),
    ("/api/v1/addresses/changes", "changes"),
    ("/api/v1/addresses/", "register"),
    ("/api/v1/batch", "batch"),
    ("/api/v1/ban/", "compatible"),
    ("/api/v1/photon/", "compatible"),
    ("/api/v1/pelias/", "compatible"),
    ("/api/v1/nominatim/", "compatible"),
    ("/api/v1/datasets/", "rows"),
    ("/api/", "layers"),
    ("/tiles/", "tiles"),
    ("/files/", "files"),
    ("/static/", "assets"),
    ("/maplibre/", "assets"),
    ("/health", "health"),
    ("/ready", "health"),
    ("/metrics", "health"),
)
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_REQUESTS = Counter("gis_requests", "Requests answered.", ("part", "method", "status"))
_SECONDS = Histogram("gis_request_seconds", "Time to answer.", ("part",), buckets=_BUCKETS)
_BYTES = Counter("gis_response_bytes", "Bytes sent.", ("part",))


def part_of(path: str) -> str:
    """The part of the server that answers a path."""
    return next((name for beginning, name in _PARTS if path.startswith(beginning)), "portal")


def count(path: str, method: str, status: int, size: int, seconds: float) -> None:
    """Count an answer; a status of 0 is one that was broken off."""
    requests, took, sent = _counters(
        part_of(path), method if method in _METHODS else "other", status
    )
    requests.inc()
    took.observe(seconds)
    sent.inc(size)


@lru_cache(maxsize=2000)
def _counters(part: str, method: str, status: int) -> tuple[Counter, Histogram, Counter]:
    """Found once: to look them up by their labels takes longer than to count."""
    return (
        _REQUESTS.labels(part, method, str(status)), _SECONDS.labels(part), _BYTES.labels(part),
    )  # fmt: skip


class _Standing(Collector):
    """What is asked at the moment, and not counted."""

    def __init__(self, version: str, figures: dict[str, float]) -> None:
        self._version, self._figures = version, figures

    def collect(self) -> Iterable[Metric]:
        """The figures as gauges."""
        yield InfoMetricFamily("gis_platform", "The program.", {"version": self._version})
        for name, value in self._figures.items():
            yield GaugeMetricFamily(f"gis_{name}", _HELP[name], value)


_HELP = {
    "database_up": "1 where the database answers.",
    "index_open": "1 where an address index is open.",
    "index_doors": "Doors in the address index.",
    "index_age_seconds": "Time since the address index was made.",
    "batch_jobs_open": "Files that wait or are being answered.",
}


def report(version: str, figures: dict[str, float]) -> bytes:
    """Everything that was counted, by all workers of this server, and these figures."""
    registry = CollectorRegistry()
    if COUNTS_FOLDER in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(OWN)
    registry.register(_Standing(version, figures))
    return generate_latest(registry)


def age(made_at: float | None) -> float:
    """Seconds since a moment of :func:`time.time`; 0 where there was none."""
    return 0.0 if made_at is None else max(0.0, time.time() - made_at)
