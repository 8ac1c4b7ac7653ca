"""What the version that waits changes of the public one: what an approver looks at first."""

from collections.abc import Mapping
from typing import Any

import shapely
from sqlalchemy import Connection

from gis_platform.core.errors import NotFound, Text
from gis_platform.core.language import Language
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.db.queries import difference as compare
from gis_platform.opendata.approval import OPEN_STATES, State
from gis_platform.opendata.catalogue import Entry
from gis_platform.opendata.publish import copy_of
from gis_platform.opendata.screening import say_report
from gis_platform.report.difference import KINDS, Difference

_NOT_SAID = frozenset({"columns", "period"})


def difference(database: Database, name: str, language: Language) -> Difference:
    """Rows, columns, distributions, description and screening of the waiting version.

    Raises:
        NotFound: no version of the layer waits.
    """
    with database.engine("gis_office").connect() as connection:
        known = ask.versions(connection, name)
        waiting = next((row for row in known if row["state"] in OPEN_STATES), None)
        public = next((row for row in known if row["state"] == State.PUBLISHED), None)
        if waiting is None:
            raise NotFound(
                Text(f"“{name}” katmanının bekleyen bir sürümü yok.",
                     f"No version of layer “{name}” is waiting."),
                remedy=Text(f"gis layer propose {name}", f"gis layer propose {name}"),
            )  # fmt: skip
        if public is None:
            return _first(connection, waiting, language)
        return _compared(connection, public, waiting, language)


def _first(connection: Connection, waiting: Mapping[str, Any], language: Language) -> Difference:
    entry = Entry.model_validate(waiting["entry"])
    copy = copy_of(entry, waiting["version"])
    return Difference(
        layer=waiting["layer"], before=None, after=waiting["version"],
        rows=(0, waiting["row_count"]),
        counts=dict.fromkeys(KINDS, 0) | {"added": waiting["row_count"]}, farthest=None,
        median=None, columns={}, examples={},
        distributions={
            name: {"before": None, "after": compare.distribution(connection, copy, name, kind)}
            for name, kind in entry.types.items() if name != entry.key
        },
        description={}, screening=tuple(say_report(waiting["screening"], language)),
        ground=_ground(connection, copy),
    )  # fmt: skip


def _compared(
    connection: Connection,
    public: Mapping[str, Any],
    waiting: Mapping[str, Any],
    language: Language,
) -> Difference:
    old, new = (Entry.model_validate(row["entry"]) for row in (public, waiting))
    pair = _pair(old, new, public["version"], waiting["version"])
    counted = compare.counts(connection, pair)
    kinds = {what: counted[what] for what in KINDS}
    return Difference(
        layer=waiting["layer"], before=public["version"], after=waiting["version"],
        rows=(public["row_count"], waiting["row_count"]), counts=kinds,
        farthest=counted["farthest"], median=counted["median"],
        columns=_columns(connection, pair, counted["columns"]),
        examples={what: compare.examples(connection, pair, what) for what in KINDS if kinds[what]},
        distributions=_distributions(connection, pair, old, new),
        description=_described(public["entry"], waiting["entry"]),
        screening=tuple(say_report(waiting["screening"], language)),
        places=tuple(compare.places(connection, pair)),
        ground=_ground(connection, pair.after),
    )  # fmt: skip


def _pair(old: Entry, new: Entry, before: int, after: int) -> compare.Pair:
    kept = tuple(name for name in new.types if name in old.types and name != new.key)
    is_cast = old.types[old.key] != new.types[new.key]
    return compare.Pair(
        copy_of(old, before), copy_of(new, after), kept, {"": "cast"} if is_cast else {}
    )


def _columns(
    connection: Connection, pair: compare.Pair, changed: Mapping[str, int]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        name: {
            "state": "kept",
            "changed": count,
            "examples": compare.changed_values(connection, pair, name) if count else [],
        }
        for name, count in changed.items()
    }
    old, new = set(pair.before.columns), set(pair.after.columns)
    for state, names in (("added", new - old), ("removed", old - new)):
        found |= {name: {"state": state, "changed": 0, "examples": []} for name in sorted(names)}
    return found


def _distributions(
    connection: Connection, pair: compare.Pair, old: Entry, new: Entry
) -> dict[str, dict[str, Any]]:
    """Of every column but the key; the commonest values of either side, counted in both."""
    found = {}
    for name in dict.fromkeys([*new.types, *old.types]):
        if name in {old.key, new.key}:
            continue
        sides = {
            side: compare.distribution(connection, copy, name, entry.types[name])
            for side, copy, entry in (("before", pair.before, old), ("after", pair.after, new))
            if name in entry.types
        }
        found[name] = {"before": None, "after": None} | sides
        _count_alike(connection, pair, name, found[name])
    return {name: sides for name, sides in found.items() if sides["before"] != sides["after"]}


def _count_alike(
    connection: Connection, pair: compare.Pair, name: str, sides: dict[str, Any]
) -> None:
    if not all(side is not None and "values" in side for side in sides.values()):
        return
    wanted = list(sides["before"]["values"] | sides["after"]["values"])
    for side, copy in (("before", pair.before), ("after", pair.after)):
        counted = compare.value_counts(connection, copy, name, wanted)
        sides[side]["values"] = {value: counted.get(value, 0) for value in wanted}


def _described(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    keys = [key for key in dict.fromkeys([*new, *old]) if key not in _NOT_SAID]
    return {key: (old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)}


def _ground(connection: Connection, copy: ask.FrozenCopy) -> tuple[Any, ...]:
    return tuple(shapely.from_wkb(compare.outlines(connection, copy)))
