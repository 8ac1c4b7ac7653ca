"""The shape of a control, and the registry: one rule looks at layers and yields what breaks it."""

import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from shapely.geometry.base import BaseGeometry

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.core.registry import Registry

Evidence = Literal["C", "C-obs", "S", "I"]
"""How sure the source of a rule is: confirmed, observed in real systems, secondary, inferred."""
EVERY_LAYER = "*"
"""The layer of a control that looks at all of them."""


@dataclass(frozen=True)
class Violation:
    """One feature that breaks a rule.

    Attributes:
        index: its row in the frame of the layer; ``None`` speaks of the whole layer.
        values: what fills the placeholders of the sentence; a ``Text`` is said in each language.
        kind: which of the control's ``kinds`` of breach; ``""`` is the plain one.
        geometry: where to look, EPSG:5254; the feature's own where ``None``.
        remedy: what would mend this very feature, where it can be computed.
        fix: the same as values, column to value; offered, and written by ``gis maks fix`` alone.
        layer: the feature's layer, where it is not the control's.
    """

    index: Hashable | None
    values: Mapping[str, object] = field(default_factory=dict)
    kind: str = ""
    geometry: BaseGeometry | None = None
    remedy: Text | None = None
    layer: str | None = None
    fix: Mapping[str, object] | None = None


Check = Callable[..., Iterable[Violation]]
"""``check(layers, *, limit=default…)``; keyword arguments are limits a profile may set."""


@dataclass(frozen=True)
class Control:
    """One rule.

    Attributes:
        code: the rule's id, e.g. ``R-NUM-04`` (maks.md §5).
        layer: the layer it speaks of; ``*`` for all.
        severity: how much a breach weighs where no profile says otherwise.
        source: the clause of the regulation or guide it comes from.
        evidence: how sure that source is.
        rule: the rule itself, one sentence.
        text: what is said of a feature that breaks it, with ``{placeholders}``.
        kinds: further kinds of breach, each with its own sentence; a profile may set
            ``CODE.kind`` apart from ``CODE``.
        remedy: what a person does about it.
        is_certain: a breach is a fact, not a likelihood; such a control must never be wrong.
        can_be_fixed: its remedy can be computed for some breaches (``Violation.fix``).
        can_be_waived: whether a person may let a breach be; not where the register's tables
            cannot hold it.
        check: the function.
    """

    code: str
    layer: str
    severity: Severity
    source: str
    evidence: Evidence
    rule: Text
    text: Text
    kinds: Mapping[str, Text]
    remedy: Text | None
    is_certain: bool
    can_be_fixed: bool
    can_be_waived: bool
    check: Check

    @property
    def limits(self) -> dict[str, object]:
        """Its limits with their defaults: the keyword arguments of the function."""
        parameters = inspect.signature(self.check).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}

    def sentence(self, kind: str) -> Text:
        """What is said of a breach of this kind."""
        return self.kinds[kind] if kind else self.text


controls: Registry[Control] = Registry(
    "kontrol (control)", "gis_platform.maks.controls", "gis_platform.controls"
)
"""Every control by its code; each file of ``maks/controls`` adds one."""


def control(  # noqa: PLR0913 - a rule has that many sides, all named
    code: str,
    *,
    layer: str,
    severity: Severity,
    source: str,
    evidence: Evidence,
    rule: Text,
    text: Text,
    kinds: Mapping[str, Text] | None = None,
    remedy: Text | None = None,
    is_certain: bool = True,
    can_be_fixed: bool = False,
    can_be_waived: bool = True,
) -> Callable[[Check], Check]:
    """Register the decorated function as the control ``code``; see ``Control``."""

    def register(check: Check) -> Check:
        made = Control(
            code, layer, severity, source, evidence, rule, text, kinds or {}, remedy, is_certain,
            can_be_fixed, can_be_waived, check,
        )  # fmt: skip
        controls.put(code, made)
        return check

    return register


def fill(text: Text, values: Mapping[str, object]) -> Text:
    """The sentence with its values; values that are texts are said in each language."""
    return Text(
        text.tr.format(**{k: v.tr if isinstance(v, Text) else v for k, v in values.items()}),
        text.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in values.items()}),
    )
