"""The screening report of a draft: personal data, breaches of controls, measures of quality.

It is frozen with the draft, answered by the steward finding by finding, and approved by its hash.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.errors import Conflict, Text, UsageError
from gis_platform.core.language import Language
from gis_platform.core.text import clean
from gis_platform.db.decide import read_waivers
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.db.queries.register import read_layers
from gis_platform.maks.check import CheckResult, check
from gis_platform.maks.control import EVERY_LAYER, controls
from gis_platform.opendata.catalogue import CONTROLLED, REGISTER, Entry
from gis_platform.opendata.screen import screen

SHORTEST_ANSWER = 10
"""Letters an answer has at least: “ok” is none."""


def screening_report(
    database: Database, connection: Connection, copy: ask.FrozenCopy, entry: Entry, left_out: int
) -> dict[str, Any]:
    """What is found in a frozen copy, as JSON without floating point, so that its hash is one.

    Returns:
        ``findings`` (key, kind, count, tr, en), each of which blocks until it is answered;
        ``controls`` (profile and what each control found; ``None`` for a source that is not in
        the register); ``quality`` (rows, rows left out, empty values by column).
    """
    personal = [
        {"key": each.key, "kind": "personal", "count": each.count,
         "tr": each.text.tr, "en": each.text.en}
        for each in screen(ask.read_chunks(connection, copy), entry.types, entry.key)
    ]  # fmt: skip
    result = _controlled(database, connection, entry)
    breaches = list(_breaches(result)) if result is not None else []
    return {
        "findings": sorted([*personal, *breaches], key=lambda each: str(each["key"])),
        "controls": _counts(entry.profile, result) if result is not None else None,
        "quality": {
            "rows": ask.facts(connection, copy).row_count,
            "left_out": left_out,
            "empty": ask.empty_values(connection, copy),
        },
    }


def open_findings(report: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Findings to which nobody has written an answer."""
    said = report or {}
    answered = said.get("answers", {})
    return [each for each in said.get("findings", ()) if each["key"] not in answered]


def check_answered(name: str, report: Mapping[str, Any] | None) -> None:
    """Refuse to go on while findings wait.

    Raises:
        Conflict: naming them, and how to answer.
    """
    silent = open_findings(report)
    if not silent:
        return
    first = silent[0]["key"]
    raise Conflict(
        Text(
            "Yanıtsız bulgular: " + "; ".join(each["tr"] for each in silent) + ".",
            "Findings without an answer: " + "; ".join(each["en"] for each in silent) + ".",
        ),
        remedy=Text(
            f'geri çevirin ya da yazılı yanıt verin: gis layer answer {name} "{first}" "…" --as …',
            f'return it, or answer in writing: gis layer answer {name} "{first}" "…" --as …',
        ),
    )


def answer_text(said: str) -> str:
    """An answer, cleaned.

    Raises:
        UsageError: it is too short to be one.
    """
    text = clean(said)
    if len(text) < SHORTEST_ANSWER:
        raise UsageError(
            Text(f"“{text}” bir yanıt değil.", f"“{text}” is no answer."),
            remedy=Text(
                f"neden yayımlanabileceğini yazın, en az {SHORTEST_ANSWER} harf",
                f"write why it may be published, at least {SHORTEST_ANSWER} letters",
            ),
        )
    return text


def say_report(report: Mapping[str, Any] | None, language: Language) -> Iterator[str]:
    """Lines for a person: findings with their answers, controls, quality."""
    if not report:
        return
    answers = report.get("answers", {})
    for each in report["findings"]:
        given = answers.get(each["key"])
        waits = "yanıt bekliyor" if language == "tr" else "waits for an answer"
        said = f"{given['text']} ({given['person']})" if given else waits
        yield f"{each[language]}: {said}"
    if report["controls"] is not None:
        counted = ", ".join(f"{c['code']} {c['action']} {c['count']}"
                            for c in report["controls"]["counts"])  # fmt: skip
        yield f"profil {report['controls']['profile']}: {counted or '0'}"
    quality = report["quality"]
    empty = ", ".join(f"{name} {count}" for name, count in quality["empty"].items() if count)
    head = ("geometrisiz", "boş değer") if language == "tr" else ("no geometry", "empty values")
    yield f"{head[0]}: {quality['left_out']}; {head[1]}: {empty or '0'}"


def _controlled(database: Database, connection: Connection, entry: Entry) -> CheckResult | None:
    """The layer's profile, run over what the register holds now; findings on its features only."""
    schema, _, name = entry.source.partition(".")
    if schema != REGISTER:
        return None
    spoken = CONTROLLED.get(entry.source, (name,))
    wanted = [code for code, c in controls.items() if c.layer in {*spoken, EVERY_LAYER}]
    with database.engine("gis_etl").connect() as other:
        waivers = read_waivers(other, on=datetime.now(UTC).date())
    result = check(read_layers(connection), entry.profile, only=wanted, waivers=waivers)
    mine = result.violations[result.violations["layer"].isin(spoken)]
    return CheckResult(result.profile, mine, result.seconds, result.waived, result.waivers)


def _breaches(result: CheckResult) -> Iterator[dict[str, Any]]:
    """One finding per control that blocks, for all the features that break it."""
    blocking = result.violations[result.violations["action"] == "block"]
    for code, count in blocking.groupby("code").size().items():
        rule = controls[str(code)].rule
        yield {
            "key": f"control:{code}", "kind": "control", "count": int(count),
            "tr": f"control:{code} ({count} × {rule.tr})",
            "en": f"control:{code} ({count} × {rule.en})",
        }  # fmt: skip


def _counts(profile: str, result: CheckResult) -> dict[str, Any]:
    rows: Iterable[Any] = result.counts().itertuples()
    counts = [{"code": r.code, "layer": r.layer, "action": r.action, "count": int(r.count)}
              for r in rows]  # fmt: skip
    return {"profile": profile, "counts": counts}
