"""what producers are owed: bands of commission, who bears which cost, fees, statements, entries of their accounts"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = ("discount_borne_by", "promotion_borne_by", "count_borne_by", "sample_borne_by", "fee_borne_by", "period")

LEDGER = (
    "terms_band", "tender_fee", "recall_fault", "producer_entry", "lot_terms", "statement", "statement_row", "statement_left_out",
)


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("terms", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("terms", sa.Column("least_payout_vnd", sa.BigInteger(), nullable=True))
    op.add_column("terms", sa.Column("days_to_pay", KEY, nullable=True))
    op.create_table(
        "terms_band",
        sa.Column("terms_id", KEY, autoincrement=False, nullable=False),
        sa.Column("from_vnd", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("commission_bp", KEY, nullable=False),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_terms_band_terms_id_terms")),
        sa.PrimaryKeyConstraint("terms_id", "from_vnd", name=op.f("pk_terms_band")),
    )
    op.create_table(
        "tender_fee",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("rate_bp", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_fee")),
    )
    _create_accounts()
    for table in LEDGER:
        guard(table)


def _create_accounts() -> None:
    op.create_table(
        "recall_fault",
        sa.Column("id", KEY, nullable=False),
        sa.Column("hold_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_recall_fault_hold_id_hold")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_fault")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_recall_fault_hold_id")),
    )
    op.create_table(
        "producer_entry",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("lot_id", KEY, nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("cash_document_id", KEY, nullable=True),
        sa.Column("reverses", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["cash_document_id"], ["cash_document.id"], name=op.f("fk_producer_entry_cash_document_id_cash_document")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_producer_entry_lot_id_lot")),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_producer_entry_producer_id_producer")),
        sa.ForeignKeyConstraint(["reverses"], ["producer_entry.number"], name=op.f("fk_producer_entry_reverses_producer_entry")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_producer_entry")),
        sa.UniqueConstraint("reverses", name=op.f("uq_producer_entry_reverses")),
        sa.UniqueConstraint("cash_document_id", name=op.f("uq_producer_entry_cash_document_id")),
    )
    op.create_index(op.f("ix_producer_entry_producer_id_number"), "producer_entry", ["producer_id", "number"])
    op.create_table(
        "lot_terms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("terms_id", KEY, nullable=False),
        sa.Column("entry_number", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_number"], ["producer_entry.number"], name=op.f("fk_lot_terms_entry_number_producer_entry")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_terms_lot_id_lot")),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_lot_terms_terms_id_terms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_terms")),
    )
    op.create_index(op.f("ix_lot_terms_lot_id"), "lot_terms", ["lot_id"])
    op.create_table(
        "statement",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("opening_vnd", sa.BigInteger(), nullable=False),
        sa.Column("goods_vnd", sa.BigInteger(), nullable=False),
        sa.Column("entries_vnd", sa.BigInteger(), nullable=False),
        sa.Column("closing_vnd", sa.BigInteger(), nullable=False),
        sa.Column("rows_count", KEY, nullable=False),
        sa.Column("up_to_sale", KEY, nullable=False),
        sa.Column("up_to_write_off", KEY, nullable=False),
        sa.Column("up_to_count", KEY, nullable=False),
        sa.Column("up_to_receiving", KEY, nullable=False),
        sa.Column("up_to_fault", KEY, nullable=False),
        sa.Column("up_to_entry", KEY, nullable=False),
        sa.Column("check_code", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_statement_producer_id_producer")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_statement")),
        sa.UniqueConstraint("producer_id", "ends", name=op.f("uq_statement_producer_id_ends")),
        sa.UniqueConstraint("check_code", name=op.f("uq_statement_check_code")),
    )
    op.create_table(
        "statement_row",
        sa.Column("statement_number", KEY, autoincrement=False, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("gross_vnd", sa.BigInteger(), nullable=False),
        sa.Column("borne_vnd", sa.BigInteger(), nullable=False),
        sa.Column("commission_vnd", sa.BigInteger(), nullable=False),
        sa.Column("fee_vnd", sa.BigInteger(), nullable=False),
        sa.Column("owed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("terms_id", KEY, nullable=True),
        sa.Column("parts", sa.Text(), nullable=True),
        sa.Column("borne_by", sa.Text(), nullable=True),
        sa.Column("vat_category", sa.Text(), nullable=True),
        sa.Column("back_to", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["statement_number"], ["statement.number"], name=op.f("fk_statement_row_statement_number_statement")),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_statement_row_terms_id_terms")),
        sa.PrimaryKeyConstraint("statement_number", "n", name=op.f("pk_statement_row")),
        sa.UniqueConstraint("source", "lot_id", name=op.f("uq_statement_row_source_lot_id")),
    )
    op.create_table(
        "statement_left_out",
        sa.Column("statement_number", KEY, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lot_id", KEY, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["statement_number"], ["statement.number"], name=op.f("fk_statement_left_out_statement_number_statement")),
        sa.PrimaryKeyConstraint("statement_number", "source", "lot_id", name=op.f("pk_statement_left_out")),
    )
    op.create_table(
        "statement_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("opening_vnd", sa.BigInteger(), nullable=False),
        sa.Column("goods_vnd", sa.BigInteger(), nullable=False),
        sa.Column("entries_vnd", sa.BigInteger(), nullable=False),
        sa.Column("closing_vnd", sa.BigInteger(), nullable=False),
        sa.Column("rows_count", KEY, nullable=False),
        sa.Column("left_out_count", KEY, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_statement_draft_producer_id_producer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_draft")),
        sa.UniqueConstraint("producer_id", name=op.f("uq_statement_draft_producer_id")),
    )


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
