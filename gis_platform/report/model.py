"""What a report says of a run, before it is put on paper."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from gis_platform.core.errors import Text
from gis_platform.core.findings import Account


@dataclass(frozen=True)
class SourceFacts:
    """The file a run read."""

    name: str
    sha256: str
    size_bytes: int
    is_known: bool = False
    """Whether the same bytes had been received before."""


@dataclass(frozen=True)
class PlaceLine:
    """Rows of one mahalle, or of one csbm in it."""

    mahalle_kod: int
    mahalle: str
    loaded: int
    held: int
    rejected: int
    csbm_kod: int | None = None
    csbm: str = ""
    outline: BaseGeometry | None = None
    """Surface of the mahalle, EPSG:4326, longitude first."""

    @property
    def rows(self) -> int:
        """All rows of the place."""
        return self.loaded + self.held + self.rejected

    @property
    def loaded_share(self) -> float:
        """Share of rows that were loaded, 0 to 1."""
        return self.loaded / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class ReasonLine:
    """Rows that ended as held or rejected for one reason."""

    outcome: str
    step: str
    code: str
    text: Text
    rows: int
    remedy: Text | None = None


@dataclass(frozen=True)
class ControlLine:
    """Findings of one control, with one of them as an example."""

    code: str
    layer: str
    severity: str
    findings: int
    example: Text


@dataclass(frozen=True)
class NoteLine:
    """Something said of a whole file or layer: its CRS, a column held back, a name mended."""

    code: str
    severity: str
    file: str
    text: Text


@dataclass(frozen=True)
class RunReport:
    """One run: what came in, what became of it, where and why."""

    batch_id: int
    pipeline: str
    title: Text
    source: SourceFacts
    started_at: datetime
    ended_at: datetime
    account: Account
    step_titles: Mapping[str, Text]
    changes: Mapping[str, int]
    """Features added, changed, unchanged and closed in the register."""
    levels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Rows by outcome and match level."""
    mahalle: tuple[PlaceLine, ...] = ()
    csbm: tuple[PlaceLine, ...] = ()
    reasons: tuple[ReasonLine, ...] = ()
    controls: tuple[ControlLine, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    """Held rows, longitude and latitude."""
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[NoteLine, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report for machines; both languages, no geometry."""
        return {
            "batch_id": self.batch_id,
            "pipeline": self.pipeline,
            "title": _both(self.title),
            "source": vars(self.source),
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "account": {
                "read": self.account.read,
                "loaded": self.account.loaded,
                "held": self.account.held,
                "rejected": self.account.rejected,
                "steps": [vars(step) for step in self.account.steps],
            },
            "changes": dict(self.changes),
            "levels": {outcome: dict(counts) for outcome, counts in self.levels.items()},
            "mahalle": [_place(line) for line in self.mahalle],
            "worst_csbm": [_place(line) for line in self.csbm],
            "reasons": [
                {
                    "outcome": line.outcome,
                    "step": line.step,
                    "code": line.code,
                    "rows": line.rows,
                    "text": _both(line.text),
                    "remedy": _both(line.remedy) if line.remedy else None,
                }
                for line in self.reasons
            ],
            "controls": [{**vars(line), "example": _both(line.example)} for line in self.controls],
            "notes": [{**vars(line), "text": _both(line.text)} for line in self.notes],
            "versions": dict(self.versions),
        }


def _both(text: Text) -> dict[str, str]:
    return {"tr": text.tr, "en": text.en}


def _place(line: PlaceLine) -> dict[str, Any]:
    shown = {name: value for name, value in vars(line).items() if name != "outline"}
    return {**shown, "loaded_share": round(line.loaded_share, 4)}
