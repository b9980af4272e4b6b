"""A crew within the scope of the HRIS, a person outside it, and all that is known.

`trace_of` finds what names a person wherever the deployment keeps or says something.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click
from cli_stage import ADA, COURSES, FRAMEWORK, HRIS, LMS, Answer, Stage, changed
from sqlalchemy import LargeBinary, select

from connector.cli import jobframe as root
from connector.kit.protocols import SandboxSeed, SeedCompletion, SeedPerson
from connector.runtime.home import now, open_home
from connector.runtime.instance import open_instance
from connector.runtime.manifest import load_adapter
from connector.store.tables_talent import metadata

PURPOSE = {"purpose": "shows people what the next step takes", "retention_months": 24}
MATE = """\
  - key: mate
    name: Mate
    family: sailing
    requirements: {knots: high}
pathways:
"""
OTTO = SeedPerson(
    employee_id="0099777",
    given_name="Otto",
    family_name="Aussenstein",
    email="otto.aussenstein@example.com",
    organisation="Quay",
    role="sailor",
)
CREW = (
    SeedPerson(
        employee_id=ADA.employee_id,
        given_name=ADA.given_name,
        family_name=ADA.family_name,
        email=ADA.email,
        organisation="Crew",
        manager_id=OTTO.employee_id,
        role="sailor",
    ),
    SeedPerson(
        employee_id="0021055",
        given_name="Bea",
        family_name="Brandung",
        email="bea.brandung@example.com",
        organisation="Crew",
        manager_id=ADA.employee_id,
        role="sailor",
    ),
)
#: Commands that stay up, or that make what is there already.
_NOT_WALKED = {"jobframe demo", "jobframe serve", "jobframe sandbox", "jobframe init"}


def words_of(person: SeedPerson) -> list[str]:
    """Return what names a person."""
    return [
        person.employee_id,
        person.given_name,
        person.family_name,
        person.email,
    ]


def start(stage: Stage) -> None:
    """Let the crew and the outsider work and learn in both systems."""
    for name in (HRIS, LMS):
        seed = SandboxSeed(people=(*CREW, OTTO), courses=COURSES)
        stage.sandboxes[name] = load_adapter(name).start_sandbox(seed)
        connect(stage, name)
    stage.release(changed(FRAMEWORK, "pathways:\n", MATE))
    stage.ok("apply", HRIS, "--yes")
    plan = stage.json("plan", LMS)
    for guard in plan["refusals"]:
        stage.ok("approve", plan["fingerprint"], "--guard", guard["guard"])
    stage.ok("apply", LMS, "--yes")


def connect(stage: Stage, name: str, *organisations: str, **more: Any) -> None:
    """Import a connection to a sandbox that runs, with its scope."""
    running: Any = stage.sandboxes[name]
    secrets = {
        key: f"file:{stage.write(f'secrets/{name}-{key}', value)}"
        for key, value in running.secrets().items()
    }
    document: dict[str, Any] = {
        "adapter": name,
        "settings": running.settings(),
        "secrets": secrets,
        "evidence": {"purpose": "shows learning", "retention_months": 24},
        **more,
    }
    if name == HRIS:
        document |= {"readiness": PURPOSE, "proposals": PURPOSE}
        document["scope"] = {"organisations": list(organisations or ("Crew",))}
    path = stage.write(f"{name}.yaml", json.dumps(document))
    stage.ok("config", "import", path)


def learn(stage: Stage) -> None:
    """Let everybody finish a course, and let the nightly jobs run."""
    done_on = datetime(2026, 3, 1, 9, tzinfo=UTC)
    stage.sandboxes[LMS].complete_courses(
        [
            SeedCompletion(
                employee_id=each.employee_id, course=course, completed_at=done_on
            )
            for each in (*CREW, OTTO)
            for course in COURSES
        ]
    )
    stage.ok("people", "sync", HRIS)
    stage.ok("evidence", "collect", LMS)
    stage.ok("evidence", "send", HRIS)
    stage.ok("readiness", "compute")


def texts(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield every row of every table as text, and where it stands."""
    del stage
    with (
        open_instance(open_home(None), now) as instance,
        instance.database.read() as conn,
    ):
        for table in metadata.sorted_tables:
            plain = [c for c in table.c if not isinstance(c.type, LargeBinary)]
            for row in conn.execute(select(*plain)):
                for column, value in zip(plain, row, strict=True):
                    yield f"{table.name}.{column.name}", str(value)


def trace_of(stage: Stage, words: list[str]) -> set[str]:
    """Return the columns and files of the instance that name somebody."""
    named = re.compile("|".join(re.escape(each) for each in words), re.IGNORECASE)
    found = {place for place, text in texts(stage) if named.search(text)}
    home = stage.folder / "home"
    for path in sorted(home.rglob("*")):
        if path.is_file():
            content = path.read_bytes().decode("utf-8", "replace")
            found |= {path.name} if named.search(content) else set()
    return found


def leaves(
    command: click.Command = root, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command by the words that one types."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from leaves(inner, (*path, name))
    elif f"jobframe {path[0]}" not in _NOT_WALKED:
        yield path, command


def walk(stage: Stage, person: str) -> Iterator[tuple[str, Answer]]:
    """Run every command that needs no more than a connection and a person."""
    for path, command in leaves():
        arguments = [
            each for each in command.params if isinstance(each, click.Argument)
        ]
        given = [_given(each.name or "", person) for each in arguments]
        needs = [
            each
            for each in command.params
            if isinstance(each, click.Option) and each.required
        ]
        if None in given or needs:
            continue
        for name in (HRIS, LMS) if "connection" in given else (HRIS,):
            words = [name if each == "connection" else str(each) for each in given]
            typed = (*path, *words)
            yield " ".join(typed), stage(*typed)
            yield " ".join((*typed, "--json")), stage(*typed, "--json")


def _given(name: str, person: str) -> str | None:
    if name == "connection":
        return name
    if name in ("who", "person", "worker"):
        return person
    return {"role": "sailor", "start": "sailor", "goal": "mate", "run": "1"}.get(name)
