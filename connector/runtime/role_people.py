"""Who holds which role of the framework, from what HRIS connections told.

Reads the store only. A person counts in a role when the job profile held is linked to
it; whose employee id is missing or not unique cannot be found elsewhere and is left
out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from connector.kit.errors import ConfigError
from connector.runtime.editions import release_edition
from connector.runtime.instance import Instance
from connector.store import growth, links, people
from connector.sync.people import Learner, RolePeople
from connector.talent.workforce import role_of


def role_people(instance: Instance, as_of: date) -> RolePeople:
    """Return the people of every role, as they are for a plan of that day."""
    with instance.database.read() as conn:
        roles = people.held_roles(conn)
        employee_ids = _employee_ids(conn)
        keys = _role_keys(conn, {each.connection for each in roles})
        wanted = {
            (person_id, role) for person_id, role, _ in growth.chosen_targets(conn)
        }
    holders: dict[str, dict[str, Learner]] = {}
    former: dict[str, dict[str, Learner]] = {}
    is_known = False
    for each in roles:
        key = keys.get((each.connection, each.role.kind, each.role.remote_id))
        is_known = is_known or (key is not None and each.ended_at is None)
        employee_id = employee_ids.get(each.person_id)
        if key is None or employee_id is None:
            continue
        learner = Learner(each.person_id, employee_id)
        if each.ended_at is None:
            holders.setdefault(key, {})[learner.id] = learner
            continue
        day = instance.home.today(each.ended_at)
        left = former.setdefault(key, {})
        last = left.get(learner.id, learner).left_on or day
        left[learner.id] = replace(learner, left_on=max(day, last))
    held = {(person, role) for role, found in holders.items() for person in found}
    return RolePeople(
        as_of=as_of,
        chosen=frozenset(role for _, role in wanted),
        moves_in_use=_moves_in_use(instance, as_of, held, wanted),
        is_known=is_known,
        holders={key: tuple(found.values()) for key, found in holders.items()},
        former={key: tuple(found.values()) for key, found in former.items()},
    )


def _employee_ids(conn: Connection) -> dict[str, str]:
    """Return the employee ids that belong to one person each, by person."""
    persons = people.all(conn)
    counted = Counter(person.employee_id for person in persons)
    return {
        person.id: person.employee_id
        for person in persons
        if person.employee_id and counted[person.employee_id] == 1
    }


def _role_keys(
    conn: Connection, connections: set[str]
) -> dict[tuple[str, str, str], str]:
    """Return the role of every linked object, by connection, kind and remote id."""
    return {
        (name, link.kind, link.remote_id): role_of(link.key)[0]
        for name in connections
        for link in links.all(conn, name)
    }


def _moves_in_use(
    instance: Instance,
    as_of: date,
    held: set[tuple[str, str]],
    wanted: set[tuple[str, str]],
) -> frozenset[str]:
    """Return the declared moves from a role that a person holds to one it chose."""
    if not wanted:
        return frozenset()
    try:
        framework = release_edition(instance, None, as_of).framework
    except ConfigError:
        return frozenset()
    ends = {
        (start, goal)
        for person_id, goal in wanted
        for holder, start in held
        if holder == person_id
    }
    return frozenset(
        move.key
        for move in framework.moves.values()
        if (move.from_role, move.to_role) in ends and not move.is_retired
    )
