"""what a refund carries over, who moved cash, and the limits of both; the end that a scanned pack names;
changes of facts that two people agree to
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("sale", sa.Column("carried_vnd", sa.BigInteger(), nullable=True))
    op.add_column("basket_line", sa.Column("printed_ends_on", sa.Date(), nullable=True))
    op.create_table(
        "fact_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", KEY, nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_fact_change_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_change")),
    )
    op.create_index(op.f("ix_fact_change_subject"), "fact_change", ["subject"])
    op.create_index(op.f("ix_fact_change_at"), "fact_change", ["at"])
    for name in ("by_name", "approved_by"):
        op.add_column("drawer_move", sa.Column(name, sa.Text(), nullable=True))
    for name in ("refund_shift_limit_vnd", "cash_move_limit_vnd"):
        op.add_column("shop", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("shop", sa.Column("refund_days", KEY, nullable=True))
    op.add_column("shop", sa.Column("refund_others", sa.Boolean(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
