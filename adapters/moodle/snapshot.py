"""One consistent reading of a Moodle site.

Reads only what is ours or linked and what records want, each listing once. It never
reports a listing as complete that may have missed something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from adapters.moodle import identities, listing, wire
from adapters.moodle.client import MoodleClient
from adapters.moodle.learner_snapshot import LearnerSnapshot
from adapters.moodle.mark import nameless_identity, unmark
from adapters.moodle.relations import relations_found
from adapters.moodle.settings import MoodleSettings
from adapters.moodle.translate import (
    Forest,
    framework_found,
    scale_fields,
    template_found,
)
from connector.kit.errors import ConflictError, RejectedError, TransientError
from connector.kit.values import (
    Complete,
    Found,
    Incomplete,
    ReadItem,
    ReadScope,
    Ref,
)

_PROBES = {
    "framework": "core_competency_read_competency_framework",
    "domain": "core_competency_read_competency",
    "competency": "core_competency_read_competency",
    "step": "core_competency_read_competency",
    "template": "core_competency_read_template",
}


class MoodleSnapshot:
    """A reading for one scope; every listing is kept until the snapshot goes."""

    def __init__(
        self, client: MoodleClient, settings: MoodleSettings, scope: ReadScope
    ) -> None:
        self._client = client
        self._settings = settings
        self._scope = scope
        learners = LearnerSnapshot(
            client, scope, self._namer, lambda: self._own_templates
        )
        self._readers: dict[str, Callable[[], list[Found]]] = {
            "scale": self._scales,
            "framework": self._framework_records,
            "domain": lambda: self._nodes("domain"),
            "competency": lambda: self._nodes("competency"),
            "step": lambda: self._nodes("step"),
            "step_rule": lambda: list(self._forest.rules_found()),
            "related": self._relations,
            "template": self._templates,
            "course": self._course_records,
            "course_link": self._course_links,
            "account": learners.accounts,
            "cohort": learners.cohorts,
            "template_cohort": learners.template_cohorts,
            "plan": learners.plans,
        }

    def read(self, kind: str) -> Iterator[ReadItem]:
        """Yield every object of a kind, then `Complete` or `Incomplete`.

        Raises:
            AuthError: the token or the rights are refused.
            ReplyError: Moodle answered something unknown.
        """
        try:
            found = self._readers[kind]()
        except listing.UnseenError as error:
            yield Incomplete(str(error))
            return
        except (TransientError, RejectedError, ConflictError) as error:
            yield Incomplete(error.message)
            return
        yield from found
        yield Complete()

    def people_in_scope(self) -> int | None:
        """Return none: no function counts the people of a site cheaply."""
        return None

    def _linked(self, kind: str) -> frozenset[str]:
        return self._scope.linked.get(kind, frozenset())

    def _check(self, kind: str, found: list[Found]) -> list[Found]:
        """Return the records of a kind after a look at the linked ones not among them.

        Raises:
            UnseenError: one of those may be there after all.
        """
        missing = self._linked(kind) - {record.remote_id for record in found}
        listing.check_vanished(self._client, kind, _PROBES[kind], missing)
        return found

    def _scales(self) -> list[Found]:
        wanted = self._settings.scales
        values = listing.scale_values(self._client, wanted.values())
        return [
            Found(
                kind="scale",
                remote_id=str(scale_id),
                identity=key,
                fields=scale_fields(values[scale_id]),
                label=key,
            )
            for key, scale_id in sorted(wanted.items())
            if scale_id in values
        ]

    @cached_property
    def _frameworks(self) -> list[wire.Framework]:
        start = f"{self._scope.prefix}-{identities.TAGS['framework']}-"
        linked = self._linked("framework")
        wanted = {one.identity for one in self._scope.wanted.get("framework", ())}
        return [
            framework
            for framework in listing.frameworks(self._client)
            if framework.idnumber.startswith(start)
            or framework.idnumber in wanted
            or str(framework.id) in linked
        ]

    def _framework_records(self) -> list[Found]:
        scales = {framework.scaleid for framework in self._frameworks}
        values = listing.scale_values(self._client, scales)
        found = [
            framework_found(framework, len(values.get(framework.scaleid, ())))
            for framework in self._frameworks
        ]
        return self._check("framework", found)

    @cached_property
    def _linked_kinds(self) -> dict[int, str]:
        return {
            int(remote_id): kind
            for kind in identities.NODE_KINDS
            for remote_id in self._linked(kind)
        }

    @cached_property
    def _adopted(self) -> dict[str, str]:
        """Return the kinds of wanted nodes that bear ID numbers of others."""
        return {
            record.identity: kind
            for kind in identities.NODE_KINDS
            for record in self._scope.wanted.get(kind, ())
            if not identities.is_ours(record.identity, kind, record.key)
        }

    @cached_property
    def _forest(self) -> Forest:
        found = {
            node.id: node
            for framework in self._frameworks
            for node in listing.nodes(self._client, framework.id)
        }
        retired = identities.retired_identity(self._scope.prefix)
        return Forest(
            prefix=self._scope.prefix,
            nodes=found,
            linked_kinds=self._linked_kinds,
            adopted=self._adopted,
            retired=frozenset(n.id for n in found.values() if n.idnumber == retired),
            homes=dict(self._homes()),
        )

    def _homes(self) -> Iterator[tuple[str, str]]:
        """Yield the identities of wanted nodes and of their wanted parents."""
        wanted = {
            record.ref: record
            for kind in identities.NODE_KINDS
            for record in self._scope.wanted.get(kind, ())
        }
        for record in wanted.values():
            parent = record.fields.get("parent")
            if isinstance(parent, Ref) and parent in wanted:
                yield record.identity, wanted[parent].identity

    @property
    def _namer(self) -> Forest:
        """Return what tells the kinds of nodes without reading any."""
        return Forest(
            prefix=self._scope.prefix,
            linked_kinds=self._linked_kinds,
            adopted=self._adopted,
        )

    def _relations(self) -> list[Found]:
        return relations_found(self._client, self._scope, self._forest)

    def _nodes(self, kind: str) -> list[Found]:
        return self._check(kind, list(self._forest.nodes_found(kind)))

    @cached_property
    def _own_templates(self) -> list[wire.Template]:
        prefix, linked = self._scope.prefix, self._linked("template")
        wanted = {one.identity for one in self._scope.wanted.get("template", ())}
        return [
            template
            for template in listing.templates(self._client)
            if unmark(template.description, prefix)[0]
            or str(template.id) in linked
            or nameless_identity(template.id) in wanted
        ]

    def _templates(self) -> list[Found]:
        prefix, ours = self._scope.prefix, self._own_templates
        members = listing.members(self._client, [template.id for template in ours])
        found = [
            template_found(template, prefix, self._namer.rows(members[template.id]))
            for template in ours
        ]
        return self._check("template", found)

    @cached_property
    def _courses(self) -> list[tuple[wire.Course, str]]:
        wanted = self._scope.wanted.get("course", ())
        id_numbers = [record.identity for record in wanted]
        known = self._linked_courses if id_numbers else ()
        return listing.courses(self._client, id_numbers, known)

    @property
    def _linked_courses(self) -> set[int]:
        """Return the ids of the courses that we linked."""
        return {
            int(remote_id.partition("/")[0])
            for remote_id in self._linked("course_link")
        }

    def _course_records(self) -> list[Found]:
        return [
            Found(
                kind="course",
                remote_id=str(course.id),
                identity=id_number,
                fields={"idnumber": id_number},
                label=course.fullname,
            )
            for course, id_number in self._courses
        ]

    def _course_links(self) -> list[Found]:
        """Return the links of wanted courses, and of those that we linked before."""
        names = {course.id: course.fullname for course, _ in self._courses}
        return [
            self._namer.course_link_found(
                link, names.get(link.coursecompetency.courseid, "")
            )
            for link in listing.course_links(
                self._client, names.keys() | self._linked_courses
            )
        ]
