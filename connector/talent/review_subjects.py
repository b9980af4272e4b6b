"""Whose review form is meant: a role, a focus area of one, or a person who holds one.

Reads the store only. A person is known by the employee id or by our own id; names are
not searched, because two people may share one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.errors import ConfigError
from connector.kit.values import SourceAssignment
from connector.store import links, people
from connector.store.people import Person
from connector.talent.workforce import role_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A role of the framework, in a focus area where it has some, and who holds it."""

    role: str
    focus_area: str | None = None
    person: Person | None = None
    position_id: str = ""


def find_subject(
    conn: Connection, framework: Framework, text: str, *, position: str = ""
) -> Subject:
    """Return what a text means: a role's key, `role/focus area`, or a person.

    `position` chooses among the positions of a person; without it the primary counts.

    Raises:
        ConfigError: nothing or nobody is called so, or no role can be told.
    """
    role = _named_role(framework, text)
    if role is not None:
        return role
    person = _named_person(conn, text)
    if person is None:
        raise _nothing(conn, framework, text)
    return subject_of(conn, framework, person, position)


def subject_of(
    conn: Connection, framework: Framework, person: Person, position: str = ""
) -> Subject:
    """Return the role that a person holds.

    Raises:
        ConfigError: no position is in a role of the framework, or several could be.
    """
    held = people.assignments(conn, [person.id]).get(person.id, ())
    known = links.keys(conn)
    if position and position not in {each.position_id for each in held}:
        raise ConfigError(
            f"{person.employee_id} holds no position “{position}”",
            hint="Positions: "
            + (", ".join(each.position_id for each in held) or "none"),
        )
    wanted = [each for each in held if position in ("", each.position_id)]
    wanted.sort(key=lambda each: not each.is_primary)
    for assignment in wanted:
        key = _key(known, assignment)
        if key is None:
            continue
        role, area = role_of(key)
        if role in framework.roles:
            return Subject(
                role=role,
                focus_area=area,
                person=person,
                position_id=assignment.position_id,
            )
    raise ConfigError(
        f"no role of the framework is known for {person.employee_id}",
        hint="The job profile held is not linked to a role. `jobframe people coverage`"
        " lists such people; `jobframe people sync` reads who changed.",
    )


def _key(known: dict[tuple[str, str], str], assignment: SourceAssignment) -> str | None:
    role = assignment.role
    return known.get((role.kind, role.remote_id)) if role else None


def _named_role(framework: Framework, text: str) -> Subject | None:
    key, area = role_of(text)
    if key not in framework.roles:
        return _named_area(framework, text)
    role = framework.roles[key]
    areas = [each.key for each in role.focus_areas if not each.is_retired]
    if area is None and areas:
        raise ConfigError(
            f"the role “{key}” has focus areas, and each has a form of its own",
            hint="Name one: " + ", ".join(f"{key}/{each}" for each in areas),
        )
    if area is not None and area not in {each.key for each in role.focus_areas}:
        raise ConfigError(
            f"the role “{key}” has no focus area “{area}”",
            hint=_did_you_mean(area, {each: each for each in areas})
            or f"It has: {', '.join(areas) or 'none'}.",
        )
    return Subject(role=key, focus_area=area)


def _named_area(framework: Framework, text: str) -> Subject | None:
    found = [
        Subject(role=role.key, focus_area=area.key)
        for role in framework.roles.values()
        for area in role.focus_areas
        if area.key == text
    ]
    return found[0] if len(found) == 1 else None


def _named_person(conn: Connection, text: str) -> Person | None:
    found = people.with_employee_id(conn, text)
    if len(found) > 1:
        raise ConfigError(
            f"{len(found)} people bear the employee id “{text}”",
            hint="Name one by our own id: " + ", ".join(each.id for each in found),
        )
    person = found[0] if found else people.get(conn, text)
    return None if person is None or person.is_unseen else person


def _nothing(conn: Connection, framework: Framework, text: str) -> ConfigError:
    """Return the error for a text that is nobody's, with what may have been meant."""
    roles = framework.roles.values()
    hint = _did_you_mean(text, {role.key: role.key for role in roles})
    if not hint and text.isdecimal():
        hint = _with_other_zeros(conn, text)
    if not hint:
        by_name = {str(role.name).casefold(): role.key for role in roles}
        hint = _did_you_mean(text.casefold(), by_name)
    return ConfigError(
        f"“{text}” is no role of this framework and nobody's employee id",
        hint=hint
        or "Roles go by their key. People outside the scope of a connection are not"
        " stored, and new ones come with `jobframe people sync`.",
    )


def _with_other_zeros(conn: Connection, text: str) -> str:
    """Return a hint where the same number is known with other leading zeros."""
    for width in range(len(text.lstrip("0")), 13):
        other = text.lstrip("0").zfill(width)
        if other != text and people.with_employee_id(conn, other):
            return f"Did you mean {other}? Leading zeros count."
    return ""


def _did_you_mean(text: str, known: Mapping[str, str]) -> str:
    """Return a hint that names what is called almost so, by what it is written as."""
    near = [known[each] for each in get_close_matches(text, known, n=3)]
    return f"Did you mean {', '.join(near)}?" if near else ""
