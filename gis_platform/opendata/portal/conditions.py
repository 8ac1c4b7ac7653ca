"""What a reader of a table asks of a column, and the same as a filter for programs (CQL2)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.core.language import Language
from gis_platform.core.text import fold
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.public import PublicLayer, column_value

SEARCHED_ROWS = 200_000
"""In a layer of more rows than this a text is compared as a whole: no part of it is looked for."""
MOST_CONDITIONS = 5
OPERATORS = ("has", "is", "least", "most", "empty", "filled")
"""Holds a part, is, is at least, is at most, is empty, is not."""
_BARE = frozenset({"empty", "filled"})
_SIGNS = {"is": "=", "least": ">=", "most": "<="}
_VALUE_LIMIT = 100
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)


@dataclass(frozen=True)
class Condition:
    """One thing asked of a column; ``value`` as it was typed."""

    column: str
    op: str
    value: str = ""


def conditions_of(layer: PublicLayer, said: Iterable[tuple[str, str]]) -> tuple[Condition, ...]:
    """The conditions of an address: ``column``, ``op`` and ``value``, over and over.

    What names no column, or asks nothing of one, is as if it were not there.
    """
    found: list[Condition] = []
    given: dict[str, str] = {}
    for name, value in [*said, ("column", "")]:
        if name == "column":
            found += _condition(layer, given)
            given = {}
        if name in {"column", "op", "value"}:
            given.setdefault(name, value)
    return tuple(dict.fromkeys(found))[:MOST_CONDITIONS]


def _condition(layer: PublicLayer, given: dict[str, str]) -> list[Condition]:
    column, value = given.get("column", ""), " ".join(given.get("value", "").split())
    if column not in layer.entry.types or "\0" in value:
        return []
    is_text = layer.entry.types[column] == "string"
    op = given.get("op", "")
    if op not in OPERATORS or (op == "has" and not is_text):
        op = "has" if is_text else "is"
    if op == "has" and layer.row_count > SEARCHED_ROWS:
        op = "is"
    if op in _BARE:
        return [Condition(column, op)]
    return [Condition(column, op, value[:_VALUE_LIMIT])] if value else []


def as_filter(layer: PublicLayer, conditions: Iterable[Condition], language: Language) -> str:
    """The conditions, all of which have to hold, as CQL2 text.

    Raises:
        UsageError: a value that is not of the column's kind.
    """
    return " AND ".join(_expression(layer, each, language) for each in conditions)


def _expression(layer: PublicLayer, said: Condition, language: Language) -> str:
    name, kind = f'"{said.column}"', layer.entry.types[said.column]
    if said.op in _BARE:
        return f"{name} IS NULL" if said.op == "empty" else f"{name} IS NOT NULL"
    if said.op == "has":
        part = re.sub(r"([\\%_])", r"\\\1", said.value)
        return f"CASEI(ACCENTI({name})) LIKE CASEI(ACCENTI({_quoted(f'%{part}%')}))"
    value = _plain(said, kind, language)
    column_value(layer, said.column, value)  # whether it is one
    sign = _SIGNS[said.op]
    if kind == "boolean":
        if said.op != "is":
            raise _unfit(said, Text("doğru/yanlış yalnızca eşitlenir", "compare by “is” only"))
        return f"{name} = {value.upper()}"  # ASCII: true or false
    if kind in {"integer", "number"}:
        return f"{name} {sign} {value}"
    if kind in {"date", "date-time"}:
        function = "DATE" if kind == "date" else "TIMESTAMP"
        return f"{name} {sign} {function}('{value}')"
    return f"{name} {sign} {_quoted(value)}"


def _plain(said: Condition, kind: str, language: Language) -> str:
    """A value as programs write it: decimal point, year first, true."""
    if kind == "boolean":
        for name in ("true", "false"):
            if fold(said.value) in {name, fold(message(language, f"type.{name}"))}:
                return name
    if kind in {"integer", "number"} and language == "tr" and "," in said.value:
        return said.value.replace(".", "").replace(",", ".")
    day = _DAY.fullmatch(said.value)
    if "date" in kind and day:
        try:
            iso = date(int(day[3]), int(day[2]), int(day[1])).isoformat()
        except ValueError:
            raise _unfit(said, Text("böyle bir gün yok", "there is no such day")) from None
        return iso if kind == "date" else f"{iso}T00:00:00Z"
    if kind == "date-time" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", said.value):
        return f"{said.value}T00:00:00Z"
    return said.value


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unfit(said: Condition, text: Text) -> UsageError:
    return UsageError(text, place=Place(field=said.column))
