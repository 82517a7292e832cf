"""sums of what closed days and months sold, grand totals that a restore left out, the journal by person"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sold_sum",
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("paid_vnd", sa.BigInteger(), nullable=False),
        sa.Column("refunded_vnd", sa.BigInteger(), nullable=False),
        sa.Column("receipts", KEY, nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=True),
        sa.Column("group_code", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("by", "span", "starts", "key", name=op.f("pk_sold_sum")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "totals_gap",
        sa.Column("id", KEY, nullable=False),
        sa.Column("up_to_sale", KEY, nullable=False),
        sa.Column("sales_vnd", sa.BigInteger(), nullable=False),
        sa.Column("refunds_vnd", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totals_gap")),
    )
    guard("totals_gap")
    op.create_index("ix_journal_actor_seq", "journal", ["actor", "seq"])


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
