"""How long the readiness of a large population takes, and a day's changes in it.

    bench_readiness.py [--people 100000]

Every person holds a role with 40 requirements and is looked at for that role and the
next one, with ten pieces of evidence each, in a database of its own. Measured are the
first computation of all, and the one after new evidence for one person in a hundred.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from support.tables import print_result, print_table

from connector.framework.model import (
    Basis,
    Competency,
    Framework,
    JobFamily,
    Level,
    ProficiencyScale,
    Requirement,
    Role,
    Step,
    Text,
    Track,
)
from connector.kit.values import Foreign, canonical_json, value_to_json
from connector.store import facts, tables
from connector.store.database import open_database
from connector.store.facts import Evidence
from connector.store.tombstones import Tombstones
from connector.sync.fingerprint import keyed_digest
from connector.talent.ground import Ground
from connector.talent.recomputing import recompute

FAMILIES, LEVELS, REQUIREMENTS, PROOFS = 50, 6, 40, 10
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
_BATCH = 5000


def _text(words: str) -> Text:
    return Text((("en", words),))


def make_framework(rng: random.Random) -> Framework:
    """Return families on one track, each level asking for forty competencies."""
    steps = tuple(Step(key=f"s{rank}", name=_text(f"Step {rank}")) for rank in range(4))
    competencies = {
        f"c{number}": Competency(key=f"c{number}", name=_text("C"), scale="scale")
        for number in range(FAMILIES * 7 + 60)
    }
    levels = {
        f"l{rung}": Level(
            key=f"l{rung}",
            name=_text("L"),
            track=Track.INDIVIDUAL_CONTRIBUTOR,
            above=(f"l{rung - 1}",) if rung else (),
            minimum_months=12,
        )
        for rung in range(LEVELS)
    }
    roles = {}
    for family in range(FAMILIES):
        for rung in range(LEVELS):
            chosen = rng.sample(range(family * 7, family * 7 + 60), REQUIREMENTS)
            roles[f"r{family}-{rung}"] = Role(
                key=f"r{family}-{rung}",
                name=_text("R"),
                family=f"f{family}",
                track=Track.INDIVIDUAL_CONTRIBUTOR,
                level=f"l{rung}",
                requirements=tuple(
                    Requirement(
                        competency=f"c{number}",
                        step=f"s{min(3, rung // 2 + rng.randint(0, 1))}",
                    )
                    for number in chosen
                ),
            )
    return Framework(
        key="bench",
        name=_text("Bench"),
        scales={"scale": ProficiencyScale(key="scale", name=_text("S"), steps=steps)},
        competencies=competencies,
        levels=levels,
        families={
            f"f{number}": JobFamily(key=f"f{number}", name=_text("F"))
            for number in range(FAMILIES)
        },
        roles=roles,
    )


def make_ground(folder: str) -> Ground:
    """Return a deployment with an empty database."""
    database = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
    database.migrate()
    return Ground(
        database=database,
        tombstones=Tombstones(b"k" * 32),
        digest=keyed_digest(b"k" * 32),
        now=lambda: NOON,
        new_id=lambda: "",
        time_zone=ZoneInfo("UTC"),
    )


def seed(
    ground: Ground, framework: Framework, people: int, rng: random.Random
) -> list[str]:
    """Fill the database with people, positions and evidence; returns people's ids."""
    roles = [key for key in framework.roles if not key.endswith(f"-{LEVELS - 1}")]
    with ground.database.write() as conn:
        conn.execute(
            insert(tables.links),
            [
                {
                    "connection": "hris",
                    "kind": "job_profile",
                    "key": key,
                    "remote_id": f"wid-{key}",
                    "identity": "",
                    "fields_json": "{}",
                }
                for key in framework.roles
            ],
        )
    ids = [f"person-{number:07}" for number in range(people)]
    for start in range(0, people, _BATCH):
        with ground.database.write() as conn:
            held = {each: rng.choice(roles) for each in ids[start : start + _BATCH]}
            conn.execute(insert(tables.persons), [_person(each) for each in held])
            conn.execute(
                insert(tables.person_sources),
                [
                    {"connection": "hris", "source_id": each, "person_id": each}
                    for each in held
                ],
            )
            conn.execute(
                insert(tables.assignments),
                [_assignment(each, role) for each, role in held.items()],
            )
            conn.execute(insert(tables.facts), [_fact(each, 0) for each in held])
            first = start + 1
            proofs = [
                {**proof, "fact_id": first + number}
                for number, (each, role) in enumerate(held.items())
                for proof in _proofs(framework, each, role, rng)
            ]
            conn.execute(insert(tables.evidence), proofs)
    return ids


