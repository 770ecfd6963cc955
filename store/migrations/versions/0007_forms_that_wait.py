"""Which form each waiting submission came from; and what nobody reads goes."""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PAGE = 1_000
NAMES = ("form_name", "form", "form_id", "page_title")
PLAIN = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+){0,5}")

waiting = sa.table(
    "waiting", sa.column("id", ID), sa.column("form", sa.String), sa.column("submission", JSON)
)


def upgrade() -> None:
    """Say of what waits which form it came from. No list sorts by `leads.score`, and no query needs the index
    beside the primary key that begins with the same columns.
    """
    op.add_column("waiting", sa.Column("form", sa.String(), nullable=False, server_default=""))
    _fill()
    op.create_index("ix_waiting_form", "waiting", ["workspace", "form", "id"])
    op.drop_column("leads", "score")
    op.drop_index("ix_privacy_links_token", "privacy_links")


def downgrade() -> None:
    """Bring them back; a score is the most that it could be, until its lead changes."""
    op.create_index("ix_privacy_links_token", "privacy_links", ["token"])
    op.add_column("leads", sa.Column("score", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE leads SET score = score_most")
    op.drop_index("ix_waiting_form", "waiting")
    op.drop_column("waiting", "form")


def _fill() -> None:
    connection = op.get_bind()
    after = 0
    while True:
        query = sa.select(waiting.c.id, waiting.c.submission).where(waiting.c.id > after)
        rows = connection.execute(query.order_by(waiting.c.id).limit(PAGE)).all()
        if not rows:
            return
        found = [{"its_id": row.id, "its_form": _form(row.submission)} for row in rows]
        change = sa.update(waiting).where(waiting.c.id == sa.bindparam("its_id"))
        connection.execute(change.values(form=sa.bindparam("its_form")), found)
        after = rows[-1].id


def _form(submission: Any) -> str:
    """As submissions were read when this was written: later code may read them in another way."""
    told: dict[str, Any] = json.loads(submission) if isinstance(submission, str) else submission
    said = (told.get("consent") or {}).get("form")
    extra = told.get("extra") or {}
    named = next((extra[name] for name in NAMES if extra.get(name)), None)
    action = str(told.get("action") or "")
    label = action if PLAIN.fullmatch(action) else "other"
    return str(said or named or f"{label.replace('_', ' ')} by {told.get('captured_by') or 'intake'}")[:200]
