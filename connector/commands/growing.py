"""`jobframe mobility role|openings|bench|mentors|mentor` and `jobframe signals`.

What people's data adds to the mobility of the framework: it takes the use
"suggestions", except for the numbers, which take "readiness".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from connector.commands.common import Context, command
from connector.commands.mobility import (
    check_names,
    framework_option,
    mobility,
    with_openings,
)
from connector.runtime.connections import Use, connections_with
from connector.runtime.editions import release_edition
from connector.runtime.ground import ground_of
from connector.runtime.growing import count_signals
from connector.runtime.role_people import role_people
from connector.store import audit, growth, readiness
from connector.talent.mobility.bench import RoleBench, bench
from connector.talent.mobility.mentors import mentors_for
from connector.talent.mobility.role_page import role_page
from connector.talent.openings import Opening, number_and_places
from connector.talent.persons import person_named
from connector.talent.signals import Departure, Signals
from connector.talent.small_groups import words_for
from connector.talent.visibility import What

#: What a person may share with a mentor; pay is never among it.
_SHARED = (What.PROFILE.value, What.GROWTH.value, What.MOVES.value)


@mobility.command("role")
@click.argument("role")
@framework_option
@command
def role_(context: Context, role: str, folder: Path | None) -> None:
    """Show what ROLE asks for at entry, ways in and out, and its open positions."""
    framework, openings = with_openings(context, folder, roles=(role,))
    page = role_page(framework, role)
    told = openings.role_json(role)
    lines = list(page.lines(framework))
    if told is not None:
        lines.append(f"Open positions: {number_and_places(openings.of_role(role))}")
    context.result(
        {**page.as_json(), "open_positions": told, "notes": list(openings.notes)},
        [*lines, *(f"note: {note}" for note in openings.notes)],
    )


@mobility.command("openings")
@click.option("--role", "roles", multiple=True, help="Only for these roles.")
@command
def openings_(context: Context, roles: tuple[str, ...]) -> None:
    """List the open positions by role, as far as an HR system tells them."""
    framework, openings = with_openings(context, None, roles=roles)
    shown = {
        role: each
        for role, each in openings.by_role().items()
        if not roles or role in roles
    }
    outside = () if roles else openings.outside()
    listed = dict.fromkeys(one for each in (*shown.values(), outside) for one in each)
    lines = [
        line
        for role, each in shown.items()
        for line in _openings(f"{framework.roles[role].name} [{role}]", each)
    ]
    lines += _openings("Outside the framework", outside) if outside else []
    if openings.found is not None and not lines:
        lines = ["No position is open."]
    context.result(
        {
            "open_positions": None
            if openings.found is None
            else [one.as_json() for one in listed],
            "notes": list(openings.notes),
        },
        [*lines, *(f"note: {note}" for note in openings.notes)],
    )


@mobility.command("bench")
@click.option("--role", "roles", multiple=True, help="Only these roles.")
@command
def bench_(context: Context, roles: tuple[str, ...]) -> None:
    """Count by role who is ready, one step away, or further; never fewer than five."""
    with context.instance() as instance:
        connections_with(instance, Use.READINESS)
        framework = release_edition(instance, None, instance.today()).framework
        check_names(roles, framework.roles, "role")
        with instance.database.read() as conn:
            found = bench(readiness.kept(conn))
    shown = [each for each in found if not roles or each.role in roles]
    context.result(
        [asdict(each) for each in shown],
        [_bench_line(each) for each in shown]
        or ["Nobody is looked at: jobframe readiness compute."],
    )


@mobility.command()
@click.argument("role")
@click.option("--from", "from_role", help="Who came from this role first.")
@click.option("--for", "mentee", help="The person who looks; never named itself.")
@command
def mentors(
    context: Context, role: str, from_role: str | None, mentee: str | None
) -> None:
    """Name who may be asked about ROLE: holders who said yes, by our ids."""
    with context.instance() as instance:
        connections_with(instance, Use.SUGGESTIONS)
        framework = release_edition(instance, None, instance.today()).framework
        asked = [name for name in (role, from_role) if name]
        check_names(asked, framework.roles, "role")
        people = role_people(instance, instance.today())
        with instance.database.read() as conn:
            willing = growth.willing_mentors(conn)
            besides = [person_named(conn, mentee).id] if mentee else []
    left = people.former.get(from_role, ()) if from_role else ()
    found = mentors_for(
        role,
        {each.id for each in people.holders_of(role)},
        willing,
        made_the_move={each.id for each in left},
        besides=besides,
    )
    context.result(
        [asdict(each) for each in found],
        [
            f"{each.person_id}" + ("  made this move" if each.made_the_move else "")
            for each in found
        ]
        or ["Nobody who holds this role has said yes to being asked."],
    )


@mobility.command()
@click.argument("person")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@command
def mentor(context: Context, person: str, answer: str) -> None:
    """Record that PERSON may be asked as a mentor, or no longer; no holds at once."""
    with context.instance() as instance:
        connections_with(instance, Use.SUGGESTIONS)
        ground = ground_of(instance)
        with instance.database.write() as conn:
            found = person_named(conn, person)
            if answer == "yes":
                growth.agree_to_mentor(conn, found.id, ground.now())
            else:
                growth.take_back_mentoring(conn, found.id)
            audit.append(
                conn,
                at=ground.now(),
                actor=context.person,
                action="mentor consent",
                detail={"person": found.id, "answer": answer},
                person_id=found.id,
            )
    context.result({"person": found.id, "answer": answer}, [f"{found.id}: {answer}."])


@mobility.command()
@click.argument("person")
@click.argument("mentor_name", metavar="MENTOR")
@click.argument("what", type=click.Choice(_SHARED))
@click.option("--stop", "is_stopped", is_flag=True, help="Take it back at once.")
@command
def share(
    context: Context, person: str, mentor_name: str, what: str, is_stopped: bool
) -> None:
    """Record that PERSON lets MENTOR see WHAT of theirs: nothing else is shown."""
    with context.instance() as instance:
        connections_with(instance, Use.SUGGESTIONS)
        ground = ground_of(instance)
        with instance.database.write() as conn:
            found = person_named(conn, person)
            other = person_named(conn, mentor_name)
            if is_stopped:
                growth.stop_sharing(conn, found.id, other.id, what)
            else:
                growth.share(conn, found.id, other.id, what, ground.now())
            detail = {"person": found.id, "mentor": other.id, "what": what}
            audit.append(
                conn,
                at=ground.now(),
                actor="talent",
                action="stop sharing" if is_stopped else "share",
                detail={**detail, "by": context.person},
                person_id=found.id,
            )
    told = "is shared no longer" if is_stopped else "is shared"
    context.result(
        {**detail, "is_shared": not is_stopped}, [f"{what} {told} with {other.id}."]
    )


@click.command()
@command
def signals(context: Context) -> None:
    """List where the framework and what people do part ways, for the council."""
    with context.instance() as instance:
        connections_with(instance, Use.READINESS)
        found = count_signals(instance)
    context.result(asdict(found), _signal_lines(found))


def _openings(title: str, openings: Sequence[Opening]) -> list[str]:
    lines = [f"{title}: {number_and_places(openings)}"]
    for each in openings:
        since = f"since {each.open_since}" if each.open_since else ""
        profiles = "" if each.roles else " or ".join(each.profiles)
        parts = (each.position_id, profiles, each.organisation, each.place, since)
        lines.append("  " + ", ".join(part for part in parts if part))
    return lines


def _bench_line(each: RoleBench) -> str:
    if each.people is None:
        return f"{each.role}: {words_for(None)} people"
    parts = ", ".join(f"{words_for(n)} {name}" for name, n in each.parts.items())
    return f"{each.role}: {each.people} people; {parts}"


def _signal_lines(found: Signals) -> list[str]:
    lines = []
    if found.absent:
        lines.append("Learned or asked for, and not in the framework:")
        lines += [f"  {each.name}: {each.people} people" for each in found.absent]
    if found.departures:
        lines.append("Roles whose holders' evidence departs from what they ask for:")
        lines += [f"  {_departure(each)}" for each in found.departures]
    if found.unfinished:
        lines.append("Pathways that nobody finishes:")
        lines += [f"  {each.pathway}: {each.began} began" for each in found.unfinished]
    return lines or ["No signals."]


def _departure(each: Departure) -> str:
    if each.is_required:
        shown = each.shown or "hardly any"
        return (
            f"{each.role} asks for {each.competency}: shown by {shown} of"
            f" {each.holders}"
        )
    return (
        f"{each.role} does not ask for {each.competency}: shown by {each.shown} of"
        f" {each.holders}"
    )
