"""What people did, what was said of it, and how ready they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of withdrawals, contributions, judgements and readiness."""
    _create_what_people_did()
    _create_what_was_said()
    _create_readiness()


def _person(table: str, name: str = "person_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], ["persons.id"], name=op.f(f"fk_{table}_{name}")
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _create_what_people_did() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _text("withdrawn_by"),
        _instant("recorded_at"),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_withdrawals_evidence_id")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_withdrawals")),
    )
    op.create_table(
        "contributions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        _text("person_id"),
        sa.Column("fact_id", sa.Integer(), nullable=True),
        _text("kind"),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _text("recorded_by"),
        _instant("recorded_at"),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        _text("withdrawn_by"),
        _person("contributions"),
        sa.ForeignKeyConstraint(
            ["fact_id"], ["facts.id"], name=op.f("fk_contributions_fact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_contributions_fact_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contributions_person_id", "contributions", ["person_id"])


def _create_what_was_said() -> None:
    op.create_table(
        "role_judgements",
        _text("person_id"),
        _text("competency"),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        _text("step"),
        _text("judged_by"),
        _instant("judged_at"),
        _person("role_judgements"),
        sa.PrimaryKeyConstraint(
            "person_id", "competency", name=op.f("pk_role_judgements")
        ),
    )
    op.create_table(
        "chosen_targets",
        _text("person_id"),
        _text("role"),
        _text("focus_area"),
        _instant("chosen_at"),
        _person("chosen_targets"),
        sa.PrimaryKeyConstraint(
            "person_id", "role", "focus_area", name=op.f("pk_chosen_targets")
        ),
    )


def _create_readiness() -> None:
    op.create_table(
        "levels_held",
        _text("person_id"),
        _text("rung"),
        sa.Column("since", sa.Date(), nullable=True),
        _person("levels_held"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_levels_held")),
    )
    op.create_table(
        "readiness",
        _text("person_id"),
        _text("role"),
        _text("focus_area"),
        _text("kind"),
        _text("release"),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("may_be_proposed", sa.Boolean(), nullable=False),
        sa.Column("open_number", sa.Integer(), nullable=False),
        sa.Column("states_json", sa.Text(), nullable=False),
        sa.Column("changes_on", sa.Date(), nullable=True),
        _person("readiness"),
        sa.PrimaryKeyConstraint(
            "person_id", "role", "focus_area", name=op.f("pk_readiness")
        ),
    )
    op.create_index("ix_readiness_changes_on", "readiness", ["changes_on"])
    op.create_index("ix_readiness_role", "readiness", ["role", "focus_area"])
    op.create_table(
        "readiness_due",
        _text("person_id"),
        _person("readiness_due"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_readiness_due")),
    )
