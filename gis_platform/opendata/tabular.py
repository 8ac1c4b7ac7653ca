"""What every format without geometry needs: a point per feature, texts no spreadsheet runs."""

from collections.abc import Mapping

import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def points_of(frame: GeoDataFrame) -> GeoSeries:
    """The feature itself where it is a point, else a point that lies on it."""
    shapes = frame.geometry
    return shapes if (shapes.geom_type == "Point").all() else shapes.representative_point()


def without_formula(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def harmless_texts(table: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """A text a spreadsheet would run as a formula gets an apostrophe in front."""
    table = table.copy()
    for name, kind in kinds.items():
        if kind == "string":
            dangerous = table[name].str.startswith(_FORMULA_STARTS).fillna(value=False)
            table.loc[dangerous, name] = "'" + table.loc[dangerous, name]
    return table


def harmless_text(text: str) -> str:
    """As :func:`harmless_texts`, one text."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
