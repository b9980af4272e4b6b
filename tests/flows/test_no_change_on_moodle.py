"""What it costs to find that nothing changed on a Moodle, and that nothing is written.

The benchmark of the same name counts it at the size of a large site; here are 200 nodes
below 5 domains, 20 templates and 60 course links.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from office import LMS, Office

from adapters.moodle.facts import BATCH_FUNCTION
from adapters.moodle.running import MoodleSandbox, start
from connector.framework.model import (
    Competency,
    CompetencyDomain,
    Framework,
    GivenStep,
    JobFamily,
    JobFamilyGroup,
    LearningActivity,
    Pathway,
    ProficiencyScale,
    Requirement,
    Role,
    Step,
    Text,
)
from connector.kit.protocols import SandboxSeed
from connector.runtime.connections import engine_of
from connector.runtime.editions import release_edition
from connector.sync.plan import Plan

DOMAINS, COMPETENCIES, STEPS, ROLES, COURSES = 5, 40, 4, 20, 60
#: A role asks for so many competencies.
ROWS = 6
#: The site, its scale, framework, nodes, templates and courses take one request each or
#: two; what is in templates and linked to courses is read many at once.
MOST_REQUESTS = 10
OF_TEMPLATE = "core_competency_list_competencies_in_template"
OF_COURSE = "core_competency_list_course_competencies"


def english(words: str) -> Text:
    return Text((("en", words),))


def step(number: int) -> str:
    return f"step-{number % STEPS + 1}"


def competency(number: int) -> str:
    return f"competency-{number % COMPETENCIES:02}"


def course(number: int) -> str:
    return f"COURSE-{number:02}"


def roles() -> Iterator[Role]:
    for number in range(ROLES):
        asked = tuple(
            Requirement(competency=competency(number * ROWS + row), step=step(row))
            for row in range(ROWS)
        )
        name = english(f"Role {number}")
        yield Role(key=f"role-{number}", name=name, family="all", requirements=asked)


def activities() -> Iterator[LearningActivity]:
    for number in range(COURSES):
        given = GivenStep(
            competency=competency(number), step=step(number // COMPETENCIES)
        )
        yield LearningActivity(
            key=f"activity-{number}",
            name=english(f"Course {number}"),
            course=course(number),
            gives=(given,),
        )


def framework() -> Framework:
    steps = tuple(
        Step(key=step(rank), name=english(f"Step {rank + 1}")) for rank in range(STEPS)
    )
    domains = [
        CompetencyDomain(key=f"domain-{number}", name=english(f"Domain {number}"))
        for number in range(DOMAINS)
    ]
    competencies = [
        Competency(
            key=competency(number),
            name=english(f"Competency {number}"),
            domain=domains[number % DOMAINS].key,
            scale="craft",
        )
        for number in range(COMPETENCIES)
    ]
    everything = english("All")
    return Framework(
        key="large",
        name=english("Large"),
        scales={
            "craft": ProficiencyScale(key="craft", name=english("Craft"), steps=steps)
        },
        domains={one.key: one for one in domains},
        competencies={one.key: one for one in competencies},
        groups={"all": JobFamilyGroup(key="all", name=everything)},
        families={"all": JobFamily(key="all", name=everything, group="all")},
        roles={role.key: role for role in roles()},
        pathways={
            "all": Pathway(key="all", name=everything, activities=tuple(activities()))
        },
    )


@dataclass(frozen=True)
class Seen:
    """What a site was asked while something was done."""

    requests: int
    writes: int
    #: How often each function was called, by itself or inside a batch.
    calls: Counter[str]


@dataclass
class Stage:
    """An office whose framework, templates and links are on the site already."""

    office: Office
    sandbox: MoodleSandbox

    def seen(self, act: Callable[[], object]) -> Seen:
        log = self.sandbox.site.log
        log.clear()
        act()
        entries = list(log)
        return Seen(
            requests=sum(not entry.batched for entry in entries),
            writes=sum(entry.writes for entry in entries),
            calls=Counter(
                entry.function for entry in entries if entry.function != BATCH_FUNCTION
            ),
        )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    seed = SandboxSeed(
        courses={course(number): f"Course {number}" for number in range(COURSES)}
    )
    sandbox = start(seed)
    folder: Path = tmp_path_factory.mktemp("office")
    token = sandbox.secrets()["moodle.token"]
    office = Office(folder, framework(), sandbox.settings(), token, {})
    stage = Stage(office, sandbox)
    made = stage.seen(office.apply)
    # Were less there than a reader believes, little would be asked for.
    expected = DOMAINS + COMPETENCIES * (1 + STEPS)
    assert len(sandbox.site.state.competencies) == expected
    assert made.writes > expected
    yield stage
    office.close()
    sandbox.close()


def assert_little_was_asked(seen: Seen) -> None:
    assert seen.writes == 0
    assert seen.requests <= MOST_REQUESTS
    # Inside those requests each template and each linked course is read once.
    assert (seen.calls[OF_TEMPLATE], seen.calls[OF_COURSE]) == (ROLES, COURSES)
    assert seen.calls.total() <= ROLES + COURSES + MOST_REQUESTS


def test_no_change_is_seen_by_ten_requests_and_writes_nothing(written: Stage) -> None:
    instance = written.office.instance
    edition = release_edition(instance, None, instance.today())
    plans: list[Plan] = []
    with engine_of(instance, LMS) as engine:
        planning = written.seen(lambda: plans.append(engine.plan(edition)))
        assert plans[0].is_empty
        assert_little_was_asked(planning)
        # What was planned is looked at once more before it is applied.
        applying = written.seen(lambda: engine.apply(plans[0], edition, "ada"))
        assert_little_was_asked(applying)
