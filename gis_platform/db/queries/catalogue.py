"""What the office asks and writes: frozen copies, layer versions and the moves they make.

Runs as ``gis_office``. The names of tables and columns come from checked layer files; PostgreSQL
quotes them in the functions of ``db/sql/315_publication_moves.sql``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from geoalchemy2 import Geometry
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Double,
    Float,
    Integer,
    MetaData,
    Table,
    TableClause,
    Text,
    cast,
    column,
    func,
    insert,
    inspect,
    literal,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.db.copy import copy_rows, ewkb_of, values_of

VERSIONS = table(
    "layer_version", column("layer", Text), column("version", Integer), column("state", Text),
    column("entry", JSONB), column("row_count", BigInteger), column("extent", ARRAY(Float)),
    column("data_sha256", Text), column("metadata_sha256", Text), column("files", JSONB),
    column("reason", Text), column("moved_by", Text), column("acts_for", Text),
    column("licence_sha256", Text), column("screening", JSONB), column("screening_sha256", Text),
    column("proposed_for", Text), column("checked_for", Text), column("approved_for", Text),
    *(column(f"{move}_{part}", Text if part == "by" else DateTime(timezone=True))
      for move in ("drafted", "proposed", "checked", "approved", "published", "withdrawn")
      for part in ("by", "at")),
    schema="catalogue",
)  # fmt: skip
AUDIT = table(
    "audit", column("id", BigInteger), column("at", DateTime(timezone=True)), column("layer", Text),
    column("version", Integer), column("from_state", Text), column("to_state", Text),
    column("person", Text), column("reason", Text), column("data_sha256", Text),
    column("metadata_sha256", Text), column("previous_hash", Text), column("hash", Text),
    column("deed", Text), column("acts_for", Text), column("details", JSONB), schema="catalogue",
)  # fmt: skip
DELEGATIONS = table(
    "delegation", column("id", BigInteger), column("delegate", Text), column("principal", Text),
    column("valid_from", Date), column("valid_to", Date), column("given_by", Text),
    column("given_at", DateTime(timezone=True)), column("ended_by", Text),
    column("ended_at", DateTime(timezone=True)), schema="catalogue",
)  # fmt: skip
WITHDRAWALS = table(
    "withdrawal", column("id", BigInteger), column("layer", Text), column("reason", Text),
    column("asked_by", Text), column("asked_for", Text),
    column("asked_at", DateTime(timezone=True)), column("closed_by", Text),
    column("closed_for", Text), column("closed_at", DateTime(timezone=True)), schema="catalogue",
)  # fmt: skip
_KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Boolean, "boolean"), (Integer, "integer"), (Float, "number"), (Date, "date"),
    (DateTime, "date-time"),
)  # fmt: skip
_TYPES: dict[str, TypeEngine[Any]] = {
    "string": Text(), "integer": BigInteger(), "number": Double(), "boolean": Boolean(),
    "date": Date(), "date-time": DateTime(timezone=True),
}  # fmt: skip
_CHUNK = 20_000


@dataclass(frozen=True)
class FrozenCopy:
    """A copy in the schema ``published``: the columns of ``source``, EPSG:4326.

    Attributes:
        source: table or view the office may read, ``schema.name``.
        columns: the allow-list, in order.
        geometry: type of the geometry, e.g. ``multipolygon``.
    """

    layer: str
    version: int
    source: str
    key: str
    columns: tuple[str, ...]
    geometry: str

    @property
    def name(self) -> str:
        """Name of its table."""
        return f"{self.layer}_v{self.version}"


@dataclass(frozen=True)
class CopyFacts:
    """What is known of a frozen copy: its rows, extent (lon/lat) and the hash of its bytes."""

    row_count: int
    extent: list[float] | None
    sha256: str


def source_columns(connection: Connection, source: str) -> list[str]:
    """Columns of a table or view, in order; empty where it does not exist."""
    attribute = table(
        "pg_attribute", column("attrelid"), column("attname"), column("attnum", Integer),
        column("attisdropped", Boolean), schema="pg_catalog",
    )  # fmt: skip
    names = select(cast(attribute.c.attname, Text)).order_by(attribute.c.attnum)
    names = names.where(
        attribute.c.attrelid == func.to_regclass(source),
        attribute.c.attnum > 0,
        ~attribute.c.attisdropped,
    )
    return list(connection.execute(names).scalars())


def stage(
    connection: Connection,
    name: str,
    columns: Mapping[str, tuple[str, "pd.Series[Any]"]],
    geometry: NDArray[np.object_],
    srid: int,
) -> None:
    """Put columns, each with its kind, and shapes into a temporary table of this transaction."""
    staged = Table(
        name,
        MetaData(),
        *(Column(each, _TYPES[kind]) for each, (kind, _) in columns.items()),
        Column("geometry", Geometry("GEOMETRY", srid=srid, spatial_index=False)),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    staged.create(connection)
    values = [values_of(series) for _, series in columns.values()]
    rows = zip(*values, ewkb_of(geometry, srid), strict=True)
    copy_rows(connection, name, [*columns, "geometry"], rows)


def lock_layer(connection: Connection, layer: str) -> None:
    """Let one person at a time move the versions of a layer."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("layer " + layer))))


