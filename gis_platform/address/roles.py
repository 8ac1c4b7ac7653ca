"""Which token is what: names with their type word, door, unit, floor, block, building, directions.

One pass from left to right over the tokens of a text, compiled; the only parser of the platform. It
knows no gazetteer: words that may be a name stay ``NAME`` and the matcher decides which name it is.
The rules are those of maks.md §4.3 and §4.4.
"""

from numpy.typing import NDArray

from gis_platform.address.compiled import compiled
from gis_platform.address.tokens import (
    CLASS,
    CLOSE,
    COLON,
    COMMA,
    DASH,
    DOTTED,
    END,
    FIELD,
    FLAGS,
    GLUED,
    HASH,
    KIND,
    MAX_TOKENS,
    NUMBER,
    OPEN,
    POWER,
    RAW,
    RAW_POWER,
    ROLE,
    SEGMENT,
    SLASH,
    SPACED,
    START,
    TYPED,
    VALUE,
    WORD,
    find_word,
)  # fmt: skip
from gis_platform.address.words import AMBIGUOUS, BIT, MULTIPLE, WordTable

(
    NAME, MAHALLE_TYPE, CSBM_TYPE, DOOR_MARK, DOOR, UNIT_MARK, UNIT, FLOOR_MARK, FLOOR, BLOK_MARK,
    BLOK, BUILDING, DIRECTION, POSTA_KODU, PHONE, NOISE, BREAK,
) = range(17)  # fmt: skip
ROLE_NAMES = (
    "name", "mahalle_type", "csbm_type", "door_mark", "door", "unit_mark", "unit", "floor_mark",
    "floor", "blok_mark", "blok", "building", "direction", "postcode", "phone", "noise", "break",
)  # fmt: skip

AS_MEYDAN, AS_BULVAR, AS_CADDE, AS_SOKAK, AS_KUME_EVLER = 1, 2, 3, 4, 5
AS_YOL, AS_CSBM, AS_MAHALLE, AS_ILCE, AS_IL = 6, 9, 10, 11, 12
"""What a name is said to be; 1–5 are the official ``tur_kod``, 6 a road word without one."""

(
    FIELD_TEXT, FIELD_IL, FIELD_ILCE, FIELD_MAHALLE, FIELD_CSBM, FIELD_DOOR, FIELD_UNIT, FIELD_SITE,
    FIELD_BLOK,
) = range(9)  # fmt: skip

(
    DOOR_AT, DOOR_END, UNIT_AT, UNIT_END, FLOOR_AT, FLOOR_END, BLOK_AT, BLOK_END, POST_AT,
    HAS_MARK, LAST_TYPE, NOW_SEGMENT, NOW_FIELD,
) = range(13)  # fmt: skip
PARTS = 13
"""Places of the parts in the array ``tag`` fills; −1 where a text has none."""

_MAH, _KOY, _BUCAK = BIT["mahalle"], BIT["koy"], BIT["bucak"]
_CSBM = BIT["meydan"] | BIT["bulvar"] | BIT["cadde"] | BIT["sokak"] | BIT["kume_evler"]
_MEYDAN, _BULVAR, _CADDE, _SOKAK = BIT["meydan"], BIT["bulvar"], BIT["cadde"], BIT["sokak"]
_ROAD = BIT["ad_turu"]
_BUILDING = BIT["site"] | BIT["apartman"] | BIT["bina"]
_BLOK, _KAPI, _NOLU = BIT["blok"], BIT["kapi"], BIT["nolu"]
_KAT, _KAT_ADI, _IC_KAPI = BIT["kat"], BIT["kat_adi"], BIT["ic_kapi"]
_POSTA, _TARIF, _KM, _TEL = BIT["posta"], BIT["tarif"], BIT["kilometre"], BIT["telefon"]
_SIRA, _IGNORED = BIT["sira"], BIT["yok_say"]
_AMBIGUOUS, _MULTIPLE = AMBIGUOUS, MULTIPLE
_CONTINUED = 1 << 42
_LONGEST_EXPRESSION, _LONGEST_NAME = 12, 5
_NAMING = BIT["unvan"] | BIT["yazim"] | BIT["sira"]
_PHONE_DIGITS, _POST_DIGITS = 7, 5


@compiled
def _size(token: NDArray, at: int) -> int:  # type: ignore[type-arg]
    return token[at, END] - token[at, START]


