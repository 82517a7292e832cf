"""numbers that a restore left out; what keeps a complaint's digest from being guessed"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("complaint", sa.Column("salt", sa.Text(), nullable=True))
    op.create_table(
        "number_gap",
        sa.Column("id", KEY, nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("after", KEY, nullable=False),
        sa.Column("up_to", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_gap")),
    )
    op.create_index(op.f("ix_number_gap_series"), "number_gap", ["series"])
    guard("number_gap")


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
