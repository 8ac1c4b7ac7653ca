"""The register as frames: the features in force now, or at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, Select, column, func, select, table

from gis_platform.core.crs import REGISTER_SRID
from gis_platform.db.tables import LAYER_TABLES
from gis_platform.maks.layers import FILE, ROW, MaksLayers, empty_frame
from gis_platform.maks.model import LAYERS

_CSBM = table("csbm_name", column("csbm_kod"), column("csbm"), column("tur_kod"), schema="maks")
_KAPI = table("kapi", column("kimlik_no"), column("csbm_kodu"), schema="maks")


def read_layers(
    connection: Connection, names: Iterable[str] | None = None, *, as_of: datetime | None = None
) -> MaksLayers:
    """Layers of the register as frames, ordered by kimlik no; every layer where none is named.

    Args:
        connection: as ``gis_etl`` or ``gis_office``.
        names: MAKS layers.
        as_of: the features that were in force then; now if not given.
    """
    wanted = LAYERS if names is None else list(names)
    return MaksLayers({name: _read_layer(connection, name, as_of) for name in wanted})


def count_features(connection: Connection) -> dict[str, int]:
    """Features in force per layer, in loading order."""
    return {
        name: connection.execute(
            select(func.count()).select_from(versions).where(versions.c.valid_to.is_(None))
        ).scalar_one()
        for name, versions in LAYER_TABLES.items()
    }


def _read_layer(connection: Connection, name: str, as_of: datetime | None) -> pd.DataFrame:
    found = connection.execute(_features(name, as_of))
    names = list(found.keys())
    columns = list(zip(*found.fetchall(), strict=True)) or [()] * len(names)
    expected = empty_frame(name)
    data: dict[str, Any] = dict(zip(names, columns, strict=True))
    shapes = data.pop("geometry", None)
    frame = pd.DataFrame(
        {key: pd.Series(values, dtype=expected.dtypes[key]) for key, values in data.items()}
    )
    frame[FILE] = pd.Series(f"maks.{name}", index=frame.index, dtype="str")
    frame[ROW] = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    if shapes is None:
        return frame
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries.from_wkb(shapes, crs=REGISTER_SRID))


def _features(name: str, as_of: datetime | None) -> Select[Any]:
    versions, layer = LAYER_TABLES[name], LAYERS[name]
    columns: list[Any] = [versions.c[each] for each in layer.names]
    if layer.geometry is not None:
        columns.append(func.ST_AsBinary(versions.c.geometry).label("geometry"))
    question = select(*columns).order_by(versions.c.kimlik_no)
    if as_of is None:
        return question.where(versions.c.valid_to.is_(None))
    is_open = versions.c.valid_to.is_(None) | (versions.c.valid_to > as_of)
    return question.where(versions.c.valid_from <= as_of, is_open)


def csbm_names(connection: Connection, codes: Sequence[int]) -> dict[int, str]:
    """Name with its type, ``ÇIĞIR Sokak``, of each csbm code the register knows."""
    name = func.concat_ws(" ", _CSBM.c.csbm, func.maks.csbm_type(_CSBM.c.tur_kod))
    question = select(_CSBM.c.csbm_kod, name).where(_CSBM.c.csbm_kod.in_(list(codes)))
    return {int(code): str(said) for code, said in connection.execute(question)}


def csbm_of_numarataj(connection: Connection, numbers: Sequence[int]) -> dict[int, int | None]:
    """The csbm code of each numarataj in force that has one of the numbers."""
    if not numbers:
        return {}
    asked = select(_KAPI.c.kimlik_no, _KAPI.c.csbm_kodu).where(_KAPI.c.kimlik_no.in_(list(numbers)))
    return {int(number): code for number, code in connection.execute(asked)}
