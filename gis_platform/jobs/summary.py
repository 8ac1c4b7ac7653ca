"""The counts of a run become the places, reasons and controls of its report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject_geometry
from gis_platform.core.errors import Text
from gis_platform.core.findings import Finding
from gis_platform.db.queries.register import csbm_names, read_layers
from gis_platform.maks.aks import ROW_FAULTS
from gis_platform.maks.check import HELD_PARENT
from gis_platform.maks.control import controls
from gis_platform.matching.model import MatchReason, MatchStatus
from gis_platform.report.model import ControlLine, NoteLine, PlaceLine, ReasonLine, RunReport
from gis_platform.report.tally import OUTCOMES, UNKNOWN, RunTally

_STATUS_TEXTS = {
    MatchStatus.MATCHED: Text("Eşleşti, ama kapıya değil", "Matched, but not to a door"),
    MatchStatus.REVIEW: Text("Bir kişi bakmalı", "A person has to look"),
    MatchStatus.UNMATCHED: Text("Eşleşmedi", "Not matched"),
}
_PARENT_WAITS = Text("Bağlı olduğu kayıt bekletildi.", "The record it belongs to is held back.")
TO_BE_DELETED = "decision.delete"
"""Why a row waits that a person decided to delete."""
_DELETE = Text(
    "Bir kişi bu adresin UAVT'den silinmesine karar verdi.",
    "A person decided that this address is to be deleted from UAVT.",
)
_ANEW = Text(
    "adres kalacaksa: gis maks reconcile, sonra gis maks decide ile başka bir karar verin",
    "where it is to stay: gis maks reconcile, then decide otherwise with gis maks decide",
)
_REVIEW = Text("inceleme dosyasında karar verin", "decide in the review file")


def summarise(
    connection: Connection,
    report: RunReport,
    *,
    tally: RunTally,
    findings: Sequence[Finding] = (),
) -> RunReport:
    """The report with its places, reasons and controls filled in."""
    mahalle = read_layers(connection, ["mahalle"])["mahalle"]
    outlines = reproject_geometry(mahalle.geometry.to_numpy(), REGISTER_SRID, PUBLISHED_SRID)
    names = {int(k): str(ad) for k, ad in zip(mahalle["kimlik_no"], mahalle["ad"], strict=True)}
    shapes = dict(zip(names, outlines, strict=True))
    counts = tally.by_mahalle()
    places = [
        _place(kod, names.get(kod, ""), counts.get(kod, {}), outline=shapes.get(kod))
        for kod in sorted({*names, *counts})
    ]
    worst = tally.worst_csbm()
    known = csbm_names(connection, [csbm for _, csbm, _ in worst])
    return replace(
        report,
        levels=_levels(tally),
        mahalle=tuple(sorted(places, key=lambda p: (p.mahalle_kod == UNKNOWN, -p.rows))),
        csbm=tuple(
            _place(m, names.get(m, ""), counts, csbm_kod=c, csbm=known.get(c, ""))
            for m, c, counts in worst
        ),
        reasons=_reasons(tally),
        controls=_controls(findings),
        points=tuple(tally.points),
    )


def note_of(finding: Finding) -> NoteLine:
    """A sentence about a whole file or layer, as the report shows it."""
    return NoteLine(finding.code, finding.severity.value, finding.place.file or "", finding.text)


def _place(mahalle_kod: int, ad: str, counts: Mapping[str, int], **more: Any) -> PlaceLine:
    loaded, held, rejected = (counts.get(name, 0) for name in OUTCOMES)
    return PlaceLine(mahalle_kod, ad, loaded, held, rejected, **more)


def _levels(tally: RunTally) -> Mapping[str, Mapping[str, int]]:
    levels: dict[str, dict[str, int]] = {}
    for (outcome, level), rows in sorted(tally.levels.items()):
        if outcome != "rejected":
            levels.setdefault(outcome, {})[level] = rows
    return levels


def _reasons(tally: RunTally) -> tuple[ReasonLine, ...]:
    lines = []
    for (outcome, step, code), rows in tally.reasons.items():
        text, remedy = _said(code)
        lines.append(ReasonLine(outcome, step, code, text, rows, remedy))
    return tuple(sorted(lines, key=lambda line: (-line.rows, line.code)))


def _said(code: str) -> tuple[Text, Text | None]:
    """The sentence of a reason, and the remedy."""
    if code in ROW_FAULTS:
        fault = ROW_FAULTS[code]
        return Text(fault.text.tr.format(value="…"), fault.text.en.format(value="…")), fault.remedy
    kind, _, rest = code.partition(".")
    if rest == HELD_PARENT:
        return _PARENT_WAITS, None
    if kind == "control" and rest in controls:
        return controls[rest].rule, controls[rest].remedy
    if code == TO_BE_DELETED:
        return _DELETE, _ANEW
    status, _, reason = rest.partition(".")
    if kind == "match" and status in set(MatchStatus) and reason in set(MatchReason):
        why, what = MatchReason(reason), _STATUS_TEXTS[MatchStatus(status)]
        return Text(f"{what.tr}: {why.say('tr')}", f"{what.en}: {why.say('en')}"), _REVIEW
    return Text(code, code), None


def _controls(findings: Sequence[Finding]) -> tuple[ControlLine, ...]:
    counts = Counter((f.code, f.layer, f.severity.value) for f in findings)
    examples = {(f.code, f.layer, f.severity.value): f.text for f in reversed(findings)}
    return tuple(
        ControlLine(code, layer, severity, n, examples[code, layer, severity])
        for (code, layer, severity), n in sorted(counts.items())
    )
