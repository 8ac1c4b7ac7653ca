"""Plain noise: what every file of addresses has, one to three of these in an address."""

from numpy.random import Generator

from gis_platform.core.text import fold, lower, title

from .said import FLOOR_FORMS, FORMS, UNIT_FORMS, Said, Spoil, TextSpoil, pick
from .world import FIRST_NAMES, TITLES, World, name_key

_LETTERS = "ABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ"
_SHORT = {
    "ŞEHİT": ("ŞHT.", "ŞEH.", "ŞHT"), "PROF.": ("PROF",), "DR.": ("DR", "DOKTOR"),
    "ÖĞRETMEN": ("ÖĞRT.", "ÖĞR."), "BÜYÜK": ("B.",), "KÜÇÜK": ("K.",), "GAZİ": ("G.",),
    "ALBAY": ("ALB.",), "BİNBAŞI": ("BNB.",), "YÜZBAŞI": ("YZB.",), "AVUKAT": ("AV.",),
    "HACI": ("H.", "HC."),
}  # fmt: skip


def typo(word: str, rng: Generator) -> str:
    """One letter lost, doubled, changed, added or swapped with the next; not the first one."""
    if len(word) < 4 or not any(c.isalpha() for c in word):
        return word
    at = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(5))
    letter = pick(rng, tuple(_LETTERS))
    return (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )[kind]


def _spoilt_word(name: str, rng: Generator) -> str:
    words = name.split()
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    words[longest] = typo(words[longest], rng)
    return " ".join(words)


def csbm_typo(said: Said, world: World, rng: Generator) -> bool:
    name = _spoilt_word(said.name, rng)
    if name_key(name) == name_key(said.name) or name_key(name) in world.by_name:
        return False  # another name is not a typo of this one
    said.name = name
    return True


def mahalle_typo(said: Said, world: World, rng: Generator) -> bool:
    name = _spoilt_word(said.mahalle, rng) if said.mahalle else ""
    if name == said.mahalle or any(name_key(one.name) == name_key(name) for one in world.mahalle):
        return False
    said.mahalle = name
    return True


def no_mahalle(said: Said, world: World, rng: Generator) -> bool:
    said.mahalle, said.tells_mahalle = "", False
    return True


def mahalle_without_word(said: Said, world: World, rng: Generator) -> bool:
    if not said.mahalle:
        return False
    said.mahalle_word = ""
    return True


def no_ilce(said: Said, world: World, rng: Generator) -> bool:
    said.ilce, said.tells_ilce = "", False
    return True


def no_il(said: Said, world: World, rng: Generator) -> bool:
    said.il = ""
    return True


def no_tail(said: Said, world: World, rng: Generator) -> bool:
    said.ilce, said.il, said.tells_ilce = "", "", False
    return True


def no_type(said: Said, world: World, rng: Generator) -> bool:
    if name_key(said.name).isdigit():
        return False
    said.word, said.tells_tur = "", False
    return True


def other_type(said: Said, world: World, rng: Generator) -> bool:
    if said.csbm is None or said.csbm.tur not in {3, 4}:
        return False
    said.word, said.tells_tur = pick(rng, FORMS[7 - said.csbm.tur]), False
    return True


def short_title(said: Said, world: World, rng: Generator) -> bool:
    words = said.name.split()
    if len(words) < 2 or not any(word in _SHORT for word in words):
        return False
    said.name = " ".join(pick(rng, _SHORT[w]) if w in _SHORT else w for w in words)
    return True


def dropped_title(said: Said, world: World, rng: Generator) -> bool:
    words = said.name.split()
    kept = [word for word in words if word not in TITLES]
    if len(kept) == len(words) or len(kept) < 2 or name_key("".join(kept)) in world.by_name:
        return False
    said.name = " ".join(kept)
    return True


def initial(said: Said, world: World, rng: Generator) -> bool:
    words = said.name.split()
    at = next((n for n, word in enumerate(words[:-1]) if word in FIRST_NAMES), None)
    if at is None:
        return False
    words[at] = f"{words[at][0]}."
    said.name = " ".join(words)
    return True


def joined(said: Said, world: World, rng: Generator) -> bool:
    words = said.name.split()
    if len(words) != 2 or not all(word.isalpha() for word in words):
        return False
    said.name = "".join(words)
    return True


def wrong_mahalle(said: Said, world: World, rng: Generator) -> bool:
    """Another mahalle of the ilçe, in which no csbm has the name."""
    if said.csbm is None or said.csbm.withheld or not said.ilce:
        return False
    place = world.mahalle[said.csbm.mahalle]
    around = [at for at, one in enumerate(world.mahalle) if one.ilce == place.ilce]
    at = around[int(rng.integers(len(around)))]
    names = {name_key(world.csbm[n].name) for n in world.by_mahalle.get(at, [])}
    same = name_key(world.mahalle[at].name) == name_key(place.name)
    if same or name_key(said.csbm.name) in names:
        return False
    said.mahalle, said.tells_mahalle = world.mahalle[at].name, False
    return True


