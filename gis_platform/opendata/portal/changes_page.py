"""The page that lists what changed between two versions of a layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis_platform.core.language import Language
from gis_platform.db.queries.changes import KINDS, What
from gis_platform.opendata.catalogue import EntryColumn
from gis_platform.opendata.changes import Change, ChangePage, Versions
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.portal.page import Named, frame
from gis_platform.opendata.portal.paths import facts_path, path_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.portal.values import coded_text
from gis_platform.opendata.public import PublicLayer

ROWS_PER_PAGE = 50
_LONGEST = 80


@dataclass(frozen=True)
class ChangeLine:
    """A row of the list: the record, what happened, and each column before and after."""

    key: str
    what: What
    said: str
    values: tuple[tuple[str, str, str], ...]
    is_moved: bool


@dataclass(frozen=True)
class ChangeView:
    """Which part of the list: of one kind, behind a key; ``None``: all, from the first."""

    what: What | None = None
    after: str | None = None


def change_view(said: Mapping[str, str]) -> ChangeView:
    """What the address asks for; what cannot be understood is as if it were not there."""
    what = next((each for each in KINDS if each == said.get("what")), None)
    after = said.get("after") or None
    return ChangeView(what, after)


def changes_page(
    versions: Versions,
    kept: Sequence[PublicLayer],
    counts: Mapping[What, int],
    found: ChangePage,
    asked: tuple[ChangeView, Language],
) -> Page:
    """The list.

    Args:
        versions: those that are compared.
        kept: versions a reader may choose, the newest first.
        counts: rows by kind of change.
        found: the part that is shown.
        asked: which part, and the language.
    """
    view, language = asked
    before, after = versions.before, versions.after
    title = message(language, "changes.title", title=after.entry.title.say(language))
    lead = message(language, "changes.lead", before=before.version, after=after.version)
    query = {"from": str(before.version), "to": str(after.version)}
    narrowed = query | ({"what": view.what} if view.what else {})

    def path(**more: str) -> str:
        return path_of("changes", language, narrowed | more, name=after.name)

    values = {
        "layer": after, "title": title, "lead": lead,
        "layer_title": after.entry.title.say(language),
        "counts": [Named(message(language, f"changes.count_{kind}"), number(language, counts[kind]))
                   for kind in KINDS],
        "numbers": [each.version for each in kept], "before": before.version,
        "after": after.version, "what": view.what, "kinds": KINDS,
        "lines": [_line(each, versions, language) for each in found.changes],
        "notes": _notes(versions, language),
        "key": after.entry.key,
        "total": counts[view.what] if view.what else sum(counts.values()),
        "csv": facts_path(after.name, "changes.csv") + _asked(query),
        "json": facts_path(after.name, "changes") + _asked(query),
        "first": path() if view.after else None,
        "next": path(after=found.next_after) if found.next_after else None,
    }  # fmt: skip
    head = frame("changes", language, title, lead, query=narrowed, name=after.name)
    return Page("changes.html", head, values)


def _asked(query: Mapping[str, str]) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in query.items())


def _notes(versions: Versions, language: Language) -> list[str]:
    sides = {"only_before": versions.only_before, "only_after": versions.only_after}
    return [message(language, f"changes.{name}", columns=", ".join(columns))
            for name, columns in sides.items() if columns]  # fmt: skip


def _line(change: Change, versions: Versions, language: Language) -> ChangeLine:
    old, new = ({column.name: column for column in each.entry.columns}
                for each in (versions.before, versions.after))  # fmt: skip
    values = tuple(
        (name, _said(before, old.get(name), language), _said(after, new.get(name), language))
        for name, (before, after) in change.values.items()
        if change.what == "changed"
    )
    said = message(language, f"changes.{change.what}")
    return ChangeLine(change.key, change.what, said, values, change.is_moved)


def _said(value: Any, column: EntryColumn | None, language: Language) -> str:
    """A value as people read it, with what it means where it is a code."""
    if value is None:
        return message(language, "changes.empty")
    text = coded_text(value, column, language)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