def key_faults(connection: Connection, source: str, key: str) -> tuple[int, list[str]]:
    """Rows without a key, and up to five keys that more than one row has."""
    of = _source(source, (key,)).c[key]
    missing = connection.execute(select(func.count()).where(of.is_(None))).scalar_one()
    twice = select(cast(of, Text)).where(of.is_not(None)).group_by(of).having(func.count() > 1)
    return int(missing), list(connection.execute(twice.order_by(of).limit(5)).scalars())


def rows_without_shape(connection: Connection, source: str) -> int:
    """Rows that have no geometry and cannot be shown."""
    shape = _source(source, ("geometry",)).c.geometry
    has_none = shape.is_(None) | func.ST_IsEmpty(shape)
    return int(connection.execute(select(func.count()).where(has_none)).scalar_one())


def shape_types(connection: Connection, source: str) -> set[str]:
    """Types of geometry a source holds, e.g. ``multipolygon``."""
    shape = _source(source, ("geometry",)).c.geometry
    kinds = select(func.lower(func.GeometryType(shape))).where(shape.is_not(None)).distinct()
    return set(connection.execute(kinds).scalars())


def freeze(connection: Connection, copy: FrozenCopy) -> CopyFacts:
    """Make the frozen copy and say what it holds; its keys and shapes were looked at before."""
    arguments = (copy.name, copy.source, copy.key, _names(copy), copy.geometry.upper())  # ASCII
    connection.execute(select(func.catalogue.freeze(*arguments)))
    return facts(connection, copy)


def facts(connection: Connection, copy: FrozenCopy) -> CopyFacts:
    """Rows, extent and SHA-256 of a frozen copy, counted anew."""
    found = func.catalogue.copy_facts(copy.name, copy.key, _names(copy)).table_valued(
        "row_count", column("extent", ARRAY(Float)), "sha256"
    )
    return CopyFacts(**connection.execute(select(found)).one()._mapping)


def discard(connection: Connection, copy: FrozenCopy) -> None:
    """Remove a copy nobody will publish."""
    connection.execute(select(func.catalogue.discard(copy.layer, copy.version)))


def has_rows(connection: Connection, copy: FrozenCopy) -> bool:
    """Whether a frozen copy holds anything."""
    one = select(literal(1)).select_from(_copy_table(copy)).limit(1)
    return connection.execute(one).first() is not None


def kinds(connection: Connection, copy: FrozenCopy) -> dict[str, str]:
    """Kind of values of each column, named as JSON Schema names them."""
    types = {
        each["name"]: each["type"]
        for each in inspect(connection).get_columns(copy.name, "published")
    }
    return {
        name: next((kind for type_, kind in _KINDS if isinstance(types[name], type_)), "string")
        for name in copy.columns
    }


