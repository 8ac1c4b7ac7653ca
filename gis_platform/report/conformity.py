"""What a conformity file says, before it is put on paper: counts, places, drawings, origins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.report.drawing import Drawing


@dataclass(frozen=True)
class LayerLine:
    """Features of a layer, and those with a finding that blocks or warns."""

    layer: str
    title: Text
    features: int
    with_error: int
    with_warning: int


@dataclass(frozen=True)
class ControlLine:
    """One control of the profile: its rule, where it is from, and what it found.

    Attributes:
        action: what the profile does with a breach: block, warn, info, off.
        errors, warnings, notes: findings by weight.
        waived: findings that people let be; they count in none of the others.
        by_mahalle: findings per identity number of the mahalle.
    """

    code: str
    layer: Text
    rule: Text
    source: str
    evidence: Text
    action: str
    errors: int
    warnings: int
    notes: int
    waived: int
    by_mahalle: Mapping[int, int]

    @property
    def findings(self) -> int:
        """All of them."""
        return self.errors + self.warnings + self.notes


@dataclass(frozen=True)
class MahalleLine:
    """Features of a mahalle, and those with a finding."""

    kimlik_no: int
    ad: str
    features: int
    doors: int
    with_error: int
    with_warning: int

    @property
    def clean_share(self) -> float:
        """Share of its features without an error, 0 to 1."""
        return 1 - self.with_error / self.features if self.features else 1.0


@dataclass(frozen=True)
class CsbmLine:
    """One of the roads with most findings, and a drawing of it."""

    name: str
    kimlik_no: int
    uavt: tuple[int, ...]
    mahalle: str
    doors: int
    with_error: int
    with_warning: int
    codes: tuple[tuple[str, int], ...]
    sketch: Drawing


@dataclass(frozen=True)
class TrendLine:
    """What a report of some day counted."""

    reported_on: date
    features: int
    clean: int
    errors: int
    warnings: int

    @property
    def clean_share(self) -> float:
        """Share of the features without an error, 0 to 1."""
        return self.clean / self.features if self.features else 1.0


@dataclass(frozen=True)
class OriginLine:
    """A file the features came from."""

    file: str
    sha256: str
    size: int
    received: str
    person: str
    crs: str
    operation: str
    accuracy_m: float | None
    features: int


@dataclass(frozen=True)
class WaiverLine:
    """A waiver that holds on the day of the file, or one past its day whose breaches are back.

    Attributes:
        findings: what it lets be; of one that is past, what it let be and now counts again.
        is_past: whether its last day is over.
    """

    number: int
    code: str
    scope: Text
    reason: str
    person: str
    given_on: date
    until: date
    findings: int
    is_past: bool


@dataclass(frozen=True)
class Conformity:
    """A conformity file.

    Attributes:
        organisation: whose register it is.
        subject: what was checked: the register, a mahalle of it, or a delivery.
        reported_on: its date, the only thing that differs between two files of one input.
        findings: every finding, ``kod, agirlik, katman, kimlik_no, mahalle, bulgu, care, dosya,
            satir, boylam, enlem``; ``bulgu`` and ``care`` are ``Text``.
        map: the mahalle in the colour of their rate.
        signatures: who signs, by office.
    """

    organisation: Text
    subject: Text
    profile: Text
    reported_on: date
    layers: tuple[LayerLine, ...]
    controls: tuple[ControlLine, ...]
    mahalle: tuple[MahalleLine, ...]
    csbm: tuple[CsbmLine, ...]
    trend: tuple[TrendLine, ...]
    origins: tuple[OriginLine, ...]
    versions: Mapping[str, str]
    waivers: tuple[WaiverLine, ...]
    findings: pd.DataFrame
    map: Drawing | None
    signatures: tuple[Text, ...]

    @property
    def features(self) -> int:
        """All features checked."""
        return sum(line.features for line in self.layers)

    @property
    def with_error(self) -> int:
        """Features with a finding that blocks."""
        return sum(line.with_error for line in self.layers)

    @property
    def errors(self) -> int:
        """Findings that block."""
        return sum(line.errors for line in self.controls)

    @property
    def warnings(self) -> int:
        """Findings that warn."""
        return sum(line.warnings for line in self.controls)

    @property
    def clean_share(self) -> float:
        """Share of the features without an error, 0 to 1."""
        return 1 - self.with_error / self.features if self.features else 1.0

    @property
    def conforms(self) -> bool:
        """Whether nothing blocks."""
        return self.errors == 0
