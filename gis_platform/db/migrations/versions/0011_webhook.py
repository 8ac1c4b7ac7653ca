"""Departments that are told of changed addresses, and how far each has been told."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Table ``access.webhook``."""
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("unit", sa.Text, nullable=False, comment="department"),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False, comment="signs what is sent"),
        sa.Column("former_secret", sa.Text, comment="signs too, until it ends"),
        sa.Column("former_ends_at", sa.DateTime(timezone=True)),
        sa.Column("levels", sa.dialects.postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False,
                  server_default=sa.text("clock_timestamp()")),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("told_to", sa.BigInteger, nullable=False, comment="last change it was told of"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0",
                  comment="of what comes next, without success"),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False,
                  server_default=sa.text("clock_timestamp()")),
        sa.Column("last_answer", sa.Text, comment="what the last try came to"),
        sa.Column("told_at", sa.DateTime(timezone=True), comment="last success"),
        sa.Column("dead_since", sa.DateTime(timezone=True), comment="given up then"),
        schema="access",
        comment="Where changes of addresses are told, in order, each at least once.",
    )  # fmt: skip
