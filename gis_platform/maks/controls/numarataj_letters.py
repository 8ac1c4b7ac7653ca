"""A lettered number follows its base number and the letter before it."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Letters on plates; Turkish ones are skipped or used, so they are not counted."""


@control(
    "R-NUM-05",
    layer="numarataj",
    severity=Severity.WARNING,
    source="Adres ve Numaralama Yönetmeliği m.26/4",
    evidence="S",
    rule=Text(
        "Ara ve tali kapılar 1A, 1B … diye numaralanır: taban numara vardır, harf atlanmaz.",
        "In-between and secondary doors are 1A, 1B …: the base number exists and no letter is "
        "left out.",
    ),
    text=Text(
        "{kapi_no} numaralı kapının ({kimlik_no}) taban numarası {number} yolda yok.",
        "The base number {number} of door {kapi_no} ({kimlik_no}) is not on the road.",
    ),
    kinds={
        "letter-left-out": Text(
            "{kapi_no} numaralı kapıdan ({kimlik_no}) önceki {number}{before} yolda yok.",
            "{number}{before}, which comes before door {kapi_no} ({kimlik_no}), is not on the "
            "road.",
        )
    },
    remedy=Text(
        "taban kapıyı ekleyin ya da numarayı düzeltin", "add the base door, or mend the number"
    ),
    is_certain=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Lettered doors without their base number, or without the letter before."""
    doors = layers.doors.dropna(subset=["number", "yol_id"])
    lettered = doors[doors["letters"] != ""]
    there = pd.MultiIndex.from_frame(doors[["yol_id", "number", "letters"]])
    plain = there[there.get_level_values("letters") == ""].droplevel("letters")
    has_base = pd.MultiIndex.from_frame(lettered[["yol_id", "number"]]).isin(plain)
    before = lettered["letters"].map(_before)
    keys = pd.MultiIndex.from_arrays([lettered["yol_id"], lettered["number"], before])
    has_before = keys.isin(there) | before.isin(["", "?"])
    first_is_base = has_base | ~lettered["letters"].isin(["A"]).to_numpy()
    for index in lettered.index[~first_is_base]:
        yield Violation(index, _values(lettered, index))
    for index in lettered.index[~has_before]:
        values = {**_values(lettered, index), "before": before[index]}
        yield Violation(index, values, "letter-left-out")


def _before(letters: str) -> str:
    """The letter before; both alphabets are met, so Ç also follows C and D follows either."""
    if len(letters) > 1:
        return "?"
    at = _LETTERS.find(letters)
    return "" if at == 0 else _LETTERS[at - 1] if at > 0 else "?"


def _values(doors: pd.DataFrame, index: object) -> dict[str, object]:
    return {"kapi_no": doors.at[index, "kapi_no"], "number": doors.at[index, "number"]}
