"""Every building has a main door, every door a side of a road."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers, among


@control(
    "R-SP-05",
    layer="yapi",
    severity=Severity.ERROR,
    source="MAKS NUMARATAJ",
    evidence="I",
    rule=Text(
        "Her yapının en az bir ana kapısı, her kapının bir yol yönü vardır.",
        "Every building has at least one main door, every door a side of a road.",
    ),
    text=Text(
        "{kimlik_no} numaralı yapının ana kapısı yok.", "Building {kimlik_no} has no main door."
    ),
    kinds={
        "no-side": Text(
            "{kimlik_no} numaralı kapı hiçbir yol yönüne bağlı değil.",
            "Door {kimlik_no} refers to no side of a road.",
        )
    },
    remedy=Text("kapıyı ya da bağını ekleyin", "add the door, or its reference"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Buildings no main door refers to, and doors that refer to no side (``no-side``)."""
    yapi, door = layers["yapi"], layers["numarataj"]
    main = door[door["bagli_oldugu_numarataj_id"].isna()]
    for index in yapi.index[yapi["id"].notna() & ~among(yapi["id"], main["yapi_id"])]:
        yield Violation(index)
    for index in door.index[door["yol_orta_hat_yon_id"].isna()]:
        yield Violation(index, kind="no-side", layer="numarataj")
