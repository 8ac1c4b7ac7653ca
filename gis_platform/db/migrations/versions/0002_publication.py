"""What was proposed, approved and published: the catalogue and what the public may know of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = "('proposed', 'checked', 'approved', 'published', 'superseded', 'withdrawn', 'returned')"


def upgrade() -> None:
    """Tables of the schemas ``catalogue`` and ``published``."""
    op.create_table(
        "layer_version",
        sa.Column("layer", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False, server_default="proposed"),
        sa.Column("entry", JSONB, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("extent", sa.ARRAY(sa.Float), nullable=True),
        sa.Column("data_sha256", sa.Text, nullable=False),
        sa.Column("metadata_sha256", sa.Text, nullable=False),
        sa.Column("files", JSONB, nullable=True),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Text),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("published_by", sa.Text),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("moved_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint(f"state IN {STATES}", name="state_known"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'published', 'superseded') OR approved_by IS NOT NULL",
            name="public_only_when_approved",
        ),
        schema="catalogue",
    )
    op.create_index(
        "one_published_version", "layer_version", ["layer"], unique=True, schema="catalogue",
        postgresql_where=sa.text("state = 'published'"),
    )  # fmt: skip
    op.create_index(
        "one_open_version", "layer_version", ["layer"], unique=True, schema="catalogue",
        postgresql_where=sa.text("state IN ('proposed', 'checked', 'approved')"),
    )  # fmt: skip
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("from_state", sa.Text),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("data_sha256", sa.Text, nullable=False),
        sa.Column("metadata_sha256", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        schema="catalogue",
    )
    op.create_table(
        "catalogue",
        sa.Column("layer", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("entry", JSONB, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("extent", sa.ARRAY(sa.Float)),
        sa.Column("data_sha256", sa.Text, nullable=False),
        sa.Column("metadata_sha256", sa.Text, nullable=False),
        sa.Column("files", JSONB, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint(
            "state IN ('published', 'superseded', 'withdrawn')", name="state_is_public"
        ),
        schema="published",
    )
    op.create_index(
        "one_current_version", "catalogue", ["layer"], unique=True, schema="published",
        postgresql_where=sa.text("state = 'published'"),
    )  # fmt: skip
    op.create_table(
        "catalogue_edition",
        sa.Column("is_only", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("edition", sa.BigInteger, nullable=False, server_default="0"),
        sa.CheckConstraint("is_only", name="one_row"),
        schema="published",
    )
    op.execute("INSERT INTO published.catalogue_edition DEFAULT VALUES")
