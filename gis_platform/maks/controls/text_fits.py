"""A text fits its column."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import EVERY_LAYER, Violation, control
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.model import LAYERS

_GUID = 38
_NAMED_ELSEWHERE = ("il", "ilce", "belediye", "koy", "mahalle", "yol", "yol_orta_hat")


@control(
    "M-02",
    layer=EVERY_LAYER,
    severity=Severity.ERROR,
    source="MAKS sütun uzunlukları",
    evidence="C-obs",
    rule=Text("Metinler sütununun uzunluğuna sığar.", "Texts fit the length of their column."),
    text=Text(
        "{kimlik_no} numaralı kaydın ({layer}) {column} alanı {length} karakter; en çok {limit}.",
        "{column} of {kimlik_no} ({layer}) has {length} characters; at most {limit}.",
    ),
    remedy=Text("metni kısaltın", "shorten the text"),
    can_be_waived=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Texts longer than their column in MAKS; names are the matter of R-YOL-17."""
    for layer in layers:
        for column in LAYERS[layer].columns:
            named = column.name == "ad" and layer in _NAMED_ELSEWHERE
            limit = _GUID if column.kind == "guid" else column.length
            if limit is None or named:
                continue
            length = layers[layer][column.name].str.len()
            for index, size in length[length > limit].items():
                values = {"column": column.official, "length": int(size), "limit": limit}
                yield Violation(index, values, layer=layer)
