"""An adres no has ten digits and is given once."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

DIGITS = 10


@control(
    "R-BB-06",
    layer="bagimsiz_bolum",
    severity=Severity.ERROR,
    source="UAVT adres kodu",
    evidence="S",
    rule=Text(
        "Adres no 10 hanelidir ve bir bölüme verilir.",
        "An adres no has ten digits and belongs to one unit.",
    ),
    text=Text(
        "{kimlik_no} 10 haneli bir adres no değil.", "{kimlik_no} is not an adres no of ten digits."
    ),
    kinds={
        "doubled": Text(
            "{kimlik_no} adres no'su {count} bölümde var.",
            "Adres no {kimlik_no} is on {count} units.",
        )
    },
    remedy=Text("numarayı UAVT kaydından düzeltin", "mend the number from the UAVT record"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Units with a number of another length, and units that share one (``doubled``)."""
    number = layers["bagimsiz_bolum"]["kimlik_no"].dropna()
    for index in number.index[(number < 10 ** (DIGITS - 1)) | (number >= 10**DIGITS)]:
        yield Violation(index)
    doubled = number[number.duplicated(keep=False)]
    count = doubled.groupby(doubled).transform("size")
    for index, times in count.items():
        yield Violation(index, {"count": times}, "doubled")
