"""what the shop is before the tax office, by day; its UID and code; the VAT method of a sale; deliveries put aside unfinished"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("shop", sa.Column("uid", sa.Text(), nullable=True))
    op.add_column("shop", sa.Column("code", sa.Text(), nullable=True))
    op.add_column("sale", sa.Column("vat_method", sa.Text(), nullable=True))
    op.create_table(
        "tax_registration",
        sa.Column("id", KEY, nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_registration")),
    )
    op.create_table(
        "opening_turnover",
        sa.Column("id", KEY, nullable=False),
        sa.Column("year", KEY, nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_turnover")),
    )
    op.create_table(
        "receiving_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("announced_id", KEY, nullable=True),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["announced_id"],
            ["announced_delivery.id"],
            name=op.f("fk_receiving_draft_announced_id_announced_delivery"),
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_receiving_draft_producer_id_producer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiving_draft")),
    )
    op.create_index(op.f("ix_receiving_draft_producer_id"), "receiving_draft", ["producer_id"])
    for table in ("tax_registration", "opening_turnover"):
        guard(table)


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
