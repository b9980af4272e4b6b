"""Who works on profiles outside the framework, and what role might fit. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connector.framework.model import Framework

#: Titles that share fewer of their words are not alike.
_ALIKE = 0.5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A position on a profile that the framework does not have.

    `profile` is its title as far as it is known, `kind` and `profile_id` the object.
    """

    person_id: str
    position_id: str
    organisation: str
    profile: str
    kind: str = ""
    profile_id: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A role for somebody on a profile, and why; empty where none is near."""

    role: str
    why: str


class Suggester:
    """Finds the role of a framework whose title is nearest to a profile's."""

    def __init__(self, framework: Framework) -> None:
        self._names: dict[str, list[str]] = {}
        self._words: dict[str, frozenset[str]] = {}
        for role in framework.roles.values():
            if not role.is_retired:
                name = str(role.name)
                self._names.setdefault(name.casefold().strip(), []).append(role.key)
                self._words[role.key] = _words(name)

    def suggest(self, title: str) -> Suggestion:
        """Return the nearest role; of several that are equally near none."""
        same = self._names.get(title.casefold().strip(), [])
        if len(same) == 1:
            return Suggestion(same[0], "same title")
        if same:
            return Suggestion("", f"several roles have this title: {', '.join(same)}")
        words = _words(title)
        near = sorted(
            (_likeness(words, other), key) for key, other in self._words.items()
        )
        best = near[-1][0] if near else 0.0
        nearest = [key for likeness, key in near if likeness == best]
        if best < _ALIKE:
            return Suggestion("", "no role has a similar title")
        if len(nearest) > 1:
            return Suggestion("", f"equally near: {', '.join(nearest[:3])}")
        shared = ", ".join(sorted(words & self._words[nearest[0]]))
        return Suggestion(nearest[0], f"titles share: {shared}")


def _words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(title.casefold()))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
