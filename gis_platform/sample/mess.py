"""How people write an address badly: the kinds of maks.md §4.3, each at its rate, each by name."""

import csv
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import resources

from gis_platform.core.text import lower, title
from gis_platform.sample.plots import BULVAR, CADDE, KUME_EVLER, MEYDAN, SOKAK

_ASCII = str.maketrans("çÇğĞıİöÖşŞüÜ", "cCgGiIoOsSuU")
_TYPE_FORMS = {
    MEYDAN: ("MEYDANI", "MEY.", "MEYDAN"),
    BULVAR: ("BULVARI", "BULV.", "BLV.", "BLV", "BULVAR"),
    CADDE: ("CADDESİ", "CAD.", "CD.", "CAD", "CADDE"),
    SOKAK: ("SOKAK", "SK.", "SOK.", "SOKAĞI", "SK", "SOKAK"),
    KUME_EVLER: ("KÜME EVLER", "KÜME EVLERİ", "KÜMEEVLER"),
}
_TYPE_TYPOS: dict[int, tuple[str, ...]] = {
    MEYDAN: ("MEYDNI",), BULVAR: ("BULVRI", "BULW."), CADDE: ("CADESİ", "CADESSİ", "CADDEE"),
    SOKAK: ("SOKAR", "SOKK", "SOKAKK"), KUME_EVLER: ("KÜME EVLR",),
}  # fmt: skip
_MAHALLE_FORMS = ("MAH.", "MAHALLESİ", "MH.", "MAH")
_MAHALLE_TYPOS = ("MAHLESİ", "MAHALESİ", "MAHELLE")
_TITLES = {
    "ŞEHİT": "ŞHT.", "PROF. DR.": "PROF.DR.", "ALBAY": "ALB.", "BİNBAŞI": "BNB.",
    "YÜZBAŞI": "YZB.", "AVUKAT": "AV.", "ÖĞRETMEN": "ÖĞR.",
}  # fmt: skip
_LANDMARKS = ("ECZANE KARŞISI", "CAMİ YANI", "OKUL ARKASI", "PARK KARŞISI", "MARKET ÜSTÜ",
              "MUHTARLIK YANI", "DURAK KARŞISI")  # fmt: skip
_PLACES = ("ASM", "SAĞLIK OCAĞI", "AİLE SAĞLIĞI MERKEZİ")
_LETTER = re.compile(r"(?<=\d)([A-H])$")


@dataclass
class Parts:
    """What one written address is made of, before it is joined; ``kinds`` names what went wrong."""

    mahalle: str
    name: str
    tip: int
    kapi: str
    unit: str
    floor: str
    building: str
    ilce: str
    il: str
    semt_known: str
    other_mahalle: str
    old_name: str
    before: str = ""
    after: str = ""
    type_word: str = ""
    mahalle_word: str = ""
    slash_unit: str = ""
    semt: str = ""
    is_csbm_first: bool = False
    kinds: list[str] = field(default_factory=list)


