"""Workspaces, the outbox and its lanes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TIME = sa.BigInteger()


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String()),
        sa.Column("created", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
        sa.UniqueConstraint("team_id", name="uq_workspaces_team_id"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("dedup", KEY),
        sa.Column("pending_key", KEY),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.Column("lane", sa.String()),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("token", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_claimed", TIME),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.String()),
        sa.Column("created", TIME, nullable=False),
        sa.Column("finished", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_jobs_workspace"),
        sqlite_autoincrement=True,
    )
    _index("ix_jobs_due", ["due", "id"], "state = 0 AND lane IS NULL")
    _index("ix_jobs_lane_due", ["due"], "state = 0 AND lane IS NOT NULL")
    _index("ix_jobs_lane", ["workspace", "lane", "place", "id"], "state = 0 AND lane IS NOT NULL")
    _index("uq_jobs_dedup", ["workspace", "dedup"], "state < 2", unique=True)
    _index("uq_jobs_pending", ["workspace", "pending_key"], "state = 0", unique=True)
    _index("ix_jobs_finished", ["finished"], "finished IS NOT NULL")
    op.create_table(
        "lanes",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "lane", name="pk_lanes"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_lanes_workspace"),
    )


def downgrade() -> None:
    """Remove them, with all they hold."""
    op.drop_table("lanes")
    op.drop_table("jobs")
    op.drop_table("workspaces")


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, "jobs", columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
