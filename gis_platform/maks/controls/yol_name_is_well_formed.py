"""Names of roads and mahalle fit their column and use the letters of an address."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import EVERY_LAYER, Violation, control
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.model import LAYERS

_NAMED = ("il", "ilce", "belediye", "koy", "mahalle", "yol", "yol_orta_hat")
_FOREIGN = r"[^A-Za-zÇĞİÖŞÜçğıöşüÂÎÛâîû0-9 .,'’/()&+\-]"


@control(
    "R-YOL-17",
    layer=EVERY_LAYER,
    severity=Severity.ERROR,
    source="MAKS YOL.AD, MAHALLE.AD; KBS 2.1.3",
    evidence="C-obs",
    rule=Text(
        "Yol adı en çok 100, mahalle adı en çok 50 karakterdir; yalnız adres harfleri kullanılır.",
        "A road's name has at most 100 characters, a mahalle's 50; only letters of addresses.",
    ),
    text=Text(
        "{kimlik_no} numaralı kaydın ({layer}) adı {length} karakter, en çok {limit} olabilir.",
        "The name of {kimlik_no} ({layer}) has {length} characters, at most {limit} are allowed.",
    ),
    kinds={
        "letters": Text(
            "{kimlik_no} numaralı kaydın ({layer}) adında izinsiz karakter var: {ad} ({letters}).",
            "The name of {kimlik_no} ({layer}) has characters that are not allowed: "
            "{ad} ({letters}).",
        )
    },
    remedy=Text("adı kararda yazıldığı gibi girin", "enter the name as the decision has it"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Names too long (an error), and names with other characters (``letters``)."""
    for layer in _NAMED:
        ad = layers[layer]["ad"].dropna()
        limit = LAYERS[layer].column("ad").length or 0
        for index, length in ad.str.len()[ad.str.len() > limit].items():
            yield Violation(index, {"length": length, "limit": limit}, layer=layer)
        foreign = ad.str.findall(_FOREIGN)
        for index, letters in foreign[foreign.str.len() > 0].items():
            said = " ".join(sorted(set(letters)))
            yield Violation(index, {"ad": ad[index], "letters": said}, "letters", layer=layer)
