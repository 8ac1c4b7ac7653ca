"""Doors and units of the register as a comparison with UAVT needs them."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, and_, column, func, select, table

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.db.tables import LAYER_TABLES

_KAPI = table(
    "kapi", column("kimlik_no"), column("dis_kapi_no"), column("csbm_kodu"), column("csbm"),
    column("mahalle_kodu"), column("mahalle"), column("geometry"), schema="maks",
)  # fmt: skip
_CSBM = table("csbm_name", column("csbm_kod"), column("tur_kod"), schema="maks")
_DOOR, _UNIT = LAYER_TABLES["numarataj"], LAYER_TABLES["bagimsiz_bolum"]


def read_doors(connection: Connection) -> pd.DataFrame:
    """Doors in force by kimlik no.

    Returns:
        ``dis_kapi_no, csbm_kod, csbm`` (with its type word), ``mahalle_kod, mahalle, yapi_id,
        is_main`` (refers to no other door), ``lon, lat`` (EPSG:4326).
    """
    point = func.ST_Transform(_KAPI.c.geometry, PUBLISHED_SRID)
    question = (
        select(
            _KAPI.c.kimlik_no,
            _KAPI.c.dis_kapi_no,
            _KAPI.c.csbm_kodu.label("csbm_kod"),
            func.concat_ws(" ", _KAPI.c.csbm, func.maks.csbm_type(_CSBM.c.tur_kod)).label("csbm"),
            _KAPI.c.mahalle_kodu.label("mahalle_kod"),
            _KAPI.c.mahalle,
            _DOOR.c.yapi_id,
            _DOOR.c.bagli_oldugu_numarataj_id.is_(None).label("is_main"),
            func.ST_X(point).label("lon"),
            func.ST_Y(point).label("lat"),
        )
        .join(_DOOR, and_(_DOOR.c.kimlik_no == _KAPI.c.kimlik_no, _DOOR.c.valid_to.is_(None)))
        .outerjoin(_CSBM, _CSBM.c.csbm_kod == _KAPI.c.csbm_kodu)
        .order_by(_KAPI.c.kimlik_no)
    )
    frame = _frame(connection, question).astype(
        {"csbm_kod": "Int64", "mahalle_kod": "Int64", "is_main": bool, "lon": float, "lat": float}
    )
    return frame.set_index(frame.pop("kimlik_no").astype("int64"))


def read_units(connection: Connection) -> pd.DataFrame:
    """Units in force by adres no: ``door`` (kimlik no), ``ic_kapi_no``."""
    question = (
        select(_UNIT.c.kimlik_no, _DOOR.c.kimlik_no.label("door"), _UNIT.c.ic_kapi_no)
        .outerjoin(_DOOR, and_(_DOOR.c.id == _UNIT.c.numarataj_id, _DOOR.c.valid_to.is_(None)))
        .where(_UNIT.c.valid_to.is_(None))
        .order_by(_UNIT.c.kimlik_no)
    )
    frame = _frame(connection, question).astype({"door": "Int64"})
    return frame.set_index(frame.pop("kimlik_no").astype("int64"))


def closed_doors(connection: Connection) -> set[int]:
    """Kimlik no of doors the register had once and has no more."""
    in_force = select(_DOOR.c.kimlik_no).where(_DOOR.c.valid_to.is_(None))
    gone = select(_DOOR.c.kimlik_no).where(_DOOR.c.kimlik_no.not_in(in_force)).distinct()
    return {int(number) for number in connection.execute(gone).scalars()}


def _frame(connection: Connection, question: Select[Any]) -> pd.DataFrame:
    found = connection.execute(question)
    names = list(found.keys())
    return pd.DataFrame(found.fetchall(), columns=names, dtype=object)
