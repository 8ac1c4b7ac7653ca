"""Turkish letters: the only module that changes case or folds.

Python's own ``lower`` turns ``İ`` into two characters (``i`` and U+0307) and ``I`` into ``i``;
both are wrong in Turkish (maks.md §4.4, rule 2). Everything else in the platform calls this module.
"""

import unicodedata

_COMBINING_DOT = "\u0307"
_UPPER = str.maketrans({"i": "İ", "ı": "I"})
_LOWER = str.maketrans({"İ": "i", "I": "ı"})
_FOLD = str.maketrans(
    {
        "ç": "c", "Ç": "c", "ğ": "g", "Ğ": "g", "ı": "i", "I": "i", "İ": "i", "ö": "o", "Ö": "o",
        "ş": "s", "Ş": "s", "ü": "u", "Ü": "u", "â": "a", "Â": "a", "î": "i", "Î": "i", "û": "u",
        "Û": "u", "\u00a0": " ", "’": "'", "‘": "'", "`": "'", "´": "'", "–": "-", "—": "-",
    }
)  # fmt: skip

_COLLATION = {letter: rank for rank, letter in enumerate("abcçdefgğhıijklmnoöpqrsştuüvwxyz")}


def clean(text: str) -> str:
    """NFC without combining dots, control characters or runs of blanks; letters keep their case."""
    text = unicodedata.normalize("NFC", text).replace(_COMBINING_DOT, "")
    text = "".join(" " if unicodedata.category(c) in {"Cc", "Zs", "Zl", "Zp"} else c for c in text)
    return " ".join(text.split())


def upper(text: str) -> str:
    """Turkish capitals: ``i`` to ``İ``, ``ı`` to ``I``."""
    return text.replace(_COMBINING_DOT, "").translate(_UPPER).upper()


def lower(text: str) -> str:
    """Turkish small letters: ``I`` to ``ı``, ``İ`` to ``i``."""
    return text.replace(_COMBINING_DOT, "").translate(_LOWER).lower()


def title(text: str) -> str:
    """Each word with a Turkish capital: ``ŞİRİN SOKAK`` to ``Şirin Sokak``."""
    return " ".join(upper(word[:1]) + lower(word[1:]) for word in text.split(" "))


def fold(text: str) -> str:
    """The key under which spellings meet: small ASCII letters, blanks kept single.

    ``İSTİKLÂL``, ``istiklal`` and ``ISTIKLAL`` fold to the same key. The SQL function
    ``public.fold_tr`` must give the same result; a test compares them.
    """
    text = unicodedata.normalize("NFC", text).replace(_COMBINING_DOT, "").translate(_FOLD)
    text = unicodedata.normalize("NFKD", text).lower()  # in this order: № holds a capital
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(text.split())


def sort_key(text: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts as the Turkish alphabet does (``ç`` after ``c``, ``ı`` before ``i``)."""
    return tuple((_COLLATION.get(letter, -1), letter) for letter in lower(text))
