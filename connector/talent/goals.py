"""Development goals in the HRIS, for a person who asked for them.

A goal names a competency and the step that a next role asks for. It goes the way of
every dispatch: journalled, looked up, sent once, decided by the HRIS's own approvals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from connector.kit.errors import ConfigError
from connector.kit.values import Dispatch, DispatchKind
from connector.store import audit, dispatches, links
from connector.store.dispatches import NewDispatch
from connector.store.people import Person
from connector.talent.ground import Ground
from connector.talent.reviews import ReviewForm, Said, ShownStep

_KIND = "competency"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedGoal:
    """A competency that a person wants to grow in, and the step to reach."""

    competency: str
    name: Said
    step: ShownStep | None
    activities: tuple[Said, ...] = ()

    @property
    def title(self) -> str:
        """Return the goal's name, as the person's record shows it."""
        return f"{self.name}: {self.step.name}" if self.step else str(self.name)

    @property
    def description(self) -> str:
        """Return what shows that the goal is reached, and ways there."""
        lines = [f"- {text}" for text in (self.step.indicators if self.step else ())]
        lines += [f"→ {activity}" for activity in self.activities]
        return "\n".join(lines)


def choices(form: ReviewForm) -> dict[str, WantedGoal]:
    """Return the goals that a form offers, by competency.

    The highest step that a next role asks for counts; what no next role asks more of
    can be taken one step further.
    """
    found: dict[str, WantedGoal] = {
        each.competency: WantedGoal(
            competency=each.competency, name=each.name, step=each.above
        )
        for each in form.criteria
        if each.above is not None
    }
    asked: dict[str, WantedGoal] = {}
    for move in form.moves:
        for goal in move.goals:
            known = asked.get(goal.competency)
            rank = goal.wanted.rank if goal.wanted else 0
            if known is None or rank > (known.step.rank if known.step else 0):
                asked[goal.competency] = WantedGoal(
                    competency=goal.competency,
                    name=goal.name,
                    step=goal.wanted,
                    activities=goal.activities,
                )
    return {**found, **asked}


def wanted_goals(form: ReviewForm, competencies: Sequence[str]) -> list[WantedGoal]:
    """Return the goals for some competencies, each once.

    Raises:
        ConfigError: a competency is none in which this person can go further.
    """
    offered = choices(form)
    for key in competencies:
        if key not in offered:
            near = get_close_matches(key, offered, n=3)
            known = ", ".join(near or offered) or "none"
            raise ConfigError(
                f"“{key}” is no competency in which {form.title} can go further",
                hint=f"Did you mean {known}?" if near else f"Offered: {known}.",
            )
    return [offered[key] for key in dict.fromkeys(competencies)]


def prepare_goals(
    ground: Ground,
    connection: str,
    person: Person,
    goals: Sequence[WantedGoal],
    *,
    asked_on: date,
    by: str,
) -> int:
    """Prepare a dispatch for each goal that was not asked for before; returns how many.

    `asked_on` is the day on which the person asked; it is written down with who says
    so. The same goal of a person has the same reference for ever.
    """
    ids = _competency_ids(ground, connection)
    new = [
        NewDispatch(
            dispatch=Dispatch(
                reference=_reference(ground, person, goal),
                kind=DispatchKind.GOAL,
                employee_id=person.employee_id,
                title=goal.title,
                description=goal.description,
                completed_on=asked_on,
                competency=goal.competency,
                rank=goal.step.rank if goal.step else 0,
                competency_id=ids.get(goal.competency, ""),
            ),
            person_id=person.id,
            fact_id=None,
        )
        for goal in goals
    ]
    with ground.database.write() as conn:
        audit.append(
            conn,
            at=ground.now(),
            actor="talent",
            action="ask for goals",
            detail={
                "connection": connection,
                "by": by,
                "asked_on": asked_on.isoformat(),
                "competencies": [goal.competency for goal in goals],
            },
            person_id=person.id,
        )
        return dispatches.prepare(conn, connection, new, ground.now())


def _competency_ids(ground: Ground, connection: str) -> dict[str, str]:
    with ground.database.read() as conn:
        keys = links.keys(conn, connection)
    return {key: remote_id for (kind, remote_id), key in keys.items() if kind == _KIND}


def _reference(ground: Ground, person: Person, goal: WantedGoal) -> str:
    step = goal.step.key if goal.step else ""
    return f"jf-dg-{ground.digest(['goal', person.id, goal.competency, step])[:24]}"
