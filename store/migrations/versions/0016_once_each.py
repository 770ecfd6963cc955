"""The ids of a lead are found by it."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_external_ids_lead", "external_ids", ["workspace", "lead"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_external_ids_lead", "external_ids")
