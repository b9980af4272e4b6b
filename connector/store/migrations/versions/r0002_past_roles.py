"""Roles that somebody held and holds no longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of past roles."""
    op.create_table(
        "past_roles",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_past_roles_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "person_id",
            "connection",
            "kind",
            "remote_id",
            name=op.f("pk_past_roles"),
        ),
    )
