"""What it costs to find that nothing changed, in requests and reads inside them.

    bench_moodle_nochange.py

A sandbox, in a process of its own, is given 5,000 competencies (1,000 with four nested
steps each), a template for each of 200 roles and a link for each of 2,000 courses. Then
it is planned and applied again. Counted is what leaves the HTTP client; the peer is the
floor: the same requests, sent again without thinking.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from support.floor import Exchange, Recording, recorded, replay
from support.sites import new_prefix, open_bench, sandbox_site
from support.tables import print_result, print_table
from support.trees import PARENTS, STEPS, english, nested_framework

from adapters.moodle.facts import BATCH_FUNCTION, WRITE_FUNCTIONS
from connector.framework.model import (
    Framework,
    GivenStep,
    LearningActivity,
    Pathway,
    Requirement,
    Role,
)

T = TypeVar("T")

NODES, TEMPLATES, LINKS = 5000, 200, 2000
ROWS = 20
MOST_REQUESTS = 60
_PER_TEMPLATE = "core_competency_list_competencies_in_template"
_PER_COURSE = "core_competency_list_course_competencies"


def framework_of_everything() -> Framework:
    """Return the framework: roles that require steps, courses that give them."""
    framework = nested_framework(NODES)
    keys = list(framework.competencies)
    roles = {
        f"role-{number:03}": Role(
            key=f"role-{number:03}",
            name=english(f"Role {number}"),
            family="all",
            requirements=tuple(
                Requirement(
                    competency=keys[(number * ROWS + row) % len(keys)],
                    step=f"step-{row % STEPS + 1}",
                )
                for row in range(ROWS)
            ),
        )
        for number in range(TEMPLATES)
    }
    activities = tuple(
        LearningActivity(
            key=f"activity-{number:04}",
            name=english(f"Course {number}"),
            course=f"COURSE-{number:04}",
            gives=(
                GivenStep(
                    competency=keys[number % len(keys)],
                    step=f"step-{number // len(keys) + 1}",
                ),
            ),
        )
        for number in range(LINKS)
    )
    pathway = Pathway(key="all", name=english("All"), activities=activities)
    return replace(framework, roles=roles, pathways={pathway.key: pathway})


def functions_of(exchange: Exchange) -> Iterator[str]:
    """Yield the functions that a request calls: itself, or those inside it."""
    form = dict(parse_qsl(exchange.body.decode()))
    if form["wsfunction"] != BATCH_FUNCTION:
        yield form["wsfunction"]
    for name, value in form.items():
        if name.startswith("requests[") and name.endswith("][function]"):
            yield value


@dataclass
class Measured:
    """What left the HTTP client, and the seconds all of it took."""

    recording: Recording
    seconds: float

    def told(self) -> dict[str, Any]:
        """Return the counts under the names of the table, and each function's own."""
        exchanges = [exchange for wave in self.recording.waves for exchange in wave]
        inner = Counter(f for exchange in exchanges for f in functions_of(exchange))
        writes = sum(inner[f] for f in WRITE_FUNCTIONS)
        return {
            "requests": len(exchanges),
            "writes": writes,
            "all reads": inner.total() - writes,
            "of templates": inner[_PER_TEMPLATE],
            "of courses' links": inner[_PER_COURSE],
            "seconds": self.seconds,
            "functions": dict(inner),
        }


def measured(act: Callable[[], T]) -> tuple[T, Measured]:
    """Do something and count its requests."""
    recording = Recording([[]])
    with recorded(recording):
        started = time.perf_counter()
        done = act()
        seconds = time.perf_counter() - started
    return done, Measured(recording, seconds)


def main() -> None:
    """Fill a sandbox, then measure a plan and an apply that change nothing."""
    courses = {f"COURSE-{number:04}": f"Course {number}" for number in range(LINKS)}
    with (
        sandbox_site(courses) as site,
        open_bench(site, framework_of_everything(), prefix := new_prefix()) as bench,
    ):
        engine, edition = bench.engine, bench.edition
        report = engine.apply(engine.plan(edition), edition, "bench")
        assert report.done == report.planned, report
        assert site.nodes(f"{prefix}-f-bench") == PARENTS + NODES
        plan, planning = measured(lambda: engine.plan(edition))
        assert plan.is_empty, plan.counts()
        _, applying = measured(lambda: engine.apply(plan, edition, "bench"))
        floor = replay(
            site.url, planning.recording, prefixes=(prefix, prefix), concurrency=1
        )
    _show({"plan": planning, "apply": applying}, floor, report.planned)


def _show(runs: dict[str, Measured], floor: float, records: int) -> None:
    told = {name: run.told() for name, run in runs.items()}
    columns = ("requests", "writes", "all reads", "of templates", "of courses' links")
    print_table(
        ("no change", *columns, "time to floor's"),
        [
            (name, *map(one.get, columns), f"{runs[name].seconds / floor:.2f}")
            for name, one in told.items()
        ],
    )
    print_result(
        {
            "benchmark": "moodle no change",
            "records": records,
            "floor seconds": floor,
            **told,
        }
    )
    for one in told.values():
        assert one["writes"] == 0
        assert one["requests"] <= MOST_REQUESTS
        assert (one["of templates"], one["of courses' links"]) == (TEMPLATES, LINKS)
        assert one["all reads"] - TEMPLATES - LINKS <= MOST_REQUESTS


if __name__ == "__main__":
    main()
