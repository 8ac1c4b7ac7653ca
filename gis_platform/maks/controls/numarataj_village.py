"""Without a municipality numbers run from 1 at the entrance road."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-11",
    layer="numarataj",
    severity=Severity.INFO,
    source="Adres ve Numaralama Yönetmeliği m.42",
    evidence="S",
    rule=Text(
        "Belediye olmayan yerde numaralar giriş yolundan 1'den başlayıp sürer.",
        "Where there is no municipality numbers run on from 1 at the entrance road.",
    ),
    text=Text(
        "{koy} köy bağlısında {number} numaraya kadar {count} numara eksik.",
        "In village unit {koy} {count} numbers up to {number} are missing.",
    ),
    is_certain=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Village units whose numbers are not 1, 2, 3 …; said of the door with the highest."""
    yon = layers["yol_orta_hat_yon"].dropna(subset=["koy_baglisi_id"])
    place = yon.drop_duplicates("id").set_index("id")["koy_baglisi_id"]
    doors = layers.doors.assign(koy=layers.doors["yon_id"].map(place))
    doors = doors.dropna(subset=["koy", "number"])
    for koy, group in doors.groupby("koy"):
        highest = int(group["number"].max())
        missing = highest - group["number"].nunique()
        if missing > 0:
            index = group["number"].astype("int64").idxmax()
            yield Violation(index, {"koy": koy, "number": highest, "count": missing})
