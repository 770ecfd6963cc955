"""Leads: what happened (events), what is personal about it (facts), and how things stand (the projection)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    and_,
)

from store.tables.base import Id, Json, Key, UtcDateTime, metadata
from store.tables.lead_body import LeadBody

leads = Table(
    "leads",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # How many events it has: a save on an older number was overtaken.
    Column("revision", Integer, nullable=False),
    # The whole lead as the rules know it. Everything below is derived from it, for questions to many leads.
    Column("body", LeadBody, nullable=False),
    Column("email_key", Key),
    Column("phone_key", Key),
    Column("search", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("owner", String),
    Column("source", String, nullable=False),
    Column("campaign", String),
    Column("variant", String),
    # The most that the score can be from when the row was written, and until when that is close: what lists
    # are sorted by first. The score itself is worked out when it is looked at, for time takes from it.
    Column("score_most", Integer, nullable=False),
    Column("score_falls_at", UtcDateTime),
    Column("imported", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("reason", String),
    Column("created_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("asked_at", UtcDateTime),
    Column("claim_due", UtcDateTime),
    Column("claimed_at", UtcDateTime),
    Column("touched_at", UtcDateTime),
    Column("contact_at", UtcDateTime),
    Column("accepted_at", UtcDateTime),
    Column("qualified_at", UtcDateTime),
    Column("mql_at", UtcDateTime),
    Column("sql_at", UtcDateTime),
    Column("won_at", UtcDateTime),
    Column("lost_at", UtcDateTime),
    Column("let_go_at", UtcDateTime),
    Column("disqualified_at", UtcDateTime),
    Column("disqualified_by", String),
    Column("rejected_at", UtcDateTime),
    Column("rejected_for", String),
    Column("approved_by", String),
    Column("snoozed_until", UtcDateTime),
    Column("next_step_at", UtcDateTime),
    Column("amount_minor", BigInteger),
    Column("currency", String),
    Column("opted_out", Boolean, nullable=False),
    # The lead that this number stands for now; None while it stands for itself. A redirect's stage is
    # "merged", so that whatever asks for a stage leaves it out.
    Column("survivor", Integer),
    # What says that two people work for one company, and the name to compare them by (`same_person.py`).
    Column("company_key", Key),
    Column("name_key", String),
    # Under which version of the counting rules it is counted (`store/counting.py`); 0: not yet.
    Column("counted", Integer, nullable=False, server_default="0"),
)

Index("ix_leads_email", leads.c.workspace, leads.c.email_key)
Index("ix_leads_phone", leads.c.workspace, leads.c.phone_key)
Index("ix_leads_created", leads.c.workspace, leads.c.created_at)
# Whatever a KPI reads, so that none reads the bodies: at 100,000 leads ten times faster. Not on PostgreSQL,
# which keeps long bodies apart by itself and has no room for long campaign names in so wide an index.
_KPI = """
    workspace created_at stage reason source campaign variant owner imported late received_at claim_due
    let_go_at claimed_at contact_at accepted_at mql_at sql_at won_at lost_at rejected_at rejected_for
    disqualified_by amount_minor currency opted_out snoozed_until
"""
Index("ix_leads_kpi", *(leads.c[name] for name in _KPI.split())).ddl_if(dialect="sqlite")
Index("ix_leads_owner", leads.c.workspace, leads.c.owner, leads.c.stage)
Index("ix_leads_mql", leads.c.workspace, leads.c.mql_at)
Index("ix_leads_sql", leads.c.workspace, leads.c.sql_at)
Index("ix_leads_falls", leads.c.workspace, leads.c.score_falls_at)
Index("ix_leads_won", leads.c.workspace, leads.c.won_at)
Index("ix_leads_lost", leads.c.workspace, leads.c.lost_at)
# Who must still be counted, or be counted anew.
Index("ix_leads_counted", leads.c.workspace, leads.c.counted, leads.c.number)
# Whatever gets overdue without anything happening: promises of leads nobody claimed or nobody spoke with,
# leads in somebody's hands that nobody decided on, and those who sleep. They are few, and numbers look at
# each of them.
PROMISED = and_(leads.c.claim_due.is_not(None), leads.c.claimed_at.is_(None))
AWAITED = and_(leads.c.claim_due.is_not(None), leads.c.contact_at.is_(None))
HELD = and_(leads.c.claimed_at.is_not(None), leads.c.accepted_at.is_(None))
ASLEEP = leads.c.snoozed_until.is_not(None)
for _name, _column, _where in (
    ("ix_leads_promised", leads.c.claim_due, PROMISED),
    ("ix_leads_awaited", leads.c.claim_due, AWAITED),
    ("ix_leads_held", leads.c.claimed_at, HELD),
    ("ix_leads_asleep", leads.c.snoozed_until, ASLEEP),
):
    Index(_name, leads.c.workspace, _column, sqlite_where=_where, postgresql_where=_where)

_MERGED = leads.c.survivor.is_not(None)
Index(
    "ix_leads_survivor",
    leads.c.workspace,
    leads.c.survivor,
    sqlite_where=_MERGED,
    postgresql_where=_MERGED,
)
_WITH_COMPANY = leads.c.company_key.is_not(None)
Index(
    "ix_leads_company",
    leads.c.workspace,
    leads.c.company_key,
    sqlite_where=_WITH_COMPANY,
    postgresql_where=_WITH_COMPANY,
)

lead_events = Table(
    "lead_events",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("workspace", String, nullable=False),
    Column("lead", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", String, nullable=False),
    # Ids, codes and numbers only; whatever is personal is a fact.
    Column("data", Json, nullable=False),
    ForeignKeyConstraint(["workspace"], ["workspaces.id"]),
    sqlite_autoincrement=True,
)
Index("ix_lead_events_lead", lead_events.c.workspace, lead_events.c.lead, lead_events.c.seq)
# What each rep did in a window, and what was undone since.
Index("ix_lead_events_kind", lead_events.c.workspace, lead_events.c.kind, lead_events.c.at)

facts = Table(
    "facts",
    metadata,
    Column("workspace", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("lead", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("data", Json, nullable=False),
    ForeignKeyConstraint(["workspace"], ["workspaces.id"]),
)
Index("ix_facts_lead", facts.c.workspace, facts.c.lead)

external_ids = Table(
    "external_ids",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    # A hash over source and the other system's id: ids there may be e-mail addresses.
    Column("key", Key, primary_key=True),
    Column("lead", Integer, nullable=False),
)
Index("ix_external_ids_lead", external_ids.c.workspace, external_ids.c.lead)

numbers = Table(
    "numbers",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    Column("next", Integer, nullable=False),
)

same_person = Table(
    "same_person",
    metadata,
    Column("workspace", String, ForeignKey("workspaces.id"), primary_key=True),
    # Numbers as they were when it was noticed; what they stand for now the leads say.
    Column("older", Integer, primary_key=True, autoincrement=False),
    Column("newer", Integer, primary_key=True, autoincrement=False),
    # phone or company: where they met. How alike their names are, 0 to 100.
    Column("why", String, nullable=False),
    Column("score", Integer, nullable=False),
    # open, merged or apart; who said so, and when.
    Column("state", String, nullable=False),
    Column("by", String),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_same_person_newer", same_person.c.workspace, same_person.c.newer)
