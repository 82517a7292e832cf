"""when a sign-in was used last; wrong PINs are counted by door, not in the person's row"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("person", "failed")
    op.drop_column("person", "locked_until")


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