def period(connection: Connection, copy: FrozenCopy, time: str) -> tuple[Any, Any]:
    """First and last value of a column of time."""
    of = _copy_table(copy).c[time]
    found = connection.execute(select(func.min(of), func.max(of))).one()
    return found[0], found[1]


def broken_shapes(connection: Connection, copy: FrozenCopy) -> dict[str, str]:
    """Up to five keys of invalid geometry, with what PostGIS says about each."""
    frozen = _copy_table(copy)
    shape = frozen.c.geometry
    broken = select(cast(frozen.c[copy.key], Text), func.ST_IsValidReason(shape))
    broken = broken.where(~func.ST_IsValid(shape)).order_by(frozen.c[copy.key]).limit(5)
    return {row[0]: row[1] for row in connection.execute(broken)}


def outside(
    connection: Connection, copy: FrozenCopy, box: tuple[float, float, float, float]
) -> list[str]:
    """Up to five keys of features that lie wholly or partly outside a box (lon/lat)."""
    frozen = _copy_table(copy)
    inside = frozen.c.geometry.op("@")(func.ST_MakeEnvelope(*box, PUBLISHED_SRID))
    found = select(cast(frozen.c[copy.key], Text)).where(~inside)
    return list(connection.execute(found.order_by(frozen.c[copy.key]).limit(5)).scalars())


def read_chunks(connection: Connection, copy: FrozenCopy) -> Iterator[pd.DataFrame]:
    """The frozen copy in the order of its key, some rows at a time; ``geometry`` is WKB."""
    frozen = _copy_table(copy)
    shape = func.ST_AsBinary(frozen.c.geometry, "NDR").label("geometry")
    rows = select(*(frozen.c[name] for name in copy.columns), shape).order_by(frozen.c[copy.key])
    names = [*copy.columns, "geometry"]
    found = connection.execute(rows.execution_options(yield_per=_CHUNK))
    for part in found.partitions():
        yield pd.DataFrame([tuple(row) for row in part], columns=names)


def read_copy(connection: Connection, copy: FrozenCopy, kinds: Mapping[str, str]) -> GeoDataFrame:
    """The frozen copy as a frame, in the order of its key."""
    chunks = [_compact(chunk, kinds) for chunk in read_chunks(connection, copy)]
    if not chunks:
        chunks = [_compact(pd.DataFrame(columns=[*copy.columns, "geometry"]), kinds)]
    return GeoDataFrame(pd.concat(chunks, ignore_index=True), geometry="geometry")


def versions(connection: Connection, layer: str | None = None) -> list[dict[str, Any]]:
    """Versions of a layer (or of all), the newest first."""
    question = select(VERSIONS).order_by(VERSIONS.c.layer, VERSIONS.c.version.desc())
    if layer is not None:
        question = question.where(VERSIONS.c.layer == layer)
    return [row._asdict() for row in connection.execute(question)]


def audit_trail(connection: Connection, layer: str | None = None) -> list[dict[str, Any]]:
    """Every move of the versions of a layer (or of all), the oldest first."""
    question = select(AUDIT).order_by(AUDIT.c.id)
    if layer is not None:
        question = question.where(AUDIT.c.layer == layer)
    return [row._asdict() for row in connection.execute(question)]


def last_audit(connection: Connection) -> tuple[int, str] | None:
    """Number and hash of the last line of the audit."""
    asked = select(AUDIT.c.id, AUDIT.c.hash).order_by(AUDIT.c.id.desc()).limit(1)
    found = connection.execute(asked).first()
    return (int(found[0]), str(found[1])) if found is not None else None


