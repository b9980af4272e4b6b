"""`jobframe readiness`: what people's next steps take, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from connector.commands.common import Context, command
from connector.framework.model import Framework
from connector.runtime.connections import Use, connections_with
from connector.runtime.editions import release_edition
from connector.runtime.ground import ground_of
from connector.runtime.jobs import compute_readiness
from connector.runtime.privacy import onlooker
from connector.store import readiness as kept_readiness
from connector.talent import looking
from connector.talent.learning_route import Closing, LearningRoute
from connector.talent.looking import Look
from connector.talent.persons import person_named
from connector.talent.readiness import RequirementState
from connector.talent.standing import Proof
from connector.talent.targets import TargetKind
from connector.talent.visibility import What
from connector.talent.wording import (
    certification_sentences,
    contribution_sentence,
    obstacle_sentences,
    sentence,
    verdict,
)

_SHOWN = 50
_TITLES = {
    TargetKind.PRESENT: "present role",
    TargetKind.NEXT_LEVEL: "next level",
    TargetKind.PARITY: "equal level of the other track",
    TargetKind.CHOSEN: "chosen",
}
_area_option = click.option("--focus-area", help="A focus area of the role.")


@click.group()
def readiness() -> None:
    """See how people stand for their role and the next: evidence, never a score."""


@readiness.command()
@command
def compute(context: Context) -> None:
    """Make readiness anew for everybody about whom something changed."""
    with context.instance() as instance:
        done = compute_readiness(instance)
    told = f"{done.people} people looked at anew, {done.kept} roles kept for them."
    context.result(asdict(done), [told])


@readiness.command()
@click.argument("person")
@click.option("--role", help="Any role, instead of those that are kept.")
@_area_option
@command
def show(
    context: Context, person: str, role: str | None, focus_area: str | None
) -> None:
    """Show how PERSON (an employee id or ours) stands, on what evidence."""
    with context.instance() as instance:
        connections_with(instance, Use.READINESS)
        framework = release_edition(instance, None, instance.today()).framework
        ground = ground_of(instance)
        with instance.database.read() as conn:
            found = person_named(conn, person)
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        viewer.require(found.id, What.GROWTH)
        looks = looking.look(
            ground,
            framework,
            found.id,
            instance.today(),
            (role, focus_area) if role else None,
        )
    context.result(
        {
            "person": found.id,
            "targets": [_look_json(framework, each) for each in looks],
        },
        [line for each in looks for line in _look_lines(framework, each)]
        or ["This person holds no role of the framework, and has chosen none."],
    )


@readiness.command("list")
@click.option("--ready", "is_ready", is_flag=True, help="Only who may be proposed.")
@click.option("--role", help="Only for this role.")
@command
def list_readiness(context: Context, is_ready: bool, role: str | None) -> None:
    """List what is kept: by person and role, how much is open."""
    with context.instance() as instance:
        connections_with(instance, Use.READINESS)
        with instance.database.read() as conn:
            rows = [
                each
                for each in kept_readiness.kept(conn)
                if (not is_ready or each.may_be_proposed) and role in (None, each.role)
            ]
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        rows = [each for each in rows if viewer.may_see(each.person_id, What.GROWTH)]
    lines = [
        f"{each.person_id}  {_name(each.role, each.focus_area)}  {each.kind}"
        f"  {'ready' if each.may_be_proposed else f'{each.open_number} open'}"
        for each in rows[:_SHOWN]
    ]
    if len(rows) > _SHOWN:
        lines.append(f"and {len(rows) - _SHOWN} more")
    values = [{**asdict(each), "as_of": each.as_of.isoformat()} for each in rows]
    for value in values:
        value["changes_on"] = _day(value["changes_on"])
    context.result(values, lines or ["Nothing is kept: jobframe readiness compute."])


@readiness.command()
@click.argument("person")
@click.argument("role")
@_area_option
@click.option("--drop", "is_dropped", is_flag=True, help="Let go of it.")
@command
def target(
    context: Context, person: str, role: str, focus_area: str | None, is_dropped: bool
) -> None:
    """Keep readiness of PERSON for ROLE, which the person chose."""
    with context.instance() as instance:
        connections_with(instance, Use.READINESS)
        ground = ground_of(instance)
        if is_dropped:
            was_one = looking.drop(ground, person, role, focus_area)
            told = "is let go of" if was_one else "was not chosen"
        else:
            framework = release_edition(instance, None, instance.today()).framework
            looking.choose(ground, framework, person, role, focus_area)
            was_one, told = True, "is kept"
    name = _name(role, focus_area or "")
    context.result({"role": name, "changed": was_one}, [f"{name} {told}."])


@readiness.command()
@click.argument("person")
@click.argument("competency")
@click.argument("verdict", metavar="agree|nothing|STEP")
@command
def judge(context: Context, person: str, competency: str, verdict: str) -> None:
    """Say, as the manager of PERSON, whether what the role lets presume is so.

    `agree` confirms it, `nothing` says that nothing of it is shown, and a step of the
    scale says which one is.
    """
    step = {"agree": None, "nothing": ""}.get(verdict, verdict)
    with context.instance() as instance:
        connections_with(instance, Use.READINESS)
        framework = release_edition(instance, None, instance.today()).framework
        looking.judge(
            ground_of(instance), framework, person, competency, step, context.person
        )
    context.result(
        {"competency": competency, "verdict": verdict}, [f"{competency}: {verdict}."]
    )


def _name(role: str, focus_area: str) -> str:
    return f"{role}/{focus_area}" if focus_area else role


def _look_lines(framework: Framework, look: Look) -> Iterator[str]:
    found = look.readiness
    role = framework.roles[found.target.role]
    area = f", {found.target.focus_area}" if found.target.focus_area else ""
    yield f"{role.name}{area} ({_TITLES[found.target.kind]})"
    closings = {id(each.state): each for each in look.closings}
    for state in found.requirements:
        yield f"  {sentence(framework, state)}"
        closing = closings.get(id(state))
        if closing is not None:
            yield from (f"    {line}" for line in _closing_lines(closing))
    for each in found.contributions:
        yield f"  {contribution_sentence(each)}"
    yield from (f"  {line}" for line in certification_sentences(framework, found))
    if found.target.kind is TargetKind.PRESENT:
        return
    for told in obstacle_sentences(found.eligibility):
        yield f"  {told}"
    yield from (f"  {line}" for line in _route_lines(framework, look.route))
    if found.may_be_proposed:
        yield f"  {verdict(framework, found)}"


def _closing_lines(closing: Closing) -> Iterator[str]:
    if closing.options:
        options = (f"{each.activity.name} [{each.pathway}]" for each in closing.options)
        yield f"would teach it: {'; '.join(options)}"
    if closing.people:
        bases = " or ".join(each.value for each in closing.people)
        yield f"takes somebody else: {bases}"


def _route_lines(framework: Framework, route: LearningRoute) -> Iterator[str]:
    if not route.stages:
        return
    names = " > ".join(
        str(framework.pathways[stage.pathway].name) for stage in route.stages
    )
    hours = f"{route.hours:g} hours"
    cost = f", {route.cost:g} in cost" if route.cost else ""
    unknown = (
        f", {route.without_hours} activities without hours"
        if route.without_hours
        else ""
    )
    yield f"Shortest way to learn it: {names} ({hours}{cost}{unknown})."


def _look_json(framework: Framework, look: Look) -> dict[str, Any]:
    found = look.readiness
    closings = {id(each.state): each for each in look.closings}
    return {
        "role": found.target.role,
        "focus_area": found.target.focus_area,
        "kind": found.target.kind.value,
        "move": found.target.move,
        "is_met": found.is_met,
        "may_be_proposed": found.may_be_proposed,
        "says": verdict(framework, found),
        "requirements": [
            _state_json(framework, each, closings.get(id(each)))
            for each in found.requirements
        ],
        "contributions": [
            {**asdict(each), "state": each.state.value} for each in found.contributions
        ],
        "certifications": {
            each.certification: each.is_shown for each in found.certifications
        },
        "eligibility": {
            "obstacles": [each.value for each in found.eligibility.obstacles],
            "from": _day(found.eligibility.from_day),
        },
        "route": _route_json(look.route),
    }


def _state_json(
    framework: Framework, state: RequirementState, closing: Closing | None
) -> dict[str, Any]:
    requirement = state.requirement
    return {
        "competency": requirement.competency,
        "step": requirement.step,
        "importance": requirement.importance.value,
        "origin": requirement.origin.value,
        "state": state.state.value,
        "says": sentence(framework, state),
        "evidence": [_proof_json(each) for each in state.proofs],
        "expired": [_proof_json(each) for each in state.expired],
        "accepts": [each.value for each in state.accepts.bases],
        "how_many": state.accepts.how_many,
        "closes": [
            {
                "pathway": each.pathway,
                "activity": each.activity.key,
                "hours": _number(each.activity.hours),
                "cost": _number(each.activity.cost),
            }
            for each in (closing.options if closing else ())
        ],
        "needs_people": [each.value for each in (closing.people if closing else ())],
    }


def _proof_json(proof: Proof) -> dict[str, Any]:
    return {
        "step": proof.step,
        "basis": proof.basis.value,
        "achieved_on": _day(proof.achieved_on),
        "expires_on": _day(proof.expires_on),
        "source": proof.provenance,
    }


def _route_json(route: LearningRoute) -> dict[str, Any]:
    return {
        "stages": [
            {
                "pathway": stage.pathway,
                "activities": [each.key for each in stage.to_do],
                "closes": list(stage.closes),
            }
            for stage in route.stages
        ],
        "hours": _number(route.hours),
        "cost": _number(route.cost),
        "without_hours": route.without_hours,
        "not_taught": list(route.not_taught),
    }


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _day(day: object) -> str | None:
    return None if day is None else str(day)
