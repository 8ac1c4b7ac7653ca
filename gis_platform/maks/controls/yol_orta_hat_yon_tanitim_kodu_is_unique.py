"""The fixed identification number of a road is unique within its mahalle."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-YOL-08",
    layer="yol_orta_hat_yon",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7",
    evidence="C",
    rule=Text(
        "Sabit tanıtım numarası mahalle içinde tektir.",
        "The fixed identification number is unique within the mahalle.",
    ),
    text=Text(
        "{kimlik_no} numaralı yönün tanıtım numarası ({kod}) mahallede başka yolun da: {yollar}.",
        "The identification number ({kod}) of side {kimlik_no} is also that of another road of "
        "the mahalle: {yollar}.",
    ),
    remedy=Text(
        "yollardan birine yeni bir tanıtım numarası verin",
        "give one of the roads a new identification number",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Sides whose (mahalle, number) belongs to more than one road."""
    yon = layers["yol_orta_hat_yon"]
    sides = layers.sides.assign(kod=yon["tanitim_kodu"]).dropna(
        subset=["mahalle_id", "kod", "yol_id"]
    )
    roads = sides.groupby(["mahalle_id", "kod"])["yol_id"].transform("nunique")
    shared = sides[roads > 1]
    names = layers.lookup(shared["yol_id"], "yol", "kimlik_no").astype("str")
    for _, group in shared.groupby(["mahalle_id", "kod"]):
        there = ", ".join(sorted(set(names[group.index])))
        for index, kod in group["kod"].items():
            yield Violation(index, {"kod": kod, "yollar": there})
