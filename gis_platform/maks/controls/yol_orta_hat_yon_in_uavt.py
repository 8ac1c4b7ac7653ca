"""Every side carries the UAVT csbm code under which its road is registered."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-YOL-14",
    layer="yol_orta_hat_yon",
    severity=Severity.WARNING,
    source="odakgis.com.tr",
    evidence="C-obs",
    rule=Text(
        "Haritadaki her csbm UAVT'de de vardır.",
        "Every csbm on the map is in UAVT too.",
    ),
    text=Text(
        "{kimlik_no} numaralı yönün UAVT csbm kodu yok.",
        "Side {kimlik_no} has no UAVT csbm code.",
    ),
    kinds={
        "two-roads": Text(
            "{kimlik_no} numaralı yönün UAVT csbm kodu ({kod}) birden çok yolda kullanılıyor.",
            "The UAVT csbm code ({kod}) of side {kimlik_no} is used by more than one road.",
        )
    },
    remedy=Text(
        "csbm'yi UAVT ile eşleştirin ya da onaya gönderin",
        "match the csbm to UAVT, or send it for approval",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Sides without a code; sides whose code stands on two roads."""
    yon = layers["yol_orta_hat_yon"]
    for index in yon.index[yon["uavt_kodu"].isna()]:
        yield Violation(index)
    coded = layers.sides.assign(kod=yon["uavt_kodu"]).dropna(subset=["kod", "yol_id"])
    roads = coded.groupby("kod")["yol_id"].transform("nunique")
    for index, kod in coded["kod"][roads > 1].items():
        yield Violation(index, {"kod": kod}, "two-roads")
