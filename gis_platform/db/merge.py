"""A frame of features becomes the state of a register layer: what differs gets a new version."""

from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Insert,
    LargeBinary,
    MetaData,
    Table,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy import Text as SqlText

from gis_platform.core.crs import REGISTER_SRID
from gis_platform.db.copy import copy_rows, ewkb_of, values_of
from gis_platform.db.fit import refuse_unfit, shapes_of
from gis_platform.db.tables import LAYER_TABLES
from gis_platform.maks.model import LAYERS, Layer

HASH_GRID_M = 0.0001
"""Coordinates nearer than this are the same: transformations differ by as much between versions."""
_UNIT_SEPARATOR = "\x1f"
_MERGE_LOCK = 7_525_402
"""Advisory lock under which one merge at a time changes the register."""


class _Batch(Protocol):
    @property
    def id(self) -> int: ...


@dataclass(frozen=True)
class LayerCounts:
    """What a merge did: features added, changed, left as they were, closed because missing."""

    added: int
    changed: int
    unchanged: int
    closed: int


@dataclass(frozen=True)
class _Tables:
    """What a merge works on: the layer, the features that arrive, their keys and hashes."""

    versions: Table
    arriving: Table
    incoming: Table


def merge_layer(
    connection: Connection,
    batch: _Batch,
    layer_name: str,
    frame: pd.DataFrame,
    *,
    is_complete: bool = False,
) -> LayerCounts:
    """Bring a layer of the register to the state of ``frame``; the same content changes nothing.

    Everything a transaction merges becomes valid at its one time, so ``maks.<layer>_as_of`` never
    shows half of it. A record whose GUID comes back under another kimlik no is closed under the
    old one.

    Args:
        connection: in the caller's transaction, as ``gis_etl``.
        batch: where the features come from; kept with each new version.
        layer_name: MAKS layer.
        frame: as in ``MaksLayers``: our columns, geometry in EPSG:5254, east first.
        is_complete: the frame is the whole layer; what is missing from it is closed.

    Raises:
        SourceError: two features share a key, a required value is missing or too long, or a
            geometry is not of the layer's type; nothing has been changed then.
    """
    layer, versions = LAYERS[layer_name], LAYER_TABLES[layer_name]
    shapes = shapes_of(layer, frame)
    refuse_unfit(layer, frame, shapes)
    connection.execute(select(func.pg_advisory_xact_lock(_MERGE_LOCK)))
    arriving = _stage(connection, layer, frame, shapes)
    tables = _Tables(versions, arriving, _hash(connection, layer, arriving))
    counts = _merge(connection, tables, batch.id, is_complete=is_complete)
    tables.incoming.drop(connection)
    arriving.drop(connection)
    connection.execute(select(func.maks.analyze_layer(layer_name, counts.added + counts.changed)))
    return counts


def _stage(connection: Connection, layer: Layer, frame: pd.DataFrame, shapes: Any) -> Table:
    """A temporary table with the features as they arrived."""
    versions = LAYER_TABLES[layer.name]
    names = list(layer.names)
    columns: list[list[Any]] = [values_of(frame[name]) for name in names]
    if shapes is not None:
        names.append("geometry")
        columns.append(list(ewkb_of(shapes, REGISTER_SRID)))
    arriving = _temporary("arriving", *(Column(name, versions.c[name].type) for name in names))
    arriving.create(connection)
    copy_rows(connection, arriving.name, names, zip(*columns, strict=True))
    return arriving


def _hash(connection: Connection, layer: Layer, arriving: Table) -> Table:
    """A temporary table with the keys of the features and the hash of their content."""
    keys = ("kimlik_no", "id")
    incoming = _temporary(
        "incoming",
        *(Column(key, arriving.c[key].type) for key in keys),
        Column("content_hash", LargeBinary),
    )
    incoming.create(connection)
    hashed = select(*(arriving.c[key] for key in keys), _content_hash(arriving, layer))
    connection.execute(insert(incoming).from_select([*keys, "content_hash"], hashed))
    return incoming


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


def _content_hash(features: Table, layer: Layer) -> ColumnElement[bytes]:
    """SHA-256 over the filled columns by name, times in UTC, coordinates on a grid of 0.1 mm.

    Columns count in the order of their names and empty ones not at all: a column moved or added in
    the model later changes no hash.
    """
    filled: list[Any] = []
    for name in sorted(layer.names):
        column: ColumnElement[Any] = features.c[name]
        if isinstance(column.type, DateTime):
            column = func.extract("epoch", column)
        filled.append(literal(f"{name}=", SqlText).op("||")(column))
    content: ColumnElement[bytes] = func.convert_to(
        func.concat_ws(_UNIT_SEPARATOR, *filled), "UTF8"
    )
    if layer.geometry:
        on_grid = func.ST_SnapToGrid(features.c.geometry, HASH_GRID_M)
        content = content.op("||")(func.ST_AsBinary(on_grid, "NDR"))
    return func.sha256(content)


def _merge(
    connection: Connection, tables: _Tables, batch_id: int, *, is_complete: bool
) -> LayerCounts:
    versions, incoming = tables.versions, tables.incoming
    has_key = exists().where(versions.c.kimlik_no == incoming.c.kimlik_no)
    has_guid = exists().where(versions.c.id == incoming.c.id)
    differs = has_key.where(versions.c.content_hash != incoming.c.content_hash)
    missing = ~has_key if is_complete else ~has_key & has_guid
    total = connection.execute(select(func.count()).select_from(incoming)).scalar_one()
    changed = _close(connection, versions, batch_id, "changed", differs)
    closed = _close(connection, versions, batch_id, "closed", missing)
    new = _begin(tables, batch_id).execution_options(preserve_rowcount=True)
    begun = connection.execute(new).rowcount
    return LayerCounts(begun - changed, changed, total - begun, closed)


def _close(
    connection: Connection,
    versions: Table,
    batch_id: int,
    operation: str,
    which: ColumnElement[bool],
) -> int:
    """End the versions in force that ``which`` picks out."""
    ended = func.greatest(func.transaction_timestamp(), versions.c.valid_from)
    done = connection.execute(
        update(versions)
        .where(versions.c.valid_to.is_(None), which)
        .values(valid_to=ended, closing_operation=operation, closing_batch_id=batch_id)
    )
    return int(done.rowcount)


def _begin(tables: _Tables, batch_id: int) -> Insert:
    """New versions of the features that have none in force now."""
    versions, arriving, incoming = tables.versions, tables.arriving, tables.incoming
    key = incoming.c.kimlik_no
    last = (
        select(versions.c.version, versions.c.valid_to, versions.c.closing_operation)
        .where(versions.c.kimlik_no == key)
        .order_by(versions.c.version.desc())
        .limit(1)
        .lateral("last")
    )
    in_force = exists().where(versions.c.kimlik_no == key, versions.c.valid_to.is_(None))
    names = [column.name for column in arriving.columns]
    joined = incoming.join(arriving, arriving.c.kimlik_no == key).outerjoin(last, true())
    begun = select(
        *(arriving.c[name] for name in names),
        incoming.c.content_hash,
        func.coalesce(last.c.version, 0) + 1,
        func.greatest(func.transaction_timestamp(), last.c.valid_to),
        case((last.c.closing_operation == "changed", "changed"), else_="added"),
        literal(batch_id),
    ).select_from(joined)
    ours = ["content_hash", "version", "valid_from", "operation", "batch_id"]
    return insert(versions).from_select([*names, *ours], begun.where(~in_force))
