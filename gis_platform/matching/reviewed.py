"""Files people hand in to learn from: reviewed answers, and lists of other names."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.text import clean, fold
from gis_platform.matching.columns import address_keys
from gis_platform.matching.learn import NamedPlace, Reviewed
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns
from gis_platform.sources.table import ROW

DECISION = "karar"
"""The column a person fills in."""
REFUSALS = frozenset({"ret", "red", "refuse", "yok", "none"})
ACCEPTANCES = frozenset({"kabul", "evet", "dogru", "accept", "yes"})
SUGGESTIONS = 3
_OLD_NAMES = ("old_name", "eski_ad", "alias")
_YEAR = re.compile(r"ad_(\d{4})")
_FROM = ("valid_from", "date", "tarih", "baslangic")
_TO = ("valid_to", "bitis")

Offered = list[tuple[int | None, int | None]]


def is_refusal(said: object) -> bool:
    """Whether a decision refuses every place offered."""
    return fold(clean(str(said))) in REFUSALS


def offered_in(row: Mapping[str, Any]) -> Offered:
    """The places a row offered, csbm_kod and numarataj_kimlik_no: of a review, or of an answer."""
    if "oneri_1_numarataj" in row:
        return [
            (_code(row.get(f"oneri_{at}_csbm")), _code(row.get(f"oneri_{at}_numarataj")))
            for at in range(1, SUGGESTIONS + 1)
        ]
    shown = json.loads(row.get("candidates") or "[]")
    if shown:
        return [
            (_code(one.get("csbm_kod")), _code(one.get("numarataj_kimlik_no"))) for one in shown
        ]
    return [(_code(row.get("csbm_kod")), _code(row.get("numarataj_kimlik_no")))]


def reviewed_rows(
    frame: pd.DataFrame, columns: AddressColumns, matcher: Matcher, path: Path
) -> list[Reviewed]:
    """The decisions of a table with a column ``karar``; rows where it is empty are left out.

    ``karar`` holds the number of a suggestion, ``kabul`` for the answer given, the code of a csbm
    or door of the reference, or ``ret``.

    Raises:
        SourceError: a decision cannot be understood; row and remedy named.
    """
    decided = frame[frame[DECISION].map(lambda cell: clean(str(cell or ""))) != ""]
    keys = address_keys(decided, columns)
    known = _Known(matcher)
    return [
        _reviewed(row, key, known, path)
        for row, key in zip(decided.to_dict("records"), keys, strict=True)
    ]


def named_places(frame: pd.DataFrame, path: Path) -> list[NamedPlace]:
    """The other names of a table: ``level, kod, alias``, or ``csbm_kod`` and its old name.

    The old name stands in ``old_name``, ``eski_ad`` or the earliest of ``ad_2024``, …; days in
    ``valid_from`` (or ``date``: since when it is the old one) and ``valid_to``.

    Raises:
        SourceError: there are no such columns, or a code or day cannot be read.
    """
    name = _first(frame.columns, _OLD_NAMES) or min(
        (str(c) for c in frame.columns if _YEAR.fullmatch(str(c))), default=None
    )
    kod = _first(frame.columns, ("kod", "csbm_kod"))
    if name is None or kod is None:
        there = ", ".join(f"“{column}”" for column in frame.columns if not column.startswith("_"))
        raise SourceError(
            Text(
                f"Ne {DECISION} ne de kod ve alias sütunu var. Olanlar: {there}.",
                f"There is neither a column {DECISION} nor kod and alias. There are: {there}.",
            ),
            place=Place(file=str(path)),
            remedy=Text(
                "gis match sonucuna karar sütunu ekleyin ya da kod, alias sütunlu liste verin",
                "add a column karar to a result of gis match, or give a list with kod, alias",
            ),
        )
    days = _first(frame.columns, _FROM), _first(frame.columns, _TO)
    return [
        _named(row, kod, name, days, path)
        for row in frame.to_dict("records")
        if clean(str(row[name] or ""))
    ]


def _first(there: Iterable[object], wanted: Iterable[str]) -> str | None:
    by_name = {fold(str(one)): str(one) for one in there}
    return next((by_name[one] for one in wanted if one in by_name), None)


def _named(
    row: Mapping[str, Any], kod: str, name: str, days: tuple[str | None, str | None], path: Path
) -> NamedPlace:
    code = _code(row[kod])
    if code is None:
        raise _unreadable(path, row, kod)
    first, last = (_day(row, day, path) if day else None for day in days)
    level = clean(str(row.get("level") or "csbm"))
    where = f"{path.name}:{row[ROW]}"
    why = clean(str(row.get("why") or row.get("neden") or ""))
    return NamedPlace(where, level, code, str(row[name]), first, last, why)


def _day(row: Mapping[str, Any], column: str, path: Path) -> date | None:
    said = clean(str(row[column] or ""))
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise _unreadable(path, row, column) from None


def _unreadable(path: Path, row: Mapping[str, Any], column: str) -> SourceError:
    return SourceError(
        Text(f"“{row[column]}” okunamadı.", f"“{row[column]}” cannot be read."),
        place=Place(file=str(path), row=int(row[ROW]), field=column),
        remedy=Text("kod sayı, gün 2024-05-31 gibi olmalı", "a code is a number, a day 2024-05-31"),
    )


class _Known:
    """Codes of the reference."""

    def __init__(self, matcher: Matcher) -> None:
        index = matcher.index
        self.csbm = set(index.csbm_kod.tolist())
        owner = index.door_start.searchsorted(range(len(index.door_integer)), "right") - 1
        kimlik = matcher.arrays["door_kimlik"].tolist()
        self.door = dict(zip(kimlik, index.csbm_kod[owner].tolist(), strict=True))

    def place(self, csbm: int | None, door: int | None) -> tuple[int | None, int | None]:
        """A place with the csbm of its door; ``None`` where the reference does not know it."""
        if door is not None and door in self.door:
            return self.door[door], door
        return (csbm if csbm in self.csbm else None), None


def _reviewed(row: Mapping[str, Any], key: str, known: _Known, path: Path) -> Reviewed:
    said = fold(clean(str(row[DECISION]))).removesuffix(".0")
    offered = [known.place(*one) for one in offered_in(row)]
    where = f"{path.name}:{row[ROW]}"
    score = _score(row)
    if said in REFUSALS:
        refused = tuple(dict.fromkeys((c, door) for c, door in offered if c is not None))
        return Reviewed(where, key, key, refused=refused, score=score)
    place = _chosen(said, offered, known)
    if place[0] is None:
        raise SourceError(
            Text(f"“{row[DECISION]}” kararı anlaşılamadı.",
                 f"The decision “{row[DECISION]}” cannot be understood."),
            place=Place(file=str(path), row=int(row[ROW]), field=DECISION),
            remedy=Text(
                "1, 2, 3, kabul, kayıttaki bir csbm ya da numarataj kodu, ya da ret yazın",
                "write 1, 2, 3, kabul, a csbm or numarataj code of the reference, or ret",
            ),
        )  # fmt: skip
    is_best = bool(offered) and place == offered[0]
    return Reviewed(where, key, key, *place, score=score, is_best=is_best)


def _chosen(said: str, offered: Offered, known: _Known) -> tuple[int | None, int | None]:
    if said in ACCEPTANCES:
        return offered[0] if offered else (None, None)
    if not said.isdecimal():
        return None, None
    number = int(said)
    if number <= SUGGESTIONS:
        return offered[number - 1] if 0 < number <= len(offered) else (None, None)
    return known.place(number, number)


def _score(row: Mapping[str, Any]) -> float | None:
    said = row.get("oneri_1_puan") or row.get("score")
    try:
        return float(str(said).replace(",", ".")) if said else None
    except ValueError:
        return None


def _code(said: object) -> int | None:
    text = "" if said is None or said is pd.NA else str(said).removesuffix(".0").strip()
    return int(text) if text.isdecimal() else None
