"""A parcel holds one reserved number of a road."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-12",
    layer="numarataj",
    severity=Severity.WARNING,
    source="odakgis.com.tr",
    evidence="C-obs",
    rule=Text(
        "Bir parselde aynı yoldan birden çok rezerve numara bulunmaz.",
        "A parcel does not hold several reserved numbers of one road.",
    ),
    text=Text(
        "{kapi_no} ({kimlik_no}) aynı parselde, aynı yoldan, yapısı olmayan {count} numaradan "
        "biri.",
        "{kapi_no} ({kimlik_no}) is one of {count} numbers without a building, on one parcel from "
        "one road.",
    ),
    remedy=Text(
        "gerekmeyen rezerve numaraları kaldırın",
        "take away the reserved numbers that are not needed",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Doors without a building that share parcel and road."""
    door = layers["numarataj"]
    parcel = door["parsel_kimlik_no"].astype("str").fillna(door["parsel_id"])
    bare = door["yapi_id"].isna() & door["diger_yapi_id"].isna()
    doors = layers.doors.assign(parcel=parcel)[bare].dropna(subset=["parcel", "yol_id"])
    count = doors.groupby(["parcel", "yol_id"])["parcel"].transform("size")
    for index in doors.index[count > 1]:
        yield Violation(index, {"kapi_no": doors.at[index, "kapi_no"], "count": count[index]})
