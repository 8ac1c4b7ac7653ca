"""Numbers ascend along a side."""

from bisect import bisect_right
from collections.abc import Iterable

import numpy as np

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import CLUSTER, SQUARE, JoinedLayers


@control(
    "R-NUM-09",
    layer="numarataj",
    severity=Severity.WARNING,
    source="Adres ve Numaralama Yönetmeliği m.26/2",
    evidence="S",
    rule=Text(
        "Bir yanda numaralar yol boyunca artar.", "On one side numbers ascend along the road."
    ),
    text=Text(
        "{kapi_no} numaralı kapı ({kimlik_no}) yanındaki sırayı bozuyor.",
        "Door {kapi_no} ({kimlik_no}) breaks the order of its side.",
    ),
    remedy=Text(
        "kapının numarasını, yerini ya da bağlı olduğu yolu düzeltin",
        "mend the number, the place or the road of the door",
    ),
    is_certain=False,
)
def check(
    layers: JoinedLayers, *, least_doors: int = 4, majority: float = 0.7
) -> Iterable[Violation]:
    """Doors outside the longest run of numbers that ascends in either direction of the line.

    A side on which no direction has a clear majority accuses nobody.
    """
    doors = layers.doors.join(layers.places)
    doors = doors[doors["number"].notna() & doors["along"].notna()]
    doors = doors[~doors["yol_tip"].isin([SQUARE, CLUSTER])]
    doors = doors.sort_values(["yon_id", "along"], kind="stable")
    sizes = doors.groupby("yon_id", sort=False)["number"].size()
    numbers = doors["number"].to_numpy(dtype=np.int64)
    end = 0
    for size in sizes:
        start, end = end, end + size
        if size < least_doors or _is_sorted(numbers[start:end]):
            continue
        outside = _outside_longest_run(numbers[start:end])
        if len(outside) <= (1 - majority) * size:
            for at in outside:
                row = doors.index[start + at]
                yield Violation(row, {"kapi_no": doors.at[row, "kapi_no"]})


def _is_sorted(numbers: np.ndarray) -> bool:
    steps = np.diff(numbers)
    return bool((steps >= 0).all() or (steps <= 0).all())


def _outside_longest_run(numbers: np.ndarray) -> list[int]:
    """Positions outside the longest ascending, or descending, subsequence."""
    up = _longest_run(numbers)
    down = _longest_run(-numbers)
    kept = set(up if len(up) >= len(down) else down)
    return [at for at in range(len(numbers)) if at not in kept]


def _longest_run(numbers: np.ndarray) -> list[int]:
    """Positions of the longest subsequence that never falls (patience sorting)."""
    tops: list[int] = []
    at_top: list[int] = []
    previous = [-1] * len(numbers)
    for at, number in enumerate(numbers.tolist()):
        pile = bisect_right(tops, number)
        previous[at] = at_top[pile - 1] if pile else -1
        if pile == len(tops):
            tops.append(number)
            at_top.append(at)
        else:
            tops[pile], at_top[pile] = number, at
    run, at = [], at_top[-1]
    while at >= 0:
        run.append(at)
        at = previous[at]
    return run
