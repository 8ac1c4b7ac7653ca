"""A unit is in the building of its door."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-BB-05",
    layer="bagimsiz_bolum",
    severity=Severity.ERROR,
    source="odakgis.com.tr; MAKS BAGIMSIZ_BOLUM",
    evidence="C-obs",
    rule=Text(
        "Her bölümün kapısı ve yapısı vardır; yapısı, kapısının yapısıdır.",
        "Every unit has a door and a building; its building is that of its door.",
    ),
    text=Text(
        "{kimlik_no} numaralı bölümün yapısı ({own}) kapısının yapısından ({doors}) farklı.",
        "The building of unit {kimlik_no} ({own}) is not that of its door ({doors}).",
    ),
    kinds={
        "no-building": Text(
            "{kimlik_no} numaralı bölümün yapısı yok.", "Unit {kimlik_no} has no building."
        )
    },
    remedy=Text(
        "bölümü doğru yapıya ya da kapıya bağlayın", "attach the unit to the right building or door"
    ),
    can_be_fixed=True,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Units in another building than their door's, and units in none (``no-building``)."""
    units = layers["bagimsiz_bolum"]
    of_door = layers.lookup(units["numarataj_id"], "numarataj", "yapi_id")
    other = units["yapi_id"].notna() & of_door.notna() & (units["yapi_id"] != of_door)
    wrong = units[other]
    own = layers.lookup(wrong["yapi_id"], "yapi", "kimlik_no").astype("str").fillna("?")
    doors = layers.lookup(of_door[other], "yapi", "kimlik_no").astype("str").fillna("?")
    for index in wrong.index:
        yield Violation(index, {"own": own[index], "doors": doors[index]})
    bare = units["yapi_id"].isna() & units["diger_yapi_id"].isna()
    number = layers.lookup(of_door[bare], "yapi", "kimlik_no")
    for index in units.index[bare]:
        if pd.isna(number[index]):
            yield Violation(index, kind="no-building")
            continue
        remedy = Text(
            f"kapısının yapısına ({number[index]}) bağlayın",
            f"attach it to the building of its door ({number[index]})",
        )
        yield Violation(index, kind="no-building", remedy=remedy, fix={"yapi_id": of_door[index]})
