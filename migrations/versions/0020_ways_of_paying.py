"""discounts, money without a sale, vouchers, buyers on account, corrected tenders, exchanges"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    other = target.split(".")[0]
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{other}"))


def _number(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{table}")),
    ]


def _act_columns() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
    ]


def _create_vouchers() -> None:
    op.create_table(
        "voucher",
        *_number("voucher"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value_vnd", sa.BigInteger(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("code_end", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_act_columns(),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.UniqueConstraint("code_digest", name=op.f("uq_voucher_code_digest")),
    )
    op.create_table(
        "voucher_move",
        sa.Column("id", KEY, nullable=False),
        sa.Column("voucher_number", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("sale_number", KEY, nullable=True),
        *_act_columns(),
        _foreign("voucher_move", "voucher_number", "voucher.number"),
        _foreign("voucher_move", "sale_number", "sale.number"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_move")),
    )
    op.create_index(op.f("ix_voucher_move_voucher_number"), "voucher_move", ["voucher_number"])


def _create_working_tables() -> None:
    op.create_table(
        "buyer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tax_code", sa.Text(), nullable=False),
        sa.Column("limit_vnd", sa.BigInteger(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyer")),
    )
    op.create_table(
        "basket_discount",
        sa.Column("basket_id", KEY, nullable=False),
        sa.Column("line_n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_vnd", sa.BigInteger(), nullable=True),
        sa.Column("approved_of_vnd", sa.BigInteger(), nullable=True),
        _foreign("basket_discount", "basket_id", "basket.id"),
        sa.PrimaryKeyConstraint("basket_id", "line_n", "kind", name=op.f("pk_basket_discount")),
    )
    op.create_table(
        "basket_voucher",
        sa.Column("basket_id", KEY, nullable=False),
        sa.Column("voucher_number", KEY, nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        _foreign("basket_voucher", "basket_id", "basket.id"),
        _foreign("basket_voucher", "voucher_number", "voucher.number"),
        sa.PrimaryKeyConstraint("basket_id", "voucher_number", name=op.f("pk_basket_voucher")),
    )


def _create_documents() -> None:
    op.create_table(
        "discount",
        sa.Column("sale_number", KEY, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line_n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("voucher_number", KEY, nullable=True),
        _foreign("discount", "sale_number", "sale.number"),
        _foreign("discount", "voucher_number", "voucher.number"),
        sa.PrimaryKeyConstraint("sale_number", "n", name=op.f("pk_discount")),
    )
    op.create_table(
        "taking",
        *_number("taking"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("basket_id", KEY, nullable=True),
        sa.Column("debt_of", KEY, nullable=True),
        sa.Column("voucher_number", KEY, nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("shift_number", KEY, nullable=True),
        sa.Column("undoes", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_act_columns(),
        _foreign("taking", "basket_id", "basket.id"),
        _foreign("taking", "debt_of", "sale.number"),
        _foreign("taking", "voucher_number", "voucher.number"),
        _foreign("taking", "shift_number", "shift.number"),
        _foreign("taking", "undoes", "taking.number"),
        sa.UniqueConstraint("undoes", name=op.f("uq_taking_undoes")),
    )
    for column in ("basket_id", "debt_of", "voucher_number", "business_day", "shift_number"):
        op.create_index(op.f(f"ix_taking_{column}"), "taking", [column])
    op.create_table(
        "tender_correction",
        *_number("tender_correction"),
        sa.Column("sale_number", KEY, nullable=False),
        sa.Column("shift_number", KEY, nullable=False),
        sa.Column("from_kind", sa.Text(), nullable=False),
        sa.Column("to_kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_act_columns(),
        sa.Column("approved_by", sa.Text(), nullable=True),
        _foreign("tender_correction", "sale_number", "sale.number"),
        _foreign("tender_correction", "shift_number", "shift.number"),
    )
    op.create_index(op.f("ix_tender_correction_sale_number"), "tender_correction", ["sale_number"])
    op.create_index(op.f("ix_tender_correction_shift_number"), "tender_correction", ["shift_number"])


def _add_columns() -> None:
    # SQLite adds no constraint to a table that is there; what these name is checked by `verify`.
    op.add_column("basket", sa.Column("is_adjusted", sa.Boolean(), nullable=True))
    op.add_column("sale", sa.Column("exchange_of", KEY, nullable=True))
    for name in ("voucher_number", "buyer_id", "taking_number"):
        op.add_column("tender", sa.Column(name, KEY, nullable=True))
    for name in ("buyer_id", "taking_number"):
        is_there = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_tender_{name}", "tender", [name], sqlite_where=is_there, postgresql_where=is_there)
    op.add_column("lot", sa.Column("markdown_bp", sa.Integer(), nullable=True))
    op.add_column("shop", sa.Column("discount_limit_bp", sa.Integer(), nullable=True))
    op.add_column("shop", sa.Column("staff_discount_bp", sa.Integer(), nullable=True))
    op.add_column("shop", sa.Column("voucher_days", sa.Integer(), nullable=True))


def upgrade() -> None:
    _create_vouchers()
    _create_working_tables()
    _create_documents()
    _add_columns()
    for table in ("voucher", "voucher_move", "discount", "taking", "tender_correction"):
        guard(table)


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
