"""UAVT text against the register: what agrees, what only one of them has, what stands elsewhere.

The statuses follow maks.md §6.3; the official list is not known. A row speaks for itself (its
text, matched to a door) and through its adres no (the unit the register has under it).
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.core.text import clean, fold


class Status(StrEnum):
    """What the comparison says of one address."""

    MATCHED = "matched"
    WRONG_CSBM = "wrong_csbm"
    WRONG_BUILDING = "wrong_building"
    DUPLICATE = "duplicate"
    AMBIGUOUS = "ambiguous"
    UAVT_ONLY = "uavt_only"
    FIELD_ONLY = "field_only"
    TO_ADD = "to_add"
    TO_DELETE = "to_delete"

    def say(self, language: Language) -> str:
        """The status in words."""
        return STATUS_TEXTS[self].say(language)


STATUS_TEXTS = {
    Status.MATCHED: Text("Eşleşti", "Matched"),
    Status.WRONG_CSBM: Text("Yanlış CSBM", "Wrong csbm"),
    Status.WRONG_BUILDING: Text("Yanlış bina", "Wrong building"),
    Status.DUPLICATE: Text("Mükerrer", "Duplicate"),
    Status.AMBIGUOUS: Text("Belirsiz", "Ambiguous"),
    Status.UAVT_ONLY: Text("Yalnız UAVT'de", "Only in UAVT"),
    Status.FIELD_ONLY: Text("Yalnız kayıtta", "Only in the register"),
    Status.TO_ADD: Text("Eklenecek", "To add"),
    Status.TO_DELETE: Text("Silinecek", "To delete"),
}
REGISTER, UAVT = "register", "uavt"
PLACE_TEXTS = {REGISTER: Text("kayıt", "register"), UAVT: Text("UAVT", "UAVT"), "": Text("", "")}
"""Where something is to be added or deleted."""

REASON_TEXTS = {
    "same_door": Text("Metin ve adres no aynı kapıyı gösteriyor.",
                      "Text and adres no lead to the same door."),
    "code_differs": Text("UAVT'nin csbm kodu, metnin bulduğu kapının csbm'sinden farklı.",
                         "The csbm code of UAVT is not that of the door the text leads to."),
    "unit_on_other_csbm": Text("Kayıt bu adres no'yu başka bir csbm'de tutuyor.",
                               "The register has this adres no on another csbm."),
    "unit_in_other_building": Text("Kayıt bu adres no'yu başka bir yapıda tutuyor.",
                                   "The register has this adres no in another building."),
    "unit_at_other_door": Text("Kayıt bu adres no'yu aynı yapının başka kapısında tutuyor.",
                               "The register has this adres no at another door of the building."),
    "bina_no_differs": Text("UAVT'nin bina no'su, metnin bulduğu kapı değil.",
                            "The bina no of UAVT is not the door the text leads to."),
    "adres_no_twice": Text("Adres no dosyada daha önce geçti.",
                           "The adres no stands earlier in the file."),
    "inner_door_twice": Text("Aynı kapının aynı iç kapısı birden çok adres no taşıyor.",
                             "One inner door of one door has several adres no."),
    "inner_door_taken": Text("Kayıtta bu iç kapı başka bir adres no taşıyor.",
                             "In the register this inner door has another adres no."),
    "unit_missing": Text("Kapı kayıtta, bağımsız bölüm değil.",
                         "The door is in the register, the unit is not."),
    "door_closed": Text("UAVT'nin kapısı kayıtta kapatılmış.",
                        "The door of UAVT was closed in the register."),
    "text_unclear": Text("Adres no'nun kapısı biliniyor ama metin onu göstermiyor.",
                         "The door of the adres no is known, but the text does not lead there."),
    "several_doors": Text("Metin birden çok kapıya uyuyor ya da kuşkulu.",
                          "The text fits several doors, or is doubtful."),
    "door_unknown": Text("Csbm kayıtta, bu numaralı kapı değil.",
                         "The csbm is in the register, a door of that number is not."),
    "csbm_unknown": Text("Csbm kayıtta yok.", "The csbm is not in the register."),
    "place_unknown": Text("Adresin yeri kayıtta bulunamadı.",
                          "The place of the address was not found in the register."),
    "unit_not_in_uavt": Text("Kayıttaki adres no UAVT dosyasında yok.",
                             "The adres no of the register is not in the UAVT file."),
    "door_not_in_uavt": Text("Kayıttaki ana kapıya hiçbir UAVT satırı gelmiyor.",
                             "No row of UAVT leads to this main door of the register."),
    "kept_by_hand": Text("Bir kişi olduğu gibi bıraktı.", "A person let it be as it is."),
    "decided_by_hand": Text("Bir kişi karar verdi.", "A person decided."),
}  # fmt: skip
"""Why an address has its status."""

RESULT = ("key", "status", "place", "reason", "row_no", "adres_no", "door", "register_door")
"""Columns of ``compare``: the key decisions hold for, status, where something is to be added or
deleted, reason, row of the AKS file (missing for what only the register has), adres no, the door
the text leads to (kimlik no) and the one the register has for the adres no."""
_NOT_FOUND = {"door_unknown": "door_unknown", "csbm_unknown": "csbm_unknown"}
_TAKES_AWAY = frozenset({Status.FIELD_ONLY})


def compare(
    rows: pd.DataFrame,
    doors: pd.DataFrame,
    units: pd.DataFrame,
    *,
    closed_doors: Collection[int] = (),
) -> pd.DataFrame:
    """Status and reason of each UAVT row.

    Args:
        rows: ``row_no, adres_no`` (Int64), ``door`` (numarataj kimlik no the text leads to for
            sure, else missing), ``match_status, match_reason``, ``ic_kapi_no``, ``csbm_said`` and
            ``bina_said`` (codes the row itself states, else missing).
        doors: of the register, by kimlik no: ``csbm_kod, yapi_id``.
        units: of the register, by adres no: ``door`` (kimlik no), ``ic_kapi_no``.
        closed_doors: kimlik no of doors the register had once.

    Returns:
        ``RESULT``, in the order of ``rows``.
    """
    seen = _joined(rows, doors, units)
    status = pd.Series("", index=rows.index, dtype=object)
    reason = pd.Series("", index=rows.index, dtype=object)
    place = pd.Series("", index=rows.index, dtype=object)

    def say(which: Any, what: Status, why: Any, where: str = "") -> None:
        """The first word said of a row stands."""
        open_ = which.fillna(value=False).astype(bool) & status.eq("")
        status[open_] = what
        reason[open_] = why[open_] if isinstance(why, pd.Series) else why
        place[open_] = where

    stands, known = seen["door"].notna(), seen["register_door"].notna()
    say(seen["is_repeated"], Status.DUPLICATE, "adres_no_twice", UAVT)
    say(stands & _differ(seen["csbm_said"], seen["csbm"]) & seen["is_csbm_known"],
        Status.WRONG_CSBM, "code_differs")  # fmt: skip
    elsewhere = stands & known & (seen["door"] != seen["register_door"])
    say(elsewhere & _differ(seen["csbm"], seen["register_csbm"]), Status.WRONG_CSBM,
        "unit_on_other_csbm")  # fmt: skip
    same_yapi = seen["yapi"].eq(seen["register_yapi"]).fillna(value=False)
    say(elsewhere & ~same_yapi, Status.WRONG_BUILDING, "unit_in_other_building")
    say(elsewhere, Status.WRONG_BUILDING, "unit_at_other_door")
    say(stands & seen["is_bina_known"] & _differ(seen["bina_said"], seen["door"]),
        Status.WRONG_BUILDING, "bina_no_differs")  # fmt: skip
    say(stands & known, Status.MATCHED, "same_door")
    say(stands & seen["is_taken"], Status.DUPLICATE, "inner_door_taken", UAVT)
    say(stands & seen["is_doubled"], Status.DUPLICATE, "inner_door_twice", UAVT)
    say(stands, Status.TO_ADD, "unit_missing", REGISTER)
    say(seen["bina_said"].isin(list(closed_doors)), Status.TO_DELETE, "door_closed", UAVT)
    say(known, Status.AMBIGUOUS, "text_unclear")
    say(seen["match_status"].eq("review"), Status.AMBIGUOUS, "several_doors")
    why = seen["match_reason"].map(_NOT_FOUND).fillna("place_unknown")
    say(status.eq(""), Status.UAVT_ONLY, why)
    return _result(seen, status, place, reason)


def only_in_register(
    compared: pd.DataFrame, doors: pd.DataFrame, units: pd.DataFrame, covered: Collection[int]
) -> pd.DataFrame:
    """Units and main doors of the covered mahalle that no UAVT row leads to.

    Args:
        compared: of ``compare``.
        doors: of the register, by kimlik no: ``mahalle_kod, is_main``.
        units: of the register, by adres no: ``door``.
        covered: mahalle the UAVT file is about; nothing is said of others.

    Returns:
        ``RESULT``.
    """
    there = doors["mahalle_kod"].isin(list(covered))
    inside = units[units["door"].map(there).fillna(value=False).astype(bool)]
    unit = inside[~inside.index.isin(compared["adres_no"].dropna())]
    reached = pd.concat([compared["door"], compared["register_door"], unit["door"]]).dropna()
    door = doors[there & doors["is_main"] & ~doors.index.isin(reached)]
    lone = {
        "key": [f"adres:{number}" for number in unit.index]
        + [f"kapi:{number}" for number in door.index],
        "status": Status.FIELD_ONLY,
        "place": "",
        "reason": ["unit_not_in_uavt"] * len(unit) + ["door_not_in_uavt"] * len(door),
        "row_no": pd.Series(pd.NA, index=range(len(unit) + len(door)), dtype="Int64"),
        "adres_no": pd.array([*unit.index, *([None] * len(door))], dtype="Int64"),
        "door": pd.array([*([None] * (len(unit) + len(door)))], dtype="Int64"),
        "register_door": pd.array([*unit["door"], *door.index], dtype="Int64"),
    }
    return pd.DataFrame(lone)[list(RESULT)]


def covered_mahalle(
    compared: pd.DataFrame, doors: pd.DataFrame, *, least: float = 0.2
) -> pd.Series:
    """Share of main doors of each mahalle that a UAVT row leads to; those from ``least`` on count.

    A file of one mahalle with a stray row of another must not call all of the other surplus.
    """
    main = doors[doors["is_main"] & doors["mahalle_kod"].notna()]
    reached = pd.concat([compared["door"], compared["register_door"]]).dropna().unique()
    share = pd.Series(main.index.isin(reached), index=main.index).groupby(main["mahalle_kod"])
    shares: pd.Series = share.mean()
    return shares[shares >= least]


def decided(compared: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """The result with what people decided; ``decision`` tells it, ``is_stale`` where it waits.

    A decision made of another status than the address has now changes nothing and is shown.

    Args:
        compared: ``RESULT``.
        decisions: by key: ``status, decision, numarataj_kimlik_no``.
    """
    known = decisions.reindex(compared["key"])
    said, of_status = (known[name].set_axis(compared.index) for name in ("decision", "status"))
    door = known["numarataj_kimlik_no"].set_axis(compared.index)
    holds = said.notna() & (of_status == compared["status"])
    status, place, reason = (compared[n].copy() for n in ("status", "place", "reason"))
    lone = compared["status"].isin(list(_TAKES_AWAY))
    adds, deletes, keeps = (holds & said.eq(word) for word in ("add", "delete", "keep"))
    arrived = holds & said.eq("move") & door.eq(compared["register_door"]).fillna(value=False)
    status[adds], status[deletes] = Status.TO_ADD, Status.TO_DELETE
    place[adds] = np.where(lone[adds], UAVT, REGISTER)
    place[deletes] = np.where(lone[deletes], REGISTER, UAVT)
    status[keeps | arrived] = Status.MATCHED
    reason[adds | deletes | arrived], reason[keeps] = "decided_by_hand", "kept_by_hand"
    return compared.assign(
        status=status, place=place, reason=reason, seen_status=compared["status"], decision=said,
        decided_door=door, is_stale=said.notna() & ~holds & (of_status != status),
    )  # fmt: skip


def _joined(rows: pd.DataFrame, doors: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The rows with what the register says of their doors and numbers."""
    register_door = _at(units["door"], rows["adres_no"]).astype("Int64")
    csbm = doors["csbm_kod"]
    inner = rows["ic_kapi_no"].fillna("").map(inner_key).astype("str")
    stands = rows["door"].notna()
    pair = rows["door"].astype("str") + "/" + inner
    inner_held = units["ic_kapi_no"].fillna("").map(inner_key).astype("str")
    held = units["door"].astype("str") + "/" + inner_held
    at_home = register_door.eq(rows["door"]).fillna(value=False)
    first = stands & ~rows["adres_no"].duplicated()
    doubled = pair[first].duplicated(keep=False).reindex(rows.index, fill_value=False)
    return rows.assign(
        register_door=register_door,
        csbm=_at(csbm, rows["door"]),
        register_csbm=_at(csbm, register_door),
        yapi=_at(doors["yapi_id"], rows["door"]),
        register_yapi=_at(doors["yapi_id"], register_door),
        is_csbm_known=rows["csbm_said"].isin(csbm.dropna()),
        is_bina_known=rows["bina_said"].isin(doors.index),
        is_repeated=rows["adres_no"].duplicated(),
        is_taken=stands & ~at_home & pair.isin(held) & (inner != ""),
        is_doubled=doubled,
    )


