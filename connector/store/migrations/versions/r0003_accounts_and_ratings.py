"""Accounts whose owner is known or sought, known ratings, and how facts were judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of accounts and of known ratings; facts keep their judgement."""
    op.create_table(
        "accounts",
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("suggested_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "account_id", name=op.f("pk_accounts")),
    )
    op.create_index(
        "ix_accounts_employee_id",
        "accounts",
        ["connection", "employee_id"],
        unique=False,
    )
    op.create_table(
        "known_ratings",
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "connection", "object_id", "account_id", name=op.f("pk_known_ratings")
        ),
    )
    op.add_column(
        "facts",
        sa.Column("judged_as", sa.String(), nullable=False, server_default=""),
    )
    op.create_index(
        "ix_facts_judged", "facts", ["connection", "judged_as"], unique=False
    )
