"""the moves that counts wrote, found by their day: a statement asks for them, and a shop of years has a million others"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

IS_COUNTED = sa.text("kind = 'counted'")


def upgrade() -> None:
    op.create_index("ix_stock_move_counted", "stock_move", ["at"], sqlite_where=IS_COUNTED, postgresql_where=IS_COUNTED)


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
