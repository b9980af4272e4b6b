"""An instance beside a Moodle, with an HRIS that already told who holds which role.

What an HRIS would tell is stored directly; everything else is the product's own way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from connector.framework import freeze
from connector.framework.model import Framework
from connector.kit.values import Foreign, SourceAssignment, SourcePerson
from connector.runtime.connections import configured, engine_of, mapping_text
from connector.runtime.editions import release_edition
from connector.runtime.home import create_home, open_home
from connector.runtime.instance import Instance, open_instance
from connector.store import decisions, documents, links, people, releases
from connector.store.decisions import Approval
from connector.store.documents import DocumentKind
from connector.store.tombstones import Tombstones
from connector.store.values import Link
from connector.sync.plan import Plan
from connector.sync.report import Report

LMS, HRIS = "moodle", "hris"


@dataclass
class Office:
    """One organisation on one day; `options` replace those of the shipped mapping."""

    folder: Path
    framework: Framework
    settings: Mapping[str, Any]
    token: str
    options: Mapping[str, str]
    prefix: str = "jf"
    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        home = self.folder / "home"
        create_home(home, "Quillmere", "Europe/Warsaw")
        self.instance: Instance = self.stack.enter_context(
            open_instance(open_home(str(home), {}), lambda: self.now)
        )
        self.instance.vault.put(f"{LMS}.moodle.token", self.token)
        document = {"adapter": "moodle", "settings": dict(self.settings)}
        self._put(DocumentKind.CONNECTION, json.dumps(document))
        self.set(**self.options)
        with self.instance.database.write() as conn:
            releases.add(
                conn,
                content=freeze(self.framework),
                effective_on=date(2026, 1, 1),
                author="ada",
                note="",
                at=self.now,
            )
            known = [
                Link(
                    kind="job_profile",
                    key=role,
                    remote_id=f"W-{role}",
                    identity="",
                    fields={},
                )
                for role in self.framework.roles
            ]
            links.save(conn, HRIS, known)

    def _put(self, kind: DocumentKind, text: str) -> None:
        with self.instance.database.write() as conn:
            documents.put(
                conn, kind=kind, name=LMS, text=text, person="ada", at=self.now
            )

    def set(self, **options: str) -> None:
        """Change options of the mapping, as somebody edits its lines."""
        text, _ = mapping_text(self.instance, configured(self.instance, LMS))
        lines = text.splitlines()
        for name, value in {"prefix": self.prefix, **options}.items():
            (place,) = (
                number
                for number, line in enumerate(lines)
                if line.strip().startswith(f"{name}: ") and "{{" not in line
            )
            start = lines[place].partition(f"{name}:")[0]
            lines[place] = f"{start}{name}: {value}"
        self._put(DocumentKind.MAPPING, "\n".join(lines) + "\n")

    def hold(
        self, employee_ids: Iterable[str], *roles: str, is_active: bool = True
    ) -> None:
        """Let the HRIS tell that people hold these roles and no others."""
        told = [
            SourcePerson(
                source_id=employee_id,
                employee_id=employee_id,
                name=f"Person {employee_id}",
                is_active=is_active,
                assignments=tuple(
                    SourceAssignment(
                        position_id=f"P-{role}",
                        role=Foreign("job_profile", f"W-{role}"),
                    )
                    for role in roles
                ),
            )
            for employee_id in employee_ids
        ]
        names = iter(told)
        with self.instance.database.write() as conn:
            people.save(
                conn,
                HRIS,
                told,
                tombstones=Tombstones(b"k" * 32),
                new_id=lambda: str(uuid5(NAMESPACE_OID, next(names).employee_id)),
                at=self.now,
            )

    def person(self, employee_id: str) -> str:
        """Return our id of a person."""
        with self.instance.database.read() as conn:
            (found,) = people.with_employee_id(conn, employee_id)
        return found.id

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    def plan(self) -> Plan:
        with engine_of(self.instance, LMS) as engine:
            return engine.plan(
                release_edition(self.instance, None, self.instance.today())
            )

    def apply(self) -> Report:
        """Apply a plan that two people confirmed; everything in it must succeed."""
        edition = release_edition(self.instance, None, self.instance.today())
        with engine_of(self.instance, LMS) as engine:
            plan = engine.plan(edition)
            with self.instance.database.write() as conn:
                for refusal in plan.refusals:
                    approval = Approval(
                        fingerprint=plan.fingerprint,
                        guard=refusal.guard,
                        person="ben",
                        approved_at=self.now,
                        note="",
                    )
                    decisions.approve(conn, approval)
            report = engine.apply(plan, edition, "ada")
        assert (report.failed, report.skipped, report.in_doubt) == (0, 0, 0), report
        return report

    def close(self) -> None:
        self.stack.close()
