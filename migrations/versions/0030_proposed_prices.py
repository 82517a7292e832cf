"""prices that producers propose"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "proposed_price",
        sa.Column("id", KEY, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("price_id", KEY, nullable=True),
        sa.Column("declined_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["price_id"], ["price.id"], name=op.f("fk_proposed_price_price_id_price")),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_proposed_price_producer_id_producer")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_proposed_price_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_price")),
    )
    op.create_index(op.f("ix_proposed_price_producer_id"), "proposed_price", ["producer_id"])


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
