"""Keys of sources, each for one thing; the managers' keys for numbers move in with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KPI_KEY = "kpi_key:"
NUMBERS = "numbers"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

settings = sa.table(
    "settings",
    sa.column("workspace", sa.String),
    sa.column("name", sa.String),
    sa.column("value", sa.JSON().with_variant(JSONB(), "postgresql")),
)


def upgrade() -> None:
    """Make the table, and move what the settings held."""
    op.create_table(
        "keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("opens", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("ends", sa.String(), nullable=False),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_keys_workspace"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_keys_hash", "keys", ["workspace", "hash"], unique=True)
    stands = sa.text("until IS NULL")
    op.create_index(
        "uq_keys_name",
        "keys",
        ["workspace", "opens", "name"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    _move_in()


def downgrade() -> None:
    """Managers' keys go back; keys of sources are gone with the table."""
    keys = _keys()
    standing = sa.select(keys).where(keys.c.opens == NUMBERS, keys.c.until.is_(None))
    for row in op.get_bind().execute(standing.order_by(keys.c.id)).all():
        at = (EPOCH + timedelta(microseconds=row.at)).isoformat()
        value = {"hash": row.hash, "at": at}
        op.get_bind().execute(
            settings.insert().values(workspace=row.workspace, name=KPI_KEY + row.name, value=value)
        )
    op.drop_table("keys")


def _move_in() -> None:
    keys = _keys()
    held = sa.select(settings).where(settings.c.name.startswith(KPI_KEY, autoescape=True))
    for row in op.get_bind().execute(held.order_by(settings.c.workspace, settings.c.name)).all():
        person = row.name.removeprefix(KPI_KEY)
        made = (datetime.fromisoformat(row.value["at"]) - EPOCH) // timedelta(microseconds=1)
        moved = {"workspace": row.workspace, "name": person, "opens": NUMBERS, "hash": row.value["hash"]}
        # How it ends was never kept.
        moved |= {"ends": "", "signs": False, "by": person, "at": made, "until": None}
        op.get_bind().execute(keys.insert().values(moved))
    op.get_bind().execute(settings.delete().where(settings.c.name.startswith(KPI_KEY, autoescape=True)))


def _keys() -> sa.TableClause:
    names = ("id", "workspace", "name", "opens", "hash", "ends", "signs", "by", "at", "until")
    return sa.table("keys", *(sa.column(name) for name in names))
