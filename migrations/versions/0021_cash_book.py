"""the cash book: its documents, what stays in a drawer at the close, hand-overs within a shift"""

import sqlalchemy as sa
from alembic import op

from pos.kernel.guard import guard

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBERS = ("receipt_number", "payment_number", "transfer_number", "opening_number")


def upgrade() -> None:
    op.add_column("shift_close", sa.Column("stays_vnd", sa.BigInteger(), nullable=True))
    op.create_table(
        "cash_document",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(sa.Column(number, KEY, nullable=True) for number in NUMBERS),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("from_place", sa.Text(), nullable=True),
        sa.Column("to_place", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("shift_number", KEY, nullable=True),
        sa.Column("drawer_move_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["shift_number"], ["shift.number"], name=op.f("fk_cash_document_shift_number")),
        sa.ForeignKeyConstraint(["drawer_move_id"], ["drawer_move.id"], name=op.f("fk_cash_document_drawer_move_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_document")),
        *(sa.UniqueConstraint(name, name=op.f(f"uq_cash_document_{name}")) for name in (*NUMBERS, "drawer_move_id")),
    )
    for column in ("at", "from_place", "to_place", "shift_number"):
        op.create_index(op.f(f"ix_cash_document_{column}"), "cash_document", [column])
    op.create_table(
        "cash_document_note",
        sa.Column("document_id", KEY, autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("photo_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["cash_document.id"], name=op.f("fk_cash_document_note_document_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_cash_document_note_photo_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_cash_document_note")),
    )
    op.create_table(
        "hand_over",
        sa.Column("shift_number", KEY, autoincrement=False, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("to_id", KEY, nullable=False),
        sa.Column("expected_vnd", sa.BigInteger(), nullable=False),
        sa.Column("counted_vnd", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shift_number"], ["shift.number"], name=op.f("fk_hand_over_shift_number")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_hand_over_to_id")),
        sa.PrimaryKeyConstraint("shift_number", "n", name=op.f("pk_hand_over")),
    )
    for table in ("cash_document", "hand_over"):
        guard(table)


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
