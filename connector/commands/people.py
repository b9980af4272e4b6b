"""`jobframe people`: who the HRIS knows."""

from __future__ import annotations

import click

from connector.commands.common import Context, command
from connector.commands.plan import the_connection
from connector.kit.errors import ConfigError
from connector.runtime.connections import configured, opened
from connector.runtime.ground import ground_of
from connector.store import people as store_people
from connector.talent.binding import bind_account
from connector.talent.workforce import sync_people


@click.group()
def people() -> None:
    """Read the people of an HRIS."""


@people.command()
@click.argument("connection", required=False)
@command
def sync(context: Context, connection: str | None) -> None:
    """Read who changed in CONNECTION since the last time."""
    with context.instance() as instance:
        name = the_connection(instance, connection)
        with opened(instance, name) as target:
            if target.people is None:
                raise ConfigError(
                    f"the connection {name} knows no people",
                    hint="Name the connection of your HRIS.",
                )
            stored = sync_people(ground_of(instance), name, target.people)
    context.result({"stored": stored}, [f"{stored} people read from {name}."])


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
@command
def list_people(context: Context) -> None:
    """Count the people known; names stay in the database."""
    with context.instance() as instance, instance.database.read() as conn:
        known = store_people.all(conn)
    active = sum(person.is_active for person in known)
    context.result(
        {"people": len(known), "active": active},
        [f"{len(known)} people, {active} of them active."],
    )