def inner_key(ic_kapi_no: str) -> str:
    """The spelling under which inner doors are one: ``01``, ``1`` and ``No 1`` are alike."""
    key = fold(clean(ic_kapi_no)).replace(" ", "").removeprefix("no").strip(".:-/")
    return key.lstrip("0") or key


def _at(values: pd.Series, keys: pd.Series) -> pd.Series:
    """``values`` of these keys, on the index of ``keys``; missing where there is none."""
    unique = values[~values.index.duplicated()]
    return unique.reindex(pd.Index(keys)).set_axis(keys.index)


def _differ(one: pd.Series, other: pd.Series) -> pd.Series:
    """Where both are known and not the same."""
    return one.notna() & other.notna() & one.ne(other).fillna(value=False)


def _result(
    seen: pd.DataFrame, status: pd.Series, place: pd.Series, reason: pd.Series
) -> pd.DataFrame:
    key = "adres:" + seen["adres_no"].astype("str")
    key = key.where(~seen["is_repeated"], key + "/" + seen["row_no"].astype("str"))
    return pd.DataFrame(
        {
            "key": key.astype("str"),
            "status": status.astype("str"),
            "place": place.astype("str"),
            "reason": reason.astype("str"),
            "row_no": seen["row_no"].astype("Int64"),
            "adres_no": seen["adres_no"].astype("Int64"),
            "door": seen["door"].astype("Int64"),
            "register_door": seen["register_door"],
        }
    )
