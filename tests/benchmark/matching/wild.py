"""Wild noise: what people type into a form, a till or a phone; two to five on top of the plain."""

from numpy.random import Generator

from gis_platform.core.text import lower, title

from .plain import typo
from .said import FORMS, Said, Spoil, TextSpoil, pick
from .world import CADDE, ILCE, KUME_EVLER, SOKAK, World, name_key

_FIRST = ("AYŞE", "MEHMET", "FATMA", "ALİ", "EMİNE", "HASAN", "ELİF", "MURAT", "ZEYNEP", "YUSUF")
_LAST = ("YILMAZ", "KAYA", "DEMİR", "ÇELİK", "ŞAHİN", "YILDIZ", "ÖZTÜRK", "AYDIN", "KARA", "KOÇ")
_HEADERS = (
    "ADRES:", "Adres :", "TESLİMAT ADRESİ:", "Fatura Adresi -", "İKAMET ADRESİ", "EV ADRESİ:",
    "İş adresi:", "MERKEZ:", "ŞUBE ADRESİ :", "Adresi;",
)  # fmt: skip
_NOTES = (
    "zil çalışmıyor", "kapıcıya bırakın", "gelmeden önce arayın", "güvenliğe teslim edin",
    "asansör yok", "öğleden sonra evdeyim", "köpek var dikkat", "site girişinden sağa dönün",
    "komşuya bırakılabilir", "acil", "2 paket", "saat 18:00 den sonra", "kapı kodu 1453",
)  # fmt: skip
_WRONG_WORDS = {
    "mahalle": ("MAHLESİ", "MHALLESİ", "MAHELLESİ", "MAHALESİ", "MAHALLASİ", "MAHALLEİS", "MHL.",
                "MAHLLESİ"),
    SOKAK: ("SOKAR", "SOKK", "SOKAKK", "SOAK", "SOKKAK", "SOKAGİ", "SKK."),
    CADDE: ("CADESİ", "CADESSİ", "CADDEE", "CADEESİ", "CDD.", "CADDSİ", "CADDESSİ"),
    2: ("BULVR", "BULWARI", "BULVRI", "BULVARİ"),
}  # fmt: skip
_WRONG_NO = ("NOMARA ", "NUMRA:", "NOMRA ", "NR:", "NUM.", "KAPI NO:", "DIŞ KAPI NO:", "N:")


def doubled_mahalle(said: Said, world: World, rng: Generator) -> bool:
    if not said.mahalle:
        return False
    again = f"{said.mahalle} {pick(rng, ('MAHALLESİ', 'MAH.', 'MH.'))}"
    (said.before if rng.random() < 0.6 else said.behind).append(again)
    return True


def header(said: Said, world: World, rng: Generator) -> bool:
    said.before.insert(0, pick(rng, _HEADERS))
    return True


def person(said: Said, world: World, rng: Generator) -> bool:
    name = f"{pick(rng, _FIRST)} {pick(rng, _LAST)}"
    said.before.insert(0, pick(rng, (f"SAYIN {name},", f"{name} -", f"{name},", f"Sn. {name}:")))
    return True


def phone(said: Said, world: World, rng: Generator) -> bool:
    a, b, c = rng.integers(100, 999), rng.integers(10, 99), rng.integers(10, 99)
    area = pick(rng, ("212", "216", "532", "505"))
    form = pick(rng, (f"0{area} {a} {b} {c}", f"(0{area}) {a}{b}{c}", f"+90 {area} {a} {b} {c}",
                      f"0{area}{a}{b}{c}"))  # fmt: skip
    said.after.append(pick(rng, (f"TEL: {form}", form, f"Gsm:{form}", f"TLF {form}")))
    return True


def note(said: Said, world: World, rng: Generator) -> bool:
    text = pick(rng, _NOTES)
    said.after.append(pick(rng, (f"({text})", text, f"NOT: {text}", f"*{text}*")))
    return True


def cadde_before(said: Said, world: World, rng: Generator) -> bool:
    """A sokak said with the cadde it leaves from: the door stands on the sokak."""
    if said.csbm is None or said.csbm.tur != SOKAK or not said.word:
        return False
    there = [world.csbm[at] for at in world.by_mahalle[said.csbm.mahalle]]
    caddes = [one for one in there if one.tur == CADDE and not one.withheld]
    if not caddes:
        return False
    other = caddes[int(rng.integers(len(caddes)))]
    if name_key(other.name) == name_key(said.csbm.name):
        return False
    said.name = f"{other.name} {pick(rng, FORMS[CADDE])} {said.name}"
    return True


