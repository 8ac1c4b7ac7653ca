"""What came in (``raw``) and what became of it (``work``); extensions and schemas."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make extensions, schemas and the tables of ``raw`` and ``work``."""
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
    for schema in ("raw", "work", "maks", "catalogue", "published"):
        op.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
    op.create_table(
        "platform_upgrade",
        sa.Column("is_only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column(
            "upgraded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("is_only", name=op.f("platform_upgrade_one_row_check")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("platform_upgrade_pkey")),
        comment="What db/upgrade.py did last.",
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes"),
        sa.Column(
            "counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="rows received, per table; known when all are in",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "source_srid",
            sa.Integer(),
            nullable=True,
            comment="EPSG code of the coordinates as received",
        ),
        sa.Column(
            "crs_operation",
            sa.Text(),
            nullable=True,
            comment="transformation into the CRS of the register",
        ),
        sa.Column(
            "crs_accuracy_m", sa.Float(), nullable=True, comment="its stated accuracy, metres"
        ),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="received", nullable=False),
        sa.CheckConstraint("kind IN ('aks', 'maks')", name=op.f("batch_kind_check")),
        sa.CheckConstraint("state IN ('received', 'loaded')", name=op.f("batch_state_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("batch_pkey")),
        sa.UniqueConstraint("kind", "sha256", name=op.f("batch_kind_sha256_key")),
        schema="raw",
        comment="A file or delivery as it was handed over; the same content is one batch.",
    )
    op.create_table(
        "aks_row",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "row_no", sa.BigInteger(), autoincrement=False, nullable=False, comment="1 = first"
        ),
        sa.Column(
            "values",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="header to text, as written",
        ),
        sa.Column(
            "raw_line",
            sa.Text(),
            nullable=True,
            comment="the row as received, where it has a fault",
        ),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["raw.batch.id"], name=op.f("aks_row_batch_id_fkey")),
        sa.PrimaryKeyConstraint("batch_id", "row_no", name=op.f("aks_row_pkey")),
        schema="raw",
        comment="Rows of AKS text files, as received; never changed.",
    )
    op.create_table(
        "feature",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column(
            "row_no", sa.BigInteger(), autoincrement=False, nullable=False, comment="1 = first"
        ),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "geometry",
            Geometry(
                geometry_type=None,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "srid",
            sa.Integer(),
            nullable=True,
            comment="EPSG code as received; empty where the file does not say",
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["raw.batch.id"], name=op.f("feature_batch_id_fkey")),
        sa.PrimaryKeyConstraint("batch_id", "layer", "file", "row_no", name=op.f("feature_pkey")),
        schema="raw",
        comment="Features of MAKS deliveries, as received; never changed.",
    )
    op.create_table(
        "review_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("row_no", sa.BigInteger(), nullable=True),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="normalised address or adres no it holds for"
        ),
        sa.Column("address", sa.Text(), nullable=False, comment="the text as the person saw it"),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("mahalle_kod", sa.BigInteger(), nullable=True),
        sa.Column("csbm_kod", sa.BigInteger(), nullable=True),
        sa.Column("dis_kapi_no", sa.Text(), nullable=True),
        sa.Column("numarataj_kimlik_no", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(decided_by) <> ''", name=op.f("review_decision_person_check")),
        sa.CheckConstraint(
            "decision IN ('accept', 'refuse')", name=op.f("review_decision_decision_check")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["raw.batch.id"], name=op.f("review_decision_batch_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("review_decision_pkey")),
        schema="raw",
        comment="What people decided about doubtful matches; only grows.",
    )
    op.create_index(
        "review_decision_key_idx", "review_decision", ["key", "id"], unique=False, schema="raw"
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("feature_id", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("text_tr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remedy_tr", sa.Text(), nullable=True),
        sa.Column("remedy_en", sa.Text(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("row_no", sa.BigInteger(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column(
            "geometry",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "severity IN ('error', 'warning', 'info')", name=op.f("finding_severity_check")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["raw.batch.id"], name=op.f("finding_batch_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("finding_pkey")),
        schema="work",
        comment="What controls said about the newest run over a batch.",
    )
    op.create_index(
        "finding_batch_idx", "finding", ["batch_id", "code"], unique=False, schema="work"
    )
    op.create_index(
        "finding_geometry_idx",
        "finding",
        ["geometry"],
        unique=False,
        schema="work",
        postgresql_using="gist",
    )
    op.create_table(
        "held",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("kimlik_no", sa.BigInteger(), nullable=True),
        sa.Column(
            "codes", sa.ARRAY(sa.Text()), nullable=False, comment="findings that hold it back"
        ),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("row_no", sa.BigInteger(), nullable=True),
        sa.Column(
            "geometry",
            Geometry(
                srid=5254,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["raw.batch.id"], name=op.f("held_batch_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("held_pkey")),
        schema="work",
        comment="Features kept out of the register by findings of the newest run over a batch.",
    )
    op.create_index(
        "held_batch_idx", "held", ["batch_id", "layer", "kimlik_no"], unique=False, schema="work"
    )
    op.create_index(
        "held_geometry_idx",
        "held",
        ["geometry"],
        unique=False,
        schema="work",
        postgresql_using="gist",
    )
    op.create_table(
        "match",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("match_status", sa.Text(), nullable=False),
        sa.Column("match_level", sa.Text(), nullable=True),
        sa.Column("ilce_kod", sa.BigInteger(), nullable=True),
        sa.Column("mahalle_kod", sa.BigInteger(), nullable=True),
        sa.Column("csbm_kod", sa.BigInteger(), nullable=True),
        sa.Column("dis_kapi_no", sa.Text(), nullable=True),
        sa.Column("ic_kapi_no", sa.Text(), nullable=True),
        sa.Column("numarataj_kimlik_no", sa.BigInteger(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True, comment="EPSG:4326, degrees"),
        sa.Column("lat", sa.Float(), nullable=True, comment="EPSG:4326, degrees"),
        sa.Column("score", sa.Float(), nullable=True, comment="probability, 0 to 1"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True, comment="metres"),
        sa.Column(
            "gap", sa.Float(), nullable=True, comment="score of the first less that of the second"
        ),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("unused_words", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("action", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "match_status IN ('matched', 'review', 'unmatched')", name=op.f("match_status_check")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["raw.batch.id"], name=op.f("match_batch_id_fkey")),
        sa.PrimaryKeyConstraint("batch_id", "row_no", name=op.f("match_pkey")),
        schema="work",
        comment="What the matcher said of each AKS row of the newest run over its batch.",
    )
    op.create_index(
        "match_csbm_idx",
        "match",
        ["batch_id", "mahalle_kod", "csbm_kod"],
        unique=False,
        schema="work",
    )
    op.create_table(
        "rejected",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text_tr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("remedy_tr", sa.Text(), nullable=True),
        sa.Column("remedy_en", sa.Text(), nullable=True),
        sa.Column(
            "values",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="the row as received",
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["raw.batch.id"], name=op.f("rejected_batch_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("rejected_pkey")),
        schema="work",
        comment="Rows that were refused, each with its reason and remedy.",
    )
    op.create_index(
        "rejected_batch_idx",
        "rejected",
        ["batch_id", "file", "row_no"],
        unique=False,
        schema="work",
    )
    op.create_table(
        "run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="pipeline"),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "account",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="rows per step: read, passed, held, rejected",
        ),
        sa.Column(
            "versions",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="of program, index, profile",
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["raw.batch.id"], name=op.f("run_batch_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("run_pkey")),
        schema="work",
        comment="One run of a pipeline that reached its end, with the account of its rows.",
    )
    op.create_index("run_batch_idx", "run", ["batch_id"], unique=False, schema="work")
