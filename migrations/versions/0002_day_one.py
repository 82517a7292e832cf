"""day one: extras, voids, bulk prices, an inspector's day, the coolers' log, the complaint book"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEW_LEDGER = ("price_change", "note_scan", "temperature")


def upgrade() -> None:
    _new_tables()
    op.add_column("basket", sa.Column("age_confirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("basket", sa.Column("language", sa.Text(), nullable=False, server_default=""))
    op.add_column("sale", sa.Column("is_void", sa.Boolean(), nullable=True))
    op.add_column("person", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("shop", sa.Column("cashiers_receive", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("shop", sa.Column("papers", sa.Text(), nullable=False, server_default=""))
    op.add_column("shop", sa.Column("is_set_up", sa.Boolean(), nullable=False, server_default=sa.false()))
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE price ADD COLUMN change_id {number} CONSTRAINT fk_price_change_id REFERENCES price_change (id)"
    )  # in SQL, because Alembic adds a foreign key on SQLite only by making the table anew, triggers lost
    op.create_index(op.f("ix_price_change_id"), "price", ["change_id"])
    for table, nullable in (("basket_line", ["product_id"]), ("sale_line", ["product_id", "producer_id"])):
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column("extra_id", KEY, nullable=True))
            changed.create_foreign_key(f"fk_{table}_extra_id", "extra", ["extra_id"], ["id"])
            for column in nullable:
                changed.alter_column(column, existing_type=KEY, nullable=True)
    if op.get_bind().dialect.name == "sqlite":
        guard("sale_line")  # SQLite made the table anew, and its triggers went with the old one
    for table in NEW_LEDGER:
        guard(table)


def _new_tables() -> None:
    op.create_table(
        "extra",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("vat_category", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra")),
    )
    op.create_table(
        "price_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reverses", KEY, nullable=True),
        sa.ForeignKeyConstraint(["reverses"], ["price_change.id"], name=op.f("fk_price_change_reverses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_change")),
        sa.UniqueConstraint("reverses", name=op.f("uq_price_change_reverses")),
    )
    op.create_table(
        "note_scan",
        sa.Column("id", KEY, nullable=False),
        sa.Column("receiving_number", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["receiving_number"], ["receiving.number"], name=op.f("fk_note_scan_receiving_number")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_note_scan_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_scan")),
    )
    op.create_index(op.f("ix_note_scan_receiving_number"), "note_scan", ["receiving_number"])
    op.create_table(
        "cooler",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("least_tenths", KEY, nullable=False),
        sa.Column("most_tenths", KEY, nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooler")),
    )
    op.create_table(
        "temperature",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cooler_id", KEY, nullable=False),
        sa.Column("tenths", KEY, nullable=False),
        sa.Column("is_within", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cooler_id"], ["cooler.id"], name=op.f("fk_temperature_cooler_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_temperature")),
    )
    op.create_index("ix_temperature_business_day", "temperature", ["business_day"])
    op.create_index(op.f("ix_temperature_cooler_id"), "temperature", ["cooler_id"])
    op.create_table(
        "once",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once")),
    )
    op.create_index(op.f("ix_once_at"), "once", ["at"])
    op.create_table(
        "complaint",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_complaint")),
    )


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
