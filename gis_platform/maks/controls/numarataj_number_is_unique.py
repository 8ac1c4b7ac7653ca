"""No number stands twice on the same road."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-04",
    layer="numarataj",
    severity=Severity.ERROR,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text("Aynı csbm'de bir numara bir kez verilir.", "On one csbm a number is given once."),
    text=Text(
        "{kapi_no} numarası aynı yolda ({ad}) birden çok kapıda: {kapilar}.",
        "Number {kapi_no} stands on several doors of the same road ({ad}): {kapilar}.",
    ),
    remedy=Text(
        "kapılardan birine boş bir numara ya da harfli numara verin",
        "give one of the doors a free number, or one with a letter",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Doors that share road and number."""
    doors = layers.doors.dropna(subset=["yol_id", "kapi_no"])
    doors = doors[doors.duplicated(["yol_id", "kapi_no"], keep=False)]
    numbers = layers["numarataj"]["kimlik_no"].astype("str")
    ad = layers.lookup(doors["yol_id"], "yol", "ad")
    for (_, kapi_no), group in doors.groupby(["yol_id", "kapi_no"]):
        there = ", ".join(sorted(numbers[group.index]))
        for index in group.index:
            yield Violation(index, {"kapi_no": kapi_no, "ad": ad[index], "kapilar": there})
