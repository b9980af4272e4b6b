"""How identities of ours look in Moodle, and what can be read off them.

An identity is `<prefix>-<tag>-<key>`, made when records are mapped; the adapter only
takes it apart.
"""

from __future__ import annotations

TAGS = {
    "scale": "sc",
    "framework": "f",
    "domain": "d",
    "competency": "c",
    "step": "s",
    "step_rule": "r",
    "related": "x",
    "template": "t",
    "course": "co",
    "course_link": "l",
    "account": "u",
    "cohort": "h",
    "template_cohort": "th",
    "plan": "p",
}
NODE_KINDS = ("domain", "competency", "step")


def prefix_of(identity: str, kind: str, key: str) -> str:
    """Return the connection's prefix inside an identity of ours."""
    return identity.removesuffix(f"-{TAGS[kind]}-{key}")


def retired_identity(prefix: str) -> str:
    """Return the ID number of the branch that retired nodes are kept in."""
    return f"{prefix}-retired"


def node_kind(identity: str, prefix: str) -> str | None:
    """Return the kind of competency node an ID number stands for, if it is ours."""
    for kind in NODE_KINDS:
        if identity.startswith(f"{prefix}-{TAGS[kind]}-"):
            return kind
    return None


def is_ours(identity: str, kind: str, key: str) -> bool:
    """Tell whether we gave an object its identity; an adopted one keeps its own."""
    return identity.endswith(f"-{TAGS[kind]}-{key}".lower())


def rule_identity(node_identity: str, prefix: str) -> str:
    """Return the identity of the rule that lives on a node.

    Only a step's rule is ours; on any other node it keeps the node's own identity,
    which no record of ours bears.
    """
    start = f"{prefix}-{TAGS['step']}-"
    if not node_identity.startswith(start):
        return node_identity
    return f"{prefix}-{TAGS['step_rule']}-{node_identity.removeprefix(start)}"
