"""A small catalogue on a Moodle, sandbox or real, with hands that see what is there.

Everything bears a prefix of its own and is removed at the end; what people were rated
on cannot be, so such a framework is hidden instead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))

from labs import no_wait, rows, services
from moodle_lab import COURSE, MoodleLab

from adapters.moodle import adapter
from adapters.moodle.client import Call, MoodleClient
from connector.kit.http import HttpClient
from connector.kit.protocols import Connection, SandboxSeed, SeedPerson
from connector.kit.values import Record, Ref, Value

MAIN = Ref("framework", "main")
DESIGN, DATA, ETHICS = (Ref("competency", key) for key in ("design", "data", "ethics"))
STEPS = [Ref("step", f"design/{rank}") for rank in (1, 2)]
TEMPLATE = Ref("template", "dev")
PAIRS = [Ref("related", "data/design"), Ref("related", "data/ethics")]
_LEARNER = SeedPerson(
    employee_id="21001", given_name="Ana", family_name="Lis", email="a@corp.example"
)
_SEED = SandboxSeed(courses={COURSE: "Cloud"}, people=(_LEARNER,))


class CatalogueLab(MoodleLab):
    """Three competencies, one of them with steps in a template, and two relations."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self.sandbox: Any = None
        super().__init__(folder, prefix=f"cat{uuid4().hex[:8]}")

    def open(self) -> Connection:
        self.where = url, token, scale = self._where()
        self._page_size = 1000
        self._http = HttpClient(target="Moodle", base_url=url, sleep=no_wait)
        self.hands = MoodleClient(self._http, token)
        settings = {"url": url, "scales": {"proficiency": scale}}
        return adapter.connect(settings, services({"moodle.token": token}))

    def _where(self) -> tuple[str, str, int]:
        if self.kind == "sandbox":
            self.sandbox = adapter.start_sandbox(_SEED)
            scale = self.sandbox.settings()["scales"]["proficiency"]
            return self.sandbox.url, self.sandbox.secrets()["moodle.token"], scale
        url, token = os.environ.get("MOODLE_URL"), os.environ.get("MOODLE_TOKEN", "")
        if not url or not token:
            pytest.skip("MOODLE_URL and MOODLE_TOKEN name no Moodle to run against")
        return url.rstrip("/"), token, int(os.environ.get("MOODLE_SCALE", "3"))

    def records(self) -> Iterator[Record]:
        scale = self.record("scale", "proficiency", values=("Not yet", "Proficient"))
        yield replace(scale, identity="proficiency")
        yield self.record(
            "framework",
            "main",
            shortname=f"Framework {self.prefix}",
            description="",
            scale=scale.ref,
            proficient_from=2,
            taxonomies=("domain", "competency", "level", "level"),
        )
        parents = {DESIGN: None, DATA: None, ETHICS: None, STEPS[0]: DESIGN}
        for ref, parent in {**parents, STEPS[1]: STEPS[0]}.items():
            yield self.record(
                ref.kind,
                ref.key,
                shortname=ref.key,
                description="",
                framework=MAIN,
                parent=parent,
            )
        for pair in PAIRS:
            ends = tuple(Ref("competency", key) for key in pair.key.split("/"))
            yield self.record("related", pair.key, competencies=ends)
        yield self.record(
            "template",
            "dev",
            shortname=f"Developer {self.prefix}",
            description="",
            competencies=rows("competency", *STEPS, is_ordered=True),
        )

    def ask(self, function: str, **arguments: Any) -> Any:
        """Call a function of any part of Moodle."""
        (answer,) = self.hands.read([Call(function, arguments)])
        return answer

    def frameworks(self) -> list[Mapping[str, Any]]:
        """Return the frameworks whose ID numbers bear the prefix."""
        return self._ours("list_competency_frameworks", "idnumber", self.prefix)

    def node(self, ref: Ref) -> Mapping[str, Any]:
        node: Mapping[str, Any] = self.call("read_competency", id=self.number(ref))
        return node

    def related(self, ref: Ref) -> set[str]:
        """Return the names of the competencies shown beside one."""
        function = "tool_lp_data_for_related_competencies_section"
        shown = self.ask(function, competencyid=self.number(ref))
        return {node["shortname"] for node in shown["relatedcompetencies"]}

    def relate(self, one: Ref, other: Ref) -> None:
        self.call(
            "add_related_competency",
            competencyid=self.number(one),
            relatedcompetencyid=self.number(other),
        )

    def unrelate(self, one: Ref, other: Ref) -> None:
        self.call(
            "remove_related_competency",
            competencyid=self.number(one),
            relatedcompetencyid=self.number(other),
        )

    def learner(self) -> int:
        """Return the account of the learner."""
        number = {"field": "idnumber", "values": ["21001"]}
        (user,) = self.ask("core_user_get_users_by_field", **number)
        return int(user["id"])

    def rate(self, ref: Ref) -> None:
        """Rate the learner proficient, as a teacher does."""
        rating = {
            "userid": self.learner(),
            "competencyid": self.number(ref),
            "grade": 2,
            "note": "Seen at work.",
        }
        # Moodle cannot give evidence as it is stored: the answer would be refused.
        self.hands.read(
            [Call("core_competency_grade_competency", rating, is_raw=False)]
        )

    def rating(self, ref: Ref) -> tuple[int | None, bool]:
        """Return the learner's rating, and whether it counts as proficient."""
        ends = {"userid": self.learner(), "competencyid": self.number(ref)}
        function = "tool_lp_data_for_user_competency_summary"
        (shown,) = self.hands.read([Call(function, ends, is_raw=False)])
        rating = shown["usercompetency"]  # type: ignore[index,call-overload]  # as documented
        return rating["grade"], bool(rating["proficiency"])

    def course_records(self, **how: Value) -> list[Record]:
        """Return a course that nobody made yet, and its link to a step."""
        number = f"{self.prefix}-new"
        course = self.record("course", number, idnumber=number, **how)
        link = self.record(
            "course_link",
            "new",
            course=course.ref,
            competency=STEPS[0],
            outcome="complete",
        )
        return [replace(course, identity=number), link]

    def make_course(self, name: str, shortname: str = "", **more: Any) -> int:
        """Make a course by hand; its names begin with the prefix."""
        number = f"{self.prefix}-{name}"
        values = {"fullname": name, "shortname": shortname or number, "categoryid": 1}
        course = {"idnumber": number, **values, **more}
        (made,) = self.ask("core_course_create_courses", courses=[course])
        return int(made["id"])

    def delete_course(self, course_id: int) -> None:
        answer = self.ask("core_course_delete_courses", courseids=[course_id])
        assert not answer["warnings"], answer

    def courses(self) -> dict[str, tuple[int, str]]:
        """Return id and name of every course whose short name bears the prefix."""
        shown = self.ask("core_course_get_courses_by_field", field="", value="")
        return {
            item["shortname"]: (item["id"], item["fullname"])
            for item in shown["courses"]
            if self.prefix in item["shortname"]
        }

    def links(self, course_id: int) -> list[int]:
        """Return the competencies linked to a course."""
        shown = self.call("list_course_competencies", id=course_id)
        return [item["competency"]["id"] for item in shown]

    def clean_up(self) -> None:
        """Delete all that bears the prefix; hide what people were rated on."""
        for course_id, _ in self.courses().values():
            self.delete_course(course_id)
        for template in self._ours("list_templates", "shortname", self.prefix):
            self.call("delete_template", id=template["id"], deleteplans=True)
        for framework in self.frameworks():
            if not self.call("delete_competency_framework", id=framework["id"]):
                hidden = {"id": framework["id"], "visible": False}
                self.call("update_competency_framework", competencyframework=hidden)

    def _ours(self, function: str, name: str, part: str) -> list[Mapping[str, Any]]:
        shown = self.call(function, context={"contextid": 1}, sort="id", order="ASC")
        return [item for item in shown if part in item[name]]

    def close(self) -> None:
        self.connection.close()
        self._http.close()
        if self.sandbox is not None:
            self.sandbox.close()
        self.database.close()


@contextmanager
def catalogue_on(kind: str, folder: Path) -> Iterator[CatalogueLab]:
    """Open the lab on the sandbox or on the site that the environment names."""
    lab = CatalogueLab(folder, kind)
    try:
        yield lab
        lab.clean_up()
    finally:
        lab.close()
