"""leaving goods: written off, destroyed, back to the producer, tasted"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "write_off",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("place_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("borne_by", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("file_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_write_off_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_write_off_place_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_write_off_file_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_write_off")),
    )
    op.create_index(op.f("ix_write_off_lot_id"), "write_off", ["lot_id"])
    guard("write_off")


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