@compiled
def _has(token: NDArray, count: int, at: int, bits: int) -> bool:  # type: ignore[type-arg]
    """Whether a token is a word of one of these kinds."""
    return 0 <= at < count and token[at, KIND] == WORD and token[at, CLASS] & bits != 0


@compiled
def _is(token: NDArray, count: int, at: int, kind: int) -> bool:  # type: ignore[type-arg]
    return 0 <= at < count and token[at, KIND] == kind


@compiled
def _surely(token: NDArray, count: int, at: int, bits: int) -> bool:  # type: ignore[type-arg]
    """Whether a token is of one of these kinds whatever stands around it."""
    return _has(token, count, at, bits) and token[at, CLASS] & _AMBIGUOUS == 0


@compiled
def _follows(token: NDArray, count: int, at: int) -> int:  # type: ignore[type-arg]
    """The next token that is not the second half of a compound."""
    at += 1
    while at < count and token[at, KIND] == WORD and token[at, CLASS] & _CONTINUED:
        at += 1
    return at


@compiled
def _join_compounds(token: NDArray, hashes: NDArray, count: int, table: WordTable) -> None:  # type: ignore[type-arg]
    """``KÜME EVLER``, ``İÇ KAPI``, ``İŞ MERKEZİ``: two words of one meaning."""
    at = 0
    while at + 1 < count:
        if token[at, KIND] == WORD and token[at + 1, KIND] == WORD:
            key = hashes[at, RAW] * hashes[at + 1, RAW_POWER] + hashes[at + 1, RAW]
            place = find_word(table, key)
            if place >= 0 and table.classes[place] & _MULTIPLE:
                token[at, CLASS] = table.classes[place]
                token[at + 1, CLASS] = _CONTINUED
                token[at, FLAGS] |= token[at + 1, FLAGS] & (DOTTED | COLON)
                at += 1
        at += 1


@compiled
def _expression_end(token: NDArray, count: int, at: int) -> int:  # type: ignore[type-arg]
    """End of a door or unit expression that begins at ``at``; ``at`` itself where none does.

    Digits, letters and the signs between them: ``12``, ``12/A``, ``A4``, ``118-120 B``, ``Z1``.
    """
    now = at
    if _is(token, count, now, WORD) and _size(token, now) <= 2:
        glued = _is(token, count, now + 1, NUMBER) and token[now + 1, FLAGS] & GLUED
        if not glued and (_size(token, now) > 1 or _has(token, count, now + 1, _BLOK)):
            return at
        now += 1
    elif _is(token, count, now, DASH) and _is(token, count, now + 1, NUMBER):
        now += 2
    elif _is(token, count, now, NUMBER):
        now += 1
    else:
        return at
    while now < count and now - at < _LONGEST_EXPRESSION:
        step = _next_piece(token, count, now)
        if step == 0:
            break
        now += step
    return now


@compiled
def _next_piece(token: NDArray, count: int, now: int) -> int:  # type: ignore[type-arg]  # noqa: PLR0911
    """Tokens that continue a door expression at ``now``."""
    kind = token[now, KIND]
    glued = token[now, FLAGS] & GLUED != 0
    if kind == NUMBER:
        return 1 if glued and token[now - 1, KIND] == WORD else 0
    if kind == WORD:
        if _size(token, now) > 2 or token[now, FLAGS] & COLON:
            return 0
        if _has(token, count, now, _KAT | _IC_KAPI) and _has(token, count, now + 1, _KAT_ADI):
            return 0
        if _surely(token, count, now, _CSBM | _MAH | _BLOK | _BUILDING | _KAT | _IC_KAPI):
            return 0
        if token[now - 1, FLAGS] & DOTTED and _size(token, now) > 1:
            return 0
        if glued and not _is(token, count, now + 1, NUMBER):
            return 1
        if glued:
            return 0 if _has(token, count, now, _IC_KAPI | _KAT) else 1
        if _size(token, now) > 1 or token[now, FLAGS] & DOTTED or token[now - 1, KIND] == WORD:
            return 0
        if _has(token, count, now, _IC_KAPI | _KAT) and _is(token, count, now + 1, SLASH):
            return 0
        beside = _is(token, count, now + 1, NUMBER) or _has(token, count, now + 1, _BLOK | _CSBM)
        return 0 if beside else 1
    if kind in (SLASH, DASH):
        after = now + 1
        apart = kind == DASH and token[now, FLAGS] & SPACED != 0
        if _is(token, count, after, NUMBER):
            return 0 if apart and _size(token, after) >= _POST_DIGITS else 2
        if apart and _has(token, count, after, _IC_KAPI | _KAT | _KAPI | _BLOK | _BUILDING):
            return 0
        if _is(token, count, after, WORD) and _size(token, after) <= 2:
            if token[after, FLAGS] & COLON or _has(token, count, after + 1, _BLOK):
                return 0
            return 2
    return 0


