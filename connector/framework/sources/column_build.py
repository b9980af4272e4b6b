"""Builds elements from drafts: keys first, then every reference by its key.

Pure, apart from the report it fills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.framework.model import (
    EMPTY,
    Competency,
    CompetencyDomain,
    Indicator,
    JobFamily,
    JobFamilyGroup,
    Move,
    ProficiencyScale,
    Role,
    SourceIdentity,
    Text,
)
from connector.framework.references import KINDS
from connector.framework.sources.column_map import ColumnMap
from connector.framework.sources.column_rows import STATED
from connector.framework.sources.drafts import Draft, Drafts
from connector.framework.sources.keys import Identity, assign_keys, identity_text
from connector.framework.sources.map_values import KINDS as BUILT_KINDS
from connector.framework.sources.report import ReportBuilder


@dataclass(slots=True)
class _Settled:
    """A draft with one value per field and its key."""

    draft: Draft
    key: str
    values: Mapping[str, Any]


class Builder:
    """Builds the elements of every kind, and knows their keys."""

    def __init__(
        self,
        columns: ColumnMap,
        drafts: Drafts,
        report: ReportBuilder,
        known: Iterable[SourceIdentity],
    ) -> None:
        self._columns = columns
        self._report = report
        self._keys: dict[str, dict[Identity, str]] = {}
        self._settled: dict[str, list[_Settled]] = {}
        earlier: dict[str, dict[str, str]] = {}
        for one in known:
            if one.source == columns.source:
                earlier.setdefault(one.kind, {})[one.identity] = one.key
        for kind in BUILT_KINDS:
            self._settle(kind, drafts.of_kind(kind), earlier.get(kind, {}))

    def _settle(
        self, kind: str, drafts: dict[Identity, Draft], known: Mapping[str, str]
    ) -> None:
        values = {one: draft.settle(self._report) for one, draft in drafts.items()}
        wanted = {
            one: said.get("key") or said.get("name") or " ".join(one)
            for one, said in values.items()
        }
        stated = self._columns.stated.get(KINDS[kind], {})
        keys = assign_keys(kind, wanted, taken=stated, known=known)
        self._keys[kind] = keys
        self._settled[kind] = [
            _Settled(draft, keys[one], values[one]) for one, draft in drafts.items()
        ]

    def key(self, kind: str, identity: Identity | None) -> str | None:
        """Return the key of an identity, none where no element has it."""
        if identity is None:
            return None
        if identity[0] == STATED:
            return identity[1]
        return self._keys[kind].get(identity)

    def build(self) -> dict[str, dict[str, Any]]:
        """Return all elements by list name and key, those stated by the map first."""
        makers: dict[str, Callable[[_Settled], Any]] = {
            "group": lambda one: JobFamilyGroup(**self._common(one)),
            "family": self._family,
            "domain": self._domain,
            "competency": self._competency,
            "role": self._role,
            "move": self._move,
        }
        built = {name: dict(ones) for name, ones in self._columns.stated.items()}
        for kind, make in makers.items():
            elements = built.setdefault(KINDS[kind], {})
            for one in self._settled[kind]:
                element = make(one)
                if element is None:
                    # What was refused is unknown to all that name it.
                    del self._keys[kind][one.draft.identity]
                else:
                    elements[one.key] = element
        return {name: dict(sorted(ones.items())) for name, ones in built.items()}

    def identities(self) -> tuple[SourceIdentity, ...]:
        """Return what every built element is called in the source, sorted."""
        found = [
            SourceIdentity(
                kind=kind,
                key=key,
                source=self._columns.source,
                identity=identity_text(identity),
            )
            for kind, keys in self._keys.items()
            for identity, key in keys.items()
        ]
        return tuple(sorted(found, key=lambda one: (one.kind, one.key)))

    def _common(self, one: _Settled) -> dict[str, Any]:
        return {
            "key": one.key,
            "name": self._text(one.values["name"]),
            "description": self._text(one.values.get("description", "")),
            "place": one.draft.place,
        }

    def _text(self, text: str) -> Text:
        return Text(((self._columns.framework.language, text),)) if text else EMPTY

    def _family(self, one: _Settled) -> JobFamily:
        group = self._linked("group", one, one.values.get("group"))
        return JobFamily(**self._common(one), group=group)

    def _domain(self, one: _Settled) -> CompetencyDomain:
        parent = self.key("domain", one.values.get("parent"))
        return CompetencyDomain(**self._common(one), parent=parent)

    def _competency(self, one: _Settled) -> Competency:
        domains, broader = self._parents(one)
        scale = one.values.get("scale")
        names = one.values.get("other_names", ())
        return Competency(
            **self._common(one),
            scale=scale,
            domain=domains[0] if domains else None,
            also_in=tuple(domains[1:]),
            broader=tuple(broader),
            other_names=tuple(self._text(name) for name in names),
            type=one.values.get("type", ""),
            indicators=tuple(self._indicators(one, scale)),
        )

    def _indicators(self, one: _Settled, scale: str | None) -> list[Indicator]:
        known: ProficiencyScale | None = self._columns.stated.get("scales", {}).get(
            scale or ""
        )
        said = {
            name.removeprefix("indicator "): text
            for name, text in one.values.items()
            if name.startswith("indicator ")
        }
        order = [step.key for step in known.steps] if known else []
        ordered = [step for step in order if step in said]
        ordered += sorted(said.keys() - set(order))
        return [
            Indicator(step=step, text=self._text(said[step]), place=one.draft.place)
            for step in ordered
        ]

    def _parents(self, one: _Settled) -> tuple[list[str], list[str]]:
        """Return domains and broader competencies; parents elsewhere are noted."""
        domains, broader = [], []
        for parent in one.values.get("parents", ()):
            domain = self.key("domain", (parent,))
            competency = self.key("competency", (parent,))
            if domain is not None:
                domains.append(domain)
            elif competency is not None:
                broader.append(competency)
            else:
                self._note_outside(one, "parent", parent)
        return domains, broader

    def _role(self, one: _Settled) -> Role | None:
        family = self._required("family", one, one.values.get("family"))
        attributes = {
            name.removeprefix("attribute "): text
            for name, text in sorted(one.values.items())
            if name.startswith("attribute ")
        }
        if family is None:
            return None
        return Role(
            **self._common(one),
            family=family,
            track=one.values.get("track"),
            level=one.values.get("level"),
            attributes=attributes,
        )

    def _move(self, one: _Settled) -> Move | None:
        start = self._required("role", one, one.values.get("from"))
        end = self._required("role", one, one.values.get("to"))
        if start is None or end is None:
            return None
        return Move(
            key=one.key,
            from_role=start,
            to_role=end,
            description=self._text(one.values.get("description", "")),
            rank=one.values.get("rank"),
            tier=one.values.get("tier", ""),
            place=one.draft.place,
        )

    def _linked(
        self, kind: str, one: _Settled, identity: Identity | None
    ) -> str | None:
        key = self.key(kind, identity)
        if key is None and identity is not None:
            self._note_outside(one, kind, identity_text(identity))
        return key

    def _required(
        self, kind: str, one: _Settled, identity: Identity | None
    ) -> str | None:
        key = self.key(kind, identity)
        if key is None:
            named = f'"{identity_text(identity)}"' if identity else "nothing"
            self._report.refuse(
                one.draft.place,
                f'{one.draft.kind} "{one.key}" needs a {kind}, and names {named}',
                f"Add a source that holds the {kind}, or correct the row.",
            )
        return key

    def _note_outside(self, one: _Settled, what: str, identity: str) -> None:
        self._report.note(
            "links_outside",
            one.draft.place,
            f'{one.draft.kind} "{one.key}" names the {what} "{identity}", which is not '
            "in the sources; the link is left out",
            one.key,
        )
