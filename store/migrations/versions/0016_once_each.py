"""A schedule runs once, however often it is wished for at one time; the ids of a lead are found by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None

RUNNING = sa.text("stopped_at IS NULL")
STOP_THE_LATER = """
    UPDATE kpi_schedules SET stopped_at = at WHERE stopped_at IS NULL AND EXISTS (
        SELECT 1 FROM kpi_schedules AS older
        WHERE older.stopped_at IS NULL AND older.id < kpi_schedules.id
            AND older.workspace = kpi_schedules.workspace AND older.asked = kpi_schedules.asked
            AND older.every = kpi_schedules.every AND older.channel = kpi_schedules.channel
    )
"""


def upgrade() -> None:
    """Of schedules that were saved more than once the oldest goes on."""
    op.execute(STOP_THE_LATER)
    op.create_index(
        "uq_kpi_schedules_running",
        "kpi_schedules",
        ["workspace", "asked", "every", "channel"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.create_index("ix_external_ids_lead", "external_ids", ["workspace", "lead"])


def downgrade() -> None:
    """Remove both; what was stopped stays so."""
    op.drop_index("ix_external_ids_lead", "external_ids")
    op.drop_index("uq_kpi_schedules_running", "kpi_schedules")
