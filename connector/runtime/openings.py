"""Asks every connection which positions are open; nothing is kept.

Where none tells, the notes say how it is set up: that fails no command.
"""

from __future__ import annotations

from connector.framework.model import Framework
from connector.kit.errors import ConfigError, TargetError
from connector.runtime.connections import connection_names, opened
from connector.runtime.instance import Instance
from connector.store import links
from connector.talent.openings import Opening, Openings, opening_of

_NOBODY = "no connection is to an HR system that tells which positions are open"


def read_openings(instance: Instance, framework: Framework) -> Openings:
    """Return the open positions within the scopes of all connections."""
    found: list[Opening] = []
    notes: list[str] = []
    is_told = False
    for name in connection_names(instance):
        try:
            told = _of_connection(instance, name, framework)
        except (ConfigError, TargetError) as error:
            why = f"{error.message.rstrip('.')}. {error.hint}".strip()
            notes.append(f"{name} does not tell which positions are open: {why}")
            continue
        if told is not None:
            is_told = True
            found += told
    if not is_told:
        return Openings(None, tuple(notes) or (_NOBODY,))
    found.sort(key=lambda each: (each.connection, each.position_id))
    return Openings(tuple(found), tuple(notes))


def _of_connection(
    instance: Instance, name: str, framework: Framework
) -> list[Opening] | None:
    """Return what one connection tells, none where it knows no positions."""
    with opened(instance, name) as connection:
        if connection.positions is None:
            return None
        positions = list(connection.positions.open())
    with instance.database.read() as conn:
        keys = links.keys(conn, name)
    return [opening_of(each, name, keys, framework) for each in positions]
