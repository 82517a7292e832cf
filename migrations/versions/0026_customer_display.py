"""addresses of the screens that buyers look at"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_display",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("station", "key", "by_name")),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_display")),
        sa.UniqueConstraint("station", name=op.f("uq_customer_display_station")),
    )


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
