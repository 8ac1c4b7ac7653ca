"""The audit of publication counted again: was a line changed, taken out or put in between?"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Text
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask

BEGINNING = "0" * 64
"""What stands for the hash before the first line."""
_LATER = ("deed", "acts_for", "details")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AuditResult:
    """What was found: faults, the number of lines, and the hash of the last.

    The last hash, kept outside (printed, signed, sent by post), proves later that nothing before
    it was changed; ``verify_audit(database, expected=…)`` looks for it.
    """

    faults: tuple[Text, ...]
    lines: int
    last_hash: str


@dataclass(frozen=True)
class Anchor:
    """How long the chain was at a moment, and its last hash; kept outside the database."""

    lines: int
    last_hash: str


def anchors(settings: Settings) -> list[Anchor]:
    """The anchors of this installation, the oldest first."""
    path = _anchor_file(settings)
    if not path.is_file():
        return []
    said = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [Anchor(each["lines"], each["last_hash"]) for each in said]


def keep_anchor(settings: Settings, database: Database) -> Anchor | None:
    """Note where the chain ends, in a file no role of the database can reach.

    Whoever cuts the end of the chain off, and puts the versions back to match it, is found by it.
    """
    with database.engine("gis_office").connect() as connection:
        last = ask.last_audit(connection)
    if last is None:
        return None
    made = Anchor(*last)
    known = anchors(settings)
    if not known or known[-1] != made:
        path = _anchor_file(settings)
        with writing_to(path), path.open("a", encoding="utf-8") as file:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            file.write(json.dumps({"at": now, **vars(made)}) + "\n")
    return made


def verify_audit(
    database: Database, expected: str | None = None, kept: Iterable[Anchor] = ()
) -> AuditResult:
    """Count the hash chain again and compare its end with where every version stands.

    Args:
        database: the database whose audit it is.
        expected: a hash that was noted earlier and has to be in the chain.
        kept: anchors that have to be in the chain at their place.
    """
    with database.engine("gis_office").connect() as connection:
        lines = ask.audit_trail(connection)
        versions = ask.versions(connection)
    faults = [*_broken_links(lines), *_contradictions(lines, versions), *_cut_off(lines, kept)]
    if expected is not None and expected not in {BEGINNING, *(line["hash"] for line in lines)}:
        faults.append(
            Text(
                f"Not edilmiş {expected} özeti zincirde yok.",
                f"The noted hash {expected} is not in the chain.",
            )
        )
    return AuditResult(tuple(faults), len(lines), lines[-1]["hash"] if lines else BEGINNING)


def line_hash(line: Mapping[str, Any]) -> str:
    """SHA-256 of the hash before and the line as a JSON array, as the database counts it.

    A line of the first recipe, which knew moves only, has no ``deed`` and ends before it.
    """
    moment = (line["at"] - _EPOCH) // timedelta(microseconds=1)
    names = [
        "layer", "version", "from_state", "to_state", "person", "reason", "data_sha256",
        "metadata_sha256",
    ]  # fmt: skip
    if any(line[name] is not None for name in _LATER):
        names += _LATER
    values = [line["id"], moment, *(line[name] for name in names)]
    said = line["previous_hash"] + json.dumps(values, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _broken_links(lines: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    before = BEGINNING
    for number, line in enumerate(lines, start=1):
        if line["hash"] != line_hash(line):
            yield Text(f"{line['id']}. satır değiştirilmiş.", f"Line {line['id']} was changed.")
        if line["previous_hash"] != before or line["id"] != number:
            yield Text(
                f"{line['id']}. satırdan önce satır çıkarılmış ya da eklenmiş.",
                f"Before line {line['id']} a line was taken out or put in.",
            )
        before = line["hash"]


def _cut_off(lines: Sequence[Mapping[str, Any]], kept: Iterable[Anchor]) -> Iterator[Text]:
    by_number = {line["id"]: line["hash"] for line in lines}
    for anchor in kept:
        if by_number.get(anchor.lines) != anchor.last_hash:
            yield Text(
                f"Not edilmiş {anchor.lines}. satır zincirde yok: sonu kesilmiş ya da yazılmış.",
                f"Line {anchor.lines}, noted earlier, is not in the chain: its end was cut off or "
                "written anew.",
            )


def _anchor_file(settings: Settings) -> Path:
    return settings.home / "audit-anchors.jsonl"


def _contradictions(
    lines: Sequence[Mapping[str, Any]], versions: Sequence[Mapping[str, Any]]
) -> Iterator[Text]:
    """Versions that do not stand where the audit left them: its end was cut off, or they moved."""
    last = {(line["layer"], line["version"]): line for line in lines if line["to_state"]}
    for row in versions:
        line = last.get((row["layer"], row["version"]))
        parts = ("data_sha256", "metadata_sha256")
        if (
            line is None
            or line["to_state"] != row["state"]
            or line["person"] != row["moved_by"]
            or any(line[part] != row[part] for part in parts)
            or any(row[part] != said for part, said in (line["details"] or {}).items())
        ):
            name = f"{row['layer']} v{row['version']}"
            yield Text(
                f"{name} denetim izinin bıraktığı yerde değil.",
                f"{name} does not stand where the audit left it.",
            )
