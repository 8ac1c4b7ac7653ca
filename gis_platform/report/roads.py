"""The roads of a conformity file with most findings, each with a drawing of what is wrong."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_platform.core.language import Language
from gis_platform.maks.model import CSBM_TYPES
from gis_platform.report.conformity import CsbmLine
from gis_platform.report.found import Found
from gis_platform.report.maps import RoadPlace, road_sketch

WORST = 12
"""Roads that are drawn."""
_SHOWN_CODES = 4
_AROUND_M = 60.0


class Roads:
    """The roads of layers with findings."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self.layers = found.layers

    def worst_csbm(self, language: Language) -> tuple[CsbmLine, ...]:
        """The roads with most features that have a finding, each with its drawing."""
        errors, warnings, codes = self._by_road
        ranked = sorted(
            {*errors, *warnings},
            key=lambda road: (-len(errors.get(road, ())), -len(warnings.get(road, ())), road),
        )
        known = self.layers.by_id("yol")
        chosen = [road for road in ranked if road in known.index][:WORST]
        return tuple(
            self._csbm_line(
                road, len(errors.get(road, ())), len(warnings.get(road, ())), codes[road], language
            )
            for road in chosen
        )

    def _csbm_line(
        self, road: str, errors: int, warnings: int, codes: Counter[str], language: Language
    ) -> CsbmLine:
        yol = self.layers.by_id("yol").loc[road]
        kind = CSBM_TYPES.get(int(yol["tip"])) if not pd.isna(yol["tip"]) else None
        name = " ".join(
            part for part in (_text(yol["ad"]), kind.say(language) if kind else "") if part
        )
        sides = self.layers.sides["yol_id"] == road
        uavt = self.layers["yol_orta_hat_yon"]["uavt_kodu"][sides].dropna()
        number = self.layers.mahalle_of("yol_orta_hat_yon")[sides].dropna()
        names = self.layers["mahalle"].drop_duplicates("kimlik_no").set_index("kimlik_no")["ad"]
        mahalle = [_text(names.get(one, "")) for one in sorted(set(number))]
        return CsbmLine(
            name=name or "–",
            kimlik_no=0 if pd.isna(yol["kimlik_no"]) else int(yol["kimlik_no"]),
            uavt=tuple(sorted({int(one) for one in uavt})),
            mahalle=", ".join(one for one in mahalle if one),
            doors=int((self.layers.doors["yol_id"] == road).sum()),
            with_error=errors,
            with_warning=warnings,
            codes=tuple(codes.most_common(_SHOWN_CODES)),
            sketch=road_sketch(self._road_place(road), name),
        )

    def _road_place(self, road: str) -> RoadPlace:
        hat, yapi = self.layers["yol_orta_hat"], self.layers["yapi"]
        door = self.layers["numarataj"]
        is_mine = (hat["yol_id"] == road).to_numpy()
        lines = _shapes(hat)
        mine = (self.layers.doors["yol_id"] == road).to_numpy()
        points = _shapes(door)[mine]
        own = [one for one in (*lines[is_mine], *points) if one is not None]
        around = shapely.box(*shapely.total_bounds(np.array(own, dtype=object))) if own else None
        window = None if around is None else _wider(around)
        near = np.array([], int) if window is None else self._outline_tree.query(window)
        others = np.array([], int) if window is None else self._line_tree.query(window)
        others = others[~is_mine[others]]
        said = [_text(one) for one in door["kapi_no"][mine]]
        return RoadPlace(
            lines=lines[is_mine],
            is_bad_line=self._is_bad_line(road)[is_mine],
            other_lines=lines[np.sort(others)],
            outlines=_shapes(yapi)[np.sort(near)],
            is_bad_outline=self._found.is_bad("yapi")[np.sort(near)],
            doors=points,
            numbers=said,
            is_bad_door=(self._found.is_bad("numarataj") | self._has_bad_unit)[mine],
        )

    def _is_bad_line(self, road: str) -> NDArray[np.bool_]:
        """A line is drawn red for itself, for its sides, and for its road."""
        found, hat = self._found, self.layers["yol_orta_hat"]
        yol = self.layers["yol"]
        if (found.is_bad("yol") & (yol["id"] == road).to_numpy(bool)).any():
            return np.ones(len(hat), bool)
        sides = self.layers["yol_orta_hat_yon"]
        of_sides = sides["yol_orta_hat_id"][found.is_bad("yol_orta_hat_yon")].dropna()
        own = found.is_bad("yol_orta_hat")
        return np.asarray(own | hat["id"].isin(of_sides).to_numpy(bool), bool)

    @cached_property
    def _has_bad_unit(self) -> NDArray[np.bool_]:
        units = self.layers["bagimsiz_bolum"]
        doors = units["numarataj_id"][self._found.is_bad("bagimsiz_bolum")].dropna()
        return np.asarray(self.layers["numarataj"]["id"].isin(doors), bool)

    @cached_property
    def _outline_tree(self) -> shapely.STRtree:
        return shapely.STRtree(_shapes(self.layers["yapi"]))

    @cached_property
    def _line_tree(self) -> shapely.STRtree:
        return shapely.STRtree(_shapes(self.layers["yol_orta_hat"]))

    @cached_property
    def _by_road(
        self,
    ) -> tuple[dict[str, set[Any]], dict[str, set[Any]], dict[str, Counter[str]]]:
        """Per road the features with errors, those with warnings, and findings by code."""
        errors: dict[str, set[Any]] = {}
        warnings: dict[str, set[Any]] = {}
        codes: dict[str, Counter[str]] = {}
        rows = self._found.rows[
            self._found.rows["index"].notna() & (self._found.rows["action"] != "info")
        ]
        for name in rows["layer"].unique():
            roads = self._road_of(name)
            if roads is None:
                continue
            mine = rows[rows["layer"] == name]
            for index, action, code in zip(
                mine["index"], mine["action"], mine["code"], strict=True
            ):
                road = roads.get(index)
                if isinstance(road, str):
                    there = errors if action == "block" else warnings
                    there.setdefault(road, set()).add((name, index))
                    codes.setdefault(road, Counter())[code] += 1
        return errors, warnings, codes

    def _road_of(self, name: str) -> Mapping[Any, Any] | None:
        """GUID of the road of each feature; ``None`` where the layer has none."""
        layers, doors = self.layers, self.layers.doors
        if name == "yol":
            return dict(layers["yol"]["id"].items())
        if name == "yol_orta_hat":
            return dict(layers["yol_orta_hat"]["yol_id"].items())
        if name == "yol_orta_hat_yon":
            return dict(layers.sides["yol_id"].items())
        if name == "numarataj":
            return dict(doors["yol_id"].items())
        if name not in {"yapi", "bagimsiz_bolum"}:
            return None
        frame, door = layers[name], layers["numarataj"]
        key = door["yapi_id"] if name == "yapi" else door["id"]
        road = pd.Series(doors["yol_id"].to_numpy(), index=pd.Index(key))
        road = road[road.index.notna() & ~road.index.duplicated()]
        mine = frame["id"] if name == "yapi" else frame["numarataj_id"]
        return dict(zip(frame.index, road.reindex(pd.Index(mine)), strict=True))


def _wider(around: shapely.Polygon) -> shapely.Polygon:
    """A square with room around it: a sheet shows more than the road alone."""
    west, south, east, north = around.bounds
    half = max(east - west, north - south) / 2 + _AROUND_M
    x, y = (west + east) / 2, (south + north) / 2
    return shapely.box(x - half, y - half, x + half, y + half)


def _shapes(frame: pd.DataFrame) -> NDArray[np.object_]:
    return np.asarray(gpd.GeoSeries(frame["geometry"]).array, dtype=object)


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)
