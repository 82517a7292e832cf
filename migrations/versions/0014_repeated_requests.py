"""a repeated request is known by its content and gets the first one's result"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("once", sa.Column("body_hash", sa.Text(), nullable=True))
    op.add_column("once", sa.Column("result", sa.Text(), nullable=True))
    op.add_column("once", sa.Column("is_money", sa.Boolean(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
