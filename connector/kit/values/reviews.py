"""Started reviews, the templates they are meant to use, and how to set those up.

A review is known by who it is about, its type, template, period, status and the
competencies in it: no rating, no comment, nothing that anybody wrote ever gets here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedReview:
    """A review that somebody started, as the HRIS shows it.

    `competencies` are the HRIS's reference IDs, in its order; none while its content
    is not set. `is_open` is false once nobody works on it any more.
    """

    employee_id: str
    review_type: str
    template: str
    period_start: date | None
    period_end: date | None
    status: str
    is_open: bool
    competencies: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        """Return the period in words."""
        ends = [day.isoformat() for day in (self.period_start, self.period_end) if day]
        return " to ".join(ends)


@dataclass(frozen=True, slots=True)
class ContentSet:
    """The day on which the content of a person's review was set.

    `source_id` is the person's id at the HRIS.
    """

    source_id: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRule:
    """Which template the reviews of some people use; an empty criterion means all.

    `track` and `families` are keys of the framework. Of several rules the first that
    fits holds.
    """

    review_type: str
    template: str
    track: str = ""
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSource:
    """Where new reviews take their content from: a kind and fields of its records.

    `criteria` is a group of rows; each refers to a competency in the field
    `competency` and names a rating in the field `rating`. Records of `scale_kind`
    hold the ratings, with an `id` and a `name` each, in the field `ratings`.
    """

    kind: str
    criteria: str
    responsibilities: str
    competency_kind: str
    competency: str
    rating: str
    scale_kind: str
    ratings: str
    templates: tuple[TemplateRule, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """Return the fields whose changes only new reviews follow."""
        return frozenset({self.criteria, self.responsibilities})


class GuideProof(StrEnum):
    """What a check must have seen before a step of the guide counts as done."""

    #: The reviews could be read.
    READ = "read"
    #: The template is used, and nobody it is meant for has another one.
    ASSIGNED = "assigned"
    #: A review on the template holds exactly the criteria of the person's role.
    FILLED = "filled"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideStep:
    """A thing to configure by hand, in the platform's words, and what proves it."""

    key: str
    title: str
    steps: str
    proof: GuideProof
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
