"""What the office asks and writes: layer versions, frozen copies, the public catalogue.

Every name of a table or column comes from a checked layer file and is quoted by SQLAlchemy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from geoalchemy2 import Geometry
from geopandas import GeoDataFrame, GeoSeries
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    cast,
    column,
    func,
    insert,
    inspect,
    literal,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import TypeEngine

from gis_platform.core.crs import PUBLISHED_SRID

_TIMES = ("proposed_at", "checked_at", "approved_at", "published_at", "withdrawn_at")
_PEOPLE = ("proposed_by", "checked_by", "approved_by", "published_by", "withdrawn_by", "moved_by")
VERSIONS = table(
    "layer_version", column("layer", Text), column("version", Integer), column("state", Text),
    column("entry", JSONB), column("row_count", BigInteger), column("extent", ARRAY(Float)),
    column("data_sha256", Text), column("metadata_sha256", Text), column("files", JSONB),
    column("reason", Text), *(column(name, DateTime(timezone=True)) for name in _TIMES),
    *(column(name, Text) for name in _PEOPLE), schema="catalogue",
)  # fmt: skip
AUDIT = table(
    "audit", column("id", BigInteger), column("at", DateTime(timezone=True)), column("layer", Text),
    column("version", Integer), column("from_state", Text), column("to_state", Text),
    column("person", Text), column("reason", Text), column("data_sha256", Text), schema="catalogue",
)  # fmt: skip
PUBLIC = table(
    "catalogue", column("layer", Text), column("version", Integer), column("state", Text),
    column("entry", JSONB), column("row_count", BigInteger), column("extent", ARRAY(Float)),
    column("data_sha256", Text), column("metadata_sha256", Text), column("files", JSONB),
    column("published_at", DateTime(timezone=True)),
    column("withdrawn_at", DateTime(timezone=True)), column("reason", Text), schema="published",
)  # fmt: skip


@dataclass(frozen=True)
class FrozenCopy:
    """A copy to be made: ``columns`` of ``source`` as ``published.<name>``, EPSG:4326.

    Attributes:
        geometry: type of the geometry, as PostGIS spells it, e.g. ``MULTIPOLYGON``.
    """

    name: str
    source: str
    key: str
    columns: tuple[str, ...]
    geometry: str

    def table(self, types: Mapping[str, TypeEngine[Any]] | None = None) -> Table:
        """The table, with the types its source has."""
        types = types or {}
        return Table(
            self.name, MetaData(),
            *(Column(name, types.get(name, Text()), primary_key=name == self.key, autoincrement=False)
              for name in self.columns),
            Column("geometry", Geometry(self.geometry, srid=PUBLISHED_SRID), nullable=False),
            schema="published",
        )  # fmt: skip


@dataclass(frozen=True)
class CopyFacts:
    """What is known of a frozen copy: its rows, extent (lon/lat) and the hash of its bytes."""

    row_count: int
    extent: list[float] | None
    sha256: str


def column_types(connection: Connection, source: str) -> dict[str, TypeEngine[Any]]:
    """Columns of a table or view and their types; empty where it does not exist."""
    schema, _, name = source.partition(".")
    inspector = inspect(connection)
    known = {*inspector.get_view_names(schema), *inspector.get_table_names(schema)}
    if name not in known:
        return {}
    return {each["name"]: each["type"] for each in inspector.get_columns(name, schema)}


def count_rows(connection: Connection, source: str) -> int:
    """Rows of a table or view."""
    schema, _, name = source.partition(".")
    return int(connection.execute(select(func.count()).select_from(table(name, schema=schema))).scalar_one())


def lock_layer(connection: Connection, layer: str) -> None:
    """Let one person at a time move the versions of a layer."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("layer " + layer))))


def freeze(connection: Connection, copy: FrozenCopy) -> CopyFacts:
    """Make the frozen copy and say what it holds."""
    types = column_types(connection, copy.source)
    frozen = copy.table({name: types[name] for name in copy.columns})
    frozen.create(connection)
    schema, _, name = copy.source.partition(".")
    source = table(name, *(column(each) for each in (*copy.columns, "geometry")), schema=schema)
    in_4326 = func.ST_Transform(source.c.geometry, PUBLISHED_SRID)
    shape = func.ST_Multi(in_4326) if copy.geometry.startswith("MULTI") else in_4326
    has_shape = source.c.geometry.is_not(None) & ~func.ST_IsEmpty(source.c.geometry)
    rows = select(*(source.c[each] for each in copy.columns), shape).where(has_shape)
    connection.execute(insert(frozen).from_select([*copy.columns, "geometry"], rows))
    connection.execute(text("SELECT catalogue.seal(:name)"), {"name": copy.name})
    return facts(connection, copy)


