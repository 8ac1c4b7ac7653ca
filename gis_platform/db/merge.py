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
    cast,
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
    incoming = _stage(connection, layer, frame, shapes)
    counts = _merge(connection, versions, incoming, batch.id, is_complete=is_complete)
    incoming.drop(connection)
    if counts.unchanged < len(frame) or counts.closed:
        connection.execute(select(func.maks.analyze_layer(layer_name)))
    return counts


def _stage(connection: Connection, layer: Layer, frame: pd.DataFrame, shapes: Any) -> Table:
    """A temporary table with the features and the hash of their content."""
    arriving, incoming = _temporary("arriving", layer), _temporary("incoming", layer)
    arriving.create(connection)
    names = list(layer.names)
    columns: list[list[Any]] = [values_of(frame[name]) for name in names]
    if shapes is not None:
        names.append("geometry")
        columns.append(list(ewkb_of(shapes, REGISTER_SRID)))
    copy_rows(connection, arriving.name, names, zip(*columns, strict=True))
    incoming.create(connection)
    hashed = select(*(arriving.c[name] for name in names), _content_hash(arriving, layer))
    connection.execute(insert(incoming).from_select([*names, "content_hash"], hashed))
    arriving.drop(connection)
    return incoming


def _temporary(name: str, layer: Layer) -> Table:
    versions = LAYER_TABLES[layer.name]
    names = [*layer.names, *(["geometry"] if layer.geometry else [])]
    return Table(
        name,
        MetaData(),
        *(Column(each, versions.c[each].type) for each in names),
        Column("content_hash", LargeBinary),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )


def _content_hash(features: Table, layer: Layer) -> ColumnElement[bytes]:
    """SHA-256 over the filled columns by name, times in UTC, coordinates on a grid of 0.1 mm.

    Empty columns do not count, so that a column added to the model later changes no hash.
    """
    pairs: list[Any] = []
    for name in layer.names:
        column = features.c[name]
        is_time = isinstance(column.type, DateTime)
        pairs += [literal(name, SqlText), func.timezone("UTC", column) if is_time else column]
    content: ColumnElement[bytes] = func.convert_to(
        cast(func.jsonb_strip_nulls(func.jsonb_build_object(*pairs)), SqlText), "UTF8"
    )
    if layer.geometry:
        on_grid = func.ST_SnapToGrid(features.c.geometry, HASH_GRID_M)
        content = content.op("||")(func.ST_AsBinary(on_grid, "NDR"))
    return func.sha256(content)


def _merge(
    connection: Connection, versions: Table, incoming: Table, batch_id: int, *, is_complete: bool
) -> LayerCounts:
    has_key = exists().where(versions.c.kimlik_no == incoming.c.kimlik_no)
    has_guid = exists().where(versions.c.id == incoming.c.id)
    differs = has_key.where(versions.c.content_hash != incoming.c.content_hash)
    missing = ~has_key if is_complete else ~has_key & has_guid
    total = connection.execute(select(func.count()).select_from(incoming)).scalar_one()
    changed = _close(connection, versions, batch_id, "changed", differs)
    closed = _close(connection, versions, batch_id, "closed", missing)
    new = _begin(versions, incoming, batch_id).execution_options(preserve_rowcount=True)
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


def _begin(versions: Table, incoming: Table, batch_id: int) -> Insert:
    """New versions of the features that have none in force now."""
    last = (
        select(versions.c.version, versions.c.valid_to, versions.c.closing_operation)
        .where(versions.c.kimlik_no == incoming.c.kimlik_no)
        .order_by(versions.c.version.desc())
        .limit(1)
        .lateral("last")
    )
    in_force = exists().where(
        versions.c.kimlik_no == incoming.c.kimlik_no, versions.c.valid_to.is_(None)
    )
    names = [column.name for column in incoming.columns]
    begun = select(
        *(incoming.c[name] for name in names),
        func.coalesce(last.c.version, 0) + 1,
        func.greatest(func.transaction_timestamp(), last.c.valid_to),
        case((last.c.closing_operation == "changed", "changed"), else_="added"),
        literal(batch_id),
    ).select_from(incoming.outerjoin(last, true()))
    return insert(versions).from_select(
        [*names, "version", "valid_from", "operation", "batch_id"], begun.where(~in_force)
    )
