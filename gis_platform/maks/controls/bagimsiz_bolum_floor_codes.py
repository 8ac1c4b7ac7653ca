"""Floor-coded inner numbers keep one form in a building."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_SHOWN = 10


@control(
    "R-BB-03",
    layer="bagimsiz_bolum",
    severity=Severity.INFO,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Büyük yapılarda iç kapılar kat koduyla numaralanır; zemin kat Z ile başlar.",
        "Large buildings number inner doors by floor; the ground floor begins with Z.",
    ),
    text=Text(
        "{kimlik_no} numaralı kapıda kat kodlu iç kapıların biçimi karışık: {numbers}.",
        "The floor-coded inner numbers of door {kimlik_no} are of mixed form: {numbers}.",
    ),
    is_certain=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Doors with numbers that begin with Z beside numbers without a floor."""
    units = layers["bagimsiz_bolum"].dropna(subset=["numarataj_id", "ic_kapi_no"])
    ground = units["ic_kapi_no"].str.match(r"Z[- ]?\d")
    bare = units["ic_kapi_no"].str.fullmatch(r"\d")
    flags = pd.DataFrame({"door": units["numarataj_id"], "ground": ground, "bare": bare})
    door = flags.groupby("door")[["ground", "bare"]].any()
    mixed = door.index[door["ground"] & door["bare"]]
    found = layers.by_id("numarataj")
    numbers = units[units["numarataj_id"].isin(mixed)].groupby("numarataj_id")["ic_kapi_no"]
    for numarataj_id, there in numbers:
        if numarataj_id in found.index:
            said = ", ".join(sorted(there)[:_SHOWN])
            index = found.at[numarataj_id, "_index"]
            yield Violation(index, {"numbers": said}, layer="numarataj")
