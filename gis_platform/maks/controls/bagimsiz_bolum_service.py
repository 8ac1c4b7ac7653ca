"""Depots, garages, coal and boiler rooms get no inner number."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.codes import codes_of
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
        "{kimlik_no} numaralı bölüm {use} ama iç kapı numarası var: {ic_kapi_no}.",
        "Unit {kimlik_no} is {use} but has an inner door number: {ic_kapi_no}.",
    ),
    remedy=Text(
        "numarayı kaldırın ya da kullanımı düzeltin", "take the number away, or mend the use"
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Units of a service use with a number; silent until the municipality fills in which uses."""
    units, service = layers["bagimsiz_bolum"], codes_of("hizmet_kullanimi")
    if not service:
        return
    use = units["kullanim_turu"].astype("str")
    for index in units.index[use.isin(list(service)) & units["ic_kapi_no"].notna()]:
        label = service[use[index]].label
        yield Violation(index, {"use": label, "ic_kapi_no": units.at[index, "ic_kapi_no"]})
