"""Looks at one person's readiness with everything behind it, and takes judgements.

What is kept are states alone; here the evidence, the ways to close a gap and the
sentences are made anew for whom somebody looks at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.errors import ConfigError
from connector.store import audit, growth
from connector.store.growth import Judgement
from connector.talent.ground import Ground
from connector.talent.learning_route import Closing, Learning, LearningRoute
from connector.talent.persons import person_named, refuse_oneself
from connector.talent.readiness import Assessor, Readiness
from connector.talent.standing import PersonStanding
from connector.talent.standings import Standings


@dataclass(frozen=True, slots=True)
class Look:
    """Readiness for one target, what would close each gap, and the shortest way."""

    readiness: Readiness
    closings: tuple[Closing, ...]
    route: LearningRoute


def look(
    ground: Ground,
    framework: Framework,
    person_id: str,
    as_of: date,
    role: tuple[str, str | None] | None = None,
) -> list[Look]:
    """Return how a person stands for what is kept, or for one role.

    Raises:
        ConfigError: the role is not in use in the framework.
    """
    assessor = Assessor(framework, as_of)
    standing = _standing(ground, framework, person_id, as_of)
    if role is None:
        found = assessor.kept(standing)
    else:
        require_role(framework, *role)
        found = assessor.assess(standing, [assessor.targets.chosen(standing, *role)])
    current = [proof for proof in standing.proofs if proof.is_current(as_of)]
    held = [each.role for each in standing.roles]
    looks = []
    for each in found:
        learning = Learning(framework, current, (*held, each.target.role))
        closings = tuple(learning.closing(state) for state in each.open_requirements)
        looks.append(Look(each, closings, learning.route(each)))
    return looks


def choose(
    ground: Ground, framework: Framework, person: str, role: str, area: str | None
) -> str:
    """Keep a role that a person chose to look at; returns our id of the person.

    Raises:
        ConfigError: the person or the role is unknown.
    """
    require_role(framework, role, area)
    with ground.database.write() as conn:
        found = person_named(conn, person)
        growth.choose_target(conn, found.id, role, area or "", ground.now())
    return found.id


def drop(ground: Ground, person: str, role: str, area: str | None) -> bool:
    """Let go of a role that a person chose; tells whether it was one."""
    with ground.database.write() as conn:
        found = person_named(conn, person)
        return growth.drop_target(conn, found.id, role, area or "")


def judge(
    ground: Ground,
    framework: Framework,
    person: str,
    competency: str,
    step: str | None,
    actor: str,
) -> None:
    """Record what a manager says of a competency that the role held lets presume.

    No step agrees with what is presumed, an empty one says that nothing is shown.

    Raises:
        ConfigError: the person, the competency or the step is unknown, or the actor
            speaks about themselves.
    """
    _require_step(framework, competency, step)
    with ground.database.write() as conn:
        found = person_named(conn, person)
        refuse_oneself(found, actor, "judges their own competencies")
        said = Judgement(
            person_id=found.id,
            competency=competency,
            is_confirmed=step is None,
            step=step or "",
            judged_by=actor,
        )
        growth.judge(conn, said, ground.now())
        _note(ground, conn, said)


def _note(ground: Ground, conn: Connection, said: Judgement) -> None:
    audit.append(
        conn,
        at=ground.now(),
        actor="talent",
        action="judge readiness",
        detail={
            "by": said.judged_by,
            "person": said.person_id,
            "competency": said.competency,
            "step": "agreed" if said.is_confirmed else said.step,
        },
        person_id=said.person_id,
    )


def _require_step(framework: Framework, competency: str, step: str | None) -> None:
    if competency not in framework.competencies:
        raise ConfigError(
            f"the framework has no competency {competency}",
            hint="`jobframe readiness show` names the competencies asked for.",
        )
    known = [each.key for each in framework.steps_of(competency)]
    if step and step not in known:
        raise ConfigError(
            f"{competency} has no step {step}", hint=f"Steps: {', '.join(known)}."
        )


def require_role(framework: Framework, role: str, area: str | None) -> None:
    """Refuse a role or focus area that is not in use.

    Raises:
        ConfigError: with what there is.
    """
    found = framework.roles.get(role)
    if found is None or found.is_retired:
        raise ConfigError(
            f"the framework has no role {role} in use",
            hint="`jobframe mobility map` shows the roles.",
        )
    areas = [each.key for each in found.focus_areas]
    if area is not None and area not in areas:
        raise ConfigError(
            f"the role {role} has no focus area {area}",
            hint=f"Focus areas: {', '.join(areas) or 'none'}.",
        )


def _standing(
    ground: Ground, framework: Framework, person_id: str, as_of: date
) -> PersonStanding:
    with ground.database.read() as conn:
        found = Standings(conn, framework, as_of).read(conn, [person_id])
    return _only(found)


def _only(found: Sequence[tuple[PersonStanding, object]]) -> PersonStanding:
    ((standing, _),) = found
    return standing
