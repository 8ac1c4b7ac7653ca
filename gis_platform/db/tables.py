"""The tables of ``raw``, ``work`` and ``maks``; those of each MAKS layer follow from its model.

``raw`` keeps what came in, ``work`` what became of it, ``maks`` the register with its history.
The tables of the catalogue belong to publication and are described by its migration.
"""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID
from gis_platform.maks.model import LAYERS, Layer
from gis_platform.maks.model import Column as LayerColumn

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
SCHEMAS = ("raw", "work", "maks", "address", "access", "catalogue", "published")
DESCRIBED = frozenset({None, "raw", "work", "maks"})
"""Schemas whose tables this module describes; ``None`` is ``public``."""

_NOW = text("clock_timestamp()")


def _time(name: str, **more: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **more)


def _batch(*, primary_key: bool = False) -> Column[Any]:
    return Column(
        "batch_id",
        BigInteger,
        ForeignKey("raw.batch.id"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


def _texts(name: str, *, required: bool = True) -> tuple[Column[Any], Column[Any]]:
    return (
        Column(f"{name}_tr", Text, nullable=not required),
        Column(f"{name}_en", Text, nullable=not required),
    )


PLATFORM_UPGRADE = Table(
    "platform_upgrade",
    METADATA,
    Column("is_only", Boolean, primary_key=True, server_default=text("true")),
    Column("checksum", Text, nullable=False),
    _time("upgraded_at", nullable=False, server_default=_NOW),
    CheckConstraint("is_only", name="one_row"),
    comment="What db/upgrade.py did last.",
)

# ------------------------------------------------------------------------------------------ raw

BATCH = Table(
    "batch",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False, comment="bytes"),
    Column("counts", JSONB, comment="rows received, per table; known when all are in"),
    _time("received_at", nullable=False, server_default=_NOW),
    Column("source_srid", Integer, comment="EPSG code of the coordinates as received"),
    Column("crs_operation", Text, comment="transformation into the CRS of the register"),
    Column("crs_accuracy_m", Float, comment="its stated accuracy, metres"),
    Column("facts", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("started_by", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="received"),
    UniqueConstraint("kind", "sha256"),
    CheckConstraint("kind IN ('aks', 'maks', 'fix')", name="kind"),
    CheckConstraint("state IN ('received', 'loaded')", name="state"),
    schema="raw",
    comment="A file or delivery as it was handed over; the same content is one batch.",
)
AKS_ROW = Table(
    "aks_row",
    METADATA,
    _batch(primary_key=True),
    Column("row_no", BigInteger, primary_key=True, autoincrement=False, comment="1 = first"),
    Column("values", JSONB, nullable=False, comment="header to text, as written"),
    Column("raw_line", Text, comment="the row as received, where it has a fault"),
    Column("fault", Text),
    schema="raw",
    comment="Rows of AKS text files, as received; never changed.",
)
FEATURE = Table(
    "feature",
    METADATA,
    _batch(primary_key=True),
    Column("layer", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("row_no", BigInteger, primary_key=True, autoincrement=False, comment="1 = first"),
    Column("values", JSONB, nullable=False),
    # As received, in whatever CRS and dimension: the one geometry column without type and SRID.
    Column("geometry", Geometry(None, spatial_index=False)),
    Column("srid", Integer, comment="EPSG code as received; empty where the file does not say"),
    schema="raw",
    comment="Features of MAKS deliveries, as received; never changed.",
)
REVIEW_DECISION = Table(
    "review_decision",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("decided_by", Text, nullable=False),
    Column("batch_id", BigInteger, ForeignKey("raw.batch.id")),
    Column("row_no", BigInteger),
    Column("key", Text, nullable=False, comment="normalised address or adres no it holds for"),
    Column("address", Text, nullable=False, comment="the text as the person saw it"),
    Column("decision", Text, nullable=False),
    Column("mahalle_kod", BigInteger),
    Column("csbm_kod", BigInteger),
    Column("dis_kapi_no", Text),
    Column("numarataj_kimlik_no", BigInteger),
    Column("note", Text),
    CheckConstraint("decision IN ('accept', 'refuse')", name="decision"),
    CheckConstraint("btrim(decided_by) <> ''", name="person"),
    Index("review_decision_key_idx", "key", "id"),
    schema="raw",
    comment="What people decided about doubtful matches; only grows.",
)

LEARNED = Table(
    "learned",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("level", Text),
    Column("kod", BigInteger),
    Column("alias", Text),
    Column("key", Text, comment="the address it holds for"),
    Column("csbm_kod", BigInteger),
    Column("numarataj_kimlik_no", BigInteger),
    Column("slope", Float, comment="on the log odds of the score"),
    Column("shift", Float, comment="on the log odds of the score"),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("support", Integer, nullable=False, comment="decisions that speak for it"),
    Column("evidence", Text, nullable=False, comment="which ones"),
    Column("why", Text, nullable=False),
    Column("undoes", BigInteger, ForeignKey("raw.learned.id"), comment="the entry taken back"),
    Column("learnt_at", DateTime(timezone=True), nullable=False),
    Column("learnt_by", Text, nullable=False),
    CheckConstraint(
        "kind IN ('alias', 'decision', 'refusal', 'recalibration', 'undo')", name="kind"
    ),
    CheckConstraint("btrim(learnt_by) <> ''", name="person"),
    schema="raw",
    comment="What was learnt from people, and what of it was taken back; only grows.",
)
WAIVER = Table(
    "waiver",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _time("given_at", nullable=False, server_default=_NOW),
    Column("given_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Date, nullable=False, comment="the last day it holds"),
    Column("code", Text, nullable=False, comment="control"),
    Column("kind", Text, comment="kind of breach; empty: every one"),
    Column("layer", Text, comment="MAKS layer; empty: every one"),
    Column("kimlik_no", BigInteger, comment="the one feature it holds for"),
    Column("mahalle", BigInteger, comment="the one mahalle it holds for"),
    CheckConstraint("btrim(given_by) <> '' AND btrim(reason) <> ''", name="person"),
    Index("waiver_code_idx", "code"),
    schema="raw",
    comment="Breaches people let be; only grows.",
)
WAIVER_END = Table(
    "waiver_end",
    METADATA,
    Column("waiver_id", BigInteger, ForeignKey("raw.waiver.id"), primary_key=True),
    _time("ended_at", nullable=False, server_default=_NOW),
    Column("ended_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("btrim(ended_by) <> '' AND btrim(reason) <> ''", name="person"),
    schema="raw",
    comment="Waivers taken back before their last day; only grows.",
)
RECONCILE_DECISION = Table(
    "reconcile_decision",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _time("decided_at", nullable=False, server_default=_NOW),
    Column("decided_by", Text, nullable=False),
    Column("batch_id", BigInteger, ForeignKey("raw.batch.id"), comment="AKS file it was seen in"),
    Column("key", Text, nullable=False, comment="adres:NO, or kapi:KIMLIK_NO of the register"),
    Column("status", Text, nullable=False, comment="what the comparison had said"),
    Column("decision", Text, nullable=False),
    Column("numarataj_kimlik_no", BigInteger, comment="the door chosen, with decision move"),
    Column("note", Text),
    CheckConstraint("decision IN ('add', 'delete', 'keep', 'move')", name="decision"),
    CheckConstraint("(decision = 'move') = (numarataj_kimlik_no IS NOT NULL)", name="door_of_move"),
    CheckConstraint("btrim(decided_by) <> ''", name="person"),
    Index("reconcile_decision_key_idx", "key", "id"),
    schema="raw",
    comment="What people decided where UAVT and the register differ; only grows.",
)

# ----------------------------------------------------------------------------------------- work

RUN = Table(
    "run",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False, comment="pipeline"),
    Column("batch_id", BigInteger, ForeignKey("raw.batch.id")),
    Column("started_by", Text, nullable=False),
    _time("started_at", nullable=False, server_default=_NOW),
    _time("ended_at"),
    Column("account", JSONB, comment="rows per step: read, passed, held, rejected"),
    Column("versions", JSONB, nullable=False, comment="of program, index, profile"),
    Index("run_batch_idx", "batch_id"),
    schema="work",
    comment="One run of a pipeline that reached its end, with the account of its rows.",
)
MATCH = Table(
    "match",
    METADATA,
    _batch(primary_key=True),
    Column("row_no", BigInteger, primary_key=True, autoincrement=False),
    Column("match_status", Text, nullable=False),
    Column("match_level", Text),
    Column("ilce_kod", BigInteger),
    Column("mahalle_kod", BigInteger),
    Column("csbm_kod", BigInteger),
    Column("dis_kapi_no", Text),
    Column("ic_kapi_no", Text),
    Column("numarataj_kimlik_no", BigInteger),
    Column("lon", Float, comment="EPSG:4326, degrees"),
    Column("lat", Float, comment="EPSG:4326, degrees"),
    Column("score", Float, comment="probability, 0 to 1"),
    Column("reason", Text),
    Column("candidates", JSONB),
    Column("accuracy_m", Float, comment="metres"),
    Column("gap", Float, comment="score of the first less that of the second"),
    Column("faults", JSONB),
    Column("unused_words", JSONB),
    Column("action", Text),
    Column("alias", Text),
    CheckConstraint("match_status IN ('matched', 'review', 'unmatched')", name="status"),
    Index("match_csbm_idx", "batch_id", "mahalle_kod", "csbm_kod"),
    schema="work",
    comment="What the matcher said of each AKS row of the newest run over its batch.",
)
REJECTED = Table(
    "rejected",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _batch(),
    Column("file", Text, nullable=False),
    Column("row_no", BigInteger, nullable=False),
    Column("field", Text),
    Column("code", Text, nullable=False),
    *_texts("text"),
    *_texts("remedy", required=False),
    Column("values", JSONB, nullable=False, comment="the row as received"),
    Index("rejected_batch_idx", "batch_id", "file", "row_no"),
    schema="work",
    comment="Rows that were refused, each with its reason and remedy.",
)
FINDING = Table(
    "finding",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _batch(),
    Column("code", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("feature_id", Text),
    Column("severity", Text, nullable=False),
    *_texts("text"),
    Column("values", JSONB, nullable=False),
    *_texts("remedy", required=False),
    Column("file", Text),
    Column("row_no", BigInteger),
    Column("field", Text),
    Column("geometry", Geometry("GEOMETRY", srid=PUBLISHED_SRID, spatial_index=False)),
    CheckConstraint("severity IN ('error', 'warning', 'info')", name="severity"),
    Index("finding_batch_idx", "batch_id", "code"),
    Index("finding_geometry_idx", "geometry", postgresql_using="gist"),
    schema="work",
    comment="What controls said about the newest run over a batch.",
)
HELD = Table(
    "held",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _batch(),
    Column("layer", Text, nullable=False),
    Column("kimlik_no", BigInteger),
    Column("codes", ARRAY(Text), nullable=False, comment="findings that hold it back"),
    Column("values", JSONB, nullable=False),
    Column("file", Text),
    Column("row_no", BigInteger),
    Column("geometry", Geometry("GEOMETRY", srid=REGISTER_SRID, spatial_index=False)),
    Index("held_batch_idx", "batch_id", "layer", "kimlik_no"),
    Index("held_geometry_idx", "geometry", postgresql_using="gist"),
    schema="work",
    comment="Features kept out of the register by findings of the newest run over a batch.",
)

CONFORMITY = Table(
    "conformity",
    METADATA,
    Column("profile", Text, primary_key=True),
    Column(
        "mahalle_kod",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="0 = the whole register",
    ),
    Column("reported_on", Date, primary_key=True),
    Column("features", BigInteger, nullable=False),
    Column("clean", BigInteger, nullable=False, comment="features without an error"),
    Column("counts", JSONB, nullable=False, comment="findings by control and action"),
    Column("versions", JSONB, nullable=False),
    schema="work",
    comment="What each conformity report counted, one a day per profile and mahalle.",
)
RECONCILED = Table(
    "reconciled",
    METADATA,
    _batch(primary_key=True),
    Column("key", Text, primary_key=True, comment="as in raw.reconcile_decision"),
    Column("status", Text, nullable=False),
    Column("place", Text, comment="where something is to be added or deleted: uavt, register"),
    Column("reason", Text, nullable=False),
    Column("mahalle_kod", BigInteger),
    Column("csbm_kod", BigInteger),
    Column("adres_no", BigInteger),
    Column("numarataj_kimlik_no", BigInteger),
    Column("decision", Text),
    Column("values", JSONB, nullable=False),
    Column("geometry", Geometry("POINT", srid=PUBLISHED_SRID, spatial_index=False)),
    Index("reconciled_place_idx", "batch_id", "mahalle_kod", "csbm_kod"),
    Index("reconciled_geometry_idx", "geometry", postgresql_using="gist"),
    schema="work",
    comment="UAVT against the register, as the newest comparison of a batch found it.",
)

# ----------------------------------------------------------------------------------------- maks

_KINDS: dict[str, type[TypeEngine[Any]]] = {
    "int": Integer,
    "long": BigInteger,
    "real": Float,
}


def _type_of(column: LayerColumn) -> TypeEngine[Any]:
    if column.kind == "timestamp":
        return DateTime(timezone=True)
    if column.kind == "guid":
        return String(38)
    if column.kind == "text":
        return String(column.length) if column.length else Text()
    return _KINDS[column.kind]()


def _layer_column(column: LayerColumn) -> Column[Any]:
    return Column(column.name, _type_of(column), nullable=not column.required)


def _layer_table(layer: Layer) -> Table:
    """Every version of every feature; the view ``maks.<layer>`` shows those in force."""
    name = f"{layer.name}_version"
    in_force = text("valid_to IS NULL")
    keys = [column.name for column in layer.columns if column.refers_to]
    table = Table(
        name,
        METADATA,
        *(_layer_column(column) for column in layer.columns),
        Column("version", Integer, nullable=False, comment="1 = first"),
        _time("valid_from", nullable=False),
        _time("valid_to", comment="empty: in force"),
        Column("operation", Text, nullable=False, comment="how it began: added, changed"),
        _batch(),
        Column("closing_operation", Text, comment="how it ended: changed, closed"),
        Column("closing_batch_id", BigInteger, ForeignKey("raw.batch.id")),
        Column("content_hash", LargeBinary, nullable=False, comment="SHA-256 of the content"),
        CheckConstraint("operation IN ('added', 'changed')", name="operation"),
        CheckConstraint("closing_operation IN ('changed', 'closed')", name="closing_operation"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        CheckConstraint(
            "(valid_to IS NULL) = (closing_operation IS NULL) "
            "AND (valid_to IS NULL) = (closing_batch_id IS NULL)",
            name="closing",
        ),
        UniqueConstraint("kimlik_no", "version"),
        Index(f"{name}_in_force_key", "kimlik_no", unique=True, postgresql_where=in_force),
        Index(f"{name}_id_key", "id", unique=True, postgresql_where=in_force),
        *(Index(f"{name}_{key}_idx", key, postgresql_where=in_force) for key in keys),
        schema="maks",
    )
    if layer.geometry is not None:
        shape = Geometry(layer.geometry, srid=REGISTER_SRID, spatial_index=False)
        table.append_column(Column("geometry", shape, nullable=False))
        Index(f"{name}_geometry_idx", table.c.geometry, postgresql_using="gist")
    return table


LAYER_TABLES: dict[str, Table] = {layer.name: _layer_table(layer) for layer in LAYERS.values()}
"""Table of versions by layer name, in loading order."""

_YON = LAYER_TABLES["yol_orta_hat_yon"]
Index("yol_orta_hat_yon_version_uavt_kodu_idx", _YON.c.uavt_kodu)
