"""deliveries: announced, partly refused, checked line by line; alcohol received by two"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "announced_delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("delivery_note", sa.Text(), nullable=False),
        sa.Column("comes_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_announced_delivery_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_delivery")),
    )
    op.create_index(op.f("ix_announced_delivery_producer_id"), "announced_delivery", ["producer_id"])
    op.create_table(
        "announced_line",
        sa.Column("announced_id", KEY, autoincrement=False, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        *_a_lot_as_typed(),
        sa.ForeignKeyConstraint(["announced_id"], ["announced_delivery.id"], name=op.f("fk_announced_line_announced_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_announced_line_product_id")),
        sa.PrimaryKeyConstraint("announced_id", "n", name=op.f("pk_announced_line")),
    )
    op.create_table(
        "refused_line",
        sa.Column("receiving_number", KEY, autoincrement=False, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        *_a_lot_as_typed(),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["receiving_number"], ["receiving.number"], name=op.f("fk_refused_line_receiving_number")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_refused_line_product_id")),
        sa.PrimaryKeyConstraint("receiving_number", "n", name=op.f("pk_refused_line")),
    )
    op.create_index(op.f("ix_refused_line_product_id"), "refused_line", ["product_id"])
    op.create_table(
        "quality_check",
        sa.Column("id", KEY, nullable=False),
        sa.Column("group_code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("least_tenths", KEY, nullable=True),
        sa.Column("most_tenths", KEY, nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_code"], ["product_group.code"], name=op.f("fk_quality_check_group_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_check")),
    )
    op.create_table(
        "line_check",
        sa.Column("id", KEY, nullable=False),
        sa.Column("receiving_number", KEY, nullable=False),
        sa.Column("line_n", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("tenths", KEY, nullable=True),
        sa.Column("file_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["receiving_number"], ["receiving.number"], name=op.f("fk_line_check_receiving_number")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_line_check_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_check")),
    )
    op.create_index(op.f("ix_line_check_receiving_number"), "line_check", ["receiving_number"])
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE receiving ADD COLUMN announced_id {number} "
        "CONSTRAINT fk_receiving_announced_id REFERENCES announced_delivery (id)"
    )  # in SQL, because Alembic adds a foreign key on SQLite only by making the table anew, triggers lost
    op.create_index(op.f("ix_receiving_announced_id"), "receiving", ["announced_id"])
    op.add_column("receiving_line", sa.Column("n", KEY, nullable=True))
    op.add_column("receiving_line", sa.Column("noted_milli", sa.BigInteger(), nullable=True))
    op.add_column("shop", sa.Column("alcohol_two_people", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("refused_line", "line_check"):
        guard(table)


def _a_lot_as_typed() -> tuple[sa.Column, ...]:
    return (
        sa.Column("lot_number", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
