"""The first of two people who approve a move."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column of who approved first."""
    op.add_column(
        "proposals",
        sa.Column(
            "first_approved_by", sa.String(), nullable=False, server_default=""
        ),
    )
