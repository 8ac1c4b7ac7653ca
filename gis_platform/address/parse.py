"""A text becomes a parsed address: the roles of its tokens, gathered into components."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gis_platform.address import roles
from gis_platform.address.model import Csbm, ParsedAddress
from gis_platform.address.tokens import (
    COLUMNS,
    DASH,
    FROM,
    KIND,
    MAX_CHARACTERS,
    MAX_TOKENS,
    NUMBER,
    ROLE,
    SEGMENT,
    SLASH,
    TO,
    TYPED,
    WORD,
    fold_table,
    tokenize,
)  # fmt: skip
from gis_platform.address.words import letters, read_table, word_table
from gis_platform.core.text import clean, upper

_CSBM_TYPES = (*range(roles.AS_MEYDAN, roles.AS_YOL + 1), roles.AS_CSBM)


def parse(text: str) -> ParsedAddress:
    """Read an address. Total: any text gives an answer, and no name list but that of il is needed.

    A slash between the last two names (``EYÜPSULTAN/İSTANBUL``) parts ilçe and il.
    """
    text = text[:MAX_CHARACTERS]
    token, count, parts = read_tokens(text)
    rows = token[:count]
    names = _names(text, rows)
    ilce, il, rest = _tail(text, rows)
    return ParsedAddress(
        mahalle=_joined(names, {roles.AS_MAHALLE}),
        csbm=_csbm(text, rows),
        dis_kapi_no=_expression(text, rows, parts[roles.DOOR_AT], parts[roles.DOOR_END]),
        ic_kapi_no=_expression(text, rows, parts[roles.UNIT_AT], parts[roles.UNIT_END]),
        kat=_expression(text, rows, parts[roles.FLOOR_AT], parts[roles.FLOOR_END]),
        blok=_expression(text, rows, parts[roles.BLOK_AT], parts[roles.BLOK_END]),
        building=_of_role(text, rows, roles.BUILDING),
        tarif=_of_role(text, rows, roles.DIRECTION),
        posta_kodu=_expression(text, rows, parts[roles.POST_AT], parts[roles.POST_AT] + 1),
        ilce=ilce,
        il=il,
        words=rest,
    )


def normalize(text: str) -> str:
    """An address in the spelling under which two writings of it meet: capitals, single blanks.

    The canonical key of a decision; normalising twice changes nothing.
    """
    return upper(clean(text))


def read_tokens(text: str) -> tuple[NDArray[np.int64], int, NDArray[np.int64]]:
    """Tokens of a text with their roles, how many there are, and where its parts are."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    buffer = np.empty(MAX_CHARACTERS, np.uint8)
    token = np.zeros((MAX_TOKENS + 1, COLUMNS), np.int64)
    hashes = np.zeros((MAX_TOKENS + 1, 4), np.uint64)
    parts = np.zeros(roles.PARTS, np.int64)
    table = word_table()
    count, _ = tokenize(codes, 0, len(codes), fold_table(), table, buffer, token, hashes, 0, 0)
    roles.tag(token, hashes, count, table, parts)
    return token, int(count), parts


def _said(text: str, row: NDArray[np.int64]) -> str:
    return upper(text[row[FROM] : row[TO]])


def _names(text: str, rows: NDArray[np.int64]) -> list[tuple[int, str]]:
    return [
        (int(row[TYPED]), _said(text, row))
        for row in rows
        if row[ROLE] == roles.NAME and row[KIND] in (WORD, NUMBER) and row[TYPED]
    ]


def _joined(names: list[tuple[int, str]], types: set[int]) -> str | None:
    return " ".join(word for typed, word in names if typed in types) or None


def _csbm(text: str, rows: NDArray[np.int64]) -> tuple[Csbm, ...]:
    """The names that a type word of csbm closes, one for each segment."""
    found: dict[int, tuple[int, list[str]]] = {}
    for at, row in enumerate(rows):
        if row[ROLE] != roles.NAME or row[TYPED] not in _CSBM_TYPES:
            continue
        if row[KIND] in (WORD, NUMBER):
            words = found.setdefault(int(row[SEGMENT]), (int(row[TYPED]), []))[1]
            slash = at > 1 and rows[at - 1][KIND] == SLASH and rows[at - 2][KIND] == NUMBER
            if slash and words:
                words[-1] += "/" + _said(text, row)
            else:
                words.append(_said(text, row))
    official = range(roles.AS_MEYDAN, roles.AS_YOL)
    return tuple(
        Csbm(" ".join(words), typed if typed in official else None)
        for typed, words in found.values()
    )


def _expression(text: str, rows: NDArray[np.int64], start: int, end: int) -> str | None:
    """A door, unit, floor or block as written, without blanks."""
    if start < 0 or end > len(rows):
        return None
    signs = {SLASH: "/", DASH: "-"}
    pieces = [signs.get(int(row[KIND]), _said(text, row)) for row in rows[start:end]]
    return "".join(pieces).replace(".", "") or None


def _of_role(text: str, rows: NDArray[np.int64], role: int) -> str | None:
    words = [_said(text, row) for row in rows if row[ROLE] == role and row[KIND] in (WORD, NUMBER)]
    return " ".join(words) or None


@lru_cache(maxsize=1)
def _il_names() -> frozenset[str]:
    return frozenset(
        letters(form)
        for row in read_table("il.csv")
        for form in [row["il"], *row["variants"].split("|")]
        if form
    )


def _tail(text: str, rows: NDArray[np.int64]) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The names behind everything: ``ilçe / il`` where a slash or a known il tells them."""
    free = [
        at
        for at, row in enumerate(rows)
        if row[ROLE] == roles.NAME and row[TYPED] == 0 and row[KIND] in (WORD, NUMBER)
    ]
    words = [_said(text, rows[at]) for at in free]
    if not words or letters(words[-1]) not in _il_names():
        return None, None, tuple(words)
    il = words.pop()
    last = free.pop()
    slash = last > 0 and rows[last - 1][KIND] == SLASH
    if not free or not slash or free[-1] != last - 2:
        return None, il, tuple(words)
    return words[-1], il, tuple(words[:-1])