def rates() -> dict[str, float]:
    """Each kind's rate, in the order in which they are applied."""
    with resources.files(__package__).joinpath("data/mess.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["kind"]: float(row["rate"]) for row in rows}


def write_address(
    parts: Parts, wanted: Iterable[str], chance: random.Random, known: Callable[[str], bool]
) -> str:
    """The address as one text, with the mess asked for where it fits.

    Args:
        parts: the components; their ``kinds`` are filled with what was done.
        wanted: kinds of mess.
        chance: for choices among forms.
        known: whether a csbm of that name exists (a misspelt name must not hit another).
    """
    asked = set(wanted)
    parts.type_word = chance.choice(_TYPE_FORMS[parts.tip])
    parts.mahalle_word = chance.choice(_MAHALLE_FORMS)
    for kind, spoil in _ON_PARTS.items():
        if kind in asked and spoil(parts, chance, known):
            parts.kinds.append(kind)
    text = _joined(parts, chance)
    for kind, respell in _ON_TEXT.items():
        if kind in asked:
            changed = respell(text, chance)
            if changed != text:
                parts.kinds.append(kind)
                text = changed
    return text


def _joined(parts: Parts, chance: random.Random) -> str:
    """Mahalle, csbm, number, unit, ilçe and il in one of the usual layouts."""
    mahalle = f"{parts.mahalle} {parts.mahalle_word}" if parts.mahalle else ""
    csbm = f"{parts.name} {parts.type_word}" if parts.name else ""
    style = chance.randrange(4)
    door = (
        "" if not parts.kapi else ("", "NO: ", "NO:", "NO ")[style] + parts.kapi + parts.slash_unit
    )
    unit = ""
    if parts.unit and not parts.slash_unit:
        unit = ("D:", "İÇ KAPI NO: ", "DAİRE:", "D.")[style] + parts.unit
    floor = parts.floor if chance.random() < 0.3 else ""
    building = parts.building if chance.random() < 0.6 else ""
    head = [csbm, mahalle] if parts.is_csbm_first else [mahalle, csbm]
    places = (f"{parts.ilce}/{parts.il}", f"{parts.ilce} / {parts.il}",
              f"{parts.ilce} {parts.il}", parts.ilce)  # fmt: skip
    place = chance.choice(places)
    if style == 0:
        body = ", ".join(part for part in (*head, " ".join(filter(None, (door, building)))) if part)
        written = [parts.before, body, floor, unit]
    else:
        written = [parts.before, *head, building, door, floor, unit]
    return " ".join(part for part in (*written, parts.after, parts.semt, place) if part)


Known = Callable[[str], bool]


def _mahalle_missing(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    parts.mahalle = ""
    return True


def _wrong_mahalle(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    if not parts.mahalle or not parts.other_mahalle:
        return False
    parts.mahalle = parts.other_mahalle
    return True


def _csbm_missing(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    if not parts.mahalle:
        return False
    parts.name = parts.type_word = ""
    return True


def _csbm_first(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    parts.is_csbm_first = bool(parts.mahalle and parts.name)
    return parts.is_csbm_first


def _title_short(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    for long, short in _TITLES.items():
        if parts.name.startswith(long + " "):
            parts.name = short + parts.name[len(long) :]
            return True
    return False


def _name_typo(parts: Parts, chance: random.Random, known: Known) -> bool:
    if len(parts.name) < 6 or parts.name[0].isdigit() or "name_old" in parts.kinds:
        return False
    at = chance.randrange(1, len(parts.name) - 2)
    a, b = parts.name[at], parts.name[at + 1]
    if not (a.isalpha() and b.isalpha()) or a == b:
        return False
    swapped = parts.name[:at] + b + a + parts.name[at + 2 :]
    dropped = parts.name[:at] + parts.name[at + 1 :]
    spelled = chance.choice((swapped, dropped))
    if known(spelled):
        return False
    parts.name = spelled
    return True


def _type_typo(parts: Parts, chance: random.Random, _known: Known) -> bool:
    if chance.random() < 0.5 and parts.mahalle:
        parts.mahalle_word = chance.choice(_MAHALLE_TYPOS)
        return True
    if not parts.name:
        return False
    parts.type_word = chance.choice(_TYPE_TYPOS[parts.tip])
    return True


def _type_glued(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    if not parts.mahalle or "." in parts.mahalle or parts.mahalle_word != "MAHALLESİ":
        return False
    parts.mahalle, parts.mahalle_word = parts.mahalle + "MAHALLESİ", ""
    return True


def _letter_apart(parts: Parts, chance: random.Random, _known: Known) -> bool:
    apart = _LETTER.sub(chance.choice((r"/\1", r"-\1", r" \1", r" / \1")), parts.kapi)
    is_changed = apart != parts.kapi
    parts.kapi = apart
    return is_changed


def _unit_slash(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    if not parts.unit or not parts.kapi.isdigit():
        return False
    parts.slash_unit = f"/{parts.unit}"
    return True


def _two_no(parts: Parts, chance: random.Random, _known: Known) -> bool:
    if not parts.kapi or parts.slash_unit:
        return False
    parts.kapi = chance.choice((f"{parts.kapi} NO:{parts.kapi}", f"NO:{parts.kapi}"))
    return True


def _phone(parts: Parts, chance: random.Random, _known: Known) -> bool:
    number = chance.randrange(1_000_000, 10_000_000)
    parts.after = (
        f"{parts.after} TEL: 0212 000 {number // 10_000 % 100:02d} {number % 100:02d}".strip()
    )
    return True


def _landmark(parts: Parts, chance: random.Random, _known: Known) -> bool:
    parts.after = f"{parts.after} {chance.choice(_LANDMARKS)}".strip()
    return True


def _nolu(parts: Parts, chance: random.Random, _known: Known) -> bool:
    parts.before = f"{chance.randrange(1, 9)} NOLU {chance.choice(_PLACES)}"
    return True


def _semt_after(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    parts.semt = parts.semt_known
    return True


def _kilometre(parts: Parts, chance: random.Random, _known: Known) -> bool:
    if parts.tip != CADDE or not parts.name:
        return False
    parts.kapi, parts.unit, parts.slash_unit = "", "", ""
    parts.after = f"{chance.randrange(1, 12)}. KM"
    return True


def _ilce_old(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    parts.ilce = "EYÜP"
    return True


def _old_in_brackets(parts: Parts, _chance: random.Random, _known: Known) -> bool:
    if not parts.old_name or not parts.name:
        return False
    parts.type_word = f"{parts.type_word} ({parts.old_name} {parts.type_word})"
    return True


_ON_PARTS: dict[str, Callable[[Parts, random.Random, Known], bool]] = {
    "mahalle_missing": _mahalle_missing,
    "wrong_mahalle": _wrong_mahalle,
    "csbm_missing": _csbm_missing,
    "csbm_first": _csbm_first,
    "name_typo": _name_typo,
    "title_short": _title_short,
    "type_typo": _type_typo,
    "type_glued": _type_glued,
    "old_in_brackets": _old_in_brackets,
    "kilometre": _kilometre,
    "letter_apart": _letter_apart,
    "unit_slash": _unit_slash,
    "two_no": _two_no,
    "landmark": _landmark,
    "phone": _phone,
    "nolu": _nolu,
    "semt_after": _semt_after,
    "ilce_old": _ilce_old,
}


def _ascii(text: str, _chance: random.Random) -> str:
    return text.translate(_ASCII)


def _case(text: str, chance: random.Random) -> str:
    return lower(text) if chance.random() < 0.3 else title(text)


def _broken_i(text: str, chance: random.Random) -> str:
    if chance.random() < 0.5:
        return text.replace("İ", "I", 1)
    return title(text).replace("i", "i\u0307", 2)


def _glued(text: str, chance: random.Random) -> str:
    forms = ((". ", "."), (" NO:", "NO:"), (" NO: ", " NO"), (", ", ","))
    fitting = [form for form in forms if form[0] in text]
    old, new = chance.choice(fitting) if fitting else (". ", ".")
    return text.replace(old, new, 1)


def _spacing(text: str, chance: random.Random) -> str:
    forms = ((":", " : "), (" ", "  "), ("/", " / "), (", ", " , "), (" NO", "   NO"))
    fitting = [form for form in forms if form[0] in text]
    old, new = chance.choice(fitting)
    return text.replace(old, new, 2)


_ON_TEXT: dict[str, Callable[[str, random.Random], str]] = {
    "ascii": _ascii,
    "case": _case,
    "broken_i": _broken_i,
    "spacing": _spacing,
    "glued": _glued,
}
