"""How people stand with the organisation, and what adapters keep between readings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns of persons and assignments, and the table of what is kept."""
    for name in ("is_on_leave", "is_unseen"):
        op.add_column(
            "persons",
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.add_column(
        "persons",
        sa.Column(
            "worker_type", sa.String(), nullable=False, server_default="employee"
        ),
    )
    for name in ("first_hired_on", "left_on"):
        op.add_column("persons", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("assignments", sa.Column("moved_on", sa.Date(), nullable=True))
    op.add_column(
        "assignments",
        sa.Column("country", sa.String(), nullable=False, server_default=""),
    )
    op.add_column(
        "assignments",
        sa.Column(
            "is_international",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
        ),
    )
    op.create_table(
        "remembered",
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "connection", "name", "key", name=op.f("pk_remembered")
        ),
    )
