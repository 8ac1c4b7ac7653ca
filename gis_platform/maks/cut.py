"""What belongs to one mahalle, with everything its features point to."""

import pandas as pd

from gis_platform.maks.joined import JoinedLayers, among
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.model import LAYERS

_OWN = ("mahalle", "numarataj", "yapi", "bagimsiz_bolum", "yol_orta_hat_yon")


def of_mahalle(layers: MaksLayers, kimlik_no: int) -> MaksLayers:
    """The features of a mahalle and whatever they need: no relation inside it points outside.

    A centre-line on the boundary comes with its other side too: it has exactly two.
    """
    joined = JoinedLayers(dict(layers.items()))
    kept = {name: _own(joined, name, kimlik_no) for name in layers}
    lines = layers["yol_orta_hat_yon"]["yol_orta_hat_id"][kept["yol_orta_hat_yon"]]
    sides = layers["yol_orta_hat_yon"]
    kept["yol_orta_hat_yon"] |= among(sides["yol_orta_hat_id"], lines)
    _keep_needed(layers, kept)
    return MaksLayers({name: layers[name][kept[name]] for name in layers})


def _own(joined: JoinedLayers, name: str, kimlik_no: int) -> pd.Series:
    if name not in _OWN:
        return pd.Series(data=False, index=joined[name].index)
    return (joined.mahalle_of(name) == kimlik_no).fillna(value=False).astype(bool)


def _keep_needed(layers: MaksLayers, kept: dict[str, pd.Series]) -> None:
    """Whatever a kept feature points to is kept; until nothing more is pointed to."""
    grown = True
    while grown:
        grown = False
        for name in layers:
            for column in LAYERS[name].columns:
                target = column.refers_to
                if target is None or target not in kept:
                    continue
                wanted = layers[name].loc[kept[name], column.name].dropna()
                more = among(layers[target]["id"], wanted) & ~kept[target]
                if more.any():
                    kept[target] |= more
                    grown = True
