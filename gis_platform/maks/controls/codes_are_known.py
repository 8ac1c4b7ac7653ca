"""A code is in its official list."""

from collections.abc import Collection, Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.codes import code_list_of
from gis_platform.maks.control import EVERY_LAYER, Violation, control
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.model import LAYERS

_SHOWN = 12
_ELSEWHERE = (("yol", "tip"),)
"""R-SP-14 says it."""


@control(
    "M-03",
    layer=EVERY_LAYER,
    severity=Severity.WARNING,
    source="MAKS kod listeleri",
    evidence="C-obs",
    rule=Text(
        "Kodlar resmî listelerindedir; doğrulanmamış liste uyarır, durdurmaz.",
        "Codes are in their official list; a list nobody has confirmed warns and never blocks.",
    ),
    text=Text(
        "{kimlik_no} numaralı kaydın ({layer}) {column} kodu {code} listede yok ({list}).",
        "The code {code} in {column} of {kimlik_no} ({layer}) is not in the list ({list}).",
    ),
    kinds={
        "unconfirmed": Text(
            "{layer}: {column} alanının kodları ({codes}) denetlenemiyor; “{list}” listesi "
            "doğrulanmamış.",
            "{layer}: the codes of {column} ({codes}) cannot be judged; the list “{list}” is not "
            "confirmed.",
        )
    },
    remedy=Text(
        "listeyi belediyenin MAKS hesabından doldurun",
        "fill the list from the municipality's MAKS account",
    ),
    is_certain=False,
)
def check(layers: JoinedLayers, *, confirmed: Collection[str] = ()) -> Iterable[Violation]:
    """Values outside a confirmed list; of an unconfirmed one only that it cannot be judged.

    ``confirmed`` names lists the municipality vouches for, beside those an official source does.
    """
    for layer in layers:
        for column in LAYERS[layer].columns:
            codes = code_list_of(layer, column.name)
            if codes is None or (layer, column.name) in _ELSEWHERE:
                continue
            values = layers[layer][column.name]
            unknown = [v for v in values.dropna().unique() if str(v) not in codes.codes]
            said = {"column": column.official, "list": codes.title}
            if codes.is_confirmed or codes.name in confirmed:
                for index, code in values[values.isin(unknown)].items():
                    yield Violation(index, {**said, "code": code}, layer=layer)
            elif unknown:
                told = {**said, "codes": ", ".join(sorted(map(str, unknown))[:_SHOWN])}
                yield Violation(None, told, "unconfirmed", layer=layer)
