"""Checks that every reference names something that is there and in use.

Pure; one rule for all kinds of references.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import date

from connector.framework.model import Framework, Track
from connector.framework.references import (
    AUDIENCES,
    KINDS,
    Reference,
    elements,
    references,
)
from connector.kit.errors import Problem


def check_references(
    framework: Framework, unusable: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    """Yield unknown, repeated, retired and too late targets."""
    seen: set[tuple[str, str, str, str]] = set()
    for reference in references(framework):
        owner = reference.owner
        identity = (owner.kind, owner.key, reference.field, reference.target)
        if identity in seen:
            yield _problem(
                reference,
                f'{_named(reference)} twice in "{reference.field}"',
                "Keep one of the two.",
            )
        seen.add(identity)
        attribute = KINDS[reference.kind]
        target = getattr(framework, attribute).get(reference.target)
        if target is None:
            if reference.target not in unusable.get(attribute, frozenset()):
                yield _unknown(reference, framework)
        elif not owner.is_retired:
            yield from _check_use(reference, target, framework.effective_from)
    yield from _check_audiences(framework)


def _unknown(reference: Reference, framework: Framework) -> Problem:
    known = getattr(framework, KINDS[reference.kind])
    close = difflib.get_close_matches(reference.target, known, 1)
    return _problem(
        reference,
        f'{_named(reference)} in "{reference.field}", which is not there',
        f'Did you mean "{close[0]}"?'
        if close
        else f"Add the {reference.kind}, or correct the key.",
    )


def _check_use(
    reference: Reference, target: object, start: date | None
) -> Iterator[Problem]:
    """Yield what is wrong with an element in use naming this target."""
    if getattr(target, "is_retired", False):
        yield _problem(
            reference,
            f'{_named(reference)} in "{reference.field}", which is retired',
            f"Name one in use, or retire the {reference.owner.kind} as well.",
        )
    begins: date | None = getattr(target, "effective_from", None)
    since = reference.owner.effective_from or start
    if begins and (since is None or begins > since):
        yield _problem(
            reference,
            f'{_named(reference)} in "{reference.field}", which begins to hold only '
            f"on {begins}",
            f"Let the {reference.owner.kind} begin then as well.",
        )


def _check_audiences(framework: Framework) -> Iterator[Problem]:
    tracks = {f"track/{track.value}" for track in Track}
    for pathway in framework.pathways.values():
        for entry in pathway.audience:
            kind, _, key = entry.partition("/")
            if entry not in tracks and (kind not in AUDIENCES or not key):
                yield Problem(
                    pathway.place,
                    f'pathway "{pathway.key}" has the audience "{entry}"',
                    f"Write one of {', '.join(AUDIENCES)} with a key, as in "
                    f"role/KEY, or {' or '.join(sorted(tracks))}.",
                    pathway.key,
                )


def check_identities(
    framework: Framework, unusable: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    """Yield identities of unknown elements, and those that stand twice."""
    known = {(kind, element.key) for kind, element in elements(framework)}
    known.add(("framework", framework.key))
    known.update(
        ("step", f"{scale.key}/{step.key}")
        for scale in framework.scales.values()
        for step in scale.steps
    )
    seen: set[tuple[str, str, str]] = set()
    for one in framework.identities:
        is_unusable = one.key in unusable.get(KINDS.get(one.kind, ""), frozenset())
        if (one.kind, one.key) not in known and not is_unusable:
            yield Problem(
                framework.place,
                f'an identity names the {one.kind} "{one.key}", which is not there',
                "Remove the identity, or add the element.",
                one.key,
            )
        if (one.kind, one.source, one.identity) in seen:
            yield Problem(
                framework.place,
                f'the identity "{one.identity}" of {one.source} stands twice for '
                f"kind {one.kind}",
                "Keep one of the two.",
                one.key,
            )
        seen.add((one.kind, one.source, one.identity))


def _named(reference: Reference) -> str:
    owner = reference.owner
    return f'{owner.kind} "{owner.key}" names the {reference.kind} "{reference.target}"'


def _problem(reference: Reference, message: str, hint: str) -> Problem:
    return Problem(reference.place, message, hint, reference.owner.key)
