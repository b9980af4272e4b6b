"""Prepares moves of a connection with its policy, for commands and the schedule.

Opens nothing; a target is never asked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.runtime.connections import Use, configured, connection_names, require_use
from connector.runtime.editions import release_edition
from connector.runtime.ground import ground_of
from connector.runtime.instance import Instance
from connector.runtime.move_policies import move_policy
from connector.sync.engine import Edition
from connector.talent.packets import Grounds, packet_of
from connector.talent.persons import person_named
from connector.talent.preparing_moves import Assignment, Prepared, prepare
from connector.talent.proposing import Wish, expire, held_role
from connector.talent.readiness import Assessor
from connector.talent.standings import Standings
from connector.talent.telling import mutual
from connector.talent.workforce import role_of


def prepare_moves(instance: Instance, name: str) -> Prepared:
    """Draft the moves that readiness allows, once readiness is up to date.

    Raises:
        ConfigError: readiness or proposals are off, or the policy names no reasons.
    """
    require_use(instance, name, Use.PROPOSALS)
    require_use(instance, name, Use.READINESS)
    expire_moves(instance)
    edition = release_edition(instance, None, instance.today())
    assignment = Assignment(
        connection=name,
        framework=edition.framework,
        release=edition.name,
        as_of=edition.as_of,
        policy=move_policy(instance, name),
    )
    return prepare(ground_of(instance), assignment)


def expire_moves(instance: Instance) -> None:
    """Let drafts and approvals lapse by the policy of each connection."""
    policies = {
        name: move_policy(instance, name) for name in connection_names(instance)
    }
    expire(ground_of(instance), policies)


def packet_for(
    instance: Instance, name: str, edition: Edition, wish: Wish
) -> Mapping[str, Any]:
    """Return the packet of a move drafted by hand; empty where readiness is off.

    Raises:
        ConfigError: the person, the position or the role is unknown.
    """
    role, area = role_of(wish.to_role)
    known = edition.framework.roles.get(role)
    is_on = Use.READINESS in configured(instance, name).uses
    if known is None or not is_on:
        return {}
    with instance.database.read() as conn:
        person = person_named(conn, wish.person)
        from_role = held_role(conn, name, person, wish.position_id)
        standings = Standings(conn, edition.framework, edition.as_of)
        ((standing, _),) = standings.read(conn, [person.id])
        vouched = mutual(conn, person.id)
    assessor = Assessor(edition.framework, edition.as_of)
    target = assessor.targets.chosen(standing, role, area)
    (found,) = assessor.assess(standing, [target])
    grounds = Grounds(edition.framework, edition.name, edition.as_of)
    return packet_of(grounds, standing, found, from_role, vouched)
