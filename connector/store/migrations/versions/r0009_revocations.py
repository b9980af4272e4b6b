"""What sources took back, and evidence that a rule carried over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = ("connection", "type", "object_id", "account_id")


def upgrade() -> None:
    """Create the table of revocations; let evidence name what it was carried from."""
    op.create_table(
        "revocations",
        *(sa.Column(name, sa.String(), nullable=False) for name in _KEY),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(*_KEY, "revoked_at", name=op.f("pk_revocations")),
    )
    op.add_column("evidence", sa.Column("carried_from", sa.Integer(), nullable=True))
    op.create_index("ix_evidence_carried_from", "evidence", ["carried_from"])
    op.create_index("ix_evidence_competency", "evidence", ["competency", "step"])
