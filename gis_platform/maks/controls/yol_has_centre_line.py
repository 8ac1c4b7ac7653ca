"""A road has at least one centre-line."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers, among


@control(
    "R-YOL-01",
    layer="yol",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7",
    evidence="C",
    rule=Text("Bir yolun en az bir orta hattı vardır.", "A road has at least one centre-line."),
    text=Text(
        "{kimlik_no} numaralı yolun ({ad}) orta hattı yok.",
        "Road {kimlik_no} ({ad}) has no centre-line.",
    ),
    remedy=Text(
        "yolun orta hattını çizin ya da yol kaydını kapatın",
        "draw the centre-line of the road, or close the record",
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Roads no centre-line refers to."""
    yol = layers["yol"]
    bare = yol[yol["id"].notna() & ~among(yol["id"], layers["yol_orta_hat"]["yol_id"])]
    for index, ad in bare["ad"].items():
        yield Violation(index, {"ad": ad})
