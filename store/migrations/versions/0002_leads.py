"""Leads with their events and facts, intake, spend, and what a workspace set up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TIME = sa.BigInteger()

_KPI = """
    workspace created_at stage reason source campaign variant owner imported late received_at claim_due
    let_go_at claimed_at contact_at accepted_at mql_at sql_at won_at lost_at rejected_at rejected_for
    disqualified_by amount_minor currency opted_out snoozed_until
"""


def upgrade() -> None:
    """Make the tables."""
    _intake()
    _house()
    _leads()
    dead = sa.text("state = 2")
    op.create_index(
        "ix_jobs_dead", "jobs", ["workspace", "finished"], sqlite_where=dead, postgresql_where=dead
    )


def downgrade() -> None:
    """Remove them, with all they hold."""
    op.drop_index("ix_jobs_dead", "jobs")
    op.drop_table("waiting")
    op.drop_table("traffic")
    op.drop_table("spend")
    op.drop_table("settings")
    op.drop_table("quarantine")
    op.drop_table("people")
    op.drop_table("numbers")
    op.drop_table("leads")
    op.drop_table("lead_events")
    op.drop_table("facts")
    op.drop_table("external_ids")
    op.drop_table("definitions")
    op.drop_table("cards")
    op.drop_table("answers")


def _intake() -> None:
    op.create_table(
        "answers",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_answers_workspace"),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_answers"),
    )
    op.create_index("ix_answers_at", "answers", ["at"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_quarantine_workspace"),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "spend",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_spend_workspace"),
        sa.PrimaryKeyConstraint("id", name="pk_spend"),
        sa.UniqueConstraint(
            "workspace",
            "source",
            "campaign",
            "from_day",
            "to_day",
            "currency",
            name="uq_spend_workspace_source_campaign_from_day_to_day_currency",
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "traffic",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_traffic_workspace"),
        sa.PrimaryKeyConstraint("workspace", "day", "source", "why", name="pk_traffic"),
    )
    op.create_table(
        "waiting",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("email_key", KEY, nullable=True),
        sa.Column("phone_key", KEY, nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("submission", JSON, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_waiting_workspace"),
        sa.PrimaryKeyConstraint("id", name="pk_waiting"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_waiting_email", "waiting", ["workspace", "email_key"], unique=False)
    op.create_index("ix_waiting_expires", "waiting", ["expires_at"], unique=False)
    op.create_index("ix_waiting_phone", "waiting", ["workspace", "phone_key"], unique=False)


def _house() -> None:
    op.create_table(
        "cards",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("drawn", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_cards_workspace"),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cards_lead", "cards", ["workspace", "lead", "kind"], unique=False)
    op.create_index("ix_cards_place", "cards", ["workspace", "channel", "ts"], unique=False)
    op.create_table(
        "definitions",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_definitions_workspace"),
        sa.PrimaryKeyConstraint("workspace", "version", name="pk_definitions"),
    )
    op.create_table(
        "people",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_people_workspace"),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_people"),
    )
    op.create_table(
        "settings",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_settings_workspace"),
        sa.PrimaryKeyConstraint("workspace", "name", name="pk_settings"),
    )


def _leads() -> None:
    op.create_table(
        "external_ids",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_external_ids_workspace"),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_external_ids"),
    )
    op.create_table(
        "facts",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_facts_workspace"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_facts"),
    )
    op.create_index("ix_facts_lead", "facts", ["workspace", "lead"], unique=False)
    op.create_table(
        "lead_events",
        sa.Column("seq", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_lead_events_workspace"),
        sa.PrimaryKeyConstraint("seq", name="pk_lead_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lead_events_lead", "lead_events", ["workspace", "lead", "seq"], unique=False)
    op.create_index("ix_lead_events_kind", "lead_events", ["workspace", "kind", "at"], unique=False)
    op.create_table(
        "leads",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("email_key", KEY, nullable=True),
        sa.Column("phone_key", KEY, nullable=True),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("variant", sa.String(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("claim_due", TIME, nullable=True),
        sa.Column("claimed_at", TIME, nullable=True),
        sa.Column("touched_at", TIME, nullable=True),
        sa.Column("contact_at", TIME, nullable=True),
        sa.Column("accepted_at", TIME, nullable=True),
        sa.Column("qualified_at", TIME, nullable=True),
        sa.Column("mql_at", TIME, nullable=True),
        sa.Column("sql_at", TIME, nullable=True),
        sa.Column("won_at", TIME, nullable=True),
        sa.Column("lost_at", TIME, nullable=True),
        sa.Column("let_go_at", TIME, nullable=True),
        sa.Column("disqualified_at", TIME, nullable=True),
        sa.Column("disqualified_by", sa.String(), nullable=True),
        sa.Column("rejected_at", TIME, nullable=True),
        sa.Column("rejected_for", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("snoozed_until", TIME, nullable=True),
        sa.Column("next_step_at", TIME, nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_leads_workspace"),
        sa.PrimaryKeyConstraint("workspace", "number", name="pk_leads"),
    )
    op.create_index("ix_leads_created", "leads", ["workspace", "created_at"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_leads_kpi", "leads", _KPI.split(), unique=False)
    op.create_index("ix_leads_email", "leads", ["workspace", "email_key"], unique=False)
    op.create_index("ix_leads_lost", "leads", ["workspace", "lost_at"], unique=False)
    op.create_index("ix_leads_mql", "leads", ["workspace", "mql_at"], unique=False)
    op.create_index("ix_leads_owner", "leads", ["workspace", "owner", "stage"], unique=False)
    op.create_index("ix_leads_phone", "leads", ["workspace", "phone_key"], unique=False)
    op.create_index("ix_leads_sql", "leads", ["workspace", "sql_at"], unique=False)
    op.create_index("ix_leads_won", "leads", ["workspace", "won_at"], unique=False)
    op.create_table(
        "numbers",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_numbers_workspace"),
        sa.PrimaryKeyConstraint("workspace", name="pk_numbers"),
    )
