"""A building's post code is that of its mahalle."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.data_files import read_data
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-SP-11",
    layer="yapi",
    severity=Severity.WARNING,
    source="PTT posta kodu listesi",
    evidence="C",
    rule=Text(
        "Yapının posta kodu, mahallesininkidir.", "A building's post code is that of its mahalle."
    ),
    text=Text(
        "{kimlik_no} numaralı yapının posta kodu {own}; {mahalle} mahallesininki {expected}.",
        "The post code of building {kimlik_no} is {own}; that of {mahalle} is {expected}.",
    ),
    can_be_fixed=True,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Buildings with another post code than the list has for their mahalle."""
    known = {int(row["mahalle_kimlik_no"]): row for row in read_data("posta_kodu.csv")}
    yapi, mahalle = layers["yapi"], layers.mahalle_of("yapi")
    expected = mahalle.map({number: row["posta_kodu"] for number, row in known.items()})
    wrong = yapi["posta_kodu"].notna() & expected.notna() & (yapi["posta_kodu"] != expected)
    for index in yapi.index[wrong]:
        ad, code = known[int(mahalle[index])]["mahalle"], expected[index]
        remedy = Text(f"posta kodunu {code} yapın", f"make the post code {code}")
        values = {"own": yapi.at[index, "posta_kodu"], "mahalle": ad, "expected": code}
        yield Violation(index, values, remedy=remedy, fix={"posta_kodu": code})
