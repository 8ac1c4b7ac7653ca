"""Matched addresses become features of the register: kapı-level AKS rows as bağımsız bölüm."""

import uuid

import pandas as pd

from gis_platform.core.text import clean, fold, upper
from gis_platform.maks.layers import FILE, ROW, empty_frame
from gis_platform.maks.model import BAGIMSIZ_BOLUM

NAMESPACE = uuid.UUID("6f1d8a57-4b0e-5c55-9a3e-2f0b8e6c1d34")
"""Under it the GUID of a unit follows from its adres no: the same row is the same feature."""

_FLOORS = {"zemin": "Z", "zeminkat": "Z", "bodrum": "B", "bodrumkat": "B", "asmakat": "A"}


def assemble_bagimsiz_bolum(
    rows: pd.DataFrame, numarataj: pd.DataFrame, *, register: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Units from rows matched to a door.

    Args:
        rows: ``adres_no`` (10 digits), ``ic_kapi_no``, ``numarataj_kimlik_no``, ``_file``,
            ``_row`` and, where known, ``kat_no``; missing is ``""`` or null.
        numarataj: the doors: ``id, kimlik_no, yapi_id, diger_yapi_id``.
        register: units already in the register: a known one keeps its GUID and all that AKS does
            not say.

    Returns:
        A ``bagimsiz_bolum`` frame as in ``MaksLayers``, on the index of ``rows``. A row whose door
        is not among ``numarataj`` has no ``numarataj_id``; a control holds it.
    """
    units = _known(rows, register)
    doors = numarataj.drop_duplicates("kimlik_no").set_index("kimlik_no")
    at = pd.Index(pd.to_numeric(rows["numarataj_kimlik_no"]).astype("Int64"))
    found = doors[["id", "yapi_id", "diger_yapi_id"]].reindex(at).set_axis(rows.index)
    units["numarataj_id"] = found["id"]
    units["yapi_id"] = found["yapi_id"]
    units["diger_yapi_id"] = found["diger_yapi_id"]
    units["ic_kapi_no"] = _spelled(rows["ic_kapi_no"])
    if "kat_no" in rows:
        units["kat_no"] = _floor(rows["kat_no"])
    units[FILE], units[ROW] = rows[FILE], rows[ROW].astype("Int64")
    return units.astype(empty_frame(BAGIMSIZ_BOLUM.name).dtypes.to_dict())


def unit_id(adres_no: int) -> str:
    """The GUID of a unit that came without one, in braces."""
    return "{" + str(uuid.uuid5(NAMESPACE, f"bagimsiz_bolum/{adres_no}")).upper() + "}"  # ASCII


def _known(rows: pd.DataFrame, register: pd.DataFrame | None) -> pd.DataFrame:
    """One row per unit: what the register knows of it, its GUID made where it is new."""
    kimlik_no = pd.to_numeric(rows["adres_no"]).astype("Int64")
    frame = empty_frame(BAGIMSIZ_BOLUM.name) if register is None else register
    known = frame.drop_duplicates("kimlik_no").set_index("kimlik_no")
    units = known.reindex(pd.Index(kimlik_no)).set_axis(rows.index)
    made = [unit_id(number) if pd.isna(one) else one
            for number, one in zip(kimlik_no, units["id"], strict=True)]  # fmt: skip
    units["kimlik_no"], units["id"] = kimlik_no, pd.Series(made, index=rows.index, dtype="str")
    return units[[*BAGIMSIZ_BOLUM.names, FILE, ROW]].copy()


def _spelled(column: pd.Series) -> pd.Series:
    """Capitals, single blanks, ``12.0`` from a spreadsheet as ``12``; blank is missing."""
    text = column.fillna("").astype("str").map(clean).map(upper)
    return text.str.replace(r"^(\d+)\.0+$", r"\1", regex=True).replace("", None)


def _floor(column: pd.Series) -> pd.Series:
    """Floors as the register keeps them, three characters; longer ones stay only in ``raw``."""
    text = _spelled(column)
    named = text.map(
        lambda floor: _FLOORS.get(fold(floor).replace(" ", ""), floor), na_action="ignore"
    )
    named = named.astype("str").str.replace(r"[.]?\s*KAT$", "", regex=True)
    longest = BAGIMSIZ_BOLUM.column("kat_no").length or 0
    return named.where(named.str.len() <= longest)
