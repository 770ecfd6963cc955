"""Since when a lane or a job waits because it was asked to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Who waits just now is asked to once more."""
    for table in ("jobs", "lanes"):
        op.add_column(table, sa.Column("held_from", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    for table in ("jobs", "lanes"):
        op.drop_column(table, "held_from")
