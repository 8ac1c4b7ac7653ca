"""What was measured of each published version: its quality, and the counts its charts show."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Table ``catalogue.measured``; it only grows."""
    op.create_table(
        "measured",
        sa.Column("layer", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False,
                  server_default=sa.text("clock_timestamp()")),
        sa.Column("measures", JSONB, nullable=False, comment="opendata/quality.py"),
        sa.Column("charts", JSONB, nullable=False, comment="opendata/charts.py"),
        schema="catalogue",
        comment="ISO 19157 measures and chart counts of a published version; only grows.",
    )  # fmt: skip
