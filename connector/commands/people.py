"""`jobframe people`: who the HRIS knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from connector.commands.common import Context, command
from connector.commands.plan import the_connection
from connector.kit.errors import ConfigError
from connector.runtime.connections import configured, opened
from connector.runtime.ground import ground_of
from connector.runtime.people_view import HIDDEN, note_showing, people_view
from connector.runtime.privacy import forgets_before, onlooker
from connector.talent.binding import bind_account
from connector.talent.visibility import What
from connector.talent.workforce import sync_people

#: How many people a list for people shows.
_SHOWN = 50
_DATES = {
    "first hired": "first_hired_on",
    "hired": "hired_on",
    "last move": "last_move_on",
    "left": "left_on",
}


@click.group()
def people() -> None:
    """Read the people of an HRIS."""


@people.command()
@click.argument("connection", required=False)
@click.option("--full", "is_full", is_flag=True, help="Read everybody again.")
@click.option(
    "--accept-missing",
    "accepts_missing",
    is_flag=True,
    help="Let people go however many are no longer shown.",
)
@command
def sync(
    context: Context, connection: str | None, is_full: bool, accepts_missing: bool
) -> None:
    """Read who changed in CONNECTION since the last time."""
    with context.instance() as instance:
        name = the_connection(instance, connection)
        with opened(instance, name) as target:
            if target.people is None:
                raise ConfigError(
                    f"the connection {name} knows no people",
                    hint="Name the connection of your HRIS.",
                )
            read = sync_people(
                ground_of(instance),
                name,
                target.people,
                scope=configured(instance, name).scope,
                is_full=is_full,
                accepts_missing=accepts_missing,
                left_before=forgets_before(instance),
            )
    context.result(
        asdict(read),
        [
            f"{read.stored} people read from {name}.",
            *([f"{read.gone} are no longer within the scope."] if read.gone else []),
            *read.notes,
        ],
    )


@people.command()
@click.argument("connection")
@click.argument("account")
@click.argument("employee_id")
@command
def bind(context: Context, connection: str, account: str, employee_id: str) -> None:
    """Say that ACCOUNT in CONNECTION, your LMS, is the worker with EMPLOYEE_ID.

    For accounts that `jobframe tasks` names; nothing else binds an account anew.
    """
    with context.instance() as instance:
        configured(instance, connection)
        assigned = bind_account(
            ground_of(instance), connection, account, employee_id, context.person
        )
    context.result(
        {"account": account, "facts": assigned},
        [f"Account {account} is bound; its completions: {assigned}. Collect again."],
    )


@people.command("list")
@click.option("--role", metavar="KEY", help="Only who holds this role.")
@click.option("--personal", is_flag=True, help="Show names; this is written down.")
@command
def list_people(context: Context, role: str | None, personal: bool) -> None:
    """List the people known: what they hold, and names only where asked for."""
    with context.instance() as instance:
        view = people_view(instance)
        shown = view.holders(role) if role else list(view.persons.values())
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        shown = [each for each in shown if viewer.may_see(each.id, What.PROFILE)]
        rows = [view.row(each, is_personal=personal) for each in shown]
        if personal:
            note_showing(instance, context.person, len(rows))
    active = sum(person.is_active for person in view.persons.values())
    context.result(
        {
            "people": len(view.persons),
            "active": active,
            "by_status": view.counts(),
            "persons": rows,
        },
        [
            f"{len(view.persons)} people, {active} of them active.",
            *(f"  {_line(row, is_personal=personal)}" for row in rows[:_SHOWN]),
            *([f"  and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else []),
        ],
    )


@people.command()
@click.argument("who", metavar="PERSON")
@click.option("--personal", is_flag=True, help="Show names; this is written down.")
@command
def show(context: Context, who: str, personal: bool) -> None:
    """Show one PERSON, by our id or the employee id: positions, managers, dates."""
    with context.instance() as instance:
        view = people_view(instance)
        found = view.named(who)
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        viewer.require(found.id, What.PROFILE)
        row = view.row(found, is_personal=personal)
        if personal:
            note_showing(instance, context.person, 1)
    lines = [_line(row, is_personal=personal)]
    lines += [
        f"  {name}: {row[member]}"
        for name, member in _DATES.items()
        if row[member] is not None
    ]
    lines += [f"  position {_position(each)}" for each in row["assignments"]]
    lines += [f"  managers: {' > '.join(row['managers'])}"] if row["managers"] else []
    context.result(row, lines)


def _line(row: Mapping[str, Any], *, is_personal: bool) -> str:
    """Return a person in one line."""
    parts = [row["id"], row["status"]]
    if is_personal:
        parts += [row["employee_id"], row["name"]]
    held = [each for each in row["assignments"] if each["role"]]
    parts += [", ".join(_role(each) for each in held) or "no role of the framework"]
    return "  ".join(parts)


def _role(position: Mapping[str, Any]) -> str:
    parts = (position["role"], position["focus_area"])
    return "/".join(part for part in parts if part)


def _position(position: Mapping[str, Any]) -> str:
    """Return a position in one line, what it lacks left out."""
    flags = (
        ("primary", position["is_primary"]),
        ("international assignment", position["is_international"]),
    )
    parts = [
        "" if position["position_id"] == HIDDEN else position["position_id"],
        _role(position) or position["profile"] or "no job profile",
        position["track"].replace("_", " "),
        position["level"],
        position["region"] or position["country"],
        f"since {position['moved_on'] or position['since'] or 'an unknown day'}",
        *(name for name, is_set in flags if is_set),
    ]
    return ", ".join(part for part in parts if part)
