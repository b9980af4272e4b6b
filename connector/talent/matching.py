"""From a fact to evidence: which activity it completes, and which steps that gives.

Pure. A fact that matches nothing is no evidence and is not lost: it is listed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from connector.framework.model import Basis, Course, Framework, GivenStep
from connector.kit.values import FactType, LearningFact, RatingOrigin, canonical_json
from connector.store.facts import Evidence, StoredFact


def step_of_key(framework: Framework, key: str) -> GivenStep | None:
    """Return the step that a record key `<competency>/<rank>` names, if any."""
    competency, _, rank = key.rpartition("/")
    if competency not in framework.competencies or not rank.isdecimal():
        return None
    steps = framework.steps_of(competency)
    if not 1 <= int(rank) <= len(steps):
        return None
    return GivenStep(competency=competency, step=steps[int(rank) - 1].key)


class Matcher:
    """Knows which steps the courses, badges and ratings of one framework give.

    A badge counts as the certification whose name it bears.
    """

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._courses: dict[str, Course] = {
            course.idnumber: course for course in framework.courses()
        }
        self._certificates: dict[str, list[GivenStep]] = {}
        for pathway in framework.pathways.values():
            for activity in pathway.activities:
                for name in self._names(activity.certification):
                    self._certificates.setdefault(name, []).extend(activity.gives)

    def _names(self, certification: str | None) -> Iterable[str]:
        """Yield what a badge of a certification is called, in every language."""
        found = self._framework.certifications.get(certification or "")
        if found is not None:
            yield from {text.casefold() for _, text in found.name.versions}

    @property
    def judgement(self) -> str:
        """Return what tells this way of judging facts from another framework's."""
        ways = {
            "courses": {
                number: [[given.competency, given.step] for given in course.gives]
                for number, course in self._courses.items()
            },
            "certificates": {
                name: [[given.competency, given.step] for given in gives]
                for name, gives in self._certificates.items()
            },
            "steps": {
                key: [step.key for step in self._framework.steps_of(key)]
                for key in self._framework.competencies
            },
        }
        return hashlib.sha256(canonical_json(ways).encode()).hexdigest()[:16]

    def matches(self, fact: LearningFact) -> bool:
        """Tell whether a fact completes an activity of the framework."""
        return bool(self._given(fact))

    def _given(self, fact: LearningFact) -> Sequence[GivenStep]:
        if fact.type is FactType.COURSE_COMPLETION:
            course = self._courses.get(fact.object_id)
            return course.gives if course else ()
        if fact.type is FactType.BADGE:
            return self._certificates.get(fact.object_name.casefold(), ())
        rated = step_of_key(self._framework, fact.object_id)
        return (rated,) if rated else ()

    def knows_course(self, idnumber: str) -> bool:
        """Tell whether an activity of the framework is this course."""
        return idnumber in self._courses

    def evidence(self, stored: StoredFact, achieved_on: date) -> Iterable[Evidence]:
        """Yield the evidence a fact of a known person gives, one for each step.

        A completion older than the release counts like any other: what was learned
        was learned.
        """
        if stored.person_id is None:
            return
        expires = stored.fact.detail.get("expires_at")
        for given in self._given(stored.fact):
            yield Evidence(
                fact_id=stored.id,
                person_id=stored.person_id,
                competency=given.competency,
                step=given.step,
                basis=_basis(stored.fact),
                achieved_on=achieved_on,
                expires_on=datetime.fromisoformat(expires).date() if expires else None,
                provenance=f"{stored.connection}: {stored.fact.object_id}",
            )


def _basis(fact: LearningFact) -> Basis:
    if fact.type is FactType.BADGE:
        return Basis.CERTIFICATION
    by_person = fact.detail.get("origin") == RatingOrigin.PERSON
    return Basis.RATING if by_person else Basis.LEARNING