def drop_copy(connection: Connection, copy: FrozenCopy) -> None:
    """Remove a frozen copy that nobody has approved."""
    copy.table().drop(connection)


def facts(connection: Connection, copy: FrozenCopy) -> CopyFacts:
    """Rows, extent and SHA-256 of a frozen copy; the hash is of every row in the order of its key."""
    frozen = table(copy.name, *(column(each) for each in (*copy.columns, "geometry")), schema="published")
    values = func.json_build_array(*(frozen.c[each] for each in copy.columns))
    row = func.sha256(
        func.convert_to(cast(values, Text), "UTF8").op("||")(
            func.ST_AsBinary(frozen.c.geometry, "NDR")
        )
    )
    rows = aggregate_order_by(cast(row, BYTEA), frozen.c[copy.key])
    digest = func.encode(
        func.sha256(func.coalesce(func.string_agg(rows, literal(b"", BYTEA)), literal(b"", BYTEA))), "hex"
    )
    box = func.ST_Extent(frozen.c.geometry)
    edges = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    count, sha256, *extent = connection.execute(select(func.count(), digest, *edges)).one()
    return CopyFacts(int(count), None if extent[0] is None else [float(e) for e in extent], sha256)


def read_copy(connection: Connection, copy: FrozenCopy) -> GeoDataFrame:
    """The frozen copy as a frame, in the order of its key."""
    frozen = table(copy.name, *(column(each) for each in (*copy.columns, "geometry")), schema="published")
    rows = select(*(frozen.c[e] for e in copy.columns), func.ST_AsBinary(frozen.c.geometry).label("geometry"))
    found = connection.execute(rows.order_by(frozen.c[copy.key]))
    frame = pd.DataFrame(found.fetchall(), columns=list(found.keys()))
    shapes = GeoSeries.from_wkb(frame.pop("geometry").map(bytes), crs=PUBLISHED_SRID)
    return GeoDataFrame(frame.convert_dtypes(), geometry=shapes)


def versions(connection: Connection, layer: str | None = None) -> list[Mapping[str, Any]]:
    """Versions of a layer (or of all), the newest first."""
    question = select(VERSIONS).order_by(VERSIONS.c.layer, VERSIONS.c.version.desc())
    if layer is not None:
        question = question.where(VERSIONS.c.layer == layer)
    return list(connection.execute(question).mappings().all())


def audit_trail(connection: Connection, layer: str) -> list[Mapping[str, Any]]:
    """Every move of the versions of a layer, the oldest first."""
    question = select(AUDIT).where(AUDIT.c.layer == layer).order_by(AUDIT.c.id)
    return list(connection.execute(question).mappings().all())


def add_version(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write down a proposal."""
    now = datetime.now(UTC)
    connection.execute(
        insert(VERSIONS).values(
            state="proposed", proposed_at=now, moved_by=values["proposed_by"], **values
        )
    )


def move_version(
    connection: Connection, layer: str, version: int, *, state: str, person: str, reason: str | None,
    files: Sequence[Mapping[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Put a version into ``state`` and write down who did it and when."""
    values: dict[str, Any] = {"state": state, "moved_by": person, "reason": reason}
    if state in {"checked", "approved", "published", "withdrawn"}:
        values |= {f"{state}_by": person, f"{state}_at": datetime.now(UTC)}
    if files is not None:
        values["files"] = list(files)
    here = (VERSIONS.c.layer == layer) & (VERSIONS.c.version == version)
    connection.execute(update(VERSIONS).where(here).values(**values))


def show_to_public(connection: Connection, layer: str, version: int) -> None:
    """Copy a published version into the public catalogue and let the portal read its data."""
    before = (PUBLIC.c.layer == layer) & (PUBLIC.c.state == "published")
    connection.execute(update(PUBLIC).where(before).values(state="superseded"))
    names = [each.name for each in PUBLIC.columns if each.name not in {"withdrawn_at", "reason"}]
    known = select(*(VERSIONS.c[name] for name in names)).where(
        (VERSIONS.c.layer == layer) & (VERSIONS.c.version == version)
    )
    connection.execute(upsert(PUBLIC).from_select(names, known))
    connection.execute(
        text("SELECT catalogue.show(:layer, :version)"), {"layer": layer, "version": version}
    )


def hide_from_public(connection: Connection, layer: str, reason: str) -> None:
    """Take every version of a layer from the public; what stays is that, when and why."""
    connection.execute(
        update(PUBLIC)
        .where((PUBLIC.c.layer == layer) & (PUBLIC.c.state != "withdrawn"))
        .values(state="withdrawn", withdrawn_at=datetime.now(UTC), reason=reason, files=[])
    )
    connection.execute(text("SELECT catalogue.hide(:layer)"), {"layer": layer})
