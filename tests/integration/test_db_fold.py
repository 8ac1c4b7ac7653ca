"""Python and SQL fold alike."""

import unicodedata

import pytest
from sqlalchemy import text

from gis_platform.core.text import fold

WORDS = [
    "İSTİKLÂL", "istiklal", "ISTIKLAL", "IŞIKLAR", "ışıklar", "I\u0307stanbul", "i\u0307", "",
    "ŞİRİN  SK.", "Yeşil\u00a0Sokak", "\tbir\niki ", "Kâğıthane", "Â", "’‘`´", "5–7", "№ 5", "ﬁ",
    "½", "Ⅷ", "\u017f", "ß", "Straße", "ΟΔΟΣ", "Москва", "é", "e\u0301", "c\u0327", "g\u0306",
    " ", "ẞ", "Ǆ",
]  # fmt: skip

SCRIPTS = ((1, 0x590), (0x1D00, 0x2C00), (0xA720, 0xA800), (0xFB00, 0xFB07), (0xFF00, 0xFF60))
"""Latin, Greek, Cyrillic, Armenian, punctuation and signs: what a Turkish address may hold."""


def folded(database, words):
    with database.engine("gis_owner").connect() as connection:
        question = text(
            "SELECT public.fold_tr(w) "
            "FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS x(w, n) ORDER BY n"
        )
        return list(connection.execute(question, {"words": words}).scalars())


@pytest.mark.parametrize("word", WORDS)
def test_a_word_folds_alike_in_python_and_sql(session_database, word):
    assert folded(session_database, [word]) == [fold(word)]


def test_every_letter_folds_alike_in_python_and_sql(session_database):
    letters = [
        f"a{chr(code)}b"
        for first, last in SCRIPTS
        for code in range(first, last)
        if unicodedata.category(chr(code)) not in {"Cn", "Cs"}
    ]
    wrong = [
        (f"U+{ord(letter[1]):04X}", said, fold(letter))
        for letter, said in zip(letters, folded(session_database, letters), strict=True)
        if said != fold(letter)
    ]
    assert wrong == []
