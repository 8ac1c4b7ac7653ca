"""A secondary door belongs to a main door of the same building."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


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
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Secondary doors of secondary doors (a circle is one), and of another building's doors."""
    door = layers["numarataj"]
    second = door[door["bagli_oldugu_numarataj_id"].isin(layers.by_id("numarataj").index)]
    keys = second["bagli_oldugu_numarataj_id"]
    parent = layers.lookup(keys, "numarataj", "kimlik_no")
    chained = layers.lookup(keys, "numarataj", "bagli_oldugu_numarataj_id").notna()
    for index in second.index[chained]:
        yield Violation(index, {"parent": parent[index]})
    building = layers.lookup(keys, "numarataj", "yapi_id")
    other = building.notna() & second["yapi_id"].notna() & (building != second["yapi_id"])
    for index in second.index[other & ~chained]:
        yield Violation(index, {"parent": parent[index]}, "other-building")
