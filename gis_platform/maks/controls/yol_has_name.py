"""Every road has a name or a number; a meydan has a name."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import SQUARE, JoinedLayers


@control(
    "R-YOL-10",
    layer="yol",
    severity=Severity.ERROR,
    source="Adres ve Numaralama Yönetmeliği m.14",
    evidence="S",
    rule=Text(
        "Bulvar, cadde, sokak ve küme evlerin adı ya da numarası, meydanın adı vardır.",
        "A bulvar, cadde, sokak or küme evler has a name or a number; a meydan has a name.",
    ),
    text=Text(
        "{kimlik_no} numaralı yolun adı ya da numarası yok.",
        "Road {kimlik_no} has neither a name nor a number.",
    ),
    kinds={
        "numbered-square": Text(
            "{kimlik_no} numaralı meydanın adı yalnız bir sayı: {ad}.",
            "The name of meydan {kimlik_no} is only a number: {ad}.",
        )
    },
    remedy=Text("belediye meclisi kararındaki adı girin", "enter the name the council decided"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Roads without a letter or digit in their name, and squares with a number for a name."""
    yol = layers["yol"]
    named = yol["ad"].str.contains(r"\w", regex=True).fillna(value=False).astype(bool)
    for index in yol.index[~named]:
        yield Violation(index)
    numeric = yol["ad"].str.fullmatch(r"\s*\d+\s*\.?\s*").fillna(value=False).astype(bool)
    squares = yol[(yol["tip"] == SQUARE).fillna(value=False).astype(bool) & numeric]
    for index, ad in squares["ad"].items():
        yield Violation(index, {"ad": ad}, "numbered-square")
