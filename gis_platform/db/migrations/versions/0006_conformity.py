"""What each conformity report counted: the trend of the next ones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Table ``work.conformity``."""
    op.create_table(
        "conformity",
        sa.Column("profile", sa.Text, primary_key=True),
        sa.Column("mahalle_kod", sa.BigInteger, primary_key=True, autoincrement=False,
                  comment="0 = the whole register"),
        sa.Column("reported_on", sa.Date, primary_key=True),
        sa.Column("features", sa.BigInteger, nullable=False),
        sa.Column("clean", sa.BigInteger, nullable=False, comment="features without an error"),
        sa.Column("counts", JSONB, nullable=False, comment="findings by control and action"),
        sa.Column("versions", JSONB, nullable=False),
        schema="work",
        comment="What each conformity report counted, one a day per profile and mahalle.",
    )  # fmt: skip
