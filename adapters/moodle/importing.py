"""What a site holds already, told as the elements of a framework.

Reads one competency framework of the site and every learning plan template; writes
nothing. A competency that contains others is told as a domain, a template as a role.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from adapters.moodle import listing, wire
from adapters.moodle.client import MoodleClient
from adapters.moodle.mark import nameless_identity
from adapters.moodle.scales import OTHER_SHAPE, proficient_from
from adapters.moodle.taxonomies import told_levels
from adapters.moodle.text import as_read, canonical_html
from connector.kit.errors import ConfigError, TargetError
from connector.kit.markdown import markdown_of
from connector.kit.values import (
    ImportedElement,
    ImportedKind,
    ImportedNeed,
    ImportItem,
    ImportNote,
    Incomplete,
)

#: A role lies in a family, and Moodle has none: this one is made for the templates.
_FAMILY = "learning-plan-templates"


class MoodleImporting:
    """Tells one competency framework of a site, and its learning plan templates."""

    def __init__(self, client: MoodleClient) -> None:
        self._client = client

    def elements(self, part: str = "") -> Iterator[ImportItem]:
        """Yield the framework whose ID number is `part`, the only one without it.

        Raises:
            AuthError: the token or the rights are refused.
            ConfigError: there are several, or none of that ID number.
        """
        try:
            known = listing.frameworks(self._client)
            yield from self._told(_chosen(known, part) if known else None)
        except listing.UnseenError as error:
            yield Incomplete(str(error))
        except TargetError as error:
            yield Incomplete(error.message)

    def _told(self, framework: wire.Framework | None) -> Iterator[ImportItem]:
        names: dict[int, str] = {}
        if framework is not None:
            nodes = listing.nodes(self._client, framework.id)
            names = {node.id: node.idnumber for node in nodes}
            yield from _head(framework)
            yield from self._settings(framework)
            yield from _nodes(nodes)
        yield from self._templates(names)

    def _settings(self, framework: wire.Framework) -> Iterator[ImportNote]:
        """Yield what to set, so that the site's own scale is left as it is."""
        values = listing.scale_values(self._client, [framework.scaleid])
        names = values.get(framework.scaleid, ())
        first = proficient_from(framework.scaleconfiguration, len(names))
        levels = told_levels(filter(None, framework.taxonomies.split(",")))
        place = _framework_place(framework)
        told = [
            f"connection, settings: scales: {{own: {framework.scaleid}}}",
            "mapping, options: scale: own",
            f"mapping, options: scale_values: {json.dumps(names, ensure_ascii=False)}",
            f"mapping, options: proficient_from: {first}",
            f"mapping, options: taxonomies: {json.dumps(levels)}",
        ]
        for message in told:
            yield ImportNote("to_set", place, message)
        if first == OTHER_SHAPE:
            yield ImportNote(
                "not_held",
                place,
                "which values of its scale count as proficient: not all from one on",
            )

    def _templates(self, names: Mapping[int, str]) -> Iterator[ImportItem]:
        templates = listing.templates(self._client)
        members = listing.members(self._client, [one.id for one in templates])
        if any(members.values()) and not names:
            yield Incomplete(
                "competencies: templates name some, but none is shown; the right to"
                " view competency frameworks (moodle/competency:competencyview) may be"
                " missing"
            )
        if templates:
            yield ImportedElement(
                kind=ImportedKind.FAMILY,
                identity=_FAMILY,
                place="learning plan templates",
                name="Learning plan templates",
            )
        for template in templates:
            yield from _template(template, members[template.id], names)


def _chosen(known: Sequence[wire.Framework], part: str) -> wire.Framework:
    found = [one for one in known if part in ("", one.idnumber)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"“{one.idnumber}” ({one.shortname})" for one in known)
    raise ConfigError(
        f"no competency framework has the ID number “{part}”"
        if part
        else f"the site holds {len(known)} competency frameworks",
        hint=f"Name one with --framework: {names}.",
    )


def _head(framework: wire.Framework) -> Iterator[ImportItem]:
    place = _framework_place(framework)
    text, notes = _text(framework.description, place)
    yield from notes
    if not framework.visible:
        yield ImportNote("not_held", place, "that it is hidden")
    yield ImportedElement(
        kind=ImportedKind.FRAMEWORK,
        identity=framework.idnumber,
        place=place,
        name=_name(framework.shortname),
        description=text,
    )


def _nodes(nodes: Sequence[wire.Node]) -> Iterator[ImportItem]:
    """Yield the competencies of a framework; those that contain others as domains."""
    by_id = {node.id: node for node in nodes}
    inner = {node.parentid for node in nodes}
    for node in nodes:
        is_domain = node.id in inner
        place = f"competency “{node.shortname}” ({node.idnumber})"
        text, notes = _text(node.description, place)
        yield from notes
        if is_domain:
            yield ImportNote("told_as_domain", place, "it contains others")
        parent = by_id.get(node.parentid)
        yield ImportedElement(
            kind=ImportedKind.DOMAIN if is_domain else ImportedKind.COMPETENCY,
            identity=node.idnumber,
            place=place,
            name=_name(node.shortname),
            description=text,
            parents=(parent.idnumber,) if parent else (),
        )


def _template(
    template: wire.Template, members: Sequence[wire.Node], names: Mapping[int, str]
) -> Iterator[ImportItem]:
    place = f"learning plan template “{template.shortname}” ({template.id})"
    text, notes = _text(template.description, place)
    yield from notes
    needs = []
    for node in members:
        if node.id in names:
            needs.append(ImportedNeed(competency=names[node.id]))
        else:
            message = f"its competency “{node.shortname}” lies in another framework"
            yield ImportNote("not_held", place, message)
    yield ImportedElement(
        kind=ImportedKind.ROLE,
        identity=nameless_identity(template.id),
        place=place,
        name=_name(template.shortname),
        description=text,
        is_retired=not template.visible,
        parents=(_FAMILY,),
        needs=tuple(needs),
    )


def _framework_place(framework: wire.Framework) -> str:
    return f"competency framework “{framework.shortname}” ({framework.idnumber})"


def _name(text: str) -> str:
    return " ".join(text.split())


def _text(stored: str, place: str) -> tuple[str, list[ImportNote]]:
    """Return a description as Markdown; one that Markdown cannot say is left out."""
    text = markdown_of(as_read(stored), lambda told: str(canonical_html(told)))
    if text is not None:
        return text, []
    message = "its description holds more than Markdown says, so it is left out"
    return "", [ImportNote("not_held", place, message)]