def _person(person_id: str) -> dict[str, Any]:
    return {
        "id": person_id,
        "employee_id": person_id,
        "name": "",
        "email": "",
        "is_active": True,
        "manager_id": "",
        "hired_on": None,
        "updated_at": NOON,
        "is_on_leave": False,
        "is_unseen": False,
        "worker_type": "employee",
    }


def _assignment(person_id: str, role: str) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "connection": "hris",
        "position_id": "p",
        "position": 0,
        "role_json": canonical_json(
            value_to_json(Foreign("job_profile", f"wid-{role}"))
        ),
        "is_primary": True,
        "since": date(2024, 1, 1),
        "location": "",
        "organisation": "",
        "country": "",
        "is_international": False,
    }


def _fact(person_id: str, number: int) -> dict[str, Any]:
    return {
        "connection": "lms",
        "type": "course_completion",
        "object_id": f"course-{number}",
        "object_name": "",
        "account_id": person_id,
        "employee_id": person_id,
        "happened_at": NOON - timedelta(days=100 - number),
        "detail_json": "{}",
        "person_id": person_id,
        "recorded_at": NOON,
        "judged_as": "",
    }


def _proofs(
    framework: Framework, person_id: str, role: str, rng: random.Random
) -> Iterator[dict[str, Any]]:
    for requirement in rng.sample(framework.roles[role].requirements, PROOFS):
        yield {
            "person_id": person_id,
            "competency": requirement.competency,
            "step": requirement.step,
            "basis": rng.choice((Basis.LEARNING, Basis.ATTESTATION)),
            "achieved_on": TODAY - timedelta(days=rng.randrange(900)),
            "expires_on": None,
            "provenance": "bench",
            "recorded_at": NOON,
        }


def add_news(ground: Ground, ids: list[str], rng: random.Random) -> int:
    """Give one person in a hundred a new piece of evidence; returns how many."""
    some = rng.sample(ids, max(len(ids) // 100, 1))
    with ground.database.write() as conn:
        rows = conn.execute(
            insert(tables.facts).returning(tables.facts.c.id, tables.facts.c.person_id),
            [_fact(each, 1) for each in some],
        ).all()
        proofs = [
            Evidence(
                fact_id=fact_id,
                person_id=person_id,
                competency=f"c{rng.randrange(FAMILIES * 7)}",
                step="s1",
                basis=Basis.LEARNING,
                achieved_on=TODAY,
                expires_on=None,
                provenance="bench",
            )
            for fact_id, person_id in rows
        ]
        return facts.add_evidence(conn, proofs, NOON)


def main() -> None:
    """Measure the first computation and the one after a day's changes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=100_000)
    people = parser.parse_args().people
    rng = random.Random(20260601)  # noqa: S311 - the same population in every run
    framework = make_framework(rng)
    with tempfile.TemporaryDirectory() as folder:
        ground = make_ground(folder)
        ids = seed(ground, framework, people, rng)
        measured = {"all": _timed(ground, framework)}
        add_news(ground, ids, rng)
        measured["one in a hundred"] = _timed(ground, framework)
        ground.database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print_table(
        ("computed", "people", "rows", "seconds", "ms a person"),
        [
            (name, number, rows, f"{seconds:.1f}", f"{1000 * seconds / number:.2f}")
            for name, (number, rows, seconds) in measured.items()
        ],
    )
    print(f"Peak memory {peak} MB, the seeding of the database included.")
    print_result(
        {
            "benchmark": "readiness",
            "seconds": {name: seconds for name, (_, _, seconds) in measured.items()},
            "peak_mb": peak,
        }
    )


def _timed(ground: Ground, framework: Framework) -> tuple[int, int, float]:
    started = time.perf_counter()
    done = recompute(ground, framework, "r-1", TODAY, ["hris"])
    return done.people, done.kept, time.perf_counter() - started


if __name__ == "__main__":
    main()
