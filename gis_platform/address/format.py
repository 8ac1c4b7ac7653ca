"""A parsed address is written out in the official order: mahalle, csbm, doors, ilçe, il."""

from gis_platform.address.model import TUR_WORDS, Csbm, ParsedAddress


def format_address(address: ParsedAddress) -> str:
    """The canonical text; ``parse`` gives the same components back."""
    parts = [
        f"{address.mahalle} MAHALLESİ" if address.mahalle else None,
        *(_csbm(csbm) for csbm in address.csbm),
        f"NO: {address.dis_kapi_no}" if address.dis_kapi_no else None,
        f"{address.blok} BLOK" if address.blok else None,
        f"KAT: {address.kat}" if address.kat else None,
        f"DAİRE: {address.ic_kapi_no}" if address.ic_kapi_no else None,
        address.posta_kodu,
        "/".join(name for name in (address.ilce, address.il) if name) or None,
    ]
    return " ".join(part for part in parts if part)


def _csbm(csbm: Csbm) -> str:
    word = TUR_WORDS.get(csbm.tur_kod or 0, "")
    return f"{csbm.name} {word}".strip()
