"""The first and last numbers of a road cover its doors."""

from collections.abc import Callable, Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import CLUSTER, SQUARE, JoinedLayers

_RANGES = {
    1: ("tek_baslangic_no", "tek_bitis_no", Text("tek", "odd")),
    0: ("cift_baslangic_no", "cift_bitis_no", Text("çift", "even")),
}


@control(
    "R-YOL-15",
    layer="yol",
    severity=Severity.WARNING,
    source="MAKS YOL",
    evidence="I",
    rule=Text(
        "Yolun tek ve çift başlangıç–bitiş numaraları kapılarını kapsar.",
        "The odd and even ranges of a road cover its doors.",
    ),
    text=Text(
        "{kimlik_no} numaralı yolun ({ad}) {which} aralığı {first}–{last}, "
        "kapıları ise {lowest}–{highest}.",
        "The {which} range of road {kimlik_no} ({ad}) is {first}–{last}, "
        "its doors are {lowest}–{highest}.",
    ),
    remedy=Text("aralığı kapılara göre güncelleyin", "bring the range up to the doors"),
    can_be_fixed=True,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Roads with a door outside a stated range."""
    yol = layers["yol"]
    by_side = ~yol["tip"].isin([SQUARE, CLUSTER])
    doors = layers.doors.dropna(subset=["number", "yol_id"])
    for parity, (first, last, which) in _RANGES.items():
        numbers = doors[doors["number"] % 2 == parity].groupby("yol_id")["number"]
        lowest = yol["id"].map(numbers.min().to_dict()).astype("Int64")
        highest = yol["id"].map(numbers.max().to_dict()).astype("Int64")
        outside = by_side & _is_outside(lowest, highest, yol[first], yol[last])
        for index in yol.index[outside]:
            stated = {"first": _said(yol.at[index, first]), "last": _said(yol.at[index, last])}
            found = {"lowest": lowest[index], "highest": highest[index]}
            values = {"ad": yol.at[index, "ad"], "which": which, **stated, **found}
            low = _wider(min, yol.at[index, first], lowest[index])
            high = _wider(max, yol.at[index, last], highest[index])
            remedy = Text(
                f"{which.tr} aralığını {low}–{high} yapın",
                f"make the {which.en} range {low}–{high}",
            )
            yield Violation(index, values, remedy=remedy, fix={first: low, last: high})


def _is_outside(
    lowest: pd.Series, highest: pd.Series, first: pd.Series, last: pd.Series
) -> pd.Series:
    too_low = (lowest < first).fillna(value=False)
    too_high = (highest > last).fillna(value=False)
    return (too_low | too_high).astype(bool)


def _wider(choose: Callable[[int, int], int], stated: object, found: object) -> int:
    """The end of a range that holds both the stated end and the doors."""
    number = int(str(found))
    return number if pd.isna(stated) else choose(int(str(stated)), number)


def _said(number: object) -> str:
    return "–" if pd.isna(number) else str(number)
