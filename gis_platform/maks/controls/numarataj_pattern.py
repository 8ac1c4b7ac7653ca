"""A number is written as the regulation writes numbers."""

import re
from collections.abc import Iterable
from typing import Any

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-07",
    layer="numarataj",
    severity=Severity.INFO,
    source="Adres ve Numaralama Yönetmeliği m.33-36",
    evidence="S",
    rule=Text(
        "Birleşen ve bölünen yapılarda - ve / kullanılır; bunun dayanağı saklanır.",
        "Merged and split buildings use - and /; the decision behind it is kept.",
    ),
    text=Text(
        "{kapi_no} numaralı kapı ({kimlik_no}) bölünmüş bir yapının numarasını taşıyor.",
        "Door {kapi_no} ({kimlik_no}) has the number of a split building.",
    ),
    kinds={
        "unknown": Text(
            "“{kapi_no}” ({kimlik_no}) bir kapı numarası gibi yazılmamış.",
            "“{kapi_no}” ({kimlik_no}) is not written as a door number.",
        )
    },
    remedy=Text(
        "numarayı 12, 12A, 12-14 ya da 12/1 biçiminde yazın",
        "write the number as 12, 12A, 12-14 or 12/1",
    ),
    can_be_fixed=True,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Numbers with a slash part, and texts that are no door number (``unknown``)."""
    doors = layers.doors[layers.doors["kapi_no"].notna()]
    for index, kapi_no in doors["kapi_no"][doors["number"].isna()].items():
        yield Violation(index, {"kapi_no": kapi_no}, "unknown", **_mended(kapi_no))
    for index, kapi_no in doors["kapi_no"][doors["part"] != ""].items():
        yield Violation(index, {"kapi_no": kapi_no})


_SURPLUS = re.compile(
    r"^(?:(?:KAPI|DIŞ ?KAPI)?NO|NUMARA)?[.:]*(\d{1,5}(?:[-/]?[A-ZÇĞİÖŞÜ]{1,2})?)[.:,]*$"
)
"""A number with the word for number before it or a stop behind it."""


def _mended(kapi_no: str) -> dict[str, Any]:
    """The remedy, where only a word or a stop stands beside the number."""
    found = _SURPLUS.match(kapi_no)
    if found is None:
        return {}
    number = found[1]
    remedy = Text(f"numarayı {number} yazın", f"write the number as {number}")
    return {"remedy": remedy, "fix": {"kapi_no": number}}
