"""A range runs over numbers of one parity that no other door has."""

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-06",
    layer="numarataj",
    severity=Severity.WARNING,
    source="Adres ve Numaralama Yönetmeliği m.27",
    evidence="S",
    rule=Text(
        "Avlulu yapıların aralıkları (12-14) aynı yandadır ve başka kapıyla çakışmaz.",
        "A range (12-14) keeps to one side and overlaps no other door.",
    ),
    text=Text(
        "{kapi_no} aralığının ({kimlik_no}) iki ucu aynı yanda değil ya da sırası ters.",
        "The ends of range {kapi_no} ({kimlik_no}) are not on one side, or in the wrong order.",
    ),
    kinds={
        "overlap": Text(
            "{kapi_no} aralığının ({kimlik_no}) içindeki numaralar başka kapılarda da var: "
            "{others}.",
            "Numbers in range {kapi_no} ({kimlik_no}) are on other doors too: {others}.",
        )
    },
    remedy=Text(
        "aralığı ya da öteki kapının numarasını düzeltin",
        "mend the range, or the number of the other door",
    ),
    can_be_fixed=True,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Ranges that change parity or run backwards, and those another door stands in."""
    doors = layers.doors.dropna(subset=["number", "yol_id"])
    ranges = doors[doors["last"].notna()]
    odd = (ranges["last"] <= ranges["number"]) | (ranges["last"] % 2 != ranges["number"] % 2)
    for index in ranges.index[odd.astype(bool)]:
        yield Violation(index, {"kapi_no": ranges.at[index, "kapi_no"]}, **_turned(ranges, index))
    inner = _inner(ranges[~odd.astype(bool)])
    others = doors[(doors["letters"] == "") | (doors["last"].notna())]
    pairs = inner.merge(others.reset_index(names="other"), on=["yol_id", "number"])
    pairs = pairs[pairs["range"] != pairs["other"]]
    for index, group in pairs.groupby("range"):
        there = ", ".join(group["kapi_no"].unique())
        values = {"kapi_no": doors.at[index, "kapi_no"], "others": there}
        yield Violation(index, values, "overlap")


def _turned(ranges: pd.DataFrame, index: Hashable) -> dict[str, Any]:
    """The remedy for ``14-12``: its ends the other way round, where both are bare numbers."""
    first, last = ranges.at[index, "number"], ranges.at[index, "last"]
    turned = f"{last}-{first}"
    is_bare = ranges.at[index, "kapi_no"] == f"{first}-{last}"
    if not is_bare or last >= first or (first - last) % 2:
        return {}
    remedy = Text(f"numarayı {turned} yazın", f"write the number as {turned}")
    return {"remedy": remedy, "fix": {"kapi_no": turned}}


def _inner(ranges: pd.DataFrame) -> pd.DataFrame:
    """Every number a range takes, on the row of its range."""
    first, last = (ranges[name].astype("int64") for name in ("number", "last"))
    size = ((last - first) // 2 + 1).to_numpy()
    at = np.repeat(np.arange(len(ranges)), size)
    within = np.arange(len(at)) - np.repeat(np.cumsum(size) - size, size)
    return pd.DataFrame(
        {
            "range": ranges.index.to_numpy()[at],
            "yol_id": ranges["yol_id"].to_numpy()[at],
            "number": pd.Series(first.to_numpy()[at] + 2 * within, dtype="Int64"),
        }
    )
