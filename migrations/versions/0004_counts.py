"""counts: begun, tallied by several people, posted or dropped"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "stock_count",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("place_id", KEY, nullable=True),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_stock_count_place_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_stock_count")),
    )
    op.create_table(
        "count_scope",
        *_of_a_count("count_scope"),
        *_lot_at_place("count_scope"),
        sa.PrimaryKeyConstraint("count_number", "lot_id", "place_id", name=op.f("pk_count_scope")),
    )
    op.create_table(
        "tally",
        sa.Column("id", KEY, nullable=False),
        *_of_a_count("tally"),
        sa.Column("product_id", KEY, nullable=True),
        *_lot_at_place("tally", lot_needed=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("is_anew", sa.Boolean(), nullable=False),
        sa.Column("takes_back", KEY, nullable=True),
        sa.Column("counter", sa.Text(), nullable=False),
        sa.Column("after_move", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_tally_product_id")),
        sa.ForeignKeyConstraint(["takes_back"], ["tally.id"], name=op.f("fk_tally_takes_back")),
        sa.UniqueConstraint("takes_back", name=op.f("uq_tally_takes_back")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
    )
    op.create_index(op.f("ix_tally_count_number"), "tally", ["count_number"])
    op.create_table(
        "count_end",
        *_of_a_count("count_end"),
        sa.Column("is_posted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("count_number", name=op.f("pk_count_end")),
    )
    op.create_table(
        "count_result",
        *_of_a_count("count_result"),
        *_lot_at_place("count_result"),
        sa.Column("counted_milli", sa.BigInteger(), nullable=False),
        sa.Column("expected_milli", sa.BigInteger(), nullable=False),
        sa.Column("after_move", KEY, nullable=False),
        sa.PrimaryKeyConstraint("count_number", "lot_id", "place_id", name=op.f("pk_count_result")),
    )
    op.create_index(op.f("ix_count_result_lot_id"), "count_result", ["lot_id"])
    for table in ("stock_count", "count_scope", "tally", "count_end", "count_result"):
        guard(table)


def _of_a_count(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["count_number"], ["stock_count.number"], name=op.f(f"fk_{table}_count_number"))
    return sa.Column("count_number", KEY, autoincrement=False, nullable=False), key


def _lot_at_place(table: str, *, lot_needed: bool = True) -> tuple[sa.Column | sa.ForeignKeyConstraint, ...]:
    return (
        sa.Column("lot_id", KEY, autoincrement=False, nullable=not lot_needed),
        sa.Column("place_id", KEY, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f(f"fk_{table}_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f(f"fk_{table}_place_id")),
    )


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
