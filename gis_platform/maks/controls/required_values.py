"""A feature has what the register cannot do without."""

from collections.abc import Iterable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import EVERY_LAYER, Violation, control
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.model import LAYERS


@control(
    "M-01",
    layer=EVERY_LAYER,
    severity=Severity.ERROR,
    source="MAKS; KBS (*)",
    evidence="C-obs",
    rule=Text(
        "Kaydın zorunlu alanları ve geometrisi doludur.",
        "A feature has its required values and its geometry.",
    ),
    text=Text(
        "{kimlik_no} numaralı kaydın ({layer}) zorunlu alanı boş: {columns}.",
        "Required values of {kimlik_no} ({layer}) are missing: {columns}.",
    ),
    remedy=Text("boş alanı doldurun", "fill in what is empty"),
    can_be_waived=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Features with an empty required column, or without geometry where the layer has one."""
    for layer in layers:
        frame = layers[layer]
        empty = {c.official: frame[c.name].isna() for c in LAYERS[layer].columns if c.required}
        if LAYERS[layer].geometry is not None:
            empty["SHAPE"] = frame["geometry"].isna()
        if layer == "yol":
            del empty["AD"]  # R-YOL-10 says it
        lacks = pd.DataFrame(empty, index=frame.index)
        for index, row in lacks[lacks.any(axis=1)].iterrows():
            yield Violation(index, {"columns": ", ".join(lacks.columns[row])}, layer=layer)
