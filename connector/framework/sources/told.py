"""Builds a framework from what a target tells of itself.

Pure. Keys follow the rules of every import, and the target's own identities are
remembered. Nothing is repaired: what a framework cannot hold is left out and noted
with its place and reason, so that the result is valid.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from connector.framework.model import (
    EMPTY,
    Certification,
    Competency,
    CompetencyDomain,
    Framework,
    Importance,
    Indicator,
    JobFamily,
    JobFamilyGroup,
    Origin,
    ProficiencyScale,
    Requirement,
    Role,
    SourceIdentity,
    Step,
    Text,
)
from connector.framework.sources.keys import Identity, assign_keys
from connector.framework.sources.report import ReportBuilder
from connector.kit.values import ImportedElement, ImportedKind, ImportedStep

#: Topics of notes: a whole element that is left out, and a part of one.
LEFT_OUT, NOT_HELD = "left_out", "not_held"

#: Where a framework holds each kind; those first that others name.
_SECTIONS = {
    ImportedKind.SCALE: "scales",
    ImportedKind.DOMAIN: "domains",
    ImportedKind.COMPETENCY: "competencies",
    ImportedKind.CERTIFICATION: "certifications",
    ImportedKind.GROUP: "groups",
    ImportedKind.FAMILY: "families",
    ImportedKind.ROLE: "roles",
}
#: The kind that contains an element, where it may lie in one.
_HOLDERS = {
    ImportedKind.DOMAIN: ImportedKind.DOMAIN,
    ImportedKind.COMPETENCY: ImportedKind.DOMAIN,
    ImportedKind.FAMILY: ImportedKind.GROUP,
    ImportedKind.ROLE: ImportedKind.FAMILY,
}


def framework_told(
    told: Iterable[ImportedElement],
    *,
    source: str,
    head: Framework,
    known: Iterable[SourceIdentity],
    report: ReportBuilder,
) -> Framework:
    """Return the framework that a target holds.

    `head` gives key, name and language, `known` the identities of an earlier import
    from the same source, whose keys stay. The report is filled on the way.
    """
    builder = _Builder(source, head.language, known, report)
    return builder.build(head, list(told))


class _Builder:
    """One import: keys of every kind first, then the elements, containers first."""

    def __init__(
        self,
        source: str,
        language: str,
        known: Iterable[SourceIdentity],
        report: ReportBuilder,
    ) -> None:
        self._source, self._language, self._report = source, language, report
        self._known: dict[str, dict[str, str]] = {}
        for one in known:
            if one.source == source:
                self._known.setdefault(one.kind, {})[one.identity] = one.key
        self._elements: dict[ImportedKind, dict[str, ImportedElement]] = {}
        self._keys: dict[str, dict[str, str]] = {}
        self._built: dict[ImportedKind, dict[str, Any]] = {}
        self._steps: dict[str, dict[str, str]] = {}
        self._titles: dict[tuple[str, str], ImportedElement] = {}
        self._identities: list[SourceIdentity] = []

    def build(self, head: Framework, told: list[ImportedElement]) -> Framework:
        """Build every element, and the framework that holds them."""
        for kind in _SECTIONS:
            self._elements[kind] = dict(self._usable(kind, told))
            self._keys[kind] = self._assign(kind, self._elements[kind])
        makers = {
            ImportedKind.SCALE: self._scale,
            ImportedKind.DOMAIN: self._domain,
            ImportedKind.COMPETENCY: self._competency,
            ImportedKind.CERTIFICATION: self._certification,
            ImportedKind.GROUP: self._group,
            ImportedKind.FAMILY: self._family,
            ImportedKind.ROLE: self._role,
        }
        for kind in _SECTIONS:
            built = self._built.setdefault(kind, {})
            for identity, one in self._in_order(kind):
                element = makers[kind](one, self._keys[kind][identity])
                if element is not None:
                    built[identity] = element
                    self._remember(kind, element.key, identity)
        for one in told:
            if one.kind is ImportedKind.FRAMEWORK:
                head = self._named(head, one)
        identities = sorted(self._identities, key=lambda one: (one.kind, one.key))
        sections: dict[str, Any] = {
            attribute: self._by_key(kind) for kind, attribute in _SECTIONS.items()
        }
        return dataclasses.replace(head, **sections, identities=tuple(identities))

    def _named(self, head: Framework, one: ImportedElement) -> Framework:
        self._remember(ImportedKind.FRAMEWORK, head.key, one.identity)
        return dataclasses.replace(
            head, name=self._text(one.name), description=self._text(one.description)
        )

    def _by_key(self, kind: ImportedKind) -> dict[str, Any]:
        elements = {one.key: one for one in self._built[kind].values()}
        return dict(sorted(elements.items()))

    def _remember(self, kind: str, key: str, identity: str) -> None:
        self._identities.append(
            SourceIdentity(
                kind=str(kind), key=key, source=self._source, identity=identity
            )
        )

    def _usable(
        self, kind: ImportedKind, told: Iterable[ImportedElement]
    ) -> Iterator[tuple[str, ImportedElement]]:
        """Yield the elements of a kind that have a name and an identity, once each."""
        seen: dict[str, str] = {}
        ours = [one for one in told if one.kind is kind]
        for one in sorted(ours, key=lambda one: (one.identity, one.place)):
            if not one.identity.strip():
                self._leave_out(
                    one, "it has no identity by which it could be met again"
                )
            elif not one.name.strip():
                self._leave_out(one, "it has no name")
            elif one.identity in seen:
                self._leave_out(one, f"{seen[one.identity]} bears the same identity")
            else:
                seen[one.identity] = one.place
                yield one.identity, one

    def _assign(
        self, kind: ImportedKind, elements: Mapping[str, ImportedElement]
    ) -> dict[str, str]:
        wanted: dict[Identity, str] = {
            (identity,): one.name for identity, one in elements.items()
        }
        known = self._known.get(kind, {})
        keys = assign_keys(kind.value, wanted, known=known)
        return {identity: keys[identity,] for identity in elements}

    def _in_order(self, kind: ImportedKind) -> Iterator[tuple[str, ImportedElement]]:
        """Yield the elements of a kind, those that contain others of it first."""
        elements = self._elements[kind]
        done: set[str] = set()

        def visit(identity: str, above: tuple[str, ...]) -> Iterator[str]:
            if identity in done or identity not in elements or identity in above:
                return
            if _HOLDERS.get(kind) is kind:
                for parent in elements[identity].parents[:1]:
                    yield from visit(parent, (*above, identity))
            done.add(identity)
            yield identity

        for identity in elements:
            for one in visit(identity, ()):
                yield one, elements[one]

    def _leave_out(self, one: ImportedElement, reason: str) -> None:
        self._report.note(LEFT_OUT, one.place, f"left out: {reason}")

    def _not_held(self, one: ImportedElement, message: str) -> None:
        key = self._keys.get(one.kind, {}).get(one.identity, "")
        self._report.note(NOT_HELD, one.place, message, key)

    def _text(self, text: str) -> Text:
        return Text(((self._language, text),)) if text else EMPTY

    def _common(self, one: ImportedElement, key: str) -> dict[str, Any]:
        return {
            "key": key,
            "name": self._text(one.name),
            "description": self._text(one.description),
            "is_retired": one.is_retired,
            "place": one.place,
        }

    def _named_in_use(
        self, one: ImportedElement, kind: ImportedKind, identity: str, what: str
    ) -> str | None:
        """Return the key of what an element names, none where it cannot name it."""
        label = kind.value
        other = self._built.get(kind, {}).get(identity)
        if other is None:
            self._not_held(
                one, f"{what} “{identity}” is no {label} of what was imported"
            )
            return None
        if other.is_retired and not one.is_retired:
            self._not_held(one, f"{what} “{other.name}” is no longer in use")
            return None
        return str(other.key)

    def _holder(self, one: ImportedElement, what: str) -> str | None:
        """Return the key of the one element that contains this one."""
        found = self._holders(one, what)
        for key in found[1:]:
            kind = _HOLDERS[one.kind].value
            message = f"it also lies in {kind} “{key}”; a framework holds one"
            self._not_held(one, message)
        return found[0] if found else None

    def _holders(self, one: ImportedElement, what: str) -> tuple[str, ...]:
        kind = _HOLDERS[one.kind]
        keys = [self._named_in_use(one, kind, each, what) for each in one.parents]
        return tuple(dict.fromkeys(key for key in keys if key is not None))

    def _scale(self, one: ImportedElement, key: str) -> ProficiencyScale | None:
        steps: list[ImportedStep] = []
        for step in one.steps:
            if not step.name.strip() or not step.identity:
                self._not_held(one, f"the step “{step.identity}” has no name")
            elif step.identity in [other.identity for other in steps]:
                self._not_held(one, f"the step “{step.identity}” stands twice")
            else:
                steps.append(step)
        if not steps:
            self._leave_out(one, "a scale without steps")
            return None
        known = {
            identity: text.partition("/")[2]
            for identity, text in self._known.get("step", {}).items()
            if text.partition("/")[0] == key
        }
        wanted: dict[Identity, str] = {(step.identity,): step.name for step in steps}
        keys = assign_keys("step", wanted, known=known)
        self._steps[key] = {step.identity: keys[step.identity,] for step in steps}
        for identity, name in self._steps[key].items():
            self._remember("step", f"{key}/{name}", identity)
        return ProficiencyScale(
            **self._common(one, key),
            steps=tuple(
                self._step(step, rank, keys[step.identity,], one.place)
                for rank, step in enumerate(steps, 1)
            ),
        )

    def _step(self, step: ImportedStep, rank: int, key: str, place: str) -> Step:
        value = None if step.value == rank else step.value
        return Step(key=key, name=self._text(step.name), value=value, place=place)

    def _domain(self, one: ImportedElement, key: str) -> CompetencyDomain:
        parent = self._holder(one, "its domain")
        return CompetencyDomain(**self._common(one, key), parent=parent)

    def _competency(self, one: ImportedElement, key: str) -> Competency:
        scale = None
        if one.scale:
            scale = self._named_in_use(one, ImportedKind.SCALE, one.scale, "its scale")
        domains = self._holders(one, "its domain")
        return Competency(
            **self._common(one, key),
            scale=scale,
            domain=domains[0] if domains else None,
            also_in=domains[1:],
            indicators=tuple(self._indicators(one, scale)),
        )

    def _indicators(
        self, one: ImportedElement, scale: str | None
    ) -> Iterator[Indicator]:
        order = list(self._steps.get(scale or "", {}))
        placed = [pair for pair in one.behaviours if pair[0] in order]
        for step, _ in one.behaviours:
            if step not in order:
                self._not_held(
                    one, f"a behaviour at “{step}”, which its scale does not have"
                )
        for step, text in sorted(placed, key=lambda pair: order.index(pair[0])):
            for part in indicator_texts(text):
                yield Indicator(
                    step=self._steps[scale or ""][step],
                    text=self._text(part),
                    place=one.place,
                )

    def _certification(self, one: ImportedElement, key: str) -> Certification:
        return Certification(
            **self._common(one, key), issuer=one.issuer, valid_months=one.valid_months
        )

    def _group(self, one: ImportedElement, key: str) -> JobFamilyGroup:
        return JobFamilyGroup(**self._common(one, key))

    def _family(self, one: ImportedElement, key: str) -> JobFamily:
        return JobFamily(**self._common(one, key), group=self._holder(one, "its group"))

    def _role(self, one: ImportedElement, key: str) -> Role | None:
        family = self._holder(one, "its family")
        if family is None:
            self._leave_out(one, "a role lies in one family that is in use")
            return None
        alike = None
        if not one.is_retired:
            alike = self._titles.setdefault((family, one.name), one)
        if alike is not None and alike is not one:
            self._leave_out(one, f"{alike.place} has the same title and family")
            return None
        return Role(
            **self._common(one, key),
            family=family,
            requirements=tuple(self._requirements(one)),
            responsibilities=tuple(map(self._text, one.responsibilities)),
            attributes={name: text for name, text in one.attributes.items() if text},
        )

    def _requirements(self, one: ImportedElement) -> Iterator[Requirement]:
        named = Counter(need.competency for need in one.needs)
        for identity, number in named.items():
            if number > 1:
                self._not_held(one, f"it requires “{identity}” {number} times")
        for need in one.needs:
            if named[need.competency] > 1:
                continue
            what = "it requires"
            kind = ImportedKind.COMPETENCY
            key = self._named_in_use(one, kind, need.competency, what)
            if key is None:
                continue
            competency: Competency = self._built[kind][need.competency]
            steps = self._steps.get(competency.scale or "", {})
            if need.step and need.step not in steps:
                self._not_held(
                    one,
                    f"it requires “{competency.name}” at “{need.step}”, which"
                    + (" its scale lacks" if steps else " has no scale"),
                )
            else:
                yield Requirement(
                    competency=key,
                    step=steps[need.step] if need.step else None,
                    importance=Importance.REQUIRED
                    if need.is_required
                    else Importance.OPTIONAL,
                    origin=Origin.ROLE,
                    origin_key=self._keys[one.kind][one.identity],
                    place=one.place,
                )


def indicator_texts(text: str) -> tuple[str, ...]:
    """Return the indicators of a text: the items of a plain list, else all of it."""
    lines = text.split("\n")
    is_list = len(lines) > 1 and all(
        line.startswith("- ") and line[2:].strip() for line in lines
    )
    return tuple(line[2:] for line in lines) if is_list else (text,)
