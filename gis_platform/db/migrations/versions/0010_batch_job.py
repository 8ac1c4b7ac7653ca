"""Files that departments sent to be matched: where each stands, until it is forgotten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Table ``access.batch_job``."""
    op.create_table(
        "batch_job",
        sa.Column("id", sa.Text, primary_key=True, comment="cannot be guessed"),
        sa.Column("owner", sa.Text, comment="key:PREFIX or token:HASH; empty: whoever knows id"),
        sa.Column("state", sa.Text, nullable=False, server_default="queued"),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("asked", JSONB, nullable=False, comment="columns, sheet, format, explain"),
        sa.Column("sha256", sa.Text, nullable=False, comment="of the file and what was asked"),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False,
                  server_default=sa.text("clock_timestamp()")),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows_total", sa.BigInteger, comment="as estimated"),
        sa.Column("rows_done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("result", JSONB, comment="rows by answer, seconds"),
        sa.Column("error", JSONB, comment="code, and text and remedy in both languages"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'expired')",
            name=op.f("batch_job_state_check"),
        ),
        sa.UniqueConstraint("owner", "idempotency_key", name=op.f("batch_job_idempotency_key")),
        schema="access",
        comment="Files sent to be matched. The files themselves lie in GIS_HOME/batch.",
    )  # fmt: skip
    op.create_index("batch_job_state_idx", "batch_job", ["state", "created_at"], schema="access")