def post_code(said: Said, world: World, rng: Generator) -> bool:
    code = f"34{rng.integers(0, 999):03d}"
    said.behind.append(pick(rng, [f"PK:{code}", code, f"P.K. {code}", f"POSTA KODU: {code}"]))
    return True


def unit(said: Said, world: World, rng: Generator) -> bool:
    if not said.door:
        return False
    number = str(rng.integers(1, 40))
    if rng.random() < 0.2 and said.door.isdigit() and not _has(said, f"{said.door}/{number}"):
        said.door += f"/{number}"
        return True
    said.unit = pick(rng, UNIT_FORMS) + number
    return True


def floor(said: Said, world: World, rng: Generator) -> bool:
    level = pick(rng, ["1", "2", "3", "5", "ZEMİN", "BODRUM"])
    said.floor = (
        f"{level}{pick(rng, [' KAT', '. KAT', ' KATI'])}"
        if rng.random() < 0.4
        else pick(rng, FLOOR_FORMS) + level
    )
    return True


def blok(said: Said, world: World, rng: Generator) -> bool:
    said.blok = f"{pick(rng, ['A', 'B', 'C', 'D2'])} {pick(rng, ['BLOK', 'BLK', 'BL.'])}"
    return True


def building(said: Said, world: World, rng: Generator) -> bool:
    name = pick(rng, ["HUZUR", "GÜVEN", "ŞAFAK", "MELTEM", "PALMİYE", "ELİT", "YAKUT", "ÇINARALTI"])
    kind = pick(rng, ["APT.", "APARTMANI", "SİTESİ", "SİT.", "İŞ MERKEZİ", "PLAZA", "İŞHANI"])
    (said.between if rng.random() < 0.5 else said.behind).append(f"{name} {kind}")
    return True


def landmark(said: Said, world: World, rng: Generator) -> bool:
    place = pick(rng, ["BELEDİYE", "CAMİ", "PTT", "ECZANE", "MİGROS", "LİSE", "HASTANE", "PARK"])
    where = pick(rng, ["KARŞISI", "YANI", "ARKASI", "ÜSTÜ", "ALTI", "KRŞ.", "BİTİŞİĞİ"])
    said.after.append(f"({place} {where})" if rng.random() < 0.4 else f"{place} {where}")
    return True


def door_spelling(said: Said, world: World, rng: Generator) -> bool:
    if said.door.isdigit() or not said.door:
        return False
    number = said.door.rstrip("ABCD").rstrip("/")
    letter = said.door[len(number) :].lstrip("/")
    if not letter.isalpha():
        return False
    said.door = f"{number}{pick(rng, ['', '/', ' ', '-', ' / '])}{letter}"
    return True


def door_without_word(said: Said, world: World, rng: Generator) -> bool:
    if not said.door or not said.word:
        return False
    said.no = ""
    return True


def no_door(said: Said, world: World, rng: Generator) -> bool:
    said.door, said.tells_door, said.unit, said.floor = "", False, "", ""
    return True


def _has(said: Said, door: str) -> bool:
    key = "".join(c for c in door if c.isalnum())
    return said.csbm is not None and any(
        key == "".join(c for c in one if c.isalnum()) for one in said.csbm.doors
    )


def ascii_letters(text: str, rng: Generator) -> str:
    plain = fold(text)
    return plain if rng.random() < 0.5 else "".join(c for c in _upper_ascii(plain))


def _upper_ascii(text: str) -> str:
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text)


def small(text: str, rng: Generator) -> str:
    return lower(text)


def titled(text: str, rng: Generator) -> str:
    return title(text)


def glued(text: str, rng: Generator) -> str:
    """Blanks behind dots and before ``NO`` are lost."""
    return text.replace(". ", ".").replace(" NO", "NO" if rng.random() < 0.4 else " NO")


def blanks(text: str, rng: Generator) -> str:
    words = text.split(" ")
    return "".join(word + pick(rng, (" ", "  ", " ", "   ", " ")) for word in words)


PLAIN: dict[Spoil, float] = {
    no_mahalle: 0.06, wrong_mahalle: 0.03, mahalle_without_word: 0.04, mahalle_typo: 0.04,
    csbm_typo: 0.09, short_title: 0.5, dropped_title: 0.12, initial: 0.06, joined: 0.06,
    no_type: 0.04, other_type: 0.03, no_il: 0.2, no_ilce: 0.05, no_tail: 0.15, unit: 0.3,
    floor: 0.15, blok: 0.06, building: 0.15, post_code: 0.08, landmark: 0.06, door_spelling: 0.5,
    door_without_word: 0.08, no_door: 0.02,
}  # fmt: skip
"""How often each is tried."""
PLAIN_TEXT: dict[TextSpoil, float] = {
    titled: 0.35, small: 0.12, ascii_letters: 0.10, glued: 0.10, blanks: 0.06,
}  # fmt: skip
