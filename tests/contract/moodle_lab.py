"""The laboratory of Moodle: the adapter against its sandbox, hands by web service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from labs import Lab, no_wait, rows, services

from adapters.moodle import adapter, listing
from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.sandbox.faults import CutPage
from connector.kit.http import HttpClient
from connector.kit.protocols import Connection, SandboxSeed
from connector.kit.values import Record, Ref

COURSE = "CLOUD-101"
_OUTCOMES = {"none": 0, "evidence": 1, "review": 2, "complete": 3}


class CutFrom(CutPage):
    """Cut the answers of a function from the n-th call on."""

    def is_hit(self, function: str) -> bool:
        self.seen += function == self.function
        return function == self.function and self.seen >= self.call


class MoodleLab(Lab):
    """A lab whose target is a Moodle on loopback."""

    adapter = "moodle"
    plain = Ref("domain", "lone")
    name_field, text_field = "shortname", "description"
    holder, group = Ref("template", "dev"), "competencies"
    natural = Ref("course_link", "cloud-design-1")
    paged_kind = "step"

    def open(self) -> Connection:
        self.sandbox: Any = adapter.start_sandbox(SandboxSeed(courses={COURSE: "C"}))
        self.site = self.sandbox.site
        self._http = HttpClient(
            target="Moodle", base_url=self.sandbox.url, sleep=no_wait
        )
        self.hands = MoodleClient(self._http, self.site.token)
        self._page_size = listing.PAGE_SIZE
        settings = {**self.sandbox.settings(), **self.settings}
        return adapter.connect(settings, services(self.sandbox.secrets()))

    def records(self) -> Iterator[Record]:
        steps = [Ref("step", f"design/{rank}") for rank in (1, 2, 3)]
        yield from self._frame()
        yield from self._nodes(steps)
        for step in steps[:2]:
            yield self.record(
                "step_rule", step.key, node=step, type="all", outcome="complete"
            )
        yield from self._users_of(steps)

    def _frame(self) -> Iterator[Record]:
        """Yield the scale and the framework that all nodes lie in."""
        # What only an administrator makes is known by its own name, not by ours.
        yield replace(
            self.record("scale", "proficiency", values=("Not yet", "Proficient")),
            identity="proficiency",
        )
        yield self.record(
            "framework",
            "main",
            shortname="Framework",
            description="All of it.",
            scale=Ref("scale", "proficiency"),
            proficient_from=2,
            taxonomies=("domain", "competency", "level", "level"),
        )

    def _nodes(self, steps: Sequence[Ref]) -> Iterator[Record]:
        """Yield two domains, and in one of them a competency of nested steps."""
        inside = {"framework": Ref("framework", "main")}
        for key in ("cloud", "lone"):
            yield self.record(
                "domain",
                key,
                shortname=key.title(),
                description=f"About {key}.",
                parent=None,
                **inside,
            )
        design = Ref("competency", "design")
        yield self.record(
            "competency",
            "design",
            shortname="Design",
            description="Designs *well*.",
            parent=Ref("domain", "cloud"),
            **inside,
        )
        for step, parent in zip(steps, [design, *steps], strict=False):
            yield self.record(
                "step",
                step.key,
                shortname=f"Design {step.key[-1]}",
                description="- one\n- two",
                parent=parent,
                **inside,
            )

    def _users_of(self, steps: Sequence[Ref]) -> Iterator[Record]:
        """Yield what refers to steps: a template, and a course with its link."""
        yield self.record(
            "template",
            "dev",
            shortname="Developer",
            description="Writes.",
            competencies=rows("competency", *steps[:2], is_ordered=True),
        )
        course = self.record("course", "cloud", idnumber=COURSE)
        yield replace(course, identity=COURSE)
        yield self.record(
            "course_link",
            "cloud-design-1",
            course=course.ref,
            competency=steps[0],
            outcome="complete",
        )

    def call(self, function: str, **arguments: Any) -> Any:
        # A batch, because a form cannot say null.
        (answer,) = self.hands.read([Call(f"core_competency_{function}", arguments)])
        return answer

    def number(self, ref: Ref) -> int:
        """Return the site's own id of a linked object."""
        return int(self.remote_id(ref).rpartition("/")[2])

    def edit(self, ref: Ref, **fields: str) -> None:
        function = "update_template" if ref.kind == "template" else "update_competency"
        part = function.removeprefix("update_")
        self.call(function, **{part: {"id": self.number(ref), **fields}})

    def remove(self, ref: Ref) -> None:
        if ref.kind == "course_link":
            course, competency, _ = self.remote_id(ref).split("/")
            ends = {"courseid": int(course), "competencyid": int(competency)}
            self.call("remove_competency_from_course", **ends)
        elif ref.kind == "template":
            self.call("delete_template", id=self.number(ref), deleteplans=True)
        else:
            self.call("delete_competency", id=self.number(ref))

    def retire(self, ref: Ref, *, is_retired: bool = True) -> None:
        if ref.kind == "template":
            shown = {"id": self.number(ref), "visible": not is_retired}
            self.call("update_template", template=shown)
            return
        parent = self._branch() if is_retired else self._home(ref)
        self.call(
            "set_parent_competency", competencyid=self.number(ref), parentid=parent
        )

    def _branch(self) -> int:
        """Return the branch of retired nodes, made by hand where there is none."""
        identity = f"{self.prefix}-retired"
        found = self.site.state.competencies.first(idnumber=identity)
        if found:
            return int(found["id"])
        return self._create("Retired", "", identity, 0)

    def _home(self, ref: Ref) -> int:
        parent = self.base[ref].fields["parent"]
        return self.number(parent) if isinstance(parent, Ref) else 0

    def _create(self, name: str, text: str, identity: str, parent: int) -> int:
        created = self.call(
            "create_competency",
            competency={
                "shortname": name,
                "idnumber": identity,
                "description": text,
                "descriptionformat": 1,
                "competencyframeworkid": self.number(Ref("framework", "main")),
                "parentid": parent,
            },
        )
        return int(created["id"])

    def give_identity(self, ref: Ref, identity: str) -> None:
        self.edit(ref, idnumber=identity)

    def make(self, record: Record, identity: str) -> None:
        fields = record.fields
        if record.kind == "course_link":
            self._make_link(record)
        elif record.kind == "template":
            self._make_template(record, identity)
        else:
            name, text = str(fields["shortname"]), str(fields["description"])
            self._create(name, text, identity, self._home(record.ref))

    def _make_template(self, record: Record, identity: str) -> None:
        text = f'<div class="{identity}">{record.fields["description"]}</div>'
        values = {
            "shortname": record.fields["shortname"],
            "description": text,
            "descriptionformat": 1,
            "contextid": 1,
        }
        self.call("create_template", template=values)

    def _make_link(self, record: Record) -> None:
        step = record.fields["competency"]
        assert isinstance(step, Ref)
        course = self.site.state.courses.first(idnumber=COURSE)["id"]
        ends = {"courseid": course, "competencyid": self.number(step)}
        self.call("add_competency_to_course", **ends)
        link = self.site.state.course_links.first(**ends)["id"]
        self.call(
            "set_course_competency_ruleoutcome",
            coursecompetencyid=link,
            ruleoutcome=_OUTCOMES[str(record.fields["outcome"])],
        )

    def add_row(self) -> None:
        theirs = self._create("Theirs", "", "theirs", 0)
        self.call(
            "add_competency_to_template",
            templateid=self.number(self.holder),
            competencyid=theirs,
        )

    def remove_row(self, ref: Ref) -> None:
        self.call(
            "remove_competency_from_template",
            templateid=self.number(self.holder),
            competencyid=self.number(ref),
        )

    def cut_reading(self) -> None:
        listing.PAGE_SIZE = 3
        function = "core_competency_list_competencies"
        self.site.switches.cut_page = CutFrom(function, 2)

    def lose_answers(self, count: int) -> None:
        self.site.switches.lost_answers = count

    def reset(self) -> None:
        self.site.reset()

    def writes(self) -> int:
        with self.site.lock:
            return sum(entry.writes for entry in self.site.log)

    def forget_log(self) -> None:
        with self.site.lock:
            self.site.log.clear()

    def portrait(self) -> list[str]:
        return portrait_of(self.site)

    def close(self) -> None:
        listing.PAGE_SIZE = self._page_size
        self.connection.close()
        self._http.close()
        self.sandbox.close()
        self.database.close()


def portrait_of(site: Any) -> list[str]:
    """Return the competency data of a sandbox site, ids and moments aside."""
    state = site.state
    with site.lock:
        names = {0: ""} | {row["id"]: row["idnumber"] for row in state.competencies}
        lines = [
            f"framework {row['idnumber']} {row['shortname']} {row['description']}"
            f" {row['visible']} {row['taxonomies']}"
            for row in state.frameworks
        ]
        lines += [
            f"node {row['idnumber']} in {names[row['parentid']]!r} {row['shortname']}"
            f" {row['description']} {row['ruletype']} {row['ruleoutcome']}"
            for row in state.competencies
        ]
        lines += [
            f"template {row['shortname']} {row['description']} {row['visible']}"
            f" {_members(state, row['id'], names)}"
            for row in state.templates
        ]
        lines += [
            f"link {row['courseid']} {names[row['competencyid']]} {row['ruleoutcome']}"
            for row in state.course_links
        ]
    return sorted(lines)


def _members(state: Any, template_id: int, names: dict[int, str]) -> list[str]:
    linked = state.template_links.find(templateid=template_id)
    ordered = sorted(linked, key=lambda row: row["sortorder"])
    return [names[row["competencyid"]] for row in ordered]
