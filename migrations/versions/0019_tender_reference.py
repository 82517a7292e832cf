"""the number on the slip of the bank's terminal"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tender", sa.Column("reference", sa.Text(), nullable=True))
    op.create_index(op.f("ix_tender_reference"), "tender", ["reference"])


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
