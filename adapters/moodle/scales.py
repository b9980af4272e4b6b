"""How a competency framework says which values of its scale count as proficient.

Our one number says the same for the configurations we write; any other one is 0.
"""

from __future__ import annotations

import json

#: What a configuration of another shape than ours is read as.
OTHER_SHAPE = 0


def configuration(scale_id: int, first: int, count: int) -> str:
    """Return the configuration in which all values from `first` on are proficient.

    Values count from 1; `first` is also the default that automatic completion gives.
    A value without an entry counts as not proficient.
    """
    entries: list[dict[str, object]] = [{"scaleid": str(scale_id)}]
    entries += [
        {"id": value, "scaledefault": int(value == first), "proficient": 1}
        for value in range(first, count + 1)
    ]
    return json.dumps(entries, separators=(",", ":"))


def proficient_from(stored: str, count: int) -> int:
    """Return the first proficient value of a stored configuration."""
    try:
        entries = json.loads(stored)[1:]
        proficient = sorted(int(e["id"]) for e in entries if int(e["proficient"]))
        default = [int(e["id"]) for e in entries if int(e["scaledefault"])]
    except (ValueError, TypeError, KeyError, LookupError):
        return OTHER_SHAPE
    first = proficient[0] if proficient else OTHER_SHAPE
    is_ours = proficient == list(range(first, count + 1)) and default == [first]
    return first if is_ours else OTHER_SHAPE
