"""A set of kinds for the in-memory target that has every trait a kind can have.

They belong to no platform: a planner that treats them well treats any adapter well.
"""

from __future__ import annotations

from connector.kit.values import (
    FieldSpec,
    FieldType,
    KindSpec,
    Ownership,
    Privacy,
    Repeat,
    Reset,
    Retire,
    Value,
)


def _one_spaced(value: Value) -> Value:
    """Return a text with its white space as the target would show it."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _outcome(value: Value) -> Value:
    """Return an outcome; raises `ValueError` for one the target does not know."""
    if value not in ("none", "evidence", "complete"):
        raise ValueError("an outcome is one of: none, evidence, complete")
    return value


def _reference(
    name: str, *kinds: str, is_required: bool = False, is_fixed: bool = False
) -> FieldSpec:
    return FieldSpec(
        name=name,
        type=FieldType.REFERENCE,
        kinds=kinds,
        is_required=is_required,
        is_fixed=is_fixed,
    )


_NAME = FieldSpec(name="name", is_required=True, max_length=100)
_DESCRIPTION = FieldSpec(
    name="description", type=FieldType.RICH_TEXT, canonical=_one_spaced
)

#: Read, never written: an administrator makes it.
LEVEL = KindSpec(
    name="level",
    label="level",
    plural="levels",
    tag="lv",
    fields=(FieldSpec(name="name", ownership=Ownership.MANUAL_STEP),),
    ownership=Ownership.MANUAL_STEP,
    manual_step="Administration > Levels: add a level with these values.",
)

#: Flat, recognised by its name too, taken out of use by a flag.
GROUP = KindSpec(
    name="group",
    label="group",
    plural="groups",
    tag="g",
    fields=(_NAME, _DESCRIPTION),
    natural_key=("name",),
    repeat=Repeat.PUT,
    retire=Retire.FLAG,
    retire_means="the group is marked inactive",
)

#: A tree: retiring a node takes the nodes below along, a new child undoes the rule.
NODE = KindSpec(
    name="node",
    label="node",
    plural="nodes",
    tag="n",
    fields=(
        _NAME,
        _DESCRIPTION,
        _reference("group", "group", is_required=True, is_fixed=True),
        _reference("parent", "node"),
    ),
    container="parent",
    retire=Retire.BRANCH,
    retire_means="the node is moved to the branch of retired nodes",
    retires_with="parent",
    resets=(Reset(by="parent", kind="rule"),),
)

#: A property of a node: no identity, no life of its own.
RULE = KindSpec(
    name="rule",
    label="rule",
    plural="rules",
    tag="r",
    fields=(
        _reference("node", "node", is_required=True, is_fixed=True),
        FieldSpec(name="type", is_required=True),
    ),
    natural_key=("node",),
    has_identity=False,
    repeat=Repeat.PUT,
    retire=Retire.REMOVE,
    retire_means="the rule is cleared",
    retires_with="node",
)

#: Every type of field, and groups of rows that others may add to.
PROFILE = KindSpec(
    name="profile",
    label="profile",
    plural="profiles",
    tag="p",
    fields=(
        FieldSpec(name="title", is_required=True),
        _DESCRIPTION,
        FieldSpec(name="hours", type=FieldType.INTEGER),
        FieldSpec(name="is_public", type=FieldType.BOOLEAN),
        FieldSpec(name="valid_from", type=FieldType.DATE),
        FieldSpec(name="pay", type=FieldType.DECIMAL, privacy=Privacy.PAY),
        FieldSpec(name="owner", privacy=Privacy.PERSONAL),
        FieldSpec(name="stamp", ownership=Ownership.VERIFY_ONLY),
        FieldSpec(name="code", ownership=Ownership.MANUAL_STEP),
        FieldSpec(name="tags", type=FieldType.TEXTS),
        _reference("level", "level"),
        FieldSpec(name="groups", type=FieldType.REFERENCES, kinds=("group",)),
        _reference("follows", "profile"),
        FieldSpec(
            name="requirements",
            type=FieldType.ROWS,
            row_key="node",
            row=(
                _reference("node", "node", is_required=True),
                FieldSpec(name="rating"),
                FieldSpec(name="is_required", type=FieldType.BOOLEAN),
            ),
        ),
        FieldSpec(
            name="path",
            type=FieldType.ROWS,
            is_ordered=True,
            row_key="node",
            row=(_reference("node", "node", is_required=True),),
        ),
        FieldSpec(
            name="duties",
            type=FieldType.ROWS,
            row_key="text",
            is_keyed_by_text=True,
            row=(
                FieldSpec(name="text", is_required=True),
                FieldSpec(name="is_required", type=FieldType.BOOLEAN),
            ),
        ),
    ),
    natural_key=("title",),
    retire=Retire.FLAG,
    retire_means="the profile is marked inactive",
)

#: A relation: recognised by its two ends, removed when it is retired.
LINK = KindSpec(
    name="link",
    label="link",
    plural="links",
    tag="l",
    fields=(
        _reference("group", "group", is_required=True, is_fixed=True),
        _reference("node", "node", is_required=True, is_fixed=True),
        FieldSpec(name="outcome", is_required=True, canonical=_outcome),
    ),
    natural_key=("group", "node"),
    has_identity=False,
    container="group",
    retire=Retire.REMOVE,
    retire_means="the node is taken off the group",
)

EXAMPLE_KINDS = (LEVEL, GROUP, NODE, RULE, PROFILE, LINK)
