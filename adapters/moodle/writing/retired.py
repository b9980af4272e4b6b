"""The branch of a framework in which retired nodes are kept.

Moodle cannot hide a competency, and one that is in use cannot be deleted. The branch
is looked up before it is made, so that a killed run leaves no second one.
"""

from __future__ import annotations

from adapters.moodle import wire
from adapters.moodle.identities import prefix_of, retired_identity
from adapters.moodle.writing.context import Context
from connector.kit.values import Write

_LIST = "core_competency_list_competencies"
_CREATE = "core_competency_create_competency"


def retired_branch(context: Context, write: Write, framework_id: int) -> int:
    """Return the id of the retired branch of a framework, made on first use.

    Raises:
        TargetError: Moodle refused or did not answer.
    """
    with context.branch_lock:
        if framework_id not in context.branches:
            prefix = prefix_of(write.identity, write.kind, write.key)
            identity = retired_identity(prefix)
            found = _look_up(context, framework_id, identity)
            context.branches[framework_id] = found or _make(
                context, framework_id, identity
            )
        return context.branches[framework_id]


def _look_up(context: Context, framework_id: int, identity: str) -> int | None:
    filters = [
        {"column": "competencyframeworkid", "value": str(framework_id)},
        {"column": "idnumber", "value": identity},
    ]
    nodes = wire.NODE.many(context.client.call(_LIST, {"filters": filters}), _LIST)
    return nodes[0].id if nodes else None


def _make(context: Context, framework_id: int, identity: str) -> int:
    answer = context.client.call(
        _CREATE,
        {
            "competency": {
                "shortname": context.settings.retired_name,
                "idnumber": identity,
                "description": "",
                "descriptionformat": 1,
                "competencyframeworkid": framework_id,
                "parentid": 0,
            }
        },
        is_repeatable=False,
    )
    return wire.NODE.one(answer, _CREATE).id
