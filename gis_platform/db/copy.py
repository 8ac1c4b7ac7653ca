"""Frames into tables by COPY: the fast way in, into a temporary table or one that only grows."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import psycopg
import shapely
from psycopg import sql
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

NUL = "\x00"


def copy_rows(
    connection: Connection, target: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Append ``rows`` to ``target`` (``schema.table`` or a temporary table).

    Raises:
        DBAPIError: as SQLAlchemy raises it for any other statement.
    """
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101 – a connection in use has one
    order = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(*target.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    try:
        with raw.cursor() as cursor, cursor.copy(order) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        said = order.as_string(raw)
        raise DBAPIError.instance(
            said, None, error, psycopg.Error, dialect=connection.dialect
        ) from error


def values_of(series: pd.Series) -> list[Any]:
    """The values of a column with ``None`` for missing, as Python objects."""
    values: list[Any] = series.astype(object).where(series.notna(), None).tolist()
    return values


def ewkb_of(geometry: Any, srid: int | None) -> list[str | None]:
    """Geometries as hexadecimal EWKB with ``srid``, ``None`` where there is none."""
    shapes = shapely.set_srid(geometry, srid or 0)
    hexes: list[str | None] = shapely.to_wkb(shapes, hex=True, include_srid=True).tolist()
    return hexes


def json_of(value: Any) -> str | None:
    """JSON that PostgreSQL can store: no NUL, NaN or half surrogate; ``None`` stays ``None``."""
    if value is None:
        return None
    try:
        said = json.dumps(value, ensure_ascii=False, default=_plain, allow_nan=False)
    except ValueError:
        loose = json.loads(json.dumps(value, ensure_ascii=False, default=_plain))
        said = json.dumps(_storable(loose), ensure_ascii=False)
    if "\\u0000" in said:
        said = json.dumps(_storable(json.loads(said)), ensure_ascii=False)
    return said.encode("utf-8", "replace").decode()


def json_rows(frame: pd.DataFrame) -> list[str]:
    """Each row as a JSON object of its columns; what is missing is ``null``."""
    names = list(frame.columns)
    columns = [values_of(frame[name]) for name in names]
    rows = zip(*columns, strict=True) if columns else ((),) * len(frame)
    return [json_of(dict(zip(names, row, strict=True))) or "{}" for row in rows]


def storable(text: str | None) -> str | None:
    """Text that PostgreSQL can store: NUL and half surrogates become replacement characters."""
    if text is None:
        return None
    return text.replace(NUL, "\ufffd").encode("utf-8", "replace").decode()


def _storable(value: Any) -> Any:
    """The value without NUL, with ``None`` for a number that is none."""
    if isinstance(value, str):
        return value.replace(NUL, "\ufffd")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return value


def _plain(value: Any) -> Any:
    """What ``json`` cannot write by itself: mappings, what NumPy has, dates, the rest as text."""
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):  # a number of numpy, or an array of them
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