@compiled
def _give(token: NDArray, start: int, end: int, role: int) -> None:  # type: ignore[type-arg]
    for at in range(start, end):
        token[at, ROLE] = role


@compiled
def _type_names(token: NDArray, last: int, segment: int, typed: int) -> int:
    """Say of the names of a segment that ends at ``last`` what they are; returns their number."""
    found, now = 0, last
    while now >= 0 and token[now, SEGMENT] == segment:
        role = token[now, ROLE]
        if role in (NAME, BUILDING, DIRECTION):
            if token[now, TYPED] and token[now, TYPED] != typed:
                break
            token[now, TYPED] = typed
            found += 1
        elif role not in (NOISE, BREAK):
            break
        now -= 1
    return found


@compiled
def _close_segment(token: NDArray, at: int, parts: NDArray, typed: int) -> bool:
    """Say of the names before a type word what they are; false where there is no name.

    ``Altın Ordu (Ordu) Cad.``: those before a bracket too. ``Veysel Karani, Mahallesi``: those
    before a comma, where none stands between.
    """
    segment = parts[NOW_SEGMENT]
    found = _type_names(token, at - 1, segment, typed)
    first = at - 1
    while first >= 0 and token[first, SEGMENT] == segment and token[first, KIND] in (WORD, NUMBER):
        first -= 1
    if first < 0:
        return found > 0
    if token[first, KIND] == CLOSE:
        while first >= 0 and token[first, KIND] != OPEN:
            if token[first, ROLE] == NAME and token[first, TYPED] == 0:
                token[first, TYPED] = typed
                found += 1
            first -= 1
        if first > 0:
            found += _type_names(token, first - 1, token[first - 1, SEGMENT], typed)
    elif token[first, KIND] == COMMA and found == 0 and first > 0:
        before = first - 1
        if token[before, ROLE] == NAME and token[before, TYPED] == 0:
            found += _type_names(token, before, token[before, SEGMENT], typed)
    return found > 0


@compiled
def _mark_back(token: NDArray, at: int, segment: int, role: int) -> None:  # type: ignore[type-arg]
    """Give the names before ``at`` in its segment the role of the word that follows them."""
    now = at - 1
    while now >= 0 and token[now, SEGMENT] == segment and token[now, TYPED] == 0:
        if token[now, ROLE] == NAME or (role == DIRECTION and token[now, ROLE] == BUILDING):
            token[now, ROLE] = role
        elif token[now, ROLE] != BREAK:
            break
        now -= 1


@compiled
def _before(token: NDArray, at: int) -> int:  # type: ignore[type-arg]
    """The last token before ``at`` that is neither a sign nor a blank word."""
    now = at - 1
    while now >= 0 and (token[now, ROLE] == NOISE or token[now, KIND] in (COMMA, DASH)):
        now -= 1
    return now


@compiled
def _begins_name(token: NDArray, count: int, at: int, end: int) -> bool:  # type: ignore[type-arg]
    """Whether words and a type word follow a number at once: ``15 Temmuz Şehitleri Sk.``."""
    if end - at != 1:
        return False
    now = end
    while now < count and now - end < _LONGEST_NAME and token[now, KIND] == WORD:
        if _surely(token, count, now, _CSBM):
            return now > end
        if token[now, CLASS] & ~(_ROAD | _NAMING | _AMBIGUOUS):
            return False
        now += 1
    return False


