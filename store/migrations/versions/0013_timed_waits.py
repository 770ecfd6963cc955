"""Waits for a claim and for the first contact in the day-wise counts: by which clock, and who is awaited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None

AWAITED = sa.text("claim_due IS NOT NULL AND contact_at IS NULL")


def upgrade() -> None:
    """Versions there are count no such waits; the bot makes the next one and counts everybody by it."""
    op.add_column("counting_rules", sa.Column("clock", sa.JSON().with_variant(JSONB(), "postgresql")))
    op.create_index(
        "ix_leads_awaited",
        "leads",
        ["workspace", "claim_due"],
        sqlite_where=AWAITED,
        postgresql_where=AWAITED,
    )


def downgrade() -> None:
    """Counts that hold such waits can't be taken back without them: everybody is counted anew."""
    op.drop_index("ix_leads_awaited", "leads")
    for table in ("kpi_changes", "kpi_days", "kpi_spans", "counting_rules"):
        op.execute(f"DELETE FROM {table}")
    op.execute("UPDATE leads SET counted = 0")
    op.drop_column("counting_rules", "clock")
