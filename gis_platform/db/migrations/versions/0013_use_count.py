"""How often the public side is used: a count by day and layer, and nothing of who asked."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Table ``access.use_count``."""
    op.create_table(
        "use_count",
        sa.Column("day", sa.Date, primary_key=True,
                  comment="by the clock of Istanbul; after two months the first of its month"),
        sa.Column("layer", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("format", sa.Text, primary_key=True, comment="of a download; else empty"),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.CheckConstraint("kind IN ('page', 'download', 'api')",
                           name=op.f("use_count_kind_check")),
        sa.CheckConstraint("(kind = 'download') = (format <> '')",
                           name=op.f("use_count_format_check")),
        sa.CheckConstraint("count > 0", name=op.f("use_count_count_check")),
        sa.CheckConstraint("length(layer) <= 48 AND length(format) <= 32",
                           name=op.f("use_count_length_check")),
        schema="access",
        comment="Page views, downloads and API requests; no network, no program, no person.",
    )  # fmt: skip