@compiled
def _is_bare_door(token: NDArray, count: int, at: int, end: int, parts: NDArray) -> bool:  # type: ignore[type-arg]
    """Whether a number without ``No`` is the door: right after the type word of the csbm."""
    if parts[DOOR_AT] >= 0 or parts[NOW_FIELD] not in (FIELD_TEXT,):
        return False
    before = _before(token, at)
    if before < 0:
        return False
    after_type = token[before, ROLE] == CSBM_TYPE or token[before, TYPED] == AS_YOL
    if not after_type or before != parts[LAST_TYPE] or _begins_name(token, count, at, end):
        return False
    if _has(token, count, end, _NOLU):
        return not _has(token, count, _follows(token, count, end), _CSBM | _ROAD | _MAH)
    if _has(token, count, end, _CSBM | _ROAD | _SIRA | _MAH | _KM | _BLOK):
        return not _surely(token, count, end, _CSBM | _ROAD | _SIRA | _MAH | _KM | _BLOK)
    ordinal = token[end - 1, FLAGS] & DOTTED and _is(token, count, end, WORD)
    return not (ordinal and token[end - 1, KIND] == NUMBER and end - at == 1)


@compiled
def _phone_end(token: NDArray, count: int, at: int) -> int:  # type: ignore[type-arg]
    """End of a telephone number that begins at ``at``; ``at`` where none does."""
    if _size(token, at) >= _PHONE_DIGITS:
        return at + 1
    digits, now, groups = 0, at, 0
    while now < count and token[now, KIND] in (NUMBER, CLOSE, DASH, OPEN):
        if token[now, KIND] == NUMBER:
            digits += _size(token, now)
            groups += 1
        now += 1
    first = _size(token, at)
    if groups >= 3 and digits in (7, 10, 11, 12) and first in (2, 3, 4):
        return now
    return at


