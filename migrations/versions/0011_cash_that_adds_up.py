"""what a refund carries over, who moved cash, and the limits of both; the end that a scanned pack names"""

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
    for name in ("by_name", "approved_by"):
        op.add_column("drawer_move", sa.Column(name, sa.Text(), nullable=True))
    for name in ("refund_shift_limit_vnd", "cash_move_limit_vnd"):
        op.add_column("shop", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("shop", sa.Column("refund_days", KEY, nullable=True))
    op.add_column("shop", sa.Column("refund_others", sa.Boolean(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
