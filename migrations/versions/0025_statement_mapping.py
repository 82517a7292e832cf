"""what the columns of a bank's statements are, statements that were read, balances that sources tell, what is open among them"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "statement_mapping",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("bank_bin", "mapping", "changed_by")),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("bank_bin", name=op.f("pk_statement_mapping")),
    )
    op.create_table(
        "statement_reading",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("starts", "ends")),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("opening_vnd", "closing_vnd", "difference_vnd")),
        *(
            sa.Column(name, KEY, nullable=False)
            for name in ("lines_new", "lines_joined", "lines_waiting", "lines_known", "odd_rows")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_reading")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["bank_account.id"], name=op.f("fk_statement_reading_account_id_bank_account")
        ),
    )
    op.create_index(op.f("ix_statement_reading_at"), "statement_reading", ["at"])
    op.add_column("transfer_report", sa.Column("balance_vnd", sa.BigInteger(), nullable=True))
    op.add_column("transfer_report", sa.Column("is_open", sa.Boolean(), nullable=True))
    op.execute(sa.text("UPDATE transfer_report SET is_open = true"))  # the next settling closes those that need no mark
    op.create_index(
        "ix_transfer_report_is_open", "transfer_report", ["is_open"], sqlite_where=sa.text("is_open IS 1"), postgresql_where=sa.text("is_open"),
    )  # fmt: skip


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
