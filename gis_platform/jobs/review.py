"""Rows that wait for a person: to a file with suggestions, and decisions back from it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.language import Language
from gis_platform.core.text import clean, fold
from gis_platform.db.load import Decision, store_decisions
from gis_platform.db.queries.register import csbm_of_numarataj
from gis_platform.db.queries.work import read_matches, read_rejected
from gis_platform.maks.aks import aks_columns
from gis_platform.matching.model import MatchLevel, MatchReason, MatchStatus
from gis_platform.matching.reviewed import DECISION, SUGGESTIONS, is_refusal, offered_in
from gis_platform.sources.table import ROW, column_of, read_whole_table

BATCH, ROW_NO, KEY, NOTE = "parti", "satir", "anahtar", "not"
"""Columns of a review file that are ours; the key is the adres no the decision holds for."""
_FAULT = ("hata_alan", "hata", "care")
_NUMARATAJ_DIGITS = 7


def is_placed(answers: pd.DataFrame) -> "pd.Series[bool]":
    """Which answers stand at a door for sure; all others wait for a person."""
    is_matched = answers["match_status"].eq(MatchStatus.MATCHED)
    return is_matched & answers["match_level"].eq(MatchLevel.KAPI)


def review_table(connection: Connection, batch_id: int, language: Language) -> pd.DataFrame:
    """The held rows of a batch, as received, with reason, suggestions and room for a decision."""
    answers = read_matches(connection, batch_id)
    waiting = answers[~is_placed(answers)].to_dict("records")
    rows = [_review_row(batch_id, row, language) for row in waiting]
    return pd.DataFrame(rows, dtype="str")


def rejected_table(connection: Connection, batch_id: int, language: Language) -> pd.DataFrame:
    """The refused rows of a batch, as received, with field, reason and remedy behind them."""
    rows = []
    for row in read_rejected(connection, batch_id).to_dict("records"):
        told = (row["field"] or "", row[f"text_{language}"], row[f"remedy_{language}"] or "")
        rows.append({**row["values"], **dict(zip(_FAULT, told, strict=True))})
    return pd.DataFrame(rows, dtype="str").fillna("")


def take_decisions(connection: Connection, path: Path, person: str) -> int:
    """Write down the decisions of a review file that was filled in; the number of them.

    ``karar`` holds the number of a suggestion (1, 2, 3), a numarataj kimlik no, or ``ret``; an
    empty one leaves the row waiting. All of the file or nothing.

    Raises:
        SourceError: a column is missing, or a decision cannot be understood; row and remedy named.
    """
    frame = read_whole_table(path)
    names = {
        name: column_of(frame.columns, name, path=path) for name in (BATCH, ROW_NO, KEY, DECISION)
    }
    decided = frame[frame[names[DECISION]].map(clean) != ""]
    decisions = [_decision(row, names, path, person) for row in decided.to_dict("records")]
    chosen = _at_known_doors(connection, decisions, decided[ROW].tolist(), path)
    store_decisions(connection, [each for one in chosen for each in _with_refused(connection, one)])
    return len(chosen)


def _with_refused(connection: Connection, decision: Decision) -> list[Decision]:
    """A refusal once for each place that was offered, so that none of them is offered again."""
    if decision.decision != "refuse":
        return [decision]
    offered = offered_in(json.loads(decision.address))
    doors = csbm_of_numarataj(connection, [door for _, door in offered if door is not None])
    places = dict.fromkeys(
        (doors.get(door or 0, csbm), door if door in doors else None) for csbm, door in offered
    )
    refused = [
        replace(decision, csbm_kod=csbm, numarataj_kimlik_no=door)
        for csbm, door in places
        if csbm is not None
    ]
    return refused or [decision]


def _review_row(batch_id: int, row: Mapping[str, Any], language: Language) -> dict[str, str]:
    values = dict(row["values"])
    key = clean(str(values.get(aks_columns(values).adres_no, "")))
    told = {BATCH: str(batch_id), ROW_NO: str(row["row_no"]), KEY: key, **values}
    told["gerekce"] = MatchReason(row["reason"]).say(language) if row["reason"] else ""
    candidates = row["candidates"] or []
    for at in range(SUGGESTIONS):
        one = candidates[at] if at < len(candidates) else {}
        told[f"oneri_{at + 1}"] = str(one.get("label", ""))
        told[f"oneri_{at + 1}_csbm"] = str(one.get("csbm_kod") or "")
        told[f"oneri_{at + 1}_numarataj"] = str(one.get("numarataj_kimlik_no") or "")
        told[f"oneri_{at + 1}_puan"] = str(one.get("score", ""))
    told |= {DECISION: "", NOTE: ""}
    return told


def _decision(
    row: Mapping[str, Any], names: Mapping[str, str], path: Path, person: str
) -> Decision:
    said = fold(clean(row[names[DECISION]])).removesuffix(".0")
    chosen = row.get(f"oneri_{said}_numarataj", "") if len(said) == 1 else said
    values = {k: v for k, v in row.items() if not str(k).startswith("_")}
    common: dict[str, Any] = {
        "key": clean(row[names[KEY]]),
        "address": json.dumps(values, ensure_ascii=False),
        "decided_by": person,
        "batch_id": int(row[names[BATCH]]),
        "row_no": int(row[names[ROW_NO]]),
        "note": clean(row.get(NOTE, "")) or None,
    }
    if is_refusal(said):
        return Decision(decision="refuse", **common)
    if not str(chosen).isdigit() or len(str(chosen)) < _NUMARATAJ_DIGITS:
        raise _not_understood(path, int(row[ROW]), row[names[DECISION]])
    return Decision(decision="accept", numarataj_kimlik_no=int(chosen), **common)


def _at_known_doors(
    connection: Connection, decisions: list[Decision], rows: list[int], path: Path
) -> list[Decision]:
    """The decisions with the csbm of the doors they name.

    Raises:
        SourceError: the register has no such door.
    """
    wanted = [d.numarataj_kimlik_no for d in decisions if d.numarataj_kimlik_no is not None]
    known = csbm_of_numarataj(connection, wanted)
    for decision, row in zip(decisions, rows, strict=True):
        number = decision.numarataj_kimlik_no
        if number is not None and number not in known:
            raise SourceError(
                Text(f"Kayıtta {number} numaralı bir kapı yok.", f"No door {number} here."),
                place=Place(file=str(path), row=row, field=DECISION),
                remedy=Text(
                    "öneri numarası ya da kayıttaki bir numarataj kimlik no yazın",
                    "write the number of a suggestion or a numarataj kimlik no of the register",
                ),
            )
    return [
        replace(decision, csbm_kod=known.get(decision.numarataj_kimlik_no or 0))
        for decision in decisions
    ]


def _not_understood(path: Path, row: int, said: str) -> SourceError:
    return SourceError(
        Text(f"“{said}” kararı anlaşılamadı.", f"The decision “{said}” cannot be understood."),
        place=Place(file=str(path), row=row, field=DECISION),
        remedy=Text(
            "1, 2, 3, numarataj kimlik no ya da ret yazın",
            "write 1, 2, 3, a numarataj kimlik no, or ret",
        ),
    )
