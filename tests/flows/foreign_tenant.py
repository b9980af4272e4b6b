"""A tenant that was kept by hand for years: 300 job profiles and 80 competencies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from cli_stage import HRIS, Stage

from adapters.workday.running_sandbox import RunningWorkdaySandbox, serve_tenant
from adapters.workday.sandbox import (
    CompetencySeed,
    JobFamilyGroupSeed,
    JobFamilySeed,
    JobProfileSeed,
    NamedSeed,
    ScaleSeed,
    TenantSeed,
    WorkerSeed,
    create_tenant,
)

EMPTY = TenantSeed(
    name="grown",
    user_name="ISU_CONNECTOR",
    password="made-for-this-test",
    client_id="client",
    client_secret="client-secret",
    refresh_token="refresh-0",
    management_levels=(NamedSeed("M1", "Team lead"),),
    job_levels=(NamedSeed("L1", "One"),),
)
_RATINGS = ("OWN RATING/1", "OWN RATING/2", "OWN RATING/3")
_BEHAVIOURS = (
    "Does it when asked.",
    "- Does it alone\n- Tells others how",
    "Decides:\n\n- when\n- whether",
)
_DESCRIPTIONS = (
    "",
    "Keeps everything afloat.",
    "<p>Keeps <strong>all</strong> afloat.</p><ul><li>hulls</li><li>sails</li></ul>",
    "<p>Has <u>underlined</u> words &amp; <i>others</i>.</p>",
)


def _competency(number: int) -> CompetencySeed:
    return CompetencySeed(
        f"COMPETENCY_{number:02}",
        f"Competency {number}",
        description="What it is.\nIn two lines." if number % 2 else "",
        scale_id="OWN SCALE",
        behaviours=dict(zip(_RATINGS, _BEHAVIOURS, strict=True)),
    )


def _profile(number: int) -> JobProfileSeed:
    return JobProfileSeed(
        f"Job Profile #{number} (own)",
        # Ten titles in each of thirty families: every title stands in many families.
        f"Specialist {number % 10}",
        (f"FAMILY_{number // 10:02}",),
        summary="In short." if number % 3 else "",
        description=_DESCRIPTIONS[number % len(_DESCRIPTIONS)],
        management_level_id="M1" if number % 2 else "",
        competencies=tuple(
            (f"COMPETENCY_{(number * 7 + turn) % 80:02}", rating, turn < 2)
            for turn, rating in enumerate((*_RATINGS, ""))
        ),
        responsibilities=tuple(
            (f"<p>Does {word} {number % 4}.</p>", number % 5 != 0)
            for word in ("this", "that")
        ),
    )


FULL = replace(
    EMPTY,
    scales=(
        ScaleSeed(
            "OWN SCALE",
            "Our scale",
            tuple(zip(_RATINGS, ("Low", "Mid", "High"), strict=True)),
        ),
    ),
    competencies=tuple(map(_competency, range(80))),
    job_families=tuple(
        JobFamilySeed(f"FAMILY_{number:02}", f"Family {number}", "What it does.")
        for number in range(30)
    ),
    job_family_groups=tuple(
        JobFamilyGroupSeed(
            f"GROUP_{number}",
            f"Group {number}",
            tuple(f"FAMILY_{one:02}" for one in range(number * 10, number * 10 + 10)),
        )
        for number in range(3)
    ),
    job_profiles=tuple(map(_profile, range(300))),
)


def worker(number: int, profile: str, organisation: str) -> WorkerSeed:
    """Return a worker on a profile."""
    return WorkerSeed(
        f"{number:05}",
        f"Worker {number}",
        profile,
        organisation,
        "Harbour",
        date(2020, 1, 1),
    )


def connect_tenant(
    stage: Stage, seed: TenantSeed, **more: Any
) -> RunningWorkdaySandbox:
    """Start a tenant and import a connection to it."""
    running = serve_tenant(create_tenant(seed))
    stage.sandboxes[HRIS] = running
    return connect_running(stage, running, **more)


def connect_running(
    stage: Stage, running: RunningWorkdaySandbox, **more: Any
) -> RunningWorkdaySandbox:
    """Import a connection to a tenant that is up."""
    secrets = {
        key: f"file:{stage.write(f'secrets/{key}', value)}"
        for key, value in running.secrets().items()
    }
    document = {
        "adapter": HRIS,
        "settings": running.settings(),
        "secrets": secrets,
        "evidence": {"purpose": "shows completed learning"},
        **more,
    }
    stage.ok("config", "import", stage.write(f"{HRIS}.yaml", json.dumps(document)))
    return running
