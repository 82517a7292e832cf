"""gift sets: what a set holds, and of which lots each was packed"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kit_part",
        sa.Column("kit_id", KEY, autoincrement=False, nullable=False),
        sa.Column("part_id", KEY, autoincrement=False, nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["kit_id"], ["product.id"], name=op.f("fk_kit_part_kit_id")),
        sa.ForeignKeyConstraint(["part_id"], ["product.id"], name=op.f("fk_kit_part_part_id")),
        sa.PrimaryKeyConstraint("kit_id", "part_id", name=op.f("pk_kit_part")),
    )
    op.create_table(
        "kit_lot_part",
        sa.Column("kit_lot_id", KEY, autoincrement=False, nullable=False),
        sa.Column("part_lot_id", KEY, autoincrement=False, nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["kit_lot_id"], ["lot.id"], name=op.f("fk_kit_lot_part_kit_lot_id")),
        sa.ForeignKeyConstraint(["part_lot_id"], ["lot.id"], name=op.f("fk_kit_lot_part_part_lot_id")),
        sa.PrimaryKeyConstraint("kit_lot_id", "part_lot_id", name=op.f("pk_kit_lot_part")),
    )
    op.create_index(op.f("ix_kit_lot_part_part_lot_id"), "kit_lot_part", ["part_lot_id"])
    guard("kit_lot_part")


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
