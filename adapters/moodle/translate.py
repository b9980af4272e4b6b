"""Turns what Moodle shows into records in our words.

Pure: answers in, `Found` out. Every reference is a `Foreign`; what is not ours is
left out, but a rule on a node of ours never is, whoever set it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from adapters.moodle import identities
from adapters.moodle.facts import (
    COURSE_OUTCOMES,
    RULE_ALL,
    RULE_OUTCOMES,
    RULE_POINTS,
)
from adapters.moodle.mark import nameless_identity, unmark
from adapters.moodle.scales import proficient_from
from adapters.moodle.taxonomies import told_levels
from adapters.moodle.text import as_read
from adapters.moodle.wire import CourseLink, Framework, Node, Template
from connector.kit.values import RETIRED, Fields, Foreign, Found, Row, Rows

_RULE_TYPES = {RULE_ALL: "all", RULE_POINTS: "points"}


def scale_fields(names: Iterable[str]) -> Fields:
    """Return the fields of a scale."""
    return {"values": tuple(names)}


def framework_fields(framework: Framework, value_count: int) -> Fields:
    """Return the fields of a framework whose scale has that many values."""
    taxonomies = told_levels(filter(None, framework.taxonomies.split(",")))
    return {
        "shortname": framework.shortname,
        "description": as_read(framework.description),
        "scale": Foreign("scale", str(framework.scaleid)),
        "proficient_from": proficient_from(framework.scaleconfiguration, value_count),
        "taxonomies": taxonomies,
        RETIRED: not framework.visible,
    }


def framework_found(framework: Framework, value_count: int) -> Found:
    """Return a framework as found."""
    return Found(
        kind="framework",
        remote_id=str(framework.id),
        identity=framework.idnumber,
        fields=framework_fields(framework, value_count),
        label=framework.shortname,
    )


@dataclass(frozen=True, slots=True)
class Forest:
    """The competencies of the frameworks that were read, and which are ours."""

    prefix: str
    nodes: Mapping[int, Node] = field(default_factory=dict)
    linked_kinds: Mapping[int, str] = field(default_factory=dict)
    #: Kinds of nodes that bear an ID number of others and are wanted under it.
    adopted: Mapping[str, str] = field(default_factory=dict)
    #: Ids of the branches of retired nodes, one per framework at most.
    retired: frozenset[int] = frozenset()
    #: Wanted parents by the identities of node and parent.
    homes: Mapping[str, str] = field(default_factory=dict)

    def kind_of(self, node: Node) -> str | None:
        """Return the kind of a node, none where it is not ours."""
        if node.id in self.retired:
            return None
        kind = self.linked_kinds.get(node.id)
        kind = kind or identities.node_kind(node.idnumber, self.prefix)
        return kind or self.adopted.get(node.idnumber)

    def reference(self, node_id: int) -> Foreign | None:
        """Return a reference to a node, none for the root and the retired branch."""
        if not node_id or node_id in self.retired:
            return None
        node = self.nodes.get(node_id)
        if node is None:
            return Foreign("competency", str(node_id))
        return node_reference(node, self.kind_of(node))

    def is_retired(self, node: Node) -> bool:
        """Tell whether a node lies anywhere under the retired branch."""
        return any(int(part) in self.retired for part in node.path.split("/") if part)

    def nodes_found(self, kind: str) -> Iterator[Found]:
        """Yield our nodes of a kind."""
        for node in self.nodes.values():
            if self.kind_of(node) == kind:
                yield self._node_found(node, kind)

    def _node_found(self, node: Node, kind: str) -> Found:
        framework = Foreign("framework", str(node.competencyframeworkid))
        parent = self.reference(self._home_of(node))
        return Found(
            kind=kind,
            remote_id=str(node.id),
            identity=node.idnumber,
            fields={
                **node_texts(node),
                "framework": framework,
                "parent": parent,
                RETIRED: self.is_retired(node),
            },
            label=node.shortname,
        )

    def _home_of(self, node: Node) -> int:
        """Return the id of a node's parent, of a retired one that it goes back to.

        Moodle does not keep where a retired node was: restoring puts it where it is
        wanted, so that it is wanted elsewhere is no difference.
        """
        if node.parentid not in self.retired:
            return node.parentid
        home = (node.competencyframeworkid, self.homes.get(node.idnumber))
        for place in self.nodes.values():
            if (place.competencyframeworkid, place.idnumber) == home:
                return place.id
        return 0

    def rules_found(self) -> Iterator[Found]:
        """Yield the rule of every node of ours that has one."""
        for node in self.nodes.values():
            kind = self.kind_of(node)
            if kind is None or not node.ruletype:
                continue
            yield Found(
                kind="step_rule",
                remote_id=str(node.id),
                identity=identities.rule_identity(node.idnumber, self.prefix),
                fields={
                    "node": node_reference(node, kind),
                    "type": _RULE_TYPES.get(node.ruletype, node.ruletype),
                    "outcome": RULE_OUTCOMES.get(
                        node.ruleoutcome, str(node.ruleoutcome)
                    ),
                },
                label=node.shortname,
            )

    def rows(self, members: Iterable[Node]) -> Rows:
        """Return the competencies of a template as rows, in their order."""
        references = [self._member(node) for node in members]
        return Rows(
            tuple(Row(ref, {"competency": ref}) for ref in references), is_ordered=True
        )

    def _member(self, node: Node) -> Foreign:
        return node_reference(node, self.kind_of(node))

    def course_link_found(self, link: CourseLink, course_name: str) -> Found:
        """Return a course's link as found; the name may be unknown."""
        relation = link.coursecompetency
        return Found(
            kind="course_link",
            remote_id=relation.remote_id,
            identity="",
            fields={
                "course": Foreign("course", str(relation.courseid), course_name),
                "competency": self._member(link.competency),
                "outcome": COURSE_OUTCOMES.get(
                    relation.ruleoutcome, str(relation.ruleoutcome)
                ),
            },
            label=f"{course_name or relation.courseid}: {link.competency.shortname}",
        )


def node_reference(node: Node, kind: str | None) -> Foreign:
    """Return a reference to a node; what is not ours counts as a competency."""
    return Foreign(kind or "competency", str(node.id), node.shortname)


def node_texts(node: Node) -> Fields:
    """Return the texts of a node."""
    return {"shortname": node.shortname, "description": as_read(node.description)}


def template_found(template: Template, prefix: str, rows: Rows) -> Found:
    """Return a template as found, its mark taken out of the description.

    One without a mark is known by its id: somebody else made it.
    """
    identity, description = unmark(template.description, prefix)
    identity = identity or nameless_identity(template.id)
    return Found(
        kind="template",
        remote_id=str(template.id),
        identity=identity,
        fields={
            "shortname": template.shortname,
            "description": as_read(description),
            "competencies": rows,
            RETIRED: not template.visible,
        },
        people=template.planscount,
        label=template.shortname,
    )
