"""Depots, garages, coal and boiler rooms get no inner number."""

from collections.abc import Collection, Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-BB-02",
    layer="bagimsiz_bolum",
    severity=Severity.INFO,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Bodrumdaki depo, garaj, kömürlük ve kazan dairesine iç kapı numarası verilmez.",
        "Depots, garages, coal and boiler rooms in the basement get no inner door number.",
    ),
    text=Text(
        "{kimlik_no} numaralı bölümün kullanımı ({use}) numara almaz ama numarası var: "
        "{ic_kapi_no}.",
        "The use ({use}) of unit {kimlik_no} takes no number, but it has one: {ic_kapi_no}.",
    ),
    remedy=Text(
        "numarayı kaldırın ya da kullanımı düzeltin", "take the number away, or mend the use"
    ),
)
def check(layers: JoinedLayers, *, service_uses: Collection[int] = ()) -> Iterable[Violation]:
    """Units of a service use with a number.

    Which codes of ``kullanim_turu`` are depots, garages, coal and boiler rooms is not public: a
    profile says so in its limits. Until then the control is silent.
    """
    units = layers["bagimsiz_bolum"]
    is_service = units["kullanim_turu"].isin(list(service_uses))
    for index in units.index[is_service & units["ic_kapi_no"].notna()]:
        values = {"use": units.at[index, "kullanim_turu"]}
        yield Violation(index, {**values, "ic_kapi_no": units.at[index, "ic_kapi_no"]})
