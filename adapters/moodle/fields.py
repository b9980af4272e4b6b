"""Field specs that several kinds of Moodle share."""

from __future__ import annotations

from adapters.moodle.facts import MAX_NAME
from adapters.moodle.text import canonical_html, canonical_name
from connector.kit.values import FieldSpec, FieldType, Privacy

NAME = FieldSpec(
    name="shortname", max_length=MAX_NAME, is_required=True, canonical=canonical_name
)
DESCRIPTION = FieldSpec(
    name="description", type=FieldType.RICH_TEXT, canonical=canonical_html
)


def reference(
    name: str,
    *kinds: str,
    is_required: bool = False,
    is_fixed: bool = False,
    privacy: Privacy = Privacy.PLAIN,
) -> FieldSpec:
    """Return a field that refers to a record of one of the kinds."""
    return FieldSpec(
        name=name,
        type=FieldType.REFERENCE,
        kinds=kinds,
        is_required=is_required,
        is_fixed=is_fixed,
        privacy=privacy,
    )


#: The ordered competencies of a learning plan, or of a template for some.
COMPETENCIES = FieldSpec(
    name="competencies",
    type=FieldType.ROWS,
    is_ordered=True,
    row_key="competency",
    row=(reference("competency", "step", "competency", is_required=True),),
)
