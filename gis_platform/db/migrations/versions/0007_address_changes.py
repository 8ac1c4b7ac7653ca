"""What changed in the register, in the order of the commits; csbm found by their code."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SO_FAR = """
INSERT INTO address.change (level, kod, change, at, tx)
SELECT level, kod, change, at, 0 FROM (
    {features}
    SELECT 'csbm', uavt_kodu, 'added', min(valid_from) FROM maks.yol_orta_hat_yon_version
        WHERE uavt_kodu IS NOT NULL GROUP BY uavt_kodu
    UNION ALL
    SELECT 'csbm', uavt_kodu, 'closed', max(valid_to) FROM maks.yol_orta_hat_yon_version
        WHERE uavt_kodu IS NOT NULL GROUP BY uavt_kodu HAVING bool_and(valid_to IS NOT NULL)
) AS known (level, kod, change, at)
ORDER BY at, array_position(ARRAY['mahalle', 'csbm', 'yapi', 'numarataj'], level), kod, change
"""
_OF_LAYER = """
    SELECT '{layer}', kimlik_no, operation, valid_from FROM maks.{layer}_version
    UNION ALL
    SELECT '{layer}', kimlik_no, 'closed', valid_to FROM maks.{layer}_version
        WHERE closing_operation = 'closed'
    UNION ALL
"""


def upgrade() -> None:
    """Table ``address.change`` with what there is so far; index of the csbm code."""
    op.create_index(
        "yol_orta_hat_yon_version_uavt_kodu_idx", "yol_orta_hat_yon_version", ["uavt_kodu"],
        schema="maks",
    )  # fmt: skip
    op.execute("CREATE SCHEMA address")
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True,
                  comment="ascends in the order of the commits"),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("kod", sa.BigInteger, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tx", sa.BigInteger, nullable=False, comment="transaction that made it"),
        sa.CheckConstraint("level IN ('mahalle', 'csbm', 'yapi', 'numarataj')",
                           name=op.f("change_level_check")),
        sa.CheckConstraint("change IN ('added', 'changed', 'closed')",
                           name=op.f("change_change_check")),
        schema="address",
        comment="Added, changed and closed addresses; only grows.",
    )  # fmt: skip
    op.create_index(
        "change_csbm_idx", "change", ["kod", "seq"], schema="address",
        postgresql_where=sa.text("level = 'csbm'"),
    )  # fmt: skip
    op.execute(so_far())


def so_far() -> str:
    """The statement that tells a register which was there before the feed."""
    layers = "".join(_OF_LAYER.format(layer=each) for each in ("mahalle", "yapi", "numarataj"))
    return _SO_FAR.format(features=layers)
