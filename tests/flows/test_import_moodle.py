"""What a Moodle site holds is imported, adopted as it is, and made nowhere twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_stage import LMS, Stage, changed
from labs import no_wait

from adapters.moodle.client import MoodleClient
from adapters.moodle.scales import configuration
from connector.kit.http import HttpClient
from connector.runtime.manifest import adapters

_SCALE = 2  # comes with every Moodle
_NODES = (
    ("Handwerk ż", "", "<p>All about <strong>boats</strong>.</p>"),
    ("Knots", "Handwerk ż", "Ties them, as the file said."),
    ("Sails", "Handwerk ż", "<p>Sets them.</p><ul><li>main</li><li>jib</li></ul>"),
    ("知识", "", ""),
    ("Coloured", "", "<h3>Red</h3>"),
)


class Site:
    """A Moodle that was filled by hand."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.running = stage, stage.connect(LMS)
        token = next(iter(self.running.secrets().values()))
        self._http = HttpClient(
            target="Moodle", base_url=self.running.url, sleep=no_wait
        )
        self._hands = MoodleClient(self._http, token)

    def call(self, function: str, **arguments: object) -> Any:
        return self._hands.call(f"core_competency_{function}", arguments)

    def framework(self, id_number: str) -> int:
        made = self.call(
            "create_competency_framework",
            competencyframework={
                "shortname": "Skills of ours",
                "idnumber": id_number,
                "description": "Since 2019.",
                "scaleid": _SCALE,
                "scaleconfiguration": configuration(_SCALE, 2, 2),
                "contextid": 1,
                "taxonomies": "skill,behaviour",
            },
        )
        return int(made["id"])

    def fill(self, framework: int) -> None:
        ids = {"": 0}
        for name, parent, text in _NODES:
            node = {
                "shortname": name,
                "idnumber": f"K {name}",
                "parentid": ids[parent],
                "competencyframeworkid": framework,
                "description": text,
            }
            ids[name] = self.call("create_competency", competency=node)["id"]
        for name, members in (("Deck hand", ("Sails", "Knots")), ("Nobody", ())):
            template = {"shortname": name, "contextid": 1, "description": "<p>T</p>"}
            made = self.call("create_template", template=template)
            for member in members:
                self.call(
                    "add_competency_to_template",
                    templateid=made["id"],
                    competencyid=ids[member],
                )

    def settle(self) -> None:
        """Set what the import says: the site's own scale, as it is."""
        shipped = adapters()[LMS].mapping.read_text(encoding="utf-8")
        mapping = changed(shipped, "scale: proficiency\n", "scale: own\n")
        mapping = changed(
            mapping,
            "scale_values: [Not yet, Proficient]",
            'scale_values: ["Not yet competent", "Competent"]',
        )
        mapping = changed(
            mapping,
            "taxonomies: [domain, competency, level, level]",
            "taxonomies: [skill, behaviour]",
        )
        self.stage.ok("config", "import", self.stage.write("mine.yaml", mapping))
        document = json.loads(Path(f"{LMS}.yaml").read_text(encoding="utf-8"))
        document["mapping"] = "mine"
        document["settings"]["scales"] = {"own": _SCALE}
        file = self.stage.write(f"{LMS}.yaml", json.dumps(document))
        self.stage.ok("config", "import", file)

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def site(jobframe: Stage) -> Iterator[Site]:
    made = Site(jobframe)
    yield made
    made.close()


def test_a_site_is_imported_and_adopted_as_it_is(site: Site) -> None:
    jobframe = site.stage
    site.fill(site.framework("Skills 2019"))

    imported = jobframe.json("framework", "import", "--from", LMS, "own")
    site.settle()
    jobframe.ok("framework", "release", "own")
    before = jobframe.json("plan", LMS)
    jobframe.ok("findings", "decide", LMS, "adopt")
    after = jobframe.json("plan", LMS)

    assert imported["counts"]["competency_domains"] == 1
    assert imported["counts"]["competencies"] == 4
    assert imported["counts"]["roles"] == 2
    assert [note for note in imported["report"]["notes"] if note["topic"] != "to_set"]
    assert before["changes"] == []
    adopted = [one for one in before["findings"] if one["type"] == "adoption"]
    assert len(adopted) == 1 + 1 + 4 + 2
    assert all(one["is_exact"] for one in adopted)
    assert (after["changes"], after["tasks"], after["waiting"]) == ([], [], [])
    # The one text that Markdown cannot say was left out, and is asked about once.
    waiting = [one for one in after["findings"] if one["is_waiting"]]
    assert [(one["key"], one["field"]) for one in waiting] == [
        ("coloured", "description")
    ]
    jobframe.ok("findings", "decide", LMS, "theirs")
    jobframe.ok("apply", LMS)
    plan = jobframe.json("plan", LMS)
    assert plan["changes"] == []
    assert [one for one in plan["findings"] if one["is_waiting"]] == []
    (framework,) = site.call("list_competency_frameworks", context={"contextid": 1})
    assert framework["competenciescount"] == len(_NODES)
    assert len(site.call("list_templates", context={"contextid": 1})) == 2


def test_a_template_that_was_imported_follows_the_framework(site: Site) -> None:
    jobframe = site.stage
    site.fill(site.framework("Skills 2019"))
    jobframe.ok("framework", "import", "--from", LMS, "own")
    site.settle()
    jobframe.ok("framework", "release", "own")
    jobframe.ok("findings", "decide", LMS, "adopt")
    jobframe.ok("apply", LMS)

    file = Path("own/roles/learning-plan-templates.yaml")
    text = changed(file.read_text(encoding="utf-8"), "name: Deck hand", "name: Mate")
    file.write_text(text, encoding="utf-8")
    jobframe.ok("framework", "release", "own")
    (change,) = jobframe.json("plan", LMS)["changes"]
    jobframe.ok("apply", LMS, "--yes")

    assert change["kind"] == "template"
    templates = site.call("list_templates", context={"contextid": 1})
    assert {one["shortname"] for one in templates} == {"Mate", "Nobody"}
    assert {one["description"] for one in templates} == {"<p>T</p>"}
    assert jobframe.json("plan", LMS)["changes"] == []


def test_one_of_several_frameworks_is_named(site: Site) -> None:
    site.framework("A")
    site.framework("B")

    answer = site.stage("framework", "import", "--from", LMS, "own")
    other = site.stage("framework", "import", "--from", LMS, "--framework", "C", "own")

    assert (answer.code, other.code) == (2, 2)
    assert "the site holds 2 competency frameworks" in answer.err
    assert "“A” (Skills of ours), “B” (Skills of ours)" in answer.err
    assert "no competency framework has the ID number “C”" in other.err
    site.stage.ok("framework", "import", "--from", LMS, "--framework", "B", "own")


def test_an_import_that_is_done_again_gives_the_same_bytes(site: Site) -> None:
    site.fill(site.framework("Skills 2019"))
    site.stage.ok("framework", "import", "--from", LMS, "one")
    site.stage.ok("framework", "import", "--from", LMS, "two")

    files = sorted(p.relative_to("one") for p in Path("one").rglob("*.yaml"))
    assert [(Path("one") / f).read_bytes() for f in files] == [
        (Path("two") / f).read_bytes() for f in files
    ]
