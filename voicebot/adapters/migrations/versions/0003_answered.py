"""When a caller first heard an operator: what the overview's figures count by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Those answered so far keep the moment that is known."""
    op.add_column("tickets", sa.Column("answered_at", sa.BigInteger))
    op.execute("UPDATE tickets SET answered_at = connected_at")
    op.create_index("tickets_entered", "tickets", ["entered_at"])
