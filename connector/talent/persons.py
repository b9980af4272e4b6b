"""Finds the person that somebody names, and keeps people from judging themselves."""

from __future__ import annotations

from sqlalchemy import Connection

from connector.kit.errors import ConfigError
from connector.store import people
from connector.store.people import Person


def person_named(conn: Connection, text: str) -> Person:
    """Return the person of an id of ours, or of an employee id that only one has.

    Raises:
        ConfigError: there is no such person, or there are several.
    """
    found = people.get(conn, text)
    if found is not None:
        return found
    ids = people.by_employee_id(conn, [text]).get(text, [])
    only = people.get(conn, ids[0]) if len(ids) == 1 else None
    if only is None:
        raise ConfigError(
            f"there is no one person “{text}”",
            hint="Name an employee id, or an id that `jobframe people list` shows.",
        )
    return only


def is_oneself(person: Person, actor: str) -> bool:
    """Tell whether an actor is the person, by employee id, address or name."""
    own = {person.employee_id, person.email, person.email.partition("@")[0]}
    return actor.strip().casefold() in {
        each.casefold() for each in (*own, person.name) if each
    }


def refuse_oneself(person: Person, actor: str, what: str) -> None:
    """Refuse to let anybody attest, judge or decide about themselves.

    `what` completes "nobody …".

    Raises:
        ConfigError: the actor is the person.
    """
    if is_oneself(person, actor):
        raise ConfigError(
            f"nobody {what}",
            hint="Somebody else does this, under their own name (--as).",
        )
