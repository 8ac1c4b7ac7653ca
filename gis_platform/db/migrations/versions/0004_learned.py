"""What was learnt from people: a list that only grows; and by which other name a row was found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The list ``raw.learned``, and ``alias`` beside the other explanations of a match."""
    op.create_table(
        "learned",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("kod", sa.BigInteger(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True, comment="the address it holds for"),
        sa.Column("csbm_kod", sa.BigInteger(), nullable=True),
        sa.Column("numarataj_kimlik_no", sa.BigInteger(), nullable=True),
        sa.Column("slope", sa.Float(), nullable=True, comment="on the log odds of the score"),
        sa.Column("shift", sa.Float(), nullable=True, comment="on the log odds of the score"),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("support", sa.Integer(), nullable=False, comment="decisions that speak for it"),
        sa.Column("evidence", sa.Text(), nullable=False, comment="which ones"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True, comment="the entry taken back"),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("learnt_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('alias', 'decision', 'refusal', 'recalibration', 'undo')",
            name=op.f("learned_kind_check"),
        ),
        sa.CheckConstraint("btrim(learnt_by) <> ''", name=op.f("learned_person_check")),
        sa.ForeignKeyConstraint(["undoes"], ["raw.learned.id"], name=op.f("learned_undoes_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("learned_pkey")),
        schema="raw",
        comment="What was learnt from people, and what of it was taken back; only grows.",
    )
    op.add_column("match", sa.Column("alias", sa.Text(), nullable=True), schema="work")
