"""Units of a door are numbered from 1 without a gap."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_SHOWN = 10


@control(
    "R-BB-01",
    layer="bagimsiz_bolum",
    severity=Severity.WARNING,
    source="Adres ve Numaralama Yönetmeliği m.31",
    evidence="S",
    rule=Text(
        "Apartmanda iç kapılar bodrumdan başlayarak 1'den ardışık numaralanır.",
        "In an apartment house inner doors run from 1 without a gap, beginning in the basement.",
    ),
    text=Text(
        "{kimlik_no} numaralı kapının iç kapı numaraları ardışık değil; eksik: {missing}.",
        "The inner door numbers of door {kimlik_no} are not consecutive; missing: {missing}.",
    ),
    remedy=Text(
        "eksik bölümleri ekleyin ya da iç kapıları yeniden numaralayın",
        "add the missing units, or number the inner doors anew",
    ),
    is_certain=False,
)
def check(layers: JoinedLayers, *, floor_codes_from: int = 100) -> Iterable[Violation]:
    """Doors whose plain inner numbers leave one out; floor-coded ones (R-BB-03) do not count."""
    units = layers["bagimsiz_bolum"].dropna(subset=["numarataj_id", "ic_kapi_no"])
    plain = units["ic_kapi_no"].str.fullmatch(r"\d{1,4}")
    number = pd.to_numeric(units["ic_kapi_no"].where(plain), errors="coerce")
    per_door = pd.DataFrame({"door": units["numarataj_id"], "number": number, "plain": plain})
    door = per_door.groupby("door").agg(
        all_plain=("plain", "all"), highest=("number", "max"), lowest=("number", "min"),
        distinct=("number", "nunique"),
    )  # fmt: skip
    plain_only = door[door["all_plain"] & (door["lowest"] < floor_codes_from)]
    gaps = plain_only[plain_only["highest"] > plain_only["distinct"]]
    found = layers.by_id("numarataj")
    numbers = per_door[per_door["door"].isin(gaps.index)].groupby("door")["number"]
    for numarataj_id, there in numbers:
        if numarataj_id in found.index:
            missing = sorted(set(range(1, int(there.max()) + 1)) - set(there.astype(int)))
            shown = ", ".join(map(str, missing[:_SHOWN])) + (" …" if len(missing) > _SHOWN else "")
            index = found.at[numarataj_id, "_index"]
            yield Violation(index, {"missing": shown}, layer="numarataj")
