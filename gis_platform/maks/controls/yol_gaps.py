"""Numbers without a door: reserved for plots, or missing."""

from collections.abc import Iterable

import numpy as np

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_SHOWN, _LONGEST_RANGE = 12, 200


@control(
    "R-NUM-10",
    layer="yol",
    severity=Severity.INFO,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Boş arsalara da numara ayrılır; numara boşluğu bilgi içindir.",
        "Empty plots take numbers too; a gap is for information.",
    ),
    text=Text(
        "{kimlik_no} numaralı yolda ({ad}) {count} numaranın kapısı yok: {numbers}.",
        "On road {kimlik_no} ({ad}) {count} numbers have no door: {numbers}.",
    ),
    is_certain=False,
)
def check(layers: JoinedLayers, *, least_gap: int = 1) -> Iterable[Violation]:
    """Roads with numbers, below the highest of their parity, that no door and no range has."""
    doors = layers.doors.dropna(subset=["number", "yol_id"])
    doors = doors.assign(last=doors["last"].fillna(doors["number"]))
    yol = layers.by_id("yol")
    for yol_id, group in doors.groupby("yol_id"):
        free = _free(group["number"].to_numpy(np.int64), group["last"].to_numpy(np.int64))
        if len(free) >= least_gap and yol_id in yol.index:
            shown = ", ".join(map(str, free[:_SHOWN])) + (" …" if len(free) > _SHOWN else "")
            values = {"ad": yol.at[yol_id, "ad"], "count": len(free), "numbers": shown}
            yield Violation(yol.at[yol_id, "_index"], values)


def _free(first: np.ndarray, last: np.ndarray) -> list[int]:
    taken = set(first.tolist())
    for low, high in zip(first[last > first], last[last > first], strict=True):
        taken.update(range(low, min(high, low + _LONGEST_RANGE) + 1))
    found = []
    for parity in (1, 0):
        mine = [number for number in taken if number % 2 == parity]
        found += [n for n in range(2 - parity, max(mine, default=0), 2) if n not in taken]
    return sorted(found)