def corner(said: Said, world: World, rng: Generator) -> bool:
    """A second csbm behind everything, as a landmark."""
    if said.csbm is None or not said.word:
        return False
    there = [world.csbm[at] for at in world.by_mahalle[said.csbm.mahalle]]
    other = there[int(rng.integers(len(there)))]
    if name_key(other.name) == name_key(said.csbm.name):
        return False
    where = pick(rng, ("KÖŞESİ", "KAVŞAĞI", "GİRİŞİ", "ÜZERİ"))
    said.after.append(f"({other.name} {pick(rng, FORMS[other.tur])} {where})")
    return True


def wrong_words(said: Said, world: World, rng: Generator) -> bool:
    if said.csbm is not None and said.word and said.csbm.tur in _WRONG_WORDS and said.tells_tur:
        said.word = pick(rng, _WRONG_WORDS[said.csbm.tur])
    if said.mahalle and said.mahalle_word and rng.random() < 0.6:
        said.mahalle_word = pick(rng, _WRONG_WORDS["mahalle"])
    if said.door and said.no and rng.random() < 0.5:
        said.no = pick(rng, _WRONG_NO)
    return True


def short_il(said: Said, world: World, rng: Generator) -> bool:
    said.il = pick(rng, ("İST.", "İST", "Ist.", "34", "TÜRKİYE", "İSTANBUL TÜRKİYE"))
    return True


def loose_post_code(said: Said, world: World, rng: Generator) -> bool:
    said.after.append(f"34{rng.integers(0, 999):03d}")
    return True


def nolu(said: Said, world: World, rng: Generator) -> bool:
    if not said.door or not said.word:
        return False
    word = pick(rng, ("NOLU", "NO'LU", "NO LU", "NUMARALI", "NOLU BİNA", "NUMARALI BİNA"))
    said.no, said.door = "", f"{said.door} {word}"
    return True


def not_a_door(said: Said, world: World, rng: Generator) -> bool:
    if not said.word or not said.no or not said.door:
        return False
    number = int(rng.integers(1, 9))
    said.between.append(pick(rng, (f"{number} NOLU ASM", f"{number} NOLU AİLE SAĞLIĞI MERKEZİ",
                                   f"{number}. ETAP", f"{number} NOLU SAĞLIK OCAĞI")))  # fmt: skip
    return True


def short_kume_evler(said: Said, world: World, rng: Generator) -> bool:
    if said.csbm is None or said.csbm.tur != KUME_EVLER:
        return False
    said.word = pick(rng, ("K.EVLER", "K. EVLER", "KÜME EV.", "K.EVLERİ", "KÜMEEVLERİ"))
    return True


def glued_unit(said: Said, world: World, rng: Generator) -> bool:
    if not said.no or not said.door.isdigit():
        return False
    glue = pick(rng, ("D:", "D.", "D", "/D:", "-D:"))
    said.door, said.unit = f"{said.door}{glue}{rng.integers(1, 30)}", ""
    return True


def floor_unit(said: Said, world: World, rng: Generator) -> bool:
    if not said.door:
        return False
    said.floor = ""
    said.unit = pick(rng, ("K:2 D:5", "KAT 3 DAİRE 7", "K2D5", "Z1", "ZEMİN KAT", "2. KAT NO:8",
                           "D: Z1", "K.ZEMİN", "KAT:1/4", "DÜKKAN 3", "OFİS NO: 12"))  # fmt: skip
    return True


def old_in_brackets(said: Said, world: World, rng: Generator) -> bool:
    old = said.csbm.old_name if said.csbm else ""
    if not old or not said.word:
        return False
    old = pick(rng, (f"({old} {said.word})", f"(ESKİ {old})", f"({old})", f"(ESKİ ADI {old})"))
    said.between.insert(0, old)
    return True


