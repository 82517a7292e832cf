"""tracing: stops set together, recall drills, how often a lot's page was opened"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("hold", sa.Column("batch", KEY, nullable=True))
    op.create_index(op.f("ix_hold_batch"), "hold", ["batch"])
    op.create_table(
        "recall_drill",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_drill_lot_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_recall_drill")),
    )
    op.create_index(op.f("ix_recall_drill_lot_id"), "recall_drill", ["lot_id"])
    op.create_table(
        "drill_found",
        *_of_a_drill("drill_found"),
        sa.Column("place_id", KEY, autoincrement=False, nullable=False),
        sa.Column("found_milli", sa.BigInteger(), nullable=False),
        sa.Column("expected_milli", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_drill_found_place_id")),
        sa.PrimaryKeyConstraint("drill_number", "place_id", name=op.f("pk_drill_found")),
    )
    op.create_table(
        "drill_end",
        *_of_a_drill("drill_end"),
        sa.Column("slips_certain", KEY, nullable=False),
        sa.Column("slips_possible", KEY, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("drill_number", name=op.f("pk_drill_end")),
    )
    op.create_table(
        "lot_view",
        sa.Column("lot_id", KEY, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", KEY, nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_view_lot_id")),
        sa.PrimaryKeyConstraint("lot_id", "day", name=op.f("pk_lot_view")),
    )
    for table in ("recall_drill", "drill_found", "drill_end"):
        guard(table)


def _of_a_drill(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["drill_number"], ["recall_drill.number"], name=op.f(f"fk_{table}_drill_number"))
    return sa.Column("drill_number", KEY, autoincrement=False, nullable=False), key


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
