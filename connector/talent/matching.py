"""From a fact to evidence: which activity it completes, and which steps that gives.

Pure. A fact that matches nothing is no evidence and is not lost: it is listed, with
the line of the framework that would match it.
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from connector.framework.model import (
    Basis,
    Framework,
    GivenStep,
    LearningActivity,
)
from connector.kit.values import FactType, LearningFact, RatingOrigin, canonical_json
from connector.store.facts import BY_HAND, Evidence, StoredFact

#: Tells the calendar date of an instant, in the organisation's time zone.
DayOf = Callable[[datetime], date]
#: The least there is between the last instant at which something holds and its end.
_MOMENT = timedelta(microseconds=1)


def step_of_key(framework: Framework, key: str) -> GivenStep | None:
    """Return the step that a record key `<competency>/<rank>` names, if any."""
    competency, _, rank = key.rpartition("/")
    if competency not in framework.competencies or not rank.isdecimal():
        return None
    steps = framework.steps_of(competency)
    if not 1 <= int(rank) <= len(steps):
        return None
    return GivenStep(competency=competency, step=steps[int(rank) - 1].key)


@dataclass(slots=True)
class _Given:
    """What completing one thing gives: steps, a contribution, an expiry.

    `contribution` is the kind of contribution that it is, empty for none.
    """

    steps: dict[tuple[str, str], None] = field(default_factory=dict)
    contribution: str = ""
    valid_months: int | None = None

    def add(self, activity: LearningActivity, kinds: Iterable[str]) -> None:
        """Take in one more activity that the same thing completes."""
        for given in activity.gives:
            self.steps[given.competency, given.step] = None
        if activity.type in kinds:
            self.contribution = self.contribution or activity.type


class Matcher:
    """Knows what the courses, plans, certificates and ratings of one framework give.

    A badge counts as the certification whose name it bears. An activity whose type is
    a kind of contribution that a level asks for is such a contribution.
    """

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        #: Kinds of contribution that any level asks for.
        self.kinds = frozenset(
            kind for level in framework.levels.values() for kind in level.contributions
        )
        self._courses: dict[str, _Given] = {}
        self._plans: dict[str, _Given] = {}
        self._activities: dict[str, _Given] = {}
        self._certifications = {
            key: _Given(valid_months=one.valid_months)
            for key, one in framework.certifications.items()
        }
        for pathway, activity in framework.activities():
            if not (pathway.is_retired or activity.is_retired):
                self._take_in(activity)
        self._names = self._certification_names()
        self._old_steps = {
            (rule.from_competency, step)
            for rule in framework.carry_over.values()
            for carried in rule.to
            for step in carried.steps
        }

    def _take_in(self, activity: LearningActivity) -> None:
        places = [self._activities.setdefault(activity.key, _Given())]
        if activity.course:
            places.append(self._courses.setdefault(activity.course, _Given()))
        if activity.plan:
            name = activity.plan.casefold()
            places.append(self._plans.setdefault(name, _Given()))
        if activity.certification in self._certifications:
            places.append(self._certifications[activity.certification])
        for place in places:
            place.add(activity, self.kinds)

    def _certification_names(self) -> dict[str, str]:
        """Return the key of a certification by what it is called, in any language."""
        return {
            text.casefold(): key
            for key, one in self._framework.certifications.items()
            for text in (key, *(text for _, text in one.name.versions))
        }

    @property
    def judgement(self) -> str:
        """Return what tells this way of judging facts from another framework's."""

        def told(places: Mapping[str, _Given]) -> dict[str, list[object]]:
            return {
                name: [list(map(list, one.steps)), one.contribution, one.valid_months]
                for name, one in places.items()
            }

        ways = {
            "courses": told(self._courses),
            "plans": told(self._plans),
            "activities": told(self._activities),
            "certifications": told(self._certifications),
            "names": self._names,
            "kinds": sorted(self.kinds),
            "steps": {
                key: [step.key for step in self._framework.steps_of(key)]
                for key in self._framework.competencies
            },
            "old": sorted(map(list, self._old_steps)),
        }
        return hashlib.sha256(canonical_json(ways).encode()).hexdigest()[:16]

    def certification(self, name: str) -> str | None:
        """Return the certification with this key or name."""
        return self._names.get(name.strip().casefold())

    def is_step(self, competency: str, step: str) -> bool:
        """Tell whether the framework has a step, or carries evidence of it over."""
        known = self._framework.competencies.get(competency)
        if known is not None and step in {
            each.key for each in self._framework.steps_of(competency)
        }:
            return True
        return (competency, step) in self._old_steps

    def is_activity(self, key: str) -> bool:
        """Tell whether an activity in use has this key."""
        return key in self._activities

    def is_plan(self, name: str) -> bool:
        """Tell whether an activity in use names this learning plan."""
        return name.casefold() in self._plans

    def matches(self, fact: LearningFact) -> bool:
        """Tell whether the framework knows what a fact is about."""
        if fact.type is FactType.CONTRIBUTION:
            return fact.detail.get("kind", "") in self.kinds
        if fact.type is FactType.COURSE_COMPLETION:
            return fact.object_id in self._courses
        if fact.type is FactType.PLAN_COMPLETION:
            return self.is_plan(fact.object_name)
        if fact.type in (FactType.BADGE, FactType.CERTIFICATE):
            return self._certified(fact) is not None
        return bool(self._steps(fact))

    def knows_course(self, idnumber: str) -> bool:
        """Tell whether an activity of the framework is this course."""
        return idnumber in self._courses

    def contribution(self, fact: LearningFact) -> str:
        """Return which kind of contribution a fact is, empty for none."""
        if fact.type is FactType.CONTRIBUTION:
            return fact.detail.get("kind", "")
        found = self._completed(fact)
        return found.contribution if found else ""

    def _certified(self, fact: LearningFact) -> _Given | None:
        if fact.type not in (FactType.BADGE, FactType.CERTIFICATE):
            return None
        key = self.certification(fact.object_name)
        if key is None and fact.type is FactType.CERTIFICATE:
            key = self.certification(fact.object_id)
        return self._certifications[key] if key else None

    def _completed(self, fact: LearningFact) -> _Given | None:
        if fact.type is FactType.COURSE_COMPLETION:
            return self._courses.get(fact.object_id)
        if fact.type is FactType.PLAN_COMPLETION:
            return self._plans.get(fact.object_name.casefold())
        if fact.type is FactType.CONTRIBUTION:
            return self._activities.get(fact.detail.get("activity", ""))
        return None

    def _steps(self, fact: LearningFact) -> Sequence[tuple[str, str]]:
        certified = self._certified(fact)
        if certified is not None:
            return tuple(certified.steps)
        if fact.type in (FactType.COMPETENCY_RATING, FactType.ATTESTATION):
            return self._rated(fact)
        completed = self._completed(fact)
        return tuple(completed.steps) if completed else ()

    def _rated(self, fact: LearningFact) -> Sequence[tuple[str, str]]:
        """Return the step that somebody vouched for: named, or by a record's key."""
        pair = (fact.detail.get("competency", ""), fact.detail.get("step", ""))
        if pair[0]:
            return (pair,) if self.is_step(*pair) else ()
        rated = step_of_key(self._framework, fact.object_id)
        return ((rated.competency, rated.step),) if rated else ()

    def evidence(self, stored: StoredFact, day_of: DayOf) -> Iterator[Evidence]:
        """Yield the evidence a fact of a known person gives, one for each step.

        A completion older than the release counts like any other: what was learned
        was learned.
        """
        fact = stored.fact
        if stored.person_id is None:
            return
        achieved_on = day_of(fact.happened_at)
        certified = self._certified(fact)
        months = certified.valid_months if certified else None
        for competency, step in self._steps(fact):
            yield Evidence(
                fact_id=stored.id,
                person_id=stored.person_id,
                competency=competency,
                step=step,
                basis=self._basis(fact),
                achieved_on=achieved_on,
                expires_on=_expires_on(fact, achieved_on, months, day_of),
                provenance=_provenance(stored),
            )

    def _basis(self, fact: LearningFact) -> Basis:
        if fact.type in (FactType.BADGE, FactType.CERTIFICATE):
            return Basis.CERTIFICATION
        if fact.type is FactType.ATTESTATION:
            return Basis.ATTESTATION
        if fact.detail.get("origin") == RatingOrigin.PERSON:
            return Basis.RATING
        return Basis.CONTRIBUTION if self.contribution(fact) else Basis.LEARNING

    def line_for(self, fact: LearningFact) -> str:
        """Return the line of the framework that would match a fact."""
        if fact.type is FactType.COURSE_COMPLETION:
            return f"pathways > activities: course: {fact.object_id}"
        if fact.type is FactType.PLAN_COMPLETION:
            return f"pathways > activities: plan: {fact.object_name}"
        if fact.type in (FactType.BADGE, FactType.CERTIFICATE):
            return f"certifications: name: {fact.object_name or fact.object_id}"
        if fact.type is FactType.CONTRIBUTION:
            return f"levels > contributions: {{{fact.detail.get('kind', '')}: 1}}"
        competency = fact.detail.get("competency") or fact.object_id.rpartition("/")[0]
        return f"carry_over: from: {competency}"


def _provenance(stored: StoredFact) -> str:
    fact = stored.fact
    if stored.connection == BY_HAND:
        kind = fact.type.value.replace("_", " ")
        return f"{kind} told by {fact.detail.get('by', '')}"
    return f"{stored.connection}: {fact.object_id}"


def _expires_on(
    fact: LearningFact, achieved_on: date, months: int | None, day_of: DayOf
) -> date | None:
    """Return the last day on which it counts: its own, else by the certification."""
    own = fact.detail.get("expires_on")
    if own:
        return date.fromisoformat(own)
    until = fact.detail.get("expires_at")
    if until:
        # What ends at midnight holds on the day before, and no longer.
        return day_of(datetime.fromisoformat(until) - _MOMENT)
    return months_later(achieved_on, months) if months else None


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
