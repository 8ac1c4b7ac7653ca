"""Three persons, delegates, the bound screening report, withdrawal by two, files known by hash."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = (
    "('draft', 'proposed', 'checked', 'approved', 'published', 'superseded', 'corrected', "
    "'withdrawn', 'returned')"
)
VERSIONS = "layer_version"
PUBLIC = "('published', 'superseded', 'corrected', 'withdrawn')"


def upgrade() -> None:
    """New columns of versions and audit; tables of delegates, withdrawals and files."""
    _versions()
    _audit()
    _people()
    _files()


def _versions() -> None:
    for name in ("licence_sha256", "screening_sha256", "acts_for", "drafted_by", "proposed_for",
                 "checked_for", "approved_for"):  # fmt: skip
        op.add_column(VERSIONS, sa.Column(name, sa.Text), schema="catalogue")
    moment = sa.Column("drafted_at", sa.DateTime(timezone=True))
    op.add_column(VERSIONS, moment, schema="catalogue")
    op.add_column(VERSIONS, sa.Column("screening", JSONB), schema="catalogue")
    op.alter_column(VERSIONS, "state", server_default="draft", schema="catalogue")
    _replace_check("state_known", f"state IN {STATES}")
    _replace_check(
        "public_only_when_approved",
        "state NOT IN ('approved', 'published', 'superseded', 'corrected') "
        "OR approved_by IS NOT NULL",
    )
    op.drop_index("one_open_version", VERSIONS, schema="catalogue")
    op.create_index(
        "one_open_version", VERSIONS, ["layer"], unique=True, schema="catalogue",
        postgresql_where=sa.text("state IN ('draft', 'proposed', 'checked', 'approved')"),
    )  # fmt: skip


def _replace_check(name: str, rule: str) -> None:
    op.drop_constraint(f"{VERSIONS}_{name}_check", VERSIONS, schema="catalogue")
    op.create_check_constraint(name, VERSIONS, rule, schema="catalogue")


def _audit() -> None:
    for name in ("layer", "version", "to_state", "data_sha256", "metadata_sha256"):
        op.alter_column("audit", name, nullable=True, schema="catalogue")
    op.add_column("audit", sa.Column("deed", sa.Text), schema="catalogue")
    op.add_column("audit", sa.Column("acts_for", sa.Text), schema="catalogue")
    op.add_column("audit", sa.Column("details", JSONB), schema="catalogue")


def _people() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("delegate", sa.Text, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("valid_to >= valid_from", name="days"),
        schema="catalogue",
    )
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_for", sa.Text),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text),
        sa.Column("closed_for", sa.Text),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("is_done", sa.Boolean),
        schema="catalogue",
    )
    op.create_index(
        "one_open_withdrawal", "withdrawal", ["layer"], unique=True, schema="catalogue",
        postgresql_where=sa.text("closed_at IS NULL"),
    )  # fmt: skip


def _files() -> None:
    op.drop_constraint("catalogue_state_is_public_check", "catalogue", schema="published")
    op.create_check_constraint(
        "state_is_public", "catalogue", f"state IN {PUBLIC}", schema="published"
    )
    op.create_table(
        "file",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("layer", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        schema="published",
    )
    op.execute(
        "INSERT INTO published.file SELECT each ->> 'sha256', layer, version, each ->> 'name' "
        "FROM catalogue.layer_version, jsonb_array_elements(files) AS each "
        "WHERE state IN ('published', 'superseded', 'withdrawn') ON CONFLICT DO NOTHING"
    )