def old_name(said: Said, world: World, rng: Generator) -> bool:
    """Only the old name; where the register was not told it, nobody can find it."""
    old = said.csbm.old_name if said.csbm and "old_in_brackets" not in said.kinds else ""
    if not old or said.csbm is None or (not said.csbm.is_told and name_key(old) in world.by_name):
        return False
    said.name = said.key = old
    return True


def combining(text: str, rng: Generator) -> str:
    return lower(text).replace("i", "i\u0307", 3)


def dotless(text: str, rng: Generator) -> str:
    """The two i of Turkish, mixed up by an English keyboard."""
    text = title(text)
    return text.replace("ı", "i") if rng.random() < 0.5 else text.replace("i", "ı")


def said_twice(said: Said, world: World, rng: Generator) -> bool:
    if rng.random() < 0.5 and said.door and said.no.strip():
        said.no = f"{said.no.strip()}{pick(rng, ('No:', ' NO:', 'NO '))}"
        return True
    if not said.word or said.csbm is None or not said.tells_tur:
        return False
    said.word = f"{said.word} {pick(rng, FORMS[said.csbm.tur])}"
    return True


def empty_fields(said: Said, world: World, rng: Generator) -> bool:
    if not said.no or not said.word:
        return False
    said.between.append(pick(rng, ("- SİTESİ - BLOK", "- - BLOK", "SİTESİ BLOK", "null", "-")))
    return True


def mahalle_with_ilce(said: Said, world: World, rng: Generator) -> bool:
    if not said.mahalle or not said.ilce:
        return False
    said.after.insert(0, f"{said.mahalle}/{said.ilce}")
    said.mahalle = said.ilce = said.il = ""
    return True


def village(said: Said, world: World, rng: Generator) -> bool:
    said.behind.append("Merkez Bucak Merkez Köyü")
    return True


def semt(said: Said, world: World, rng: Generator) -> bool:
    if not said.door:
        return False
    said.behind.append(pick(rng, ("ALTINTEPE", "KOCAÇEŞME", "TAŞOCAĞI", "SAHİLYOLU", "ÇARŞI İÇİ")))
    return True


def two_typos(said: Said, world: World, rng: Generator) -> bool:
    words = said.name.split()
    at = max(range(len(words)), key=lambda n: len(words[n]))
    if len(words[at]) < 7 or not words[at].isalpha():
        return False
    words[at] = typo(typo(words[at], rng), rng)
    name = " ".join(words)
    if name_key(name) == name_key(said.name) or name_key(name) in world.by_name:
        return False
    said.name = name
    return True


def other_ilce(said: Said, world: World, rng: Generator) -> bool:
    """The ilçe of a neighbour, as after a split; mahalle and csbm are right."""
    if not said.ilce or not said.mahalle or not said.tells_mahalle or said.csbm is None:
        return False
    ilce = world.mahalle[int(rng.integers(len(world.mahalle)))].ilce
    name = world.mahalle[said.csbm.mahalle].name
    if said.csbm.withheld or any(o.ilce == ilce and o.name == name for o in world.mahalle):
        return False
    said.ilce, said.tells_ilce = ILCE[ilce], False
    return True


def lines(text: str, rng: Generator) -> str:
    return text.replace(", ", "\n").replace(" NO", pick(rng, ("\n NO", "\t NO", " NO")))


def no_signs(text: str, rng: Generator) -> str:
    return text.replace(".", " ").replace("NO:", "NO ").replace("No:", "No ").replace(",", " ")


WILD: dict[Spoil, float] = {
    doubled_mahalle: 0.10, header: 0.12, person: 0.12, phone: 0.14, note: 0.16, cadde_before: 0.14,
    corner: 0.05, wrong_words: 0.14, short_il: 0.15, loose_post_code: 0.08, nolu: 0.07,
    not_a_door: 0.04, short_kume_evler: 0.8, glued_unit: 0.08, floor_unit: 0.12,
    old_in_brackets: 0.6, old_name: 0.35, said_twice: 0.05, empty_fields: 0.05,
    mahalle_with_ilce: 0.05, village: 0.03, semt: 0.05, two_typos: 0.06, other_ilce: 0.03,
}  # fmt: skip
WILD_TEXT: dict[TextSpoil, float] = {
    combining: 0.04, dotless: 0.06, lines: 0.06, no_signs: 0.08,
}  # fmt: skip
