"""Where a door has several units, each has an inner number."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-BB-08",
    layer="bagimsiz_bolum",
    severity=Severity.ERROR,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Birden çok bölüm varsa iç kapı numarası zorunludur.",
        "Where there is more than one unit the inner door number is mandatory.",
    ),
    text=Text(
        "{kimlik_no} numaralı bölümün iç kapı numarası yok; kapısında {count} bölüm var.",
        "Unit {kimlik_no} has no inner door number; its door has {count} units.",
    ),
    remedy=Text("bölüme iç kapı numarası verin", "give the unit an inner door number"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Units without a number behind a door that has several."""
    units = layers["bagimsiz_bolum"].dropna(subset=["numarataj_id"])
    count = units.groupby("numarataj_id")["numarataj_id"].transform("size")
    for index, number in count[(count > 1) & units["ic_kapi_no"].isna()].items():
        yield Violation(index, {"count": number})
