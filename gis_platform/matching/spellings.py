"""Other spellings of a whole name: numbers in letters and digits, two names of one motorway."""

import re

_ONES = ("", "BİR", "İKİ", "ÜÇ", "DÖRT", "BEŞ", "ALTI", "YEDİ", "SEKİZ", "DOKUZ")
_TENS = ("", "ON", "YİRMİ", "OTUZ", "KIRK", "ELLİ", "ALTMIŞ", "YETMİŞ", "SEKSEN", "DOKSAN")
_IN_LETTERS = {n: _TENS[n // 10] + _ONES[n % 10] for n in range(1, 100)} | {100: "YÜZ"}
_IN_DIGITS = {said: n for n, said in _IN_LETTERS.items() if n > 10}  # noqa: PLR2004
_ROADS = ((re.compile(r"\bD-?100\b"), "E-5"), (re.compile(r"\bE-?5\b"), "D-100"))
_NUMBER_FIRST = re.compile(r"(\d{1,3})\.? +(\D+)")


def spellings(name: str) -> list[str]:
    """``19 MAYIS`` → ``ONDOKUZ MAYIS`` and back, ``D-100`` → ``E-5`` and back.

    Args:
        name: of a csbm or mahalle, capitals, as registered.
    """
    forms = [sign.sub(other, name) for sign, other in _ROADS if sign.search(name)]
    found = _NUMBER_FIRST.fullmatch(name)
    if found and (said := _IN_LETTERS.get(int(found[1]))):
        forms.append(f"{said} {found[2]}")
    words = name.split()
    for size in (1, 2):
        number = _IN_DIGITS.get("".join(words[:size]))
        if number is not None and len(words) > size:
            forms.append(f"{number} {' '.join(words[size:])}")
    return forms
