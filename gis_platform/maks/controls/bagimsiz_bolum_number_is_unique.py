"""An inner number stands once behind a door."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.core.text import fold
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-BB-04",
    layer="bagimsiz_bolum",
    severity=Severity.ERROR,
    source="uygulama",
    evidence="I",
    rule=Text(
        "Bir kapının iç kapı numaraları birbirinden farklıdır.",
        "The inner door numbers of a door differ from one another.",
    ),
    text=Text(
        "{kimlik_no} numaralı bölümün iç kapı numarası {ic_kapi_no} aynı kapıda başka bölümde de "
        "var: {others}.",
        "Inner door number {ic_kapi_no} of unit {kimlik_no} is on another unit of the same door "
        "too: {others}.",
    ),
    remedy=Text(
        "birini yeniden numaralayın ya da mükerrer kaydı kapatın",
        "number one of them anew, or close the doubled record",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Units that share door and number, whatever the spelling."""
    units = layers["bagimsiz_bolum"].dropna(subset=["numarataj_id", "ic_kapi_no"])
    distinct = pd.Series(units["ic_kapi_no"].unique(), dtype="str")
    folded = dict(zip(distinct, distinct.map(_bare), strict=True))
    key = pd.DataFrame({"door": units["numarataj_id"], "no": units["ic_kapi_no"].map(folded)})
    shared = units[key.duplicated(keep=False)]
    numbers = shared["kimlik_no"].astype("str")
    for _, group in key.loc[shared.index].groupby(["door", "no"]):
        there = numbers[group.index]
        for index, number in there.items():
            others = ", ".join(other for other in there if other != number) or number
            values = {"ic_kapi_no": units.at[index, "ic_kapi_no"], "others": others}
            yield Violation(index, values)


def _bare(number: str) -> str:
    return fold(number).replace(" ", "").replace("-", "").lstrip("0")
