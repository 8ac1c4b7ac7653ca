"""AKS tables: what their headers mean, and which rows cannot be used (maks.md §4.1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.text import clean
from gis_platform.maks.model import name_key
from gis_platform.matching.model import AddressColumns
from gis_platform.sources.table import FAULT, OURS, RAW, ROW, TOO_MANY

ADRES_NO_DIGITS = 10
"""Digits of a UAVT adres no (maks.md §1.7)."""

_ALIASES: dict[str, tuple[str, ...]] = {
    "adres_no": (
        "adresno", "uavtadresno", "adreskodu", "uavtkodu", "uavtno", "uavt", "adresnumarasi",
        "ulusaladresno", "bagimsizbolumkimlikno",
    ),
    "text": (
        "acikadres", "adres", "acikadresaciklama", "tamadres", "adresmetni", "adresi",
        "adresaciklama", "eskiadres",
    ),
    "il": ("il", "iladi", "sehir"),
    "ilce": ("ilce", "ilceadi"),
    "mahalle": ("mahalle", "mahalleadi", "mahallesi", "mah", "mahallekoy"),
    "csbm": (
        "csbm", "csbmadi", "caddesokak", "caddesokakadi", "caddesokakbulvarmeydan", "sokakcadde",
        "yol", "yoladi", "sokak", "cadde", "sokakadi",
    ),
    "dis_kapi_no": (
        "diskapino", "diskapi", "diskapinumarasi", "kapino", "diskapinoformatted", "diskapino1",
        "kapinumarasi",
    ),
    "ic_kapi_no": (
        "ickapino", "ickapi", "ickapinumarasi", "daireno", "daire", "bagimsizbolumno",
    ),
    "mahalle_kod": ("mahallekodu", "mahallekod", "mahallekimlikno"),
    "csbm_kod": ("csbmkodu", "csbmkod", "uavtcsbmkodu", "yolkimlikno"),
    "site": ("siteadi", "site", "binasiteadi"),
    "blok": ("blokadi", "blok", "binablokadi", "apartmanblokadi", "apartman", "apartmanadi"),
    "kat_no": ("katno", "kat", "bulundugukat"),
    "bina_no": ("numaratajkimlikno", "binano", "numarataj"),
}  # fmt: skip
"""Meaning to the keys of headers that have it, likeliest first."""


@dataclass(frozen=True)
class AksColumns:
    """Which header of an AKS table holds what.

    Attributes:
        address: what the matcher reads; includes ``adres_no``.
        adres_no: header of the UAVT adres no.
        kat_no: header of the floor, if there is one.
        bina_no: header of the numarataj kimlik no (UAVT's bina no), if there is one.
    """

    address: AddressColumns
    adres_no: str
    kat_no: str | None = None
    bina_no: str | None = None


def aks_columns(headers: Iterable[str], *, file: str | None = None) -> AksColumns:
    """The meaning of the headers of an AKS table.

    Raises:
        SourceError: no header means an address, or none an adres no; the message names all.
    """
    names = [name for name in headers if name not in OURS]
    found = {meaning: _header_of(names, keys) for meaning, keys in _ALIASES.items()}
    kat_no, bina_no = found.pop("kat_no"), found.pop("bina_no")
    if not any(found[meaning] for meaning in ("text", "csbm", "csbm_kod")):
        raise _no_column(names, "Adres", file, _NO_ADDRESS)
    adres_no = found["adres_no"]
    if adres_no is None:
        raise _no_column(names, "Adres No", file, _NO_ADRES_NO)
    return AksColumns(AddressColumns(**found), adres_no, kat_no, bina_no)


def adres_no_of(column: pd.Series) -> pd.Series:
    """Adres numbers as Int64, a spreadsheet's ``.0`` dropped; missing where malformed."""
    text = _digits(column)
    good = text.str.fullmatch(rf"[1-9]\d{{{ADRES_NO_DIGITS - 1}}}").astype(bool)
    return pd.to_numeric(text.where(good)).astype("Int64")


@dataclass(frozen=True)
class RowFault:
    """A named reason why a row cannot be used, and what to do about it."""

    text: Text
    remedy: Text


ROW_FAULTS: dict[str, RowFault] = {
    "row.too-many-fields": RowFault(
        Text("Satırda başlıktan çok alan var.", "The row has more fields than the header."),
        Text("alanları tırnak içine alın", "quote the fields"),
    ),
    "row.too-few-fields": RowFault(
        Text("Satırda başlıktan az alan var.", "The row has fewer fields than the header."),
        Text("eksik alanları tamamlayın", "complete the missing fields"),
    ),
    "row.adres-no-missing": RowFault(
        Text("Adres no boş.", "The adres no is missing."),
        Text("10 haneli UAVT adres no'yu girin", "enter the UAVT adres no of 10 digits"),
    ),
    "row.adres-no-malformed": RowFault(
        Text("Adres no 10 haneli bir sayı değil: {value}.",
             "The adres no is not a number of 10 digits: {value}."),
        Text("UAVT kaydından düzeltin", "mend it from the UAVT record"),
    ),
    "row.adres-no-doubled": RowFault(
        Text("Adres no dosyada daha önce geçti: {value}.",
             "The adres no stands earlier in the file: {value}."),
        Text("satırlardan birini silin", "delete one of the rows"),
    ),
    "row.address-empty": RowFault(
        Text("Satırda adres yok.", "The row has no address."),
        Text("adresi yazın", "write the address"),
    ),
}  # fmt: skip


class RowCheck:
    """Finds the rows of one AKS file that cannot be used; remembers the numbers of earlier pieces.

    Args:
        columns: the meaning of the file's headers.
        keeps_doubled: a row whose adres no stands earlier is no fault.
    """

    def __init__(self, columns: AksColumns, *, keeps_doubled: bool = False) -> None:
        self._columns = columns
        self._keeps_doubled = keeps_doubled
        self._seen: pd.Index = pd.Index([], dtype="int64")

    def faults(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rejected rows of one piece, at most one fault each.

        Returns:
            On the index of ``frame``: ``row, field, code, value`` and the sentences ``text`` and
            ``remedy`` (``core.errors.Text``).
        """
        number = adres_no_of(frame[self._columns.adres_no])
        doubled = number.notna() & (number.duplicated() | number.isin(self._seen))
        said = _digits(frame[self._columns.adres_no])
        code = pd.Series("", index=frame.index, dtype="str")
        code[self._address(frame) == ""] = "row.address-empty"
        if not self._keeps_doubled:
            code[doubled] = "row.adres-no-doubled"
        code[number.isna()] = "row.adres-no-malformed"
        code[said == ""] = "row.adres-no-missing"
        ragged = frame[FAULT] != ""
        code[ragged] = frame.loc[ragged, FAULT]
        self._seen = self._seen.append(pd.Index(number[code == ""].astype("int64")))
        return self._told(frame, code[code != ""])

    def _address(self, frame: pd.DataFrame) -> pd.Series:
        """What the row says of its place, all of it."""
        place = self._columns.address
        names = (place.text, place.csbm, place.csbm_kod, place.mahalle)
        parts = [frame[name].fillna("") for name in names if name is not None]
        return pd.Series(parts[0]).str.cat(parts[1:]).str.replace(r"[\W_]", "", regex=True)

    def _told(self, frame: pd.DataFrame, code: pd.Series) -> pd.DataFrame:
        number = self._columns.adres_no
        place = self._columns.address.text or self._columns.address.csbm
        rows = frame.loc[code.index]
        is_ragged = code.isin([TOO_MANY, "row.too-few-fields"])
        fields = code.map({name: number for name in ROW_FAULTS if "adres-no" in name})
        fields = fields.mask(code == "row.address-empty", place).astype(object)
        value = rows[number].where(~is_ragged, rows[RAW])
        value = value.where(code != "row.address-empty", "")
        told = [
            ROW_FAULTS[one].text.fill(value=said) for one, said in zip(code, value, strict=True)
        ]
        return pd.DataFrame(
            {
                "row": rows[ROW],
                "field": fields.where(fields.notna(), None),
                "code": code,
                "value": value,
                "text": pd.Series(told, index=rows.index, dtype=object),
                "remedy": pd.Series(
                    [ROW_FAULTS[one].remedy for one in code], index=rows.index, dtype=object
                ),
            }
        )


def row_faults(frame: pd.DataFrame, columns: AksColumns) -> pd.DataFrame:
    """The rejected rows of a table held whole; see ``RowCheck.faults`` for one in pieces."""
    return RowCheck(columns).faults(frame)


def _header_of(names: list[str], keys: tuple[str, ...]) -> str | None:
    known = {name_key(name): name for name in reversed(names)}
    return next((known[key] for key in keys if key in known), None)


def _digits(column: pd.Series) -> pd.Series:
    text = column.fillna("").astype("str").map(clean).str.replace(" ", "", regex=False)
    return text.str.replace(re.compile(r"^(\d+)[.,]0+$"), r"\1", regex=True)


_NO_ADDRESS = Text("Adres taşıyan bir sütun bulunamadı.", "No column that holds an address.")
_NO_ADRES_NO = Text(
    "Adres no (UAVT) taşıyan bir sütun bulunamadı.", "No column that holds the adres no (UAVT)."
)


def _no_column(names: list[str], wanted: str, file: str | None, said: Text) -> SourceError:
    there = ", ".join(f"“{name}”" for name in names) or "–"
    return SourceError(
        Text(f"{said.tr} Olanlar: {there}.", f"{said.en} Those that are there: {there}."),
        place=Place(file=file, field=wanted),
        remedy=Text(
            f"sütunlardan birini “{wanted}” olarak adlandırın",
            f"name one of the columns “{wanted}”",
        ),
    )
