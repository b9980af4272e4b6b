"""Who said yes to being a mentor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of mentors."""
    op.create_table(
        "mentors",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_mentors_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mentors")),
    )
