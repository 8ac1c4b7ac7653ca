"""Name and type of a road are unique within the municipality."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.names import loose_key, name_fold


@control(
    "R-YOL-07",
    layer="yol",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7; Adres ve Numaralama Yönetmeliği m.14",
    evidence="C",
    rule=Text(
        "Yolun adı ve türü belediye içinde tektir.",
        "Name and type of a road are unique within the municipality.",
    ),
    text=Text(
        "{kimlik_no} numaralı yolun adı ve türü ({ad}) başka yolda da var: {others}.",
        "Name and type of road {kimlik_no} ({ad}) are also those of: {others}.",
    ),
    kinds={
        "alike": Text(
            "{kimlik_no} numaralı yolun adı ({ad}) yalnız boşluk ya da rakam yazımıyla "
            "başkasından ayrılıyor: {others}.",
            "The name of road {kimlik_no} ({ad}) differs only in blanks or in the spelling of "
            "numbers from: {others}.",
        )
    },
    remedy=Text(
        "aynı yolsa kayıtları birleştirin, değilse adlardan birini değiştirin",
        "merge the records if it is one road, else rename one of them",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Roads that share name and type; ``alike`` where only blanks or digits differ."""
    yol = layers["yol"]
    named = yol[yol["ad"].notna()]
    exact = named["ad"].map(name_fold) + "|" + named["tip"].astype("str")
    loose = named["ad"].map(loose_key) + "|" + named["tip"].astype("str")
    same = exact.duplicated(keep=False)
    yield from _groups(named[same], exact[same], "")
    alike = loose.duplicated(keep=False) & ~same
    yield from _groups(named, loose, "alike", only=alike)


def _groups(
    yol: pd.DataFrame, key: pd.Series, kind: str, only: pd.Series | None = None
) -> Iterable[Violation]:
    members = yol["kimlik_no"].astype("str").groupby(key)
    for _, numbers in members:
        for index, number in numbers.items():
            if only is None or only[index]:
                others = ", ".join(other for other in numbers if other != number) or number
                yield Violation(index, {"ad": yol.at[index, "ad"], "others": others}, kind)
