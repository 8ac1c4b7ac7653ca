"""Errors the public reports on a layer or a feature, and what the owner unit answered."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Table ``access.error_report``."""
    op.create_table(
        "error_report",
        sa.Column("number", sa.Text, primary_key=True, comment="cannot be guessed"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False,
                  server_default=sa.text("clock_timestamp()")),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("feature", sa.Text, comment="key of the feature; empty: the whole layer"),
        sa.Column("said", sa.Text, comment="empty once the time of keeping is over"),
        sa.Column("sender", sa.Text, comment="hash of the network, for a day, against floods"),
        sa.Column("state", sa.Text, nullable=False, server_default="open"),
        sa.Column("answer", sa.Text, comment="public"),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Text),
        sa.CheckConstraint("state IN ('open', 'corrected', 'rejected')",
                           name=op.f("error_report_state_check")),
        sa.CheckConstraint("(state = 'open') = (answer IS NULL)",
                           name=op.f("error_report_answer_check")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)",
                           name=op.f("error_report_answered_at_check")),
        sa.CheckConstraint("(answer IS NULL) = (answered_by IS NULL)",
                           name=op.f("error_report_answered_by_check")),
        sa.CheckConstraint("length(said) <= 2000", name=op.f("error_report_said_check")),
        schema="access",
        comment="Errors reported by the public, without a name; the text is kept a year at most.",
    )  # fmt: skip
    op.create_index("error_report_at_idx", "error_report", ["at"], schema="access")
