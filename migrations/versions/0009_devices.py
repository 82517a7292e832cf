"""computers of stations apart, taught scanners, chosen printers, labels that carry a price"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("shop", sa.Column("price_code_prefix", sa.Text(), nullable=False, server_default=""))
    op.add_column("shop", sa.Column("price_code_step_vnd", KEY, nullable=False, server_default="0"))
    op.create_table(
        "station_key",
        sa.Column("id", KEY, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_station_key_token_hash")),
    )
    op.create_index(op.f("ix_station_key_station"), "station_key", ["station"])
    op.create_table(
        "scanner_habit",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("separator", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("station", name=op.f("pk_scanner_habit")),
    )
    op.create_table(
        "printer_choice",
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("printer", name=op.f("pk_printer_choice")),
    )


def downgrade() -> None:
    raise RuntimeError("a ledger can't forget: restore a backup instead")
