"""The two sides of a centre-line are one odd, one even."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import CLUSTER, SQUARE, JoinedLayers

_SIDES = 2


@control(
    "R-YOL-16",
    layer="yol_orta_hat",
    severity=Severity.WARNING,
    source="MAKS YOL_ORTA_HAT_YON.TUR",
    evidence="I",
    rule=Text(
        "Bir orta hattın yönlerinden biri TEK, öbürü ÇİFT numaralıdır.",
        "Of the two sides of a centre-line one is odd (TEK), the other even (ÇİFT).",
    ),
    text=Text(
        "{kimlik_no} numaralı orta hattın iki yönü de {tur}.",
        "Both sides of centre-line {kimlik_no} are {tur}.",
    ),
    kinds={
        "same-side": Text(
            "{kimlik_no} numaralı orta hattın iki yönü de {side} tarafta.",
            "Both sides of centre-line {kimlik_no} are on the {side} hand.",
        )
    },
    remedy=Text("yönlerden birini düzeltin", "mend one of the sides"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Lines with two sides of the same kind, or on the same hand; squares and clusters apart."""
    hat = layers["yol_orta_hat"]
    sides = layers.sides[~layers.sides["yol_tip"].isin([SQUARE, CLUSTER])]
    for column, kind in (("tur", ""), ("side", "same-side")):
        stated = sides[sides[column].notna()].groupby("hat_id")[column]
        same = stated.agg("first")[(stated.size() == _SIDES) & (stated.nunique() == 1)]
        for index, value in hat["id"].map(same).dropna().items():
            yield Violation(index, {column: value}, kind)
