"""Signals for the council: where the framework and what people do part ways.

Pure, and a list with numbers, never a judgement about anybody. No number is of fewer
than five people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from connector.framework.model import Framework, Importance, Pathway
from connector.talent.small_groups import FEWEST
from connector.talent.standing import PersonStanding

#: What more than half of a role's holders have shown, or have not, departs from it.
_MANY, _FEW = 0.5, 0.1


@dataclass(frozen=True, slots=True)
class Absent:
    """Something people learn or ask for that the framework does not name."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Departure:
    """A competency where a role and its holders part ways.

    `shown` of `holders` have evidence of it; it `is_required`, or the role does not
    ask for it at all.
    """

    role: str
    competency: str
    is_required: bool
    shown: int
    holders: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A pathway that people begin and nobody finishes."""

    pathway: str
    began: int


@dataclass(slots=True)
class Signals:
    """Everything the council may want to look at."""

    absent: list[Absent] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)


class SignalCount:
    """Counts signals over people, one after another."""

    def __init__(self, framework: Framework, as_of: date) -> None:
        self._framework = framework
        self._as_of = as_of
        self._holders: Counter[str] = Counter()
        self._shown: dict[str, Counter[str]] = defaultdict(Counter)
        self._unknown: Counter[str] = Counter()
        self._began: Counter[str] = Counter()
        self._finished: Counter[str] = Counter()

    def count(self, standing: PersonStanding) -> None:
        """Count one person."""
        shown = {
            proof.competency
            for proof in standing.proofs
            if proof.is_current(self._as_of)
        }
        for competency in shown - self._framework.competencies.keys():
            self._unknown[competency] += 1
        for role in {held.role for held in standing.roles}:
            self._holders[role] += 1
            self._shown[role].update(shown)
        steps = {(proof.competency, proof.step) for proof in standing.proofs}
        for pathway in self._framework.pathways.values():
            done, all_done = _progress(pathway, steps)
            self._began[pathway.key] += done
            self._finished[pathway.key] += all_done

    def result(self, unmatched: Mapping[str, int]) -> Signals:
        """Return the signals; `unmatched` counts people by course nobody names."""
        seen: Counter[str] = Counter(unmatched)
        seen.update(self._unknown)
        return Signals(
            absent=[
                Absent(name, number)
                for name, number in _largest(seen)
                if number >= FEWEST
            ],
            departures=list(self._departures()),
            unfinished=[
                Unfinished(key, began)
                for key, began in _largest(self._began)
                if began >= FEWEST and not self._finished[key]
            ],
        )

    def _departures(self) -> Iterator[Departure]:
        for role, holders in sorted(self._holders.items()):
            if holders < FEWEST or role not in self._framework.roles:
                continue
            required = {
                each.competency
                for each in self._framework.requirements_of(role)
                if each.importance is Importance.REQUIRED
            }
            named = {each.competency for each in self._framework.requirements_of(role)}
            for competency in sorted(required | self._shown[role].keys()):
                shown = self._shown[role][competency]
                if competency in required and shown <= _FEW * holders:
                    # A few who have shown it would stand out: they count as none.
                    told = shown if shown >= FEWEST else 0
                    yield Departure(role, competency, True, told, holders)
                elif (
                    competency in self._framework.competencies
                    and competency not in named
                    and shown >= max(FEWEST, _MANY * holders)
                ):
                    yield Departure(role, competency, False, shown, holders)


def _progress(pathway: Pathway, steps: Iterable[tuple[str, str]]) -> tuple[bool, bool]:
    """Return whether somebody began a pathway, and whether all required is done.

    Only what a source can tell of counts: courses and certificates.
    """
    known = set(steps)
    done = [
        all((given.competency, given.step) in known for given in activity.gives)
        for activity in pathway.activities
        if activity.gives
        and (activity.course or activity.certification)
        and not activity.is_retired
        and activity.importance is Importance.REQUIRED
    ]
    return any(done), bool(done) and all(done)


def _largest(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
