"""The work list of a comparison as files people work in, and decisions back from them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from sqlalchemy import Connection

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.language import Language
from gis_platform.core.text import clean, fold, sort_key
from gis_platform.db.decide import Choice, ReconcileDecision, store_reconcile_decisions
from gis_platform.db.load import Decision, store_decisions
from gis_platform.db.queries.register import csbm_of_numarataj
from gis_platform.jobs.reconcile import Reconciled, suggestions
from gis_platform.maks.kapi_no import parse
from gis_platform.maks.reconcile import PLACE_TEXTS, REASON_TEXTS, STATUS_TEXTS, Status
from gis_platform.report.worklist import WorkCsbm, WorkItem, WorkMahalle, WorkPages, write_pages
from gis_platform.report.worklist_style import STYLE_LAYER, style_table
from gis_platform.sources.table import ROW, column_of, read_whole_table
from gis_platform.sources.workbook import Sheet, write_workbook

LAYER = "is_listesi"
BATCH, KEY, STATUS, DECISION, NOTE = "parti", "anahtar", "durum_kod", "karar", "not"
_WORDS: dict[str, Choice] = {
    "ekle": "add", "add": "add", "sil": "delete", "delete": "delete", "kalsin": "keep",
    "keep": "keep", "dogru": "keep",
}  # fmt: skip
_SAID = {"add": Text("ekle", "add"), "delete": Text("sil", "delete"),
         "keep": Text("kalsın", "keep"), "move": Text("taşı", "move")}  # fmt: skip
_NEAR = ("1", "2", "3")
"""A suggestion by its number."""
_NUMARATAJ_DIGITS = 7
_WIDTHS = {
    "anahtar": 17, "durum": 16, "durum_kod": 13, "gerekce": 44, "mahalle": 18, "csbm": 24,
    "adres": 60, "oneri_1": 46, "oneri_2": 46, "oneri_3": 46, "karar": 14, "not": 30,
    "onceki_karar": 22,
}  # fmt: skip


def write_worklist(
    found: Reconciled, folder: Path, language: Language, *, with_matched: bool = False
) -> list[Path]:
    """Write the work list into a folder; the files written, the page to open first.

    ``index.html`` with a page per mahalle, ``is_listesi.gpkg`` (points, EPSG:4326) and
    ``is_listesi.xlsx`` for all, and ``mahalle/*.xlsx`` for the team of each mahalle.

    Args:
        found: the comparison.
        folder: created where missing; files of these names are replaced.
        language: of the words people read; the names of columns stay.
        with_matched: also what agrees.
    """
    items = _in_order(found.items if with_matched else found.open)
    table = worklist_table(found, items, language)
    (folder / "mahalle").mkdir(parents=True, exist_ok=True)
    pages = write_pages(_pages(found, items, table), folder, language)
    gpkg, book = folder / f"{LAYER}.gpkg", folder / f"{LAYER}.xlsx"
    choices = [_SAID[word].say(language) for word in ("add", "delete", "keep")]
    _write_points(table, items, gpkg)
    style = style_table(LAYER, "durum", "dis_kapi_no", (DECISION, [*choices, *_NEAR]), language)
    with writing_to(gpkg):
        pyogrio.write_dataframe(style, gpkg, layer=STYLE_LAYER, append=True)
    _write_book(table, book, choices, _totals(found, language))
    books = []
    for kod, rows in table.groupby(items["mahalle_kod"].fillna(0).to_numpy(), sort=False):
        path = folder / "mahalle" / f"{_stem(int(kod), str(rows['mahalle'].iloc[0]))}.xlsx"
        _write_book(rows, path, choices)
        books.append(path)
    return [*pages[:1], gpkg, book, *pages[1:], *books]


def worklist_table(found: Reconciled, items: pd.DataFrame, language: Language) -> pd.DataFrame:
    """The items as people read them, with suggestions and room for a decision; all text."""
    rows = [_row(found, item, language) for item in items.to_dict("records")]
    empty = _row_names()
    return pd.DataFrame(rows, columns=empty, dtype="str").fillna("")


def take_worklist(connection: Connection, path: Path, person: str) -> int:
    """Write down the decisions of a work list that was filled in; the number of them.

    ``karar`` holds ``ekle`` (add where it is missing), ``sil`` (delete where it is surplus),
    ``kalsın`` (keep as it is), the number of a suggestion (1, 2, 3) or a numarataj kimlik no; an
    empty one leaves the address waiting. All of the file or nothing. A door chosen is obeyed by
    matching from then on; an address to be deleted loses a door chosen earlier.

    Args:
        connection: as ``gis_etl``, in the caller's transaction.
        path: the GeoPackage, a workbook, or the CSV a page gave.
        person: who decided.

    Raises:
        SourceError: a column is missing, or a decision cannot be understood; row and remedy named.
    """
    frame = _read(path)
    names = {
        name: column_of(frame.columns, name, path=path) for name in (BATCH, KEY, STATUS, DECISION)
    }
    rows = frame[frame[names[DECISION]].map(clean) != ""].to_dict("records")
    decisions = [_decision(row, names, path, person) for row in rows]
    doors = [d.numarataj_kimlik_no for d in decisions if d.numarataj_kimlik_no is not None]
    known = csbm_of_numarataj(connection, doors)
    for row, one in zip(rows, decisions, strict=True):
        if one.numarataj_kimlik_no is not None and one.numarataj_kimlik_no not in known:
            raise _unknown_door(path, int(row[ROW]), one.numarataj_kimlik_no)
    store_reconcile_decisions(connection, decisions)
    told = [_for_matching(one, row, known) for one, row in zip(decisions, rows, strict=True)]
    store_decisions(connection, [one for one in told if one is not None])
    return len(decisions)


def _in_order(items: pd.DataFrame) -> pd.DataFrame:
    """By mahalle, csbm and door, as a team walks."""
    numbers = parse(items["dis_kapi_no"].replace("", None).astype("str"))
    keys = pd.DataFrame(
        {
            "mahalle": items["mahalle"].map(sort_key),
            "csbm": items["csbm"].map(sort_key),
            "kod": items["csbm_kod"].fillna(0).astype("int64"),
            "odd": (numbers["number"] % 2).fillna(2).astype("int64"),
            "number": numbers["number"].fillna(0).astype("int64"),
            "letters": numbers["letters"],
            "key": items["key"],
        }
    )
    return items.loc[keys.sort_values(list(keys.columns), kind="stable").index]


def _row(found: Reconciled, item: Mapping[str, Any], language: Language) -> dict[str, str]:
    status, reason = Status(item["status"]), REASON_TEXTS[item["reason"]]
    said = {
        BATCH: str(found.batch_id),
        KEY: item["key"],
        "durum": status.say(language),
        STATUS: str(item["seen_status"]),
        "yer": PLACE_TEXTS[item["place"]].say(language),
        "gerekce": reason.say(language),
        "mahalle": item["mahalle"],
        "csbm_kod": _text(item["csbm_kod"]),
        "csbm": item["csbm"],
        "dis_kapi_no": item["dis_kapi_no"],
        "ic_kapi_no": item["ic_kapi_no"],
        "adres_no": _text(item["adres_no"]),
        "adres": item["text"],
        "kapi": _text(item["door"]),
        "kayit_kapi": _text(item["register_door"]),
    }
    near = suggestions(item) if item["seen_status"] != Status.FIELD_ONLY else []
    for at in range(3):
        label, number = near[at] if at < len(near) else ("", "")
        said |= {f"oneri_{at + 1}": label, f"oneri_{at + 1}_numarataj": str(number)}
    return said | {DECISION: "", NOTE: "", "onceki_karar": _before(item, language)}


def _row_names() -> list[str]:
    first = [BATCH, KEY, "durum", STATUS, "yer", "gerekce", "mahalle", "csbm_kod", "csbm",
             "dis_kapi_no", "ic_kapi_no", "adres_no", "adres", "kapi", "kayit_kapi"]  # fmt: skip
    near = [name for at in (1, 2, 3) for name in (f"oneri_{at}", f"oneri_{at}_numarataj")]
    return [*first, *near, DECISION, NOTE, "onceki_karar"]


def _before(item: Mapping[str, Any], language: Language) -> str:
    """The decision in force, and whether it was made of something else than is there now."""
    if not isinstance(item["decision"], str):
        return ""
    said = _SAID[item["decision"]].say(language)
    door = "" if pd.isna(item["decided_door"]) else f" {item['decided_door']}"
    stale = (
        Text(" (durum değişti)", " (the status has changed)") if item["is_stale"] else Text("", "")
    )
    return f"{said}{door}{stale.say(language)}"


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _stem(kod: int, name: str) -> str:
    """A file name of a mahalle: code and folded name."""
    if not kod:
        return "yersiz"
    plain = "-".join("".join(c if c.isalnum() else " " for c in fold(name)).split())
    return f"{kod}-{plain}" if plain else str(kod)


def _write_points(table: pd.DataFrame, items: pd.DataFrame, path: Path) -> None:
    shapes = shapely.points(items["lon"].astype(float), items["lat"].astype(float))
    shapes[items["lon"].isna().to_numpy()] = None
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=PUBLISHED_SRID)
    with writing_to(path):
        path.unlink(missing_ok=True)
        pyogrio.write_dataframe(frame, path, layer=LAYER, driver="GPKG", geometry_type="Point")


def _write_book(
    table: pd.DataFrame, path: Path, choices: list[str], totals: pd.DataFrame | None = None
) -> None:
    sheets = [Sheet("İş listesi", table, _WIDTHS, {DECISION: [*choices, *_NEAR]})]
    if totals is not None:
        sheets.append(Sheet("Özet", totals, {"mahalle": 24}))
    write_workbook(sheets, path)


def _totals(found: Reconciled, language: Language) -> pd.DataFrame:
    """Items per mahalle and status, and how much of the mahalle the file covers."""
    items = found.items
    counts = pd.crosstab(items["mahalle_kod"].fillna(0).astype("int64"), items["status"])
    counts = counts.reindex(columns=[one.value for one in Status], fill_value=0)
    names = [found.mahalle.get(int(kod), "–") for kod in counts.index]
    share = [round(found.covered.get(int(kod), 0.0), 3) for kod in counts.index]
    told = counts.rename(columns={s.value: STATUS_TEXTS[s].say(language) for s in Status})
    covered = Text("kapsanan kapı payı", "share of doors covered").say(language)
    return told.reset_index(drop=True).assign(**{covered: share}).pipe(_led_by, names)


def _led_by(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    frame.insert(0, "mahalle", names)
    return frame


def _pages(found: Reconciled, items: pd.DataFrame, table: pd.DataFrame) -> WorkPages:
    """What the pages show."""
    told = table.set_index(items.index)
    mahalle = []
    for kod, mine in items.groupby(items["mahalle_kod"].fillna(0).astype("int64"), sort=False):
        name = str(mine["mahalle"].iloc[0]) or "–"
        parts = []
        for csbm, rows in mine.groupby(mine["csbm_kod"].fillna(0).astype("int64"), sort=False):
            works = tuple(_work_item(item, told.loc[at]) for at, item in _records(rows))
            beside = found.doors[found.doors["csbm_kod"].eq(csbm).fillna(value=False)]
            points = tuple(zip(beside["lon"], beside["lat"], strict=True))
            parts.append(WorkCsbm(int(csbm), str(rows["csbm"].iloc[0]) or "–", works, points))
        whole = found.items[found.items["mahalle_kod"].fillna(0).astype("int64") == kod]
        counts = {str(s): int(n) for s, n in whole["status"].value_counts().items()}
        mahalle.append(
            WorkMahalle(int(kod), name, _stem(int(kod), str(mine["mahalle"].iloc[0])),
                        counts, found.covered.get(int(kod)), tuple(parts))
        )  # fmt: skip
    return WorkPages(
        batch_id=found.batch_id,
        file_name=found.file_name,
        sha256=found.sha256,
        read=found.account.read,
        rejected=found.account.rejected,
        counts=found.counts(),
        statuses={one.value: STATUS_TEXTS[one] for one in Status},
        mahalle=tuple(mahalle),
        uncovered=tuple(n for k, n in found.mahalle.items() if k not in found.covered),
    )


def _records(rows: pd.DataFrame) -> list[tuple[Any, dict[str, Any]]]:
    return list(zip(rows.index, rows.to_dict("records"), strict=True))


def _work_item(item: Mapping[str, Any], told: pd.Series) -> WorkItem:
    near = [(told[f"oneri_{at}"], told[f"oneri_{at}_numarataj"]) for at in (1, 2, 3)]
    lon, lat = item["lon"], item["lat"]
    return WorkItem(
        key=told[KEY],
        status=item["status"],
        seen_status=told[STATUS],
        said=told["durum"],
        reason=told["gerekce"],
        place=told["yer"],
        dis_kapi_no=told["dis_kapi_no"],
        ic_kapi_no=told["ic_kapi_no"],
        adres_no=told["adres_no"],
        text=told["adres"],
        suggestions=tuple((label, number) for label, number in near if number),
        before=told["onceki_karar"],
        point=None if pd.isna(lon) else (float(lon), float(lat)),
    )


def _read(path: Path) -> pd.DataFrame:
    """A work list as text, with the number of each row."""
    if fold(path.suffix) != ".gpkg":
        return read_whole_table(path)
    try:
        frame = pyogrio.read_dataframe(path, layer=LAYER, read_geometry=False)
    except pyogrio.errors.DataSourceError:
        raise SourceError(
            Text("Bu dosya bir iş listesi değil.", "This file is no work list."),
            place=Place(file=str(path)),
            remedy=Text("is_listesi.gpkg verin", "give is_listesi.gpkg"),
        ) from None
    text = frame.astype(object).where(frame.notna(), "").astype("str")
    return text.assign(**{ROW: range(1, len(frame) + 1)})


def _decision(
    row: Mapping[str, Any], names: Mapping[str, str], path: Path, person: str
) -> ReconcileDecision:
    said = fold(clean(row[names[DECISION]])).removesuffix(".0")
    status = clean(row[names[STATUS]])
    common: dict[str, Any] = {
        "key": clean(row[names[KEY]]),
        "status": status,
        "decided_by": person,
        "batch_id": int(row[names[BATCH]]),
        "note": clean(str(row.get(NOTE, "") or "")) or None,
    }
    if said in _WORDS:
        return ReconcileDecision(decision=_WORDS[said], **common)
    near = str(row.get(f"oneri_{said}_numarataj", "") or "")
    chosen = near or said
    is_door = chosen.isdigit() and (bool(near) or len(chosen) >= _NUMARATAJ_DIGITS)
    if status == Status.FIELD_ONLY or not is_door:
        raise _not_understood(path, int(row[ROW]), clean(row[names[DECISION]]), status)
    return ReconcileDecision(decision="move", numarataj_kimlik_no=int(chosen), **common)


def _for_matching(
    one: ReconcileDecision, row: Mapping[str, Any], known: Mapping[int, int | None]
) -> Decision | None:
    """What matching has to obey: a door that was chosen, an address that is to go."""
    kind, _, adres_no = one.key.partition(":")
    if kind != "adres" or not adres_no.isdigit() or one.status == Status.FIELD_ONLY:
        return None
    common: dict[str, Any] = {
        "key": adres_no,
        "address": json.dumps({"adres": str(row.get("adres", ""))}, ensure_ascii=False),
        "decided_by": one.decided_by,
        "batch_id": one.batch_id,
        "note": one.note,
    }
    if one.decision == "move" and one.numarataj_kimlik_no is not None:
        door = one.numarataj_kimlik_no
        return Decision(
            decision="accept", numarataj_kimlik_no=door, csbm_kod=known.get(door), **common
        )
    return Decision(decision="refuse", **common) if one.decision == "delete" else None


def _not_understood(path: Path, row: int, said: str, status: str) -> SourceError:
    words = Text("ekle, sil, kalsın", "add, delete, keep")
    if status != Status.FIELD_ONLY:
        words = Text(
            f"{words.tr}, öneri numarası ya da numarataj kimlik no",
            f"{words.en}, the number of a suggestion or a numarataj kimlik no",
        )
    return SourceError(
        Text(f"“{said}” kararı anlaşılamadı.", f"The decision “{said}” cannot be understood."),
        place=Place(file=str(path), row=row, field=DECISION),
        remedy=Text(f"şunlardan birini yazın: {words.tr}", f"write one of: {words.en}"),
    )


def _unknown_door(path: Path, row: int, number: int) -> SourceError:
    return SourceError(
        Text(f"Kayıtta {number} numaralı bir kapı yok.", f"No door {number} here."),
        place=Place(file=str(path), row=row, field=DECISION),
        remedy=Text("kayıttaki bir numarataj kimlik no yazın", "write one of the register"),
    )
