"""The hold queue: tickets, and the processes that hold calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "tickets",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("head_start", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked", sa.Text),
        sa.Column("caller", sa.LargeBinary),
        sa.Column("code", sa.Text),
        sa.Column("entered_at", sa.BigInteger, nullable=False),
        sa.Column("rank", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("ready_at", sa.BigInteger),
        sa.Column("operator", sa.Text),
        sa.Column("deadline", sa.BigInteger),
        sa.Column("reserved_for", sa.Text),
        sa.Column("reserved_until", sa.BigInteger),
        sa.Column("number", sa.LargeBinary),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("call_until", sa.BigInteger),
        sa.Column("grace_until", sa.BigInteger),
        sa.Column("connected_at", sa.BigInteger),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("outcome", sa.Text),
        sqlite_autoincrement=True,
    )
    queued = sa.text("state IN ('waiting', 'offered')")
    op.create_index(
        "tickets_next",
        "tickets",
        ["office", "language", "rank", "id"],
        sqlite_where=queued,
        postgresql_where=queued,
    )
    still_open = sa.text("state <> 'closed'")
    op.create_index(
        "tickets_open",
        "tickets",
        ["node", "state"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    for column in ("caller", "code"):
        op.create_index(
            f"tickets_by_{column}",
            "tickets",
            [column],
            sqlite_where=still_open,
            postgresql_where=still_open,
        )
    op.create_index("tickets_closed", "tickets", ["closed_at"])
    op.create_table(
        "nodes",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
