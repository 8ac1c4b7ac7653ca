"""What a job says about data: findings, and the account of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gis_platform.core.errors import GisPlatformError, Place, Text


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One rule broken by one feature or row.

    Attributes:
        code: the rule, e.g. ``R-NUM-04`` or ``row.too-many-fields``.
        layer: MAKS layer or ``row`` for rows of a text file.
        feature_id: kimlik no as text; ``None`` speaks of the whole layer.
        text: the sentence with the offending values filled in.
        values: the offending values, for machines.
        remedy: what a person can do; offered, never applied.
        place: file, row and field, where the feature came from.
        wkt: geometry to look at, EPSG:4326, longitude first, or ``None``.
        fix: what would mend the feature, column to value, as ``gis maks fix`` would write it.
        waiver: number of the waiver under which a person let it be; ``None`` where none did.
    """

    code: str
    layer: str
    feature_id: str | None
    severity: Severity
    text: Text
    values: Mapping[str, str] = field(default_factory=dict)
    remedy: Text | None = None
    place: Place = field(default_factory=Place)
    wkt: str | None = None
    fix: Mapping[str, str] | None = None
    waiver: int | None = None


class AccountError(GisPlatformError):
    """A step lost or invented rows: a fault of ours, never of the data."""

    code = "account"
    exit_code = 1


@dataclass(frozen=True)
class StepAccount:
    """The rows of one step: ``read == passed + held + rejected``, or it raises."""

    step: str
    read: int
    passed: int
    held: int = 0
    rejected: int = 0

    def __post_init__(self) -> None:
        out = self.passed + self.held + self.rejected
        if self.read != out:
            raise AccountError(
                Text(
                    f"“{self.step}” adımı {self.read} satır aldı, {out} satırın hesabını verdi.",
                    f"Step “{self.step}” took {self.read} rows and accounts for {out}.",
                )
            )


@dataclass(frozen=True)
class Account:
    """The rows of a whole run; ``read = loaded + held + rejected`` over its ordered steps."""

    steps: tuple[StepAccount, ...]

    @property
    def read(self) -> int:
        """Rows that came in."""
        return self.steps[0].read if self.steps else 0

    @property
    def loaded(self) -> int:
        """Rows that reached the end."""
        return self.steps[-1].passed if self.steps else 0

    @property
    def held(self) -> int:
        """Rows that wait for a person."""
        return sum(step.held for step in self.steps)

    @property
    def rejected(self) -> int:
        """Rows refused, each kept with its reason."""
        return sum(step.rejected for step in self.steps)

    def __post_init__(self) -> None:
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            if before.passed != after.read:
                raise AccountError(
                    Text(
                        f"“{before.step}” {before.passed} satır verdi, "
                        f"“{after.step}” {after.read} aldı.",
                        f"“{before.step}” passed {before.passed} rows, "
                        f"“{after.step}” read {after.read}.",
                    )
                )
