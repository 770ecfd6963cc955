"""Which numbers are one person, who works for one company, and what was suggested and decided."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from store.migrations.keys_of_0005 import keys_of

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TIME = sa.BigInteger()
PAGE = 1_000

leads = sa.table(
    "leads",
    sa.column("workspace", sa.String),
    sa.column("number", sa.Integer),
    sa.column("body", JSON),
    sa.column("company_key", KEY),
    sa.column("name_key", sa.String),
)


def upgrade() -> None:
    """Make the columns and the table, and say of the leads there are for whom they work."""
    op.add_column("leads", sa.Column("survivor", sa.Integer(), nullable=True))
    op.add_column("leads", sa.Column("company_key", KEY, nullable=True))
    op.add_column("leads", sa.Column("name_key", sa.String(), nullable=True))
    _fill()
    for name, column in (("ix_leads_survivor", "survivor"), ("ix_leads_company", "company_key")):
        known = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            name, "leads", ["workspace", column], sqlite_where=known, postgresql_where=known, unique=False
        )
    op.create_table(
        "same_person",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("older", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("newer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_same_person_workspace"),
        sa.PrimaryKeyConstraint("workspace", "older", "newer", name="pk_same_person"),
    )
    op.create_index("ix_same_person_newer", "same_person", ["workspace", "newer"], unique=False)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("same_person")
    op.drop_index("ix_leads_company", "leads")
    op.drop_index("ix_leads_survivor", "leads")
    for column in ("name_key", "company_key", "survivor"):
        op.drop_column("leads", column)


def _fill() -> None:
    """The keys of what is there, a page at a time: a colleague's lead is found however old it is."""
    connection = op.get_bind()
    at: tuple[Any, Any] = ("", 0)
    while True:
        after = sa.or_(leads.c.workspace > at[0], sa.and_(leads.c.workspace == at[0], leads.c.number > at[1]))
        query = sa.select(leads.c.workspace, leads.c.number, leads.c.body).where(after)
        rows = connection.execute(query.order_by(leads.c.workspace, leads.c.number).limit(PAGE)).all()
        if not rows:
            return
        found = []
        for row in rows:
            body = json.loads(row.body) if isinstance(row.body, str) else row.body
            keys = keys_of(body)
            if any(keys.values()):
                found.append({"its_workspace": row.workspace, "its_number": row.number, **keys})
        if found:
            connection.execute(
                sa.update(leads)
                .where(
                    leads.c.workspace == sa.bindparam("its_workspace"),
                    leads.c.number == sa.bindparam("its_number"),
                )
                .values(company_key=sa.bindparam("company"), name_key=sa.bindparam("person")),
                found,
            )
        at = (rows[-1].workspace, rows[-1].number)
