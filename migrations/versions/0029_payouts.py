"""accounts that producers are paid to, transfers that were begun, files for banks, disputes"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "payout_account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_payout_account_producer_id_producer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_account")),
        sa.UniqueConstraint("producer_id", name=op.f("uq_payout_account_producer_id")),
    )
    op.create_table(
        "payout_order",
        sa.Column("id", KEY, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("is_advance", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_number", KEY, nullable=True),
        sa.ForeignKeyConstraint(["entry_number"], ["producer_entry.number"], name=op.f("fk_payout_order_entry_number_producer_entry")),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_payout_order_producer_id_producer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_order")),
        sa.UniqueConstraint("code", name=op.f("uq_payout_order_code")),
    )
    op.create_index(op.f("ix_payout_order_producer_id"), "payout_order", ["producer_id"])
    op.create_table(
        "bulk_format",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_format")),
        sa.UniqueConstraint("name", name=op.f("uq_bulk_format_name")),
    )
    op.create_table(
        "dispute",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("statement_number", KEY, nullable=False),
        sa.Column("row_n", KEY, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["statement_number"], ["statement.number"], name=op.f("fk_dispute_statement_number_statement")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_statement_number_row_n"), "dispute", ["statement_number", "row_n"])
    op.create_table(
        "dispute_note",
        sa.Column("dispute_number", KEY, autoincrement=False, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("is_producers", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_number", KEY, nullable=True),
        sa.Column("is_end", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_number"], ["dispute.number"], name=op.f("fk_dispute_note_dispute_number_dispute")),
        sa.ForeignKeyConstraint(["entry_number"], ["producer_entry.number"], name=op.f("fk_dispute_note_entry_number_producer_entry")),
        sa.PrimaryKeyConstraint("dispute_number", "n", name=op.f("pk_dispute_note")),
    )
    for table in ("dispute", "dispute_note"):
        guard(table)


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
