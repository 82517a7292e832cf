"""bank accounts, payment codes, transfers and what they were for"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    other = target.split(".")[0]
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{other}"))


def _primary(table: str, column: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _transfer_columns() -> list[sa.Column]:
    return [
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("is_day_only", sa.Boolean(), nullable=False),
        *_texts("reference", "purpose"),
        sa.Column("received_at", MOMENT, nullable=False),
    ]


def _create_accounts() -> None:
    op.create_table(
        "bank_account",
        sa.Column("id", KEY, nullable=False),
        *_texts("bank_bin", "number", "holder", "station", "feed", "key"),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        _primary("bank_account", "id"),
        sa.UniqueConstraint("key", name=op.f("uq_bank_account_key")),
    )
    op.create_table(
        "payment_code",
        sa.Column("id", KEY, nullable=False),
        *_texts("purpose"),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("basket_id", KEY, nullable=False),
        sa.Column("basket_version", KEY, nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        *_texts("station"),
        sa.Column("shown_by", KEY, nullable=True),
        *_texts("shown_by_name"),
        sa.Column("shown_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=True),
        *_texts("waits_for"),
        _primary("payment_code", "id"),
        _foreign("payment_code", "account_id", "bank_account.id"),
        _foreign("payment_code", "shown_by", "person.id"),
        sa.UniqueConstraint("purpose", name=op.f("uq_payment_code_purpose")),
    )
    for column in ("basket_id", "shown_at"):
        op.create_index(op.f(f"ix_payment_code_{column}"), "payment_code", [column])
    op.create_table(
        "feed_state",
        sa.Column("account_id", KEY, autoincrement=False, nullable=False),
        *_texts("cursor"),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("asked_at", "answered_at", "failing_since")),
        *_texts("failure"),
        sa.Column("balance_vnd", sa.BigInteger(), nullable=True),
        _primary("feed_state", "account_id"),
        _foreign("feed_state", "account_id", "bank_account.id"),
    )


def _create_transfers() -> None:
    op.create_table(
        "bank_transfer",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        *_transfer_columns(),
        *_texts("text_digest"),
        sa.Column("business_day", sa.Date(), nullable=False),
        *_texts("by_name"),
        _primary("bank_transfer", "number"),
        _foreign("bank_transfer", "account_id", "bank_account.id"),
    )
    for column in ("at", "purpose", "business_day"):
        op.create_index(op.f(f"ix_bank_transfer_{column}"), "bank_transfer", [column])
    op.create_table(
        "transfer_report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        *_texts("source", "source_key"),
        sa.Column("transfer_number", KEY, nullable=True),
        *_transfer_columns(),
        *_texts("text", "payer_name", "payer_account", "raw"),
        _primary("transfer_report", "id"),
        _foreign("transfer_report", "account_id", "bank_account.id"),
        _foreign("transfer_report", "transfer_number", "bank_transfer.number"),
        sa.UniqueConstraint(
            "account_id", "source", "source_key", name=op.f("uq_transfer_report_told_once")
        ),
    )
    op.create_index(op.f("ix_transfer_report_transfer_number"), "transfer_report", ["transfer_number"])


def _create_allocations() -> None:
    table = "transfer_allocation"
    op.create_table(
        table,
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        *_texts("kind"),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, KEY, nullable=True)
            for name in ("transfer_number", "taking_number", "document_id", "sale_number", "buyer_id", "reverses")
        ),
        *_texts("reason"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        *_texts("by_name"),
        sa.Column("approved_by", sa.Text(), nullable=True),
        _primary(table, "number"),
        _foreign(table, "transfer_number", "bank_transfer.number"),
        _foreign(table, "taking_number", "taking.number"),
        _foreign(table, "document_id", "cash_document.id"),
        _foreign(table, "sale_number", "sale.number"),
        _foreign(table, "reverses", "transfer_allocation.number"),
        sa.UniqueConstraint("reverses", name=op.f(f"uq_{table}_reverses")),
    )
    for column in ("transfer_number", "taking_number", "document_id", "business_day"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    _create_accounts()
    _create_transfers()
    _create_allocations()
    op.add_column("taking", sa.Column("is_surplus", sa.Boolean(), nullable=True))
    op.add_column("taking", sa.Column("refund_number", KEY, nullable=True))
    op.add_column("taking", sa.Column("is_claim", sa.Boolean(), nullable=True))
    for column in ("is_surplus", "is_claim"):
        op.create_index(
            f"ix_taking_{column}", "taking", [column], sqlite_where=sa.text(f"{column} IS 1"), postgresql_where=sa.text(column)
        )  # fmt: skip
    op.add_column("shop", sa.Column("transfer_limit_vnd", sa.BigInteger(), nullable=True))
    for table in ("bank_transfer", "transfer_allocation"):
        guard(table)


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
