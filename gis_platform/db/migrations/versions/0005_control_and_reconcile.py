"""Waivers, decisions about UAVT, what a comparison found, and mending as a batch of its own."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Tables of ``raw`` that only grow, and ``work.reconciled``."""
    op.drop_constraint(op.f("batch_kind_check"), "batch", schema="raw", type_="check")
    op.create_check_constraint(
        op.f("batch_kind_check"), "batch", "kind IN ('aks', 'maks', 'fix')", schema="raw"
    )
    create_waivers()
    create_decisions()
    create_reconciled()


def number() -> sa.Column[Any]:
    """The key of a table that only grows."""
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def moment(name: str) -> sa.Column[Any]:
    """When a person said it."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=NOW)


def create_waivers() -> None:
    """Breaches people let be, and the end of that."""
    op.create_table(
        "waiver",
        number(),
        moment("given_at"),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", sa.Date, nullable=False, comment="the last day it holds"),
        sa.Column("code", sa.Text, nullable=False, comment="control"),
        sa.Column("kind", sa.Text, comment="kind of breach; empty: every one"),
        sa.Column("layer", sa.Text, comment="MAKS layer; empty: every one"),
        sa.Column("kimlik_no", sa.BigInteger, comment="the one feature it holds for"),
        sa.Column("mahalle", sa.BigInteger, comment="the one mahalle it holds for"),
        sa.CheckConstraint(
            "btrim(given_by) <> '' AND btrim(reason) <> ''", name=op.f("waiver_person_check")
        ),
        schema="raw",
        comment="Breaches people let be; only grows.",
    )
    op.create_index("waiver_code_idx", "waiver", ["code"], schema="raw")
    op.create_table(
        "waiver_end",
        sa.Column("waiver_id", sa.BigInteger, sa.ForeignKey("raw.waiver.id"), primary_key=True),
        moment("ended_at"),
        sa.Column("ended_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.CheckConstraint(
            "btrim(ended_by) <> '' AND btrim(reason) <> ''", name=op.f("waiver_end_person_check")
        ),
        schema="raw",
        comment="Waivers taken back before their last day; only grows.",
    )


def create_decisions() -> None:
    """What people decided where UAVT and the register differ."""
    op.create_table(
        "reconcile_decision",
        number(),
        moment("decided_at"),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column(
            "batch_id", sa.BigInteger, sa.ForeignKey("raw.batch.id"),
            comment="AKS file it was seen in",
        ),
        sa.Column(
            "key", sa.Text, nullable=False, comment="adres:NO, or kapi:KIMLIK_NO of the register"
        ),
        sa.Column("status", sa.Text, nullable=False, comment="what the comparison had said"),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column(
            "numarataj_kimlik_no", sa.BigInteger, comment="the door chosen, with decision move"
        ),
        sa.Column("note", sa.Text),
        sa.CheckConstraint(
            "decision IN ('add', 'delete', 'keep', 'move')",
            name=op.f("reconcile_decision_decision_check"),
        ),
        sa.CheckConstraint(
            "(decision = 'move') = (numarataj_kimlik_no IS NOT NULL)",
            name=op.f("reconcile_decision_door_of_move_check"),
        ),
        sa.CheckConstraint(
            "btrim(decided_by) <> ''", name=op.f("reconcile_decision_person_check")
        ),
        schema="raw",
        comment="What people decided where UAVT and the register differ; only grows.",
    )  # fmt: skip
    op.create_index("reconcile_decision_key_idx", "reconcile_decision", ["key", "id"], schema="raw")


def create_reconciled() -> None:
    """The newest comparison of each batch."""
    op.create_table(
        "reconciled",
        sa.Column("batch_id", sa.BigInteger, sa.ForeignKey("raw.batch.id"), primary_key=True,
                  autoincrement=False),
        sa.Column("key", sa.Text, primary_key=True, comment="as in raw.reconcile_decision"),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("place", sa.Text,
                  comment="where something is to be added or deleted: uavt, register"),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("mahalle_kod", sa.BigInteger),
        sa.Column("csbm_kod", sa.BigInteger),
        sa.Column("adres_no", sa.BigInteger),
        sa.Column("numarataj_kimlik_no", sa.BigInteger),
        sa.Column("decision", sa.Text),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("geometry", Geometry("POINT", srid=4326, spatial_index=False)),
        schema="work",
        comment="UAVT against the register, as the newest comparison of a batch found it.",
    )  # fmt: skip
    op.create_index(
        "reconciled_place_idx", "reconciled", ["batch_id", "mahalle_kod", "csbm_kod"],
        schema="work",
    )  # fmt: skip
    op.create_index(
        "reconciled_geometry_idx", "reconciled", ["geometry"], schema="work",
        postgresql_using="gist",
    )  # fmt: skip
