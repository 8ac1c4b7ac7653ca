"""A side refers to a mahalle or to a village unit: exactly one."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-YOL-09",
    layer="yol_orta_hat_yon",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7",
    evidence="C",
    rule=Text(
        "Her yön ya bir mahalleye ya bir köy bağlısına bağlıdır.",
        "Every side refers to exactly one: a mahalle or a village unit.",
    ),
    text=Text(
        "{kimlik_no} numaralı yönün ne mahallesi ne köy bağlısı var.",
        "Side {kimlik_no} has neither a mahalle nor a village unit.",
    ),
    kinds={
        "both": Text(
            "{kimlik_no} numaralı yönün hem mahallesi hem köy bağlısı var.",
            "Side {kimlik_no} has both a mahalle and a village unit.",
        )
    },
    remedy=Text("birini doldurun, öbürünü boş bırakın", "fill one of them, leave the other empty"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Sides with none, and with both."""
    yon = layers["yol_orta_hat_yon"]
    filled = yon["mahalle_id"].notna().astype(int) + yon["koy_baglisi_id"].notna().astype(int)
    for index, count in filled[filled != 1].items():
        yield Violation(index, kind="both" if count else "")
