"""stars that a list told of goods whose decision is not entered yet"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "told_stars",
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("stars", KEY, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_told_stars_product_id_product")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_told_stars")),
    )


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
