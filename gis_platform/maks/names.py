"""Names of roads compared as a clerk would: letters folded, numbers as digits, blanks dropped."""

from functools import lru_cache

from gis_platform.core.text import fold

_ONES = ("bir", "iki", "uc", "dort", "bes", "alti", "yedi", "sekiz", "dokuz")
_TENS = ("on", "yirmi", "otuz", "kirk", "elli", "altmis", "yetmis", "seksen", "doksan")
_ORDINALS = (
    "birinci", "ikinci", "ucuncu", "dorduncu", "besinci", "altinci", "yedinci", "sekizinci",
    "dokuzuncu",
)  # fmt: skip
_NUMBERS = {
    **{word: at for at, word in enumerate(_ONES, 1)},
    **{word: at for at, word in enumerate(_ORDINALS, 1)},
    **{word: 10 * at for at, word in enumerate(_TENS, 1)},
    "onuncu": 10,
}
_TEN = 10


@lru_cache(maxsize=65_536)
def name_fold(name: str) -> str:
    """Folded, punctuation as blanks: ``Şehit Ö. Can`` and ``SEHIT O CAN`` meet."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(name)).split())


@lru_cache(maxsize=65_536)
def loose_key(name: str) -> str:
    """Also without blanks, number words as digits: ``On Beşinci`` and ``15.`` meet."""
    key: list[str] = []
    ten = 0
    for word in name_fold(name).split():
        number = _NUMBERS.get(word, 0)
        if ten and 0 < number < _TEN:
            key[-1] = str(ten + number)
        else:
            key.append(str(number or word))
        ten = number if number >= _TEN else 0
    return "".join(key)
