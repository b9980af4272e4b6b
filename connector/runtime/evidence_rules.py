"""What becomes of evidence in a connection, from its mapping.

Reads the mapping; the decisions themselves are made in `talent`.
"""

from __future__ import annotations

from connector.kit.errors import ConfigError
from connector.runtime.connections import configured, mapping_text
from connector.runtime.instance import Instance
from connector.runtime.manifest import load_adapter
from connector.sync.expressions import Expression, ExpressionError
from connector.sync.mapping import Mapping, load_mapping
from connector.talent.rules import DispatchRules


def dispatch_rules(instance: Instance, name: str) -> DispatchRules:
    """Return the rules of a connection.

    Raises:
        ConfigError: the mapping is broken.
    """
    document = configured(instance, name)
    text, place = mapping_text(instance, document)
    kinds = load_adapter(document.adapter).kinds()
    return rules_of(load_mapping(text, place, list(kinds)))


def rules_of(mapping: Mapping) -> DispatchRules:
    """Return the rules that a mapping states; what it leaves out is as usual."""
    usual, stated = DispatchRules(), mapping.evidence
    common = {"prefix": mapping.prefix, "language": mapping.language}

    def level(scale: str, rank: int) -> str:
        return _text(mapping, stated.level, {**common, "scale": scale, "rank": rank})

    def link(reference: str) -> str:
        return _text(mapping, stated.link, {**common, "reference": reference})

    return DispatchRules(
        becomes={**usual.becomes, **(stated.becomes or {})},
        level=level,
        link=link,
        inbox_tasks=mapping.limits.inbox_tasks,
    )


def _text(
    mapping: Mapping, expression: Expression | None, names: dict[str, object]
) -> str:
    if expression is None:
        return ""
    try:
        return str(expression.evaluate(names))
    except ExpressionError as error:
        raise ConfigError(
            f"the evidence section of the mapping {mapping.name} cannot be used:"
            f" “{expression.text}” {error}",
            hint="Correct it and import the mapping again: jobframe config import.",
        ) from error
