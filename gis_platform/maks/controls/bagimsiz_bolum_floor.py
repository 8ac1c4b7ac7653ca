"""A unit's floor is one the building has."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-BB-07",
    layer="bagimsiz_bolum",
    severity=Severity.WARNING,
    source="MAKS BAGIMSIZ_BOLUM.KATNO",
    evidence="I",
    rule=Text(
        "Bölümün katı, yapının kat sayıları içindedir.",
        "The floor of a unit is within the storeys of its building.",
    ),
    text=Text(
        "{kimlik_no} numaralı bölüm {kat_no}. katta; yapıda zemin üstü {above}, zemin altı "
        "{below} kat var.",
        "Unit {kimlik_no} is on floor {kat_no}; the building has {above} storeys above ground, "
        "{below} below.",
    ),
    remedy=Text(
        "bölümün katını ya da yapının kat sayısını düzeltin",
        "mend the floor, or the storeys of the building",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Units above the highest or below the lowest storey; floors given as letters do not count."""
    units = layers["bagimsiz_bolum"]
    floor = pd.to_numeric(
        units["kat_no"].where(units["kat_no"].str.fullmatch(r"-?\d+")), errors="coerce"
    )
    above = layers.lookup(units["yapi_id"], "yapi", "zemin_ustu_kat_sayisi")
    below = layers.lookup(units["yapi_id"], "yapi", "zemin_alti_kat_sayisi")
    outside = (floor > above.astype("Float64")) | (floor < -below.astype("Float64"))
    for index in units.index[outside.fillna(value=False).astype(bool)]:
        storeys = {"above": _said(above[index]), "below": _said(below[index])}
        yield Violation(index, {"kat_no": units.at[index, "kat_no"], **storeys})


def _said(number: object) -> str:
    return "?" if pd.isna(number) else str(number)
