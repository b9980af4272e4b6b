"""Proposed conversions of people from profiles outside the framework."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TEXTS = (
    "position_id",
    "profile",
    "to_role",
    "state",
    "reason",
    "drafted_by",
    "decided_by",
)


def upgrade() -> None:
    """Create the table of conversions."""
    op.create_table(
        "conversions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_conversions_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conversions_person_id", "conversions", ["person_id"])
