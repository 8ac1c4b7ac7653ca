"""Every main door has a unit in UAVT."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers, among


@control(
    "R-SP-13",
    layer="numarataj",
    severity=Severity.INFO,
    source="odakgis.com.tr; basarsoft.com.tr",
    evidence="C-obs",
    rule=Text(
        "UAVT kaydı olmayan kapı, kapısı olmayan UAVT kaydı bulunmaz.",
        "There is no door without a UAVT record, and no UAVT record without a door.",
    ),
    text=Text(
        "{kapi_no} numaralı ana kapının ({kimlik_no}) hiç bağımsız bölümü yok.",
        "Main door {kapi_no} ({kimlik_no}) has no unit.",
    ),
    remedy=Text(
        "adresi UAVT'ye ekleyin ya da kapıyı kapatın", "add the address to UAVT, or close the door"
    ),
    is_certain=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Main doors of buildings without a unit, where units are there at all."""
    door, units = layers["numarataj"], layers["bagimsiz_bolum"]
    if not len(units):
        return
    used = pd.concat([units["numarataj_id"], door["bagli_oldugu_numarataj_id"]]).dropna()
    main = door["bagli_oldugu_numarataj_id"].isna() & door["yapi_id"].notna()
    for index in door.index[main & ~among(door["id"], used)]:
        yield Violation(index, {"kapi_no": layers.doors.at[index, "kapi_no"]})
