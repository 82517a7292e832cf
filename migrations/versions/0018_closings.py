"""Z of shifts, closings of days, months and years, and the keys that sign them"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _closing_columns(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("up_to_sale", KEY, nullable=False),
        sa.Column("sales_vnd", sa.BigInteger(), nullable=False),
        sa.Column("refunds_vnd", sa.BigInteger(), nullable=False),
        sa.Column("head_seq", KEY, nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("key_id", KEY, nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["seal_key.id"], name=op.f(f"fk_{table}_key_id_seal_key")),
        sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "seal_key",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_key")),
        sa.UniqueConstraint("public_key", name=op.f("uq_seal_key_public_key")),
    )
    op.create_table(
        "z_report",
        *_closing_columns("z_report"),
        sa.Column("shift_number", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_number"], ["shift.number"], name=op.f("fk_z_report_shift_number_shift")
        ),
        sa.UniqueConstraint("shift_number", name=op.f("uq_z_report_shift_number")),
    )
    op.create_table(
        "period_closing",
        *_closing_columns("period_closing"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.UniqueConstraint("kind", "period", name="uq_period_closing_kind_period"),
    )
    for table in ("seal_key", "z_report", "period_closing"):
        guard(table)


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