def add_version(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write down a proposal of ``moved_by``; the database adds the moment."""
    connection.execute(insert(VERSIONS).values(values))


def move_version(
    connection: Connection, layer: str, version: int, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Put a version into ``state``, by ``moved_by``; the row as it is then.

    The database refuses a move or a person that may not be, and writes the audit.
    """
    here = (VERSIONS.c.layer == layer) & (VERSIONS.c.version == version)
    moved = update(VERSIONS).where(here).values(values).returning(*VERSIONS.c)
    return connection.execute(moved).one()._asdict()


def answer_finding(
    connection: Connection,
    layer: str,
    version: int,
    finding: str,
    answer: tuple[str, str, str | None],
) -> None:
    """Write down an answer to a finding: its text, who gave it, and for whom they act."""
    asked = func.catalogue.answer(layer, version, finding, *answer)
    connection.execute(select(asked))


def delegations(connection: Connection) -> list[dict[str, Any]]:
    """Who may act for whom, the oldest first."""
    found = connection.execute(select(DELEGATIONS).order_by(DELEGATIONS.c.id))
    return [row._asdict() for row in found]


def add_delegation(connection: Connection, values: Mapping[str, Any]) -> None:
    """Let ``delegate`` act for ``principal``; the database adds the moment and the audit."""
    connection.execute(insert(DELEGATIONS).values(values))


def end_delegations(connection: Connection, numbers: Sequence[int], person: str) -> None:
    """End delegations before their last day."""
    here = update(DELEGATIONS).where(DELEGATIONS.c.id.in_(list(numbers)))
    connection.execute(here.values(ended_by=person))


def open_withdrawal(connection: Connection, layer: str) -> dict[str, Any] | None:
    """The withdrawal that was asked for and waits for a second person."""
    question = select(WITHDRAWALS).where(
        WITHDRAWALS.c.layer == layer, WITHDRAWALS.c.closed_at.is_(None)
    )
    found = connection.execute(question).first()
    return found._asdict() if found is not None else None


def ask_withdrawal(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write down that a person asks for a withdrawal."""
    connection.execute(insert(WITHDRAWALS).values(values))


def close_withdrawal(
    connection: Connection, number: int, person: str, acts_for: str | None
) -> None:
    """Close it, done or dropped; the database looks which."""
    here = update(WITHDRAWALS).where(WITHDRAWALS.c.id == number)
    connection.execute(here.values(closed_by=person, closed_for=acts_for))


def empty_values(connection: Connection, copy: FrozenCopy) -> dict[str, int]:
    """How many rows of a frozen copy have no value, by column."""
    frozen = _copy_table(copy)
    counted = [func.count().filter(frozen.c[name].is_(None)) for name in copy.columns]
    found = connection.execute(select(*counted).select_from(frozen)).one()
    return dict(zip(copy.columns, (int(number) for number in found), strict=True))


def show_to_public(connection: Connection, layer: str, version: int) -> None:
    """Let the public read a published version; the database looks at its bytes once more."""
    connection.execute(select(func.catalogue.show(layer, version)))


def hide_from_public(connection: Connection, layer: str) -> None:
    """Take every version of a layer from the public; what stays is that, when and why."""
    connection.execute(select(func.catalogue.hide(layer)))


def _names(copy: FrozenCopy) -> Any:
    return cast(literal(list(copy.columns), ARRAY(Text)), ARRAY(Text))


@lru_cache(maxsize=256)
def _source(source: str, names: tuple[str, ...]) -> TableClause:
    schema, _, name = source.rpartition(".")
    return table(name, *(column(each) for each in names), schema=schema)


@lru_cache(maxsize=256)
def _copy_table(copy: FrozenCopy) -> TableClause:
    shape = column("geometry", Geometry(copy.geometry.upper(), srid=PUBLISHED_SRID))  # ASCII
    return table(copy.name, *(column(each) for each in copy.columns), shape, schema="published")


def _compact(chunk: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Typed columns instead of Python objects; text that comes back again is kept once."""
    made = {name: _typed(chunk[name], kind) for name, kind in kinds.items()}
    shapes = GeoSeries.from_wkb(chunk["geometry"], crs=PUBLISHED_SRID)
    return pd.DataFrame({**made, "geometry": shapes})


def _typed(values: "pd.Series[Any]", kind: str) -> "pd.Series[Any]":
    if kind == "date-time":
        return pd.to_datetime(values, utc=True)
    dtypes = {"integer": "Int64", "number": "float64", "boolean": "boolean", "string": "str"}
    return values.astype(dtypes[kind]) if kind in dtypes else values
