"""The integers the core works with: findings, evidence, the columns of a mention and of a row."""

import numpy as np

from gis_platform.address.words import BIT
from gis_platform.matching import weights

MAX_WORDS = 7
MAX_SCAN, FEW = 400, 6
FAR_BELOW = 3.0
OUT_OF_SIGHT = 14.0
"""Bits behind the best from which a candidate is not looked at: one in sixteen thousand."""
LIKELY = -0.85
"""Log odds from which the words of a csbm count as used by it."""
NO_OTHER = 30.0
"""Bits to the next candidate where there is none."""
NUMBERED = 8
"""Numbers are given in series: a number met in one mahalle is the likelier in its namesake."""
DOOR_WIDTH, UNIT_WIDTH, UNUSED = 24, 16, 8

(
    F_SPELLING, F_FORM, F_ALIAS, F_TYPE_MISSING, F_TYPE_DIFFERS, F_LEFT, F_OTHER, F_MAHALLE_MISSING,
    F_MAHALLE_DIFFERS, F_MAHALLE_UNKNOWN, F_MAHALLE_SPELLING, F_MAHALLE_FORM, F_ILCE_MISSING,
    F_ILCE_DIFFERS, F_IL_DIFFERS, F_DOOR_MISSING, F_DOOR_UNKNOWN, F_DOOR_SPLIT, F_NO_DOORS,
    F_CODE_DIFFERS, F_CODE, F_CSBM_NAMED, F_MAHALLE_NAMED, F_EMPTY, F_UNMARKED, F_OPEN_END,
    F_DECIDED, F_MAHALLE_CODE_DIFFERS, F_PLACE_WEAK, F_REFUSED, F_PLACE_ALIAS, F_CUT,
) = range(32)  # fmt: skip
"""Findings about a row, as bits."""

BITS_END = len(weights.BITS)
"""Behind the bits stand the weights of the calibration."""
_W = {name: at for at, name in enumerate(weights.BITS)}
NULL, NAME_CAP = _W["null"], _W["name_cap"]
FORM_BITS = np.array(
    [-1, _W["form_no_title"], _W["form_part"], _W["form_initial"], _W["form_dropped"],
     _W["form_alias"], _W["form_extended"], _W["form_weak"], _W["form_last"],
     _W["form_unnumbered"]]
)  # fmt: skip
EDIT, EDIT_KNOWN = _W["edit"], _W["edit_known"]
TYPE_AGREES, TYPE_DIFFERS, TYPE_MISSING = (
    _W["type_agrees"], _W["type_differs"], _W["type_missing"]
)  # fmt: skip
OPEN_END, AS_MAHALLE_BITS, AS_BUILDING = _W["open_end"], _W["as_mahalle"], _W["as_building"]
IN_TAIL, IN_BRACKETS = _W["in_tail"], _W["in_brackets"]
LEFT_WORD, LEFT_TITLE, LEFT_PLAIN = _W["left_word"], _W["left_title"], _W["left_plain"]
NOT_NAMED = _W["not_named"]
OTHER_AFTER, OTHER_BEFORE = _W["other_after"], _W["other_before"]
MAHALLE_CAP, MAHALLE_PARTIAL = _W["mahalle_cap"], _W["mahalle_partial"]
MAHALLE_UNMARKED, MAHALLE_EDIT = _W["mahalle_unmarked"], _W["mahalle_edit"]
MAHALLE_DIFFERS, MAHALLE_ELSEWHERE = _W["mahalle_differs"], _W["mahalle_elsewhere"]
MAHALLE_FORM, MAHALLE_ALIAS = _W["mahalle_form"], _W["mahalle_alias"]
MAHALLE_UNKNOWN, MAHALLE_BARE = _W["mahalle_unknown"], _W["mahalle_bare_differs"]
ILCE_CAP, ILCE_WEAK, ILCE_DIFFERS = _W["ilce_cap"], _W["ilce_weak"], _W["ilce_differs"]
ILCE_DIFFERS_HOMONYM, HOMONYM_SHARE = _W["ilce_differs_homonym"], _W["homonym_share"]
IL_DIFFERS = _W["il_differs"]
DOOR_FOUND, DOOR_SPLIT, DOOR_NOT_FOUND = (
    _W["door_found"], _W["door_split"], _W["door_not_found"]
)  # fmt: skip
CODE_AGREES, CODE_DIFFERS = _W["code_agrees"], _W["code_differs"]
MAHALLE_CODE, MAHALLE_CODE_DIFFERS = _W["mahalle_code_agrees"], _W["mahalle_code_differs"]

M_KIND, M_ID, M_FORM, M_EDITS, M_FROM, M_LAST, M_SHARED, M_QUALITY, M_SIZE, M_KNOWN = range(10)
(
    A_MARKED, A_MARKED_KNOWN, A_ILCE, A_IL, A_BRACKETS, A_IL_MASK, A_ROW, A_CSBM, A_MAHALLE,
    A_EXACT, A_COUNT, A_BARE, A_IL_FOUND, A_UNUSED, A_TAIL, A_BARE_MAHALLE,
) = range(16)  # fmt: skip
WHOLE, PARTIAL, UNMARKED = 3, 2, 1
CROWDED, CROWD = 9, 24
"""Kind of a mention that stands for all mahalle of a name, and from how many places on it does."""

TITLE = BIT["unvan"]
TYPES = (
    BIT["mahalle"] | BIT["meydan"] | BIT["bulvar"] | BIT["cadde"] | BIT["sokak"]
    | BIT["kume_evler"] | BIT["koy"] | BIT["bucak"]
)  # fmt: skip
MAHALLE_WORD, SIRA = BIT["mahalle"], BIT["sira"]
NOLU = BIT["nolu"] | BIT["yok_say"] | BIT["mevki"] | BIT["sira"]
SHARES = 16
"""``M_SHARED`` counts in such parts: of a csbm (csbm a phrase may mean), of a bit (mahalle)."""
ONE = np.int64(1)
