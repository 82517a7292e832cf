"""the provider's own code of a payment"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_code", sa.Column("link_text", sa.Text(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("restore a backup of the version before instead")
