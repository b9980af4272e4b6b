"""From a fact to evidence: which activity it completes, and which steps that gives.

Pure. A fact that matches nothing is no evidence and is not lost: it is listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from connector.framework.model import Basis, Course, Framework
from connector.kit.values import LearningFact
from connector.store.facts import Evidence, StoredFact


class Matcher:
    """Knows which steps the courses of one framework give."""

    def __init__(self, framework: Framework) -> None:
        self._courses: dict[str, Course] = {
            course.idnumber: course for course in framework.courses()
        }

    def matches(self, fact: LearningFact) -> bool:
        """Tell whether a fact completes an activity of the framework."""
        return fact.object_id in self._courses

    def evidence(self, stored: StoredFact, achieved_on: date) -> Iterable[Evidence]:
        """Yield the evidence a fact of a known person gives, one for each step.

        A completion older than the release counts like any other: what was learned
        was learned.
        """
        if stored.person_id is None or not self.matches(stored.fact):
            return
        for given in self._courses[stored.fact.object_id].gives:
            yield Evidence(
                fact_id=stored.id,
                person_id=stored.person_id,
                competency=given.competency,
                step=given.step,
                basis=Basis.LEARNING,
                achieved_on=achieved_on,
                expires_on=None,
                provenance=f"{stored.connection}: {stored.fact.object_id}",
            )
