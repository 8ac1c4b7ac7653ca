"""A secondary door belongs to a main door of the same building."""

from collections.abc import Hashable, Iterable
from typing import Any

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers, among


@control(
    "R-SP-06",
    layer="numarataj",
    severity=Severity.ERROR,
    source="MAKS NUMARATAJ.BAGLIOLDUGUNUMARATAJID",
    evidence="I",
    rule=Text(
        "Tali kapı, aynı yapının ana kapısına bağlıdır.",
        "A secondary door refers to a main door of the same building.",
    ),
    text=Text(
        "{kimlik_no} numaralı tali kapının bağlı olduğu kapı ({parent}) ana kapı değil.",
        "The door ({parent}) that secondary door {kimlik_no} refers to is not a main door.",
    ),
    kinds={
        "other-building": Text(
            "{kimlik_no} numaralı tali kapının ana kapısı ({parent}) başka bir yapının.",
            "The main door ({parent}) of secondary door {kimlik_no} is another building's.",
        )
    },
    remedy=Text(
        "kapıyı kendi yapısının ana kapısına bağlayın",
        "attach the door to the main door of its own building",
    ),
    can_be_fixed=True,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Secondary doors of secondary doors (a circle is one), and of another building's doors."""
    door = layers["numarataj"]
    second = door[among(door["bagli_oldugu_numarataj_id"], layers.by_id("numarataj").index)]
    keys = second["bagli_oldugu_numarataj_id"]
    parent = layers.lookup(keys, "numarataj", "kimlik_no")
    chained = layers.lookup(keys, "numarataj", "bagli_oldugu_numarataj_id").notna()
    top = _main_doors(layers)
    for index in second.index[chained]:
        yield Violation(index, {"parent": parent[index]}, **_mended(layers, index, top.get(index)))
    building = layers.lookup(keys, "numarataj", "yapi_id")
    other = building.notna() & second["yapi_id"].notna() & (building != second["yapi_id"])
    for index in second.index[other & ~chained]:
        yield Violation(index, {"parent": parent[index]}, "other-building")


_LONGEST_CHAIN = 8


def _main_doors(layers: JoinedLayers) -> pd.Series:
    """GUID of the main door at the end of each door's chain; missing where it is a circle."""
    door = layers["numarataj"]
    above = door["bagli_oldugu_numarataj_id"]
    for _ in range(_LONGEST_CHAIN):
        further = layers.lookup(above, "numarataj", "bagli_oldugu_numarataj_id")
        above = further.fillna(above)
    ends = layers.lookup(above, "numarataj", "kimlik_no").notna()
    ends &= layers.lookup(above, "numarataj", "bagli_oldugu_numarataj_id").isna()
    return above.where(ends)


def _mended(layers: JoinedLayers, index: Hashable, main: object) -> dict[str, Any]:
    """The remedy, where the chain ends at a main door of the door's own building."""
    known = layers.by_id("numarataj")
    if not isinstance(main, str) or main not in known.index:
        return {}
    own, its = layers["numarataj"].at[index, "yapi_id"], known.at[main, "yapi_id"]
    if isinstance(own, str) and isinstance(its, str) and own != its:
        return {}
    number = known.at[main, "kimlik_no"]
    return {
        "remedy": Text(
            f"{number} numaralı ana kapıya bağlayın", f"attach it to main door {number}"
        ),
        "fix": {"bagli_oldugu_numarataj_id": main},
    }
