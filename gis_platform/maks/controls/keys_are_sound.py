"""Keys are unique and references point to something."""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import EVERY_LAYER, Violation, control
from gis_platform.maks.joined import JoinedLayers, among
from gis_platform.maks.model import LAYERS, Column

_ABOVE = ("il", "ilce")
"""What a municipality lies in is seldom in its delivery."""


@control(
    "R-SP-12",
    layer=EVERY_LAYER,
    severity=Severity.ERROR,
    source="MAKS ilişkileri; unique index",
    evidence="C-obs",
    rule=Text(
        "Kimlik numarası sınıf içinde tektir; her başvuru var olan bir kaydı gösterir.",
        "The identity number is unique per class; every reference points to a record that exists.",
    ),
    text=Text(
        "{kimlik_no} kimlik numarası {layer} katmanında {count} kez var.",
        "Identity number {kimlik_no} is there {count} times in {layer}.",
    ),
    kinds={
        "copy": Text(
            "{kimlik_no} numaralı kayıt ({layer}) birebir aynısıyla iki kez var.",
            "{kimlik_no} ({layer}) is there twice, alike in everything.",
        ),
        "id": Text(
            "{id} GUID'i {layer} katmanında {count} kez var.",
            "GUID {id} is there {count} times in {layer}.",
        ),
        "reference": Text(
            "{kimlik_no} numaralı kaydın ({layer}) {column} alanı var olmayan bir kaydı "
            "gösteriyor ({target}): {key}.",
            "{column} of {kimlik_no} ({layer}) points to a record that does not exist ({target}): "
            "{key}.",
        ),
        "optional-reference": Text(
            "{kimlik_no} numaralı kaydın ({layer}) isteğe bağlı {column} alanı var olmayan bir "
            "kaydı gösteriyor ({target}): {key}.",
            "The optional {column} of {kimlik_no} ({layer}) points to a record that does not "
            "exist ({target}): {key}.",
        ),
        "layer-missing": Text(
            "{layer}: {column} alanının gösterdiği katman ({target}) hiç yok; {count} başvuru "
            "boşta.",
            "{layer}: the layer {column} points to ({target}) is not there at all; {count} "
            "references lead nowhere.",
        ),
    },
    remedy=Text("anahtarı ya da eksik kaydı düzeltin", "mend the key, or add the missing record"),
    can_be_waived=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Doubled keys, copies, references to nothing; an optional layer that is missing, once."""
    for layer in layers:
        yield from _doubled(layers, layer)
        for column in LAYERS[layer].columns:
            if column.refers_to is not None:
                yield from _lost(layers, layer, column)


def _doubled(layers: JoinedLayers, layer: str) -> Iterable[Violation]:
    frame = layers[layer]
    keys = [frame[name] for name in ("kimlik_no", "id")]
    doubled = [key.notna() & key.duplicated(keep=False) for key in keys]
    suspects = frame[doubled[0] | doubled[1]]
    content = pd.DataFrame(suspects[list(LAYERS[layer].names)])
    if isinstance(suspects, gpd.GeoDataFrame):
        content = content.assign(geometry=shapely.to_wkb(np.asarray(suspects.geometry.array)))
    copies = content.duplicated(keep="first")
    for index in copies.index[copies]:
        yield Violation(index, kind="copy", layer=layer)
    rest = suspects[~copies]
    if layer != "bagimsiz_bolum":  # R-BB-06 says it of units
        yield from _shared(rest["kimlik_no"], layer, "")
    yield from _shared(rest["id"], layer, "id")


def _shared(key: pd.Series, layer: str, kind: str) -> Iterable[Violation]:
    key = key.dropna()
    key = key[key.duplicated(keep=False)]
    count = key.groupby(key).transform("size")
    for index, times in count.items():
        yield Violation(index, {"count": times, "id": key[index]}, kind, layer=layer)


def _lost(layers: JoinedLayers, layer: str, column: Column) -> Iterable[Violation]:
    target = str(column.refers_to)
    keys = layers[layer][column.name].dropna()
    lost = keys[~among(keys, layers.by_id(target).index)]
    values = {"column": column.official, "target": LAYERS[target].title}
    if len(lost) and not len(layers[target]):
        yield Violation(None, {**values, "count": len(lost)}, "layer-missing", layer=layer)
        if not column.required or target in _ABOVE:
            return  # said once: the feature can stand without it
    kind = "reference" if column.required else "optional-reference"
    for index, key in lost.items():
        yield Violation(index, {**values, "key": key}, kind, layer=layer)
