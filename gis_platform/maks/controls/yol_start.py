"""Numbers begin where the road leaves the bigger road."""

from collections.abc import Iterable, Sequence

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.direction import LEAST_DOORS, directions, said_sure
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-02",
    layer="yol",
    severity=Severity.INFO,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Numaralama, yolun bulvar ya da caddeye bağlandığı uçtan başlar.",
        "Numbering begins at the end that joins a bulvar or cadde.",
    ),
    text=Text(
        "{kimlik_no} numaralı yolun ({ad}) numaraları, başlangıç olmayan uçtan başlıyor "
        "({sure} emin).",
        "The numbers of road {kimlik_no} ({ad}) begin at the end that is not its start "
        "({sure} sure).",
    ),
    remedy=Text(
        "yön merkezi belliyse başlangıcı ona göre denetleyin",
        "where the town's centre of directions is known, check the start against it",
    ),
    is_certain=False,
)
def check(
    layers: JoinedLayers,
    *,
    snap_m: float = 12.0,
    least_doors: int = LEAST_DOORS,
    sure: float = 0.95,
    centre: Sequence[float] = (),
) -> Iterable[Violation]:
    """Roads whose numbers surely begin at one end while the rule of the start names the other.

    ``centre`` is the town's yön merkezi (EPSG:5254, east and north); without it only roads of
    which one end alone joins a bulvar or cadde can be judged.
    """
    found = directions(layers, snap_m=snap_m, least_doors=least_doors, centre=tuple(centre))
    wrong = found[
        (found["by_numbers"] * found["by_topology"] < 0) & (found["numbers_sure"] >= sure)
    ]
    yol = layers.by_id("yol")
    for yol_id in wrong.index.intersection(yol.index):
        yield Violation(
            yol.at[yol_id, "_index"],
            {"ad": yol.at[yol_id, "ad"], "sure": said_sure(wrong.at[yol_id, "numbers_sure"])},
            geometry=wrong.at[yol_id, "line"],
        )
