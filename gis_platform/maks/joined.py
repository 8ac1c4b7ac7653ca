"""The layers with the joins most controls need, each made once, when first asked for."""

from functools import cached_property
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_platform.maks.kapi_no import canonical, parse
from gis_platform.maks.layers import MaksLayers

LEFT, RIGHT = "SOL", "SAĞ"
ODD, EVEN = "TEK", "ÇİFT"
SQUARE, CLUSTER = 1, 5
"""Csbm types whose numbers do not go by sides: meydan, küme evler."""

_STEP = 0.5
"""Half the length, in metres, over which the direction of a line is taken."""


class JoinedLayers(MaksLayers):
    """``MaksLayers`` that remember their joins. Everything is aligned to the frames' indexes."""

    def by_id(self, layer: str) -> pd.DataFrame:
        """The layer's frame under its GUIDs; of doubled GUIDs the first."""
        if layer not in self._by_id:
            frame = self[layer]
            known = frame[frame["id"].notna()].drop_duplicates("id")
            self._by_id[layer] = known.assign(_index=known.index).set_index("id")
        return self._by_id[layer]

    def lookup(self, keys: pd.Series, layer: str, column: str) -> pd.Series:
        """``column`` of the features of ``layer`` to which the GUIDs ``keys`` point."""
        found = self.by_id(layer)[column]
        at = found.index.get_indexer(pd.Index(keys))
        if not len(found):
            return pd.Series([None] * len(keys), index=keys.index, dtype=found.dtype)
        values = found.take(np.where(at < 0, 0, at)).set_axis(keys.index)
        return values.where(at >= 0)

    @cached_property
    def _by_id(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def sides(self) -> pd.DataFrame:
        """Each side with its road: ``hat_id, yol_id, yol_tip, mahalle_id, tur, side``."""
        yon = self["yol_orta_hat_yon"]
        yol_id = self.lookup(yon["yol_orta_hat_id"], "yol_orta_hat", "yol_id")
        return pd.DataFrame(
            {
                "id": yon["id"],
                "hat_id": yon["yol_orta_hat_id"],
                "yol_id": yol_id,
                "yol_tip": self.lookup(yol_id, "yol", "tip"),
                "mahalle_id": yon["mahalle_id"],
                "tur": yon["tur"],
                "side": yon["sayisallastirma_yon"],
            }
        )

    @cached_property
    def doors(self) -> pd.DataFrame:
        """Each door with its number taken apart and the road it is numbered from.

        ``yon_id, hat_id, yol_id, yol_tip, mahalle_id, tur, side`` of its side; ``kapi_no`` in
        canonical spelling, ``number, letters, last, part``; ``line`` the geometry of its
        centre-line (``None`` where there is none).
        """
        door = self["numarataj"]
        yon_id = door["yol_orta_hat_yon_id"]
        sides = self.sides[self.sides["id"].notna()].drop_duplicates("id").set_index("id")
        joined = sides.reindex(pd.Index(yon_id)).set_axis(door.index)
        line = self.lookup(joined["hat_id"], "yol_orta_hat", "geometry")
        numbers = parse(door["kapi_no"])
        joined = joined.assign(yon_id=yon_id, kapi_no=canonical(door["kapi_no"]))
        return joined.join(numbers).assign(line=np.asarray(line, dtype=object))

    @cached_property
    def places(self) -> pd.DataFrame:
        """Where each door stands against its own centre-line, metres.

        ``along`` from the line's first point, ``distance`` from it, ``offset`` the distance with
        its sign: positive on the left of the digitising direction. NaN without point or line.
        """
        point = np.asarray(self["numarataj"].geometry.array)
        line = self.doors["line"].to_numpy()
        return pd.DataFrame(dict(zip(("along", "offset"), place_along(point, line), strict=True)),
                            index=self.doors.index).assign(
            distance=shapely.distance(point, line)
        )  # fmt: skip

    def mahalle_of(self, layer: str) -> pd.Series:
        """Identity number of each feature's mahalle; missing where it has none."""
        if layer not in self._mahalle:
            self._mahalle[layer] = self._find_mahalle(layer).astype("Int64")
        return self._mahalle[layer]

    @cached_property
    def _mahalle(self) -> dict[str, pd.Series]:
        return {}

    def _find_mahalle(self, layer: str) -> pd.Series:
        frame = self[layer]
        by_side = {"yol_orta_hat": "hat_id", "yol": "yol_id"}
        by_own_id = {"yol_orta_hat_yon": frame.get("mahalle_id"), "mahalle": frame["id"]}
        if layer in by_own_id:
            return self._mahalle_kimlik(by_own_id[layer])
        if layer == "numarataj":
            return self._mahalle_kimlik(self.doors["mahalle_id"])
        if layer in by_side:
            keys = self.sides[by_side[layer]]
            return _by_key(frame["id"], keys, self.mahalle_of("yol_orta_hat_yon"))
        return self._mahalle_by_door(layer, frame)

    def _mahalle_by_door(self, layer: str, frame: pd.DataFrame) -> pd.Series:
        door, mahalle = self["numarataj"], self.mahalle_of("numarataj")
        if layer == "bagimsiz_bolum":
            return _by_key(frame["numarataj_id"], door["id"], mahalle)
        if layer in {"yapi", "diger_yapi"}:
            of_doors = _by_key(frame["id"], door[f"{layer}_id"], mahalle)
            return of_doors.fillna(self._mahalle_around(cast("gpd.GeoDataFrame", frame)))
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")

    def _mahalle_kimlik(self, ids: pd.Series) -> pd.Series:
        return self.lookup(ids, "mahalle", "kimlik_no")

    def _mahalle_around(self, frame: gpd.GeoDataFrame) -> pd.Series:
        mahalle = self["mahalle"]
        points = shapely.point_on_surface(np.asarray(frame.geometry.array))
        tree = shapely.STRtree(np.asarray(mahalle.geometry.array))
        feature, at = tree.query(points, predicate="intersects")
        found = pd.Series(mahalle["kimlik_no"].to_numpy()[at], index=frame.index[feature])
        return found[~found.index.duplicated()].reindex(frame.index)


def among(keys: pd.Series, others: pd.Series | pd.Index) -> pd.Series:
    """Whether each key is one of the others; a missing key is not.

    Of text it is some twenty times faster than ``isin``, which makes an object of every value.
    """
    known = others if isinstance(others, pd.Index) else pd.Index(others.dropna().unique())
    return pd.Series(known.get_indexer(pd.Index(keys)) >= 0, index=keys.index)


def _by_key(wanted: pd.Series, keys: pd.Series, values: pd.Series) -> pd.Series:
    """For each wanted GUID the value of the first row whose key it is."""
    known = pd.Series(values.to_numpy(), index=pd.Index(keys), dtype="Int64").dropna()
    known = known[known.index.notna() & ~known.index.duplicated()]
    return known.reindex(pd.Index(wanted)).set_axis(wanted.index)


def place_along(
    point: NDArray[np.object_], line: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres from the first point of a line, and off it: positive on the left of its direction."""
    along = shapely.line_locate_point(line, point)
    length = shapely.length(line)
    before = shapely.line_interpolate_point(line, np.clip(along - _STEP, 0, None))
    after = shapely.line_interpolate_point(line, np.minimum(along + _STEP, length))
    bx, by = shapely.get_x(before), shapely.get_y(before)
    dx, dy = shapely.get_x(after) - bx, shapely.get_y(after) - by
    cross = dx * (shapely.get_y(point) - by) - dy * (shapely.get_x(point) - bx)
    return along, np.sign(cross) * shapely.distance(point, line)
