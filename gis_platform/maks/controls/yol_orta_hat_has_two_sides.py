"""A centre-line has exactly two sides."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers

_SIDES = 2


@control(
    "R-YOL-02",
    layer="yol_orta_hat",
    severity=Severity.ERROR,
    source="KBS 2.7.2.7",
    evidence="C",
    rule=Text(
        "Bir orta hattın tam iki yön kaydı vardır.",
        "A centre-line has exactly two side records.",
    ),
    text=Text(
        "{kimlik_no} numaralı orta hattın {count} yön kaydı var; 2 olmalı.",
        "Centre-line {kimlik_no} has {count} side records; there must be 2.",
    ),
    remedy=Text(
        "eksik yönü ekleyin ya da fazla yönü silin", "add the missing side or remove the extra one"
    ),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Centre-lines with fewer or more than two sides."""
    hat = layers["yol_orta_hat"]
    sides = layers["yol_orta_hat_yon"]["yol_orta_hat_id"].value_counts()
    count = hat["id"].map(sides).fillna(0).astype(int)
    for index, sides_there in count[hat["id"].notna() & (count != _SIDES)].items():
        yield Violation(index, {"count": sides_there})
