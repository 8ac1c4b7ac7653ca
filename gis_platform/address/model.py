"""What an address is once it is read: its components as written, and the words nobody claimed."""

from dataclasses import dataclass

from gis_platform.address.roles import (
    AS_BULVAR,
    AS_CADDE,
    AS_CSBM,
    AS_KUME_EVLER,
    AS_MEYDAN,
    AS_SOKAK,
    AS_YOL,
)  # fmt: skip

TUR_WORDS = {
    AS_MEYDAN: "MEYDANI", AS_BULVAR: "BULVARI", AS_CADDE: "CADDESİ", AS_SOKAK: "SOKAK",
    AS_KUME_EVLER: "KÜME EVLER", AS_YOL: "", AS_CSBM: "",
}  # fmt: skip
"""Type words as an address is written out; a road word belongs to the name."""


@dataclass(frozen=True)
class Csbm:
    """A csbm an address names: name without type word, and ``tur_kod`` where the type is known."""

    name: str
    tur_kod: int | None = None


@dataclass(frozen=True)
class ParsedAddress:
    """The components of an address, in capitals; ``None`` where it has none.

    Attributes:
        csbm: every csbm named, in the order written; the door belongs to the last one.
        building: names of sites, blocks, shops, schools.
        tarif: directions (``… karşısı``).
        words: names no type word claims, such as ilçe and il behind the door.
    """

    mahalle: str | None = None
    csbm: tuple[Csbm, ...] = ()
    dis_kapi_no: str | None = None
    ic_kapi_no: str | None = None
    kat: str | None = None
    blok: str | None = None
    building: str | None = None
    tarif: str | None = None
    posta_kodu: str | None = None
    ilce: str | None = None
    il: str | None = None
    words: tuple[str, ...] = ()
