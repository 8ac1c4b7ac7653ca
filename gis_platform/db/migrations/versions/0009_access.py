"""Keys of departments, what is left of their allowance, and every reading of units."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCOPES = ("search", "match", "register", "batch", "unit")


def upgrade() -> None:
    """Schema ``access``."""
    op.execute("CREATE SCHEMA access")
    _keys()
    _buckets()
    _readings()


def _keys() -> None:
    known = ", ".join(f"'{each}'" for each in SCOPES)
    op.create_table(
        "api_key",
        sa.Column("prefix", sa.Text, primary_key=True, comment="what of the key may be shown"),
        sa.Column("sha256", sa.Text, nullable=False, unique=True, comment="of the whole key"),
        sa.Column("unit", sa.Text, nullable=False, comment="department it was given to"),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("per_second", sa.Float, comment="its own limit; empty: that of the settings"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False,
                  server_default=sa.text("clock_timestamp()")),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follows", sa.Text, sa.ForeignKey("access.api_key.prefix"),
                  comment="the key it takes the place of"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("last_used_at", sa.DateTime(timezone=True), comment="to the minute"),
        sa.CheckConstraint(f"scopes <@ ARRAY[{known}] AND cardinality(scopes) > 0",
                           name=op.f("api_key_scopes_check")),
        sa.CheckConstraint("per_second > 0", name=op.f("api_key_per_second_check")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)",
                           name=op.f("api_key_revoked_check")),
        schema="access",
        comment="Keys of departments; of a key only its hash.",
    )  # fmt: skip


def _buckets() -> None:
    # Unlogged: after a crash everybody has a full bucket, which is no harm.
    op.create_table(
        "bucket",
        sa.Column("id", sa.Text, primary_key=True, comment="key:PREFIX, or a hash of an address"),
        sa.Column("tokens", sa.Float, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        schema="access",
        comment="What is left of the allowance of a caller; forgotten when it is full again.",
        prefixes=["UNLOGGED"],
    )  # fmt: skip


def _readings() -> None:
    op.create_table(
        "unit_reading",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False,
                  server_default=sa.text("clock_timestamp()")),
        sa.Column("prefix", sa.Text, sa.ForeignKey("access.api_key.prefix"), nullable=False),
        sa.Column("unit", sa.Text, nullable=False, comment="department"),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("numarataj", sa.BigInteger, nullable=False, comment="door that was asked for"),
        sa.Column("units", sa.Integer, nullable=False, comment="how many were told"),
        schema="access",
        comment="Who read the units of which door, when and what for; only grows.",
    )  # fmt: skip
