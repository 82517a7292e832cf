"""price tags, batches of them, and where they were seen; the shop's colour and logo"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("shop", sa.Column("brand_colour", sa.Text(), nullable=False, server_default=""))
    op.add_column("shop", sa.Column("logo_id", KEY, nullable=True))
    op.create_table(
        "tag_batch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_batch")),
        sa.UniqueConstraint("key", name=op.f("uq_tag_batch_key")),
    )
    op.create_table(
        "tag",
        sa.Column("id", KEY, nullable=False),
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("design", sa.Text(), nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=True),
        sa.Column("place_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_vnd", KEY, nullable=True),
        sa.Column("old_price_vnd", KEY, nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("stars", KEY, nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("certificate_ends", sa.Date(), nullable=True),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("is_reprint", sa.Boolean(), nullable=False),
        sa.Column("trace_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["tag_batch.id"], name=op.f("fk_tag_batch_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_tag_product_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_tag_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_tag_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("trace_code", name=op.f("uq_tag_trace_code")),
    )
    op.create_index(op.f("ix_tag_batch_id"), "tag", ["batch_id"])
    op.create_index(op.f("ix_tag_product_id_design"), "tag", ["product_id", "design", "place_id"])
    op.create_table(
        "tag_seen",
        sa.Column("id", KEY, nullable=False),
        sa.Column("tag_id", KEY, nullable=False),
        sa.Column("hangs", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_tag_seen_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_seen")),
    )
    op.create_index(op.f("ix_tag_seen_tag_id"), "tag_seen", ["tag_id"])
    for table in ("tag_batch", "tag", "tag_seen"):
        guard(table)


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