@compiled
def _take_number(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """Role of a number that no word announced; returns where to go on."""
    after = _follows(token, count, at)
    phone = _phone_end(token, count, at)
    if phone > at:
        _give(token, at, phone, PHONE)
        return phone
    if _has(token, count, after, _KM):
        _give(token, at, after + 1, DIRECTION)
        return after + 1
    # ``16 KAT:1``: the floor is named behind its word, the number before it is the door.
    is_door = (
        parts[DOOR_AT] < 0
        and not token[at, FLAGS] & DOTTED
        and _is(token, count, _follows(token, count, after), NUMBER)
    )
    if _surely(token, count, after, _KAT) and parts[NOW_FIELD] == FIELD_TEXT and not is_door:
        _give(token, at, after, FLOOR)
        token[after, ROLE] = FLOOR_MARK
        parts[FLOOR_AT], parts[FLOOR_END] = at, after
        return after + 1
    is_code = _size(token, at) == _POST_DIGITS and 1000 <= token[at, VALUE] <= 81999
    if is_code and parts[DOOR_AT] >= 0 and not _has(token, count, after, _CSBM | _MAH):
        token[at, ROLE] = POSTA_KODU
        parts[POST_AT] = at
        return at + 1
    end = _expression_end(token, count, at)
    if end > at and _is_bare_door(token, count, at, end, parts):
        _give(token, at, end, DOOR)
        parts[DOOR_AT], parts[DOOR_END] = at, end
        parts[NOW_SEGMENT] += 1
        return end
    token[at, ROLE] = NAME
    return at + 1


@compiled
def _take_door_mark(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """``No`` and the door after it; returns where to go on, ``at`` where it is no door mark."""
    now = _follows(token, count, at)
    while _has(token, count, now, _KAPI) and _size(token, now) > 1:
        now = _follows(token, count, now)
    end = _expression_end(token, count, now)
    if end == now:
        if token[at, CLASS] & _AMBIGUOUS:
            return at
        token[at, ROLE] = NOISE
        return now
    if token[at, CLASS] & _AMBIGUOUS and not (
        token[at, FLAGS] & (COLON | DOTTED) or _size(token, at) > 1
    ):
        return at
    if _surely(token, count, end, _CSBM) and not _is(token, count, end - 1, WORD):
        _give(token, at, end + 1, NOISE)
        parts[NOW_SEGMENT] += 1
        return end + 1
    _give(token, at, now, DOOR_MARK)
    is_first = parts[HAS_MARK] < 0 and parts[UNIT_AT] < 0 and parts[FLOOR_AT] < parts[DOOR_AT]
    if parts[DOOR_AT] < 0 or is_first:
        if parts[DOOR_AT] >= 0:
            _give(token, parts[DOOR_AT], parts[DOOR_END], NOISE)
        parts[DOOR_AT], parts[DOOR_END], parts[HAS_MARK] = now, end, 1
        _give(token, now, end, DOOR)
    elif parts[UNIT_AT] < 0 and (parts[BLOK_AT] >= 0 or parts[FLOOR_AT] > parts[DOOR_AT]):
        parts[UNIT_AT], parts[UNIT_END] = now, end
        _give(token, now, end, UNIT)
    else:
        _give(token, now, end, NOISE)
    parts[NOW_SEGMENT] += 1
    return end


@compiled
def _is_marked(token: NDArray, count: int, at: int, parts: NDArray) -> bool:  # type: ignore[type-arg]
    """``K:1``, ``D. 30`` behind a csbm: a letter with its sign and a number is a mark, no name."""
    signed = token[at, FLAGS] & (COLON | DOTTED) != 0
    return signed and parts[LAST_TYPE] >= 0 and _is(token, count, at + 1, NUMBER)


@compiled
def _take_unit_mark(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """``Daire``, ``İç kapı no``, ``D:`` and the unit; ``at`` where it is none."""
    now = _follows(token, count, at)
    is_sure = token[at, CLASS] & _AMBIGUOUS == 0 or _is_marked(token, count, at, parts)
    if not is_sure and parts[DOOR_AT] < 0:
        return at
    while _has(token, count, now, _KAPI) and _size(token, now) > 1:
        now = _follows(token, count, now)
    if parts[DOOR_AT] >= 0 and _is(token, count, now, SLASH) and _is(token, count, now + 1, NUMBER):
        now += 1
    end = _expression_end(token, count, now)
    if end == now:
        if not is_sure or _has(token, count, now, _CSBM | _ROAD | _MAH):
            return at
        token[at, ROLE] = NOISE
        return now
    if not is_sure and not _is(token, count, now, NUMBER) and not token[at, FLAGS] & COLON:
        return at
    _give(token, at, now, UNIT_MARK)
    _give(token, now, end, UNIT)
    if parts[UNIT_AT] < 0:
        parts[UNIT_AT], parts[UNIT_END] = now, end
    parts[NOW_SEGMENT] += 1
    return end


@compiled
def _take_floor(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """``Kat: 3``, ``K:3``, ``zemin kat``; ``at`` where the word is part of a name."""
    now = _follows(token, count, at)
    if _has(token, count, at, _KAT_ADI):
        if parts[DOOR_AT] < 0 or _surely(token, count, now, _CSBM | _ROAD | _MAH):
            return at
        _give(token, at, now, FLOOR)
        if _has(token, count, now, _KAT):
            token[now, ROLE] = FLOOR_MARK
            now += 1
        parts[FLOOR_AT], parts[FLOOR_END] = at, at + 1
        return now
    end = _expression_end(token, count, now)
    is_sure = token[at, CLASS] & _AMBIGUOUS == 0 or _is_marked(token, count, at, parts)
    if not is_sure and (parts[DOOR_AT] < 0 or not _is(token, count, now, NUMBER)):
        return at
    if end == now:
        return at
    _give(token, at, now, FLOOR_MARK)
    end = min(end, now + 2) if _is(token, count, now, DASH) else now + 1
    _give(token, now, end, FLOOR)
    parts[FLOOR_AT], parts[FLOOR_END] = now, end
    return end


@compiled
def _take_blok(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """``A Blok``, ``Blok: 3``, ``Lale Blok``; ``at`` where the word is part of a name."""
    after = _follows(token, count, at)
    if _surely(token, count, after, _CSBM | _ROAD | _MAH):
        return at
    start = at
    while (
        start > 0 and at - start < 4 and token[start - 1, ROLE] in (NAME, BREAK)
        and token[start - 1, SEGMENT] == parts[NOW_SEGMENT]
        and (token[start - 1, KIND] in (NUMBER, DASH, SLASH) or _size(token, start - 1) <= 2)
    ):  # fmt: skip
        start -= 1
        if not token[start, FLAGS] & GLUED and token[start, KIND] in (NUMBER, WORD):
            break
    end = at
    if start == at:
        end = _expression_end(token, count, after)
        if end == after or _has(token, count, after, _KAPI | _IC_KAPI):
            _mark_back(token, at, parts[NOW_SEGMENT], BUILDING)
            token[at, ROLE] = BLOK_MARK
            parts[NOW_SEGMENT] += 1
            return after
        start = after
    _give(token, start, end, BLOK)
    token[at, ROLE] = BLOK_MARK
    if parts[BLOK_AT] < 0:
        parts[BLOK_AT], parts[BLOK_END] = start, end
    _mark_back(token, min(start, at), parts[NOW_SEGMENT], BUILDING)
    parts[NOW_SEGMENT] += 1
    return max(end, after)


@compiled
def _take_announced_number(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """Post code and telephone; ``at`` where no number follows."""
    now = _follows(token, count, at)
    while now < count and token[now, KIND] == OPEN:
        now += 1
    if not _is(token, count, now, NUMBER):
        return at
    if _has(token, count, at, _POSTA):
        token[at, ROLE] = token[now, ROLE] = POSTA_KODU
        parts[POST_AT] = now
        return now + 1
    while now < count and token[now, KIND] in (NUMBER, OPEN, CLOSE, DASH, SLASH):
        now += 1
    _give(token, at, now, PHONE)
    return now


@compiled
def _is_mahalle_type(token: NDArray, count: int, at: int, parts: NDArray) -> bool:  # type: ignore[type-arg]
    after = _follows(token, count, at)
    if _has(token, count, at, _KOY | _BUCAK):
        return not _has(token, count, after, _CSBM | _ROAD)
    if _surely(token, count, after, _CSBM) and parts[NOW_FIELD] == FIELD_TEXT:
        return _size(token, at) <= 4
    return True


@compiled
def _take_mahalle_type(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """``Mahallesi`` closes a name; after another one it makes that one part of the name."""
    if at > 0 and token[at - 1, ROLE] == MAHALLE_TYPE:
        token[at - 1, ROLE] = NOISE
        token[at, ROLE] = MAHALLE_TYPE
        return _follows(token, count, at)
    if not _close_segment(token, at, parts, AS_MAHALLE):
        return at
    after = _follows(token, count, at)
    _give(token, at, after, NOISE)
    token[at, ROLE] = MAHALLE_TYPE
    parts[NOW_SEGMENT] += 1
    return after


@compiled
def _tur_of(kinds: int) -> int:
    """The official ``tur_kod`` of a type word."""
    if kinds & _MEYDAN:
        return AS_MEYDAN
    if kinds & _BULVAR:
        return AS_BULVAR
    if kinds & _CADDE:
        return AS_CADDE
    return AS_SOKAK if kinds & _SOKAK else AS_KUME_EVLER


@compiled
def _is_csbm_type(token: NDArray, count: int, at: int) -> bool:  # type: ignore[type-arg]
    """``S.``, ``C.``, ``Bl.``: a type only after a name, with a dot, before a number or the end."""
    if token[at, CLASS] & _AMBIGUOUS == 0:
        return True
    named = at > 0 and token[at - 1, ROLE] == NAME and _size(token, at - 1) > 2
    after = at + 1
    ends = (
        after >= count or token[after, KIND] in (NUMBER, COMMA) or _has(token, count, after, _KAPI)
    )
    return named and token[at, FLAGS] & DOTTED != 0 and ends


@compiled
def _take_csbm_type(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """``Caddesi``, ``Sk.`` closes a name; the last type word decides."""
    after = _follows(token, count, at)
    if parts[LAST_TYPE] >= 0 and _surely(token, count, after, _TARIF):
        _mark_back(token, at, parts[NOW_SEGMENT], DIRECTION)
        _give(token, at, after, DIRECTION)
        return after
    tur = _tur_of(token[at, CLASS])
    if at > 0 and token[at - 1, ROLE] == CSBM_TYPE:
        token[at - 1, ROLE] = NOISE
        now = at - 1
        while now >= 0 and (token[now, ROLE] == NOISE or token[now, TYPED]):
            if token[now, TYPED] and token[now, TYPED] <= AS_CSBM:
                token[now, TYPED] = tur
            now -= 1
    elif not _close_segment(token, at, parts, tur):
        if _has(token, count, after, _CSBM | _ROAD):
            return at
        _give(token, at, after, NOISE)
        parts[NOW_SEGMENT] += 1
        return after
    _give(token, at, after, NOISE)
    token[at, ROLE] = CSBM_TYPE
    parts[LAST_TYPE] = at
    parts[NOW_SEGMENT] += 1
    return after


@compiled
def _take_building(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """Site, apartment block, shop, school: the names before it are its own, not the csbm's."""
    after = _follows(token, count, at)
    if _has(token, count, after, _CSBM | _ROAD | _MAH):
        return at
    if token[at, CLASS] & _AMBIGUOUS and parts[DOOR_AT] < 0:
        return at
    _mark_back(token, at, parts[NOW_SEGMENT], BUILDING)
    _give(token, at, after, BUILDING)
    if not _has(token, count, after, _BUILDING | _BLOK | _TARIF):
        parts[NOW_SEGMENT] += 1
    return after


@compiled
def _take_direction(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """``… karşısı``, ``… yanı``: words that lead there and name nothing of the address."""
    after = _follows(token, count, at)
    if _has(token, count, after, _CSBM | _ROAD | _MAH):
        return at
    if token[at, CLASS] & _AMBIGUOUS and parts[DOOR_AT] < 0:
        return at
    _mark_back(token, at, parts[NOW_SEGMENT], DIRECTION)
    _give(token, at, after, DIRECTION)
    parts[NOW_SEGMENT] += 1
    return after


@compiled
def _take_road(token: NDArray, count: int, at: int, parts: NDArray) -> None:  # type: ignore[type-arg]
    """``… Yolu`` without a type word: the name ends here if a door or a sign follows."""
    token[at, ROLE] = NAME
    after = _follows(token, count, at)
    ends = after >= count or token[after, KIND] in (COMMA, OPEN, NUMBER, FIELD)
    if ends or _has(token, count, after, _KAPI):
        if _is(token, count, after, NUMBER) and _has(token, count, after + 1, _CSBM | _ROAD | _KM):
            return
        if _close_segment(token, at, parts, AS_YOL):
            token[at, TYPED] = AS_YOL
            parts[LAST_TYPE] = at
            parts[NOW_SEGMENT] += 1


@compiled
def _take_word(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """Role of a word by what it may be; returns where to go on."""
    kinds, after = token[at, CLASS], at
    in_text = parts[NOW_FIELD] in (FIELD_TEXT, FIELD_CSBM, FIELD_SITE, FIELD_BLOK)
    if kinds & _IGNORED:
        token[at, ROLE] = NOISE
        return at + 1
    if in_text and kinds & _KAPI:
        after = _take_door_mark(token, count, at, parts)
    if in_text and after == at and kinds & _IC_KAPI:
        after = _take_unit_mark(token, count, at, parts)
    if in_text and after == at and kinds & (_KAT | _KAT_ADI):
        after = _take_floor(token, count, at, parts)
    if in_text and after == at and kinds & (_POSTA | _TEL):
        after = _take_announced_number(token, count, at, parts)
    if after == at and kinds & (_MAH | _KOY | _BUCAK) and _is_mahalle_type(token, count, at, parts):
        after = _take_mahalle_type(token, count, at, parts)
    if in_text and after == at and kinds & _CSBM and _is_csbm_type(token, count, at):
        after = _take_csbm_type(token, count, at, parts)
    if in_text and after == at and kinds & _BLOK:
        after = _take_blok(token, count, at, parts)
    if in_text and after == at and kinds & _BUILDING:
        after = _take_building(token, count, at, parts)
    if in_text and after == at and kinds & _TARIF:
        after = _take_direction(token, count, at, parts)
    if after > at:
        return after
    token[at, ROLE] = NOISE if kinds & _NOLU and at and token[at - 1, ROLE] == DOOR else NAME
    if token[at, FLAGS] & COLON and in_text:
        parts[NOW_SEGMENT] += 1
    elif kinds & _ROAD and in_text:
        segment = parts[NOW_SEGMENT]
        _take_road(token, count, at, parts)
        if parts[NOW_SEGMENT] != segment:
            token[at, SEGMENT] = segment
    return at + 1


@compiled
def _end_field(token: NDArray, start: int, end: int, field: int) -> None:  # type: ignore[type-arg]
    """Names in a column of their own are what the column says."""
    typed = 0
    if field == FIELD_MAHALLE:
        typed = AS_MAHALLE
    elif field == FIELD_CSBM:
        typed = AS_CSBM
    elif field == FIELD_ILCE:
        typed = AS_ILCE
    elif field == FIELD_IL:
        typed = AS_IL
    for at in range(start, end):
        if field in (FIELD_SITE, FIELD_BLOK) and token[at, ROLE] == NAME:
            token[at, ROLE] = BUILDING
        if typed and token[at, TYPED] == 0 and token[at, ROLE] in (NAME, BUILDING):
            token[at, TYPED] = typed


@compiled
def _begin_field(token: NDArray, count: int, at: int, parts: NDArray) -> int:  # type: ignore[type-arg]
    """Door and unit columns hold nothing but an expression."""
    parts[NOW_FIELD] = token[at, VALUE]
    parts[NOW_SEGMENT] += 1
    token[at, ROLE] = BREAK
    now = at + 1
    field = token[at, VALUE]
    if field not in (FIELD_DOOR, FIELD_UNIT, FIELD_BLOK):
        return now
    while _has(token, count, now, _KAPI | _IC_KAPI) and _size(token, now) > 1:
        token[now, ROLE] = NOISE
        now += 1
    end = _expression_end(token, count, now)
    if end == now:
        return now
    if field == FIELD_DOOR:
        _give(token, now, end, DOOR)
        parts[DOOR_AT], parts[DOOR_END], parts[HAS_MARK] = now, end, 1
    elif field == FIELD_UNIT:
        _give(token, now, end, UNIT)
        parts[UNIT_AT], parts[UNIT_END] = now, end
    elif not _has(token, count, end, _BLOK) or end == count:
        _give(token, now, end, BLOK)
        parts[BLOK_AT], parts[BLOK_END] = now, end
    return end


@compiled
def _take_sign(token: NDArray, count: int, at: int, parts: NDArray) -> None:  # type: ignore[type-arg]
    """Signs part segments, except a slash between numbers and a hyphen between words."""
    token[at, ROLE] = BREAK
    kind = token[at, KIND]
    if kind == SLASH:
        inside = _is(token, count, at - 1, NUMBER) and _is(token, count, at + 1, NUMBER)
        parts[NOW_SEGMENT] += 0 if inside else 1
    elif kind == DASH:
        is_blank = token[at, FLAGS] & SPACED and not _is(token, count, at - 1, NUMBER)
        parts[NOW_SEGMENT] += 1 if is_blank else 0
    else:
        parts[NOW_SEGMENT] += 1


@compiled
def _find_late_door(token: NDArray, count: int, parts: NDArray) -> None:  # type: ignore[type-arg]
    """A number further behind the type word, where no other door is: ``Sk., 1. Etap 2/C``."""
    at = parts[LAST_TYPE] + 1
    while at < count:
        free = token[at, KIND] == NUMBER and token[at, ROLE] == NAME and token[at, TYPED] == 0
        if free and _size(token, at) < _POST_DIGITS:
            end = _expression_end(token, count, at)
            ordinal = token[end - 1, FLAGS] & DOTTED and _is(token, count, end, WORD)
            is_other = _has(token, count, end, _CSBM | _ROAD | _SIRA | _NOLU | _MAH | _KM | _KAT)
            is_other = is_other or _has(token, count, at - 1, _KAT | _IC_KAPI)
            if not ordinal and not is_other and not _begins_name(token, count, at, end):
                _give(token, at, end, DOOR)
                parts[DOOR_AT], parts[DOOR_END] = at, end
                return
        at += 1


@compiled
def tag(token: NDArray, hashes: NDArray, count: int, table: WordTable, parts: NDArray) -> None:  # type: ignore[type-arg]
    """Give every token its role, segment and type, and fill ``parts``.

    Args:
        token: tokens of a text, written on.
        hashes: their hashes.
        count: their number.
        table: ``word_table()``.
        parts: ``PARTS`` integers, written on: where door, unit, floor, block and post code are.
    """
    parts[:] = -1
    parts[NOW_SEGMENT] = 0
    parts[NOW_FIELD] = FIELD_TEXT
    _join_compounds(token, hashes, count, table)
    at, field_start = 0, 0
    while at < count:
        token[at, SEGMENT] = parts[NOW_SEGMENT]
        before = at
        if token[at, KIND] == FIELD:
            _end_field(token, field_start, at, parts[NOW_FIELD])
            field_start = at + 1
            at = _begin_field(token, count, at, parts)
        elif token[at, KIND] == NUMBER:
            at = _take_number(token, count, at, parts)
        elif token[at, KIND] == WORD:
            at = _take_word(token, count, at, parts)
        else:
            _take_sign(token, count, at, parts)
            at += 1
        segment = token[before, SEGMENT]
        for passed in range(before + 1, min(at, count)):
            token[passed, SEGMENT] = segment
    _end_field(token, field_start, count, parts[NOW_FIELD])
    if parts[DOOR_AT] < 0 and parts[LAST_TYPE] >= 0 and parts[NOW_FIELD] == FIELD_TEXT:
        _find_late_door(token, count, parts)


__all__ = ["HASH", "MAX_TOKENS", "PARTS", "POWER", "tag"]
