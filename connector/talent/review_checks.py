"""Started reviews against the framework: what they ask, and what they should ask.

Pure. Only what the HRIS's report tells is looked at: never an answer or a rating that
somebody gave. Personal data: findings name people for who runs the check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from connector.kit.values import GuideProof, GuideStep, StartedReview, TemplateRule


class ReviewProblem(StrEnum):
    """What can be wrong with a started review."""

    WRONG_TEMPLATE = "wrong_template"
    MISSING_CRITERIA = "missing_criteria"
    FOREIGN_CRITERIA = "foreign_criteria"
    WRONG_LEVEL = "wrong_expected_level"
    OLD_CONTENT = "content_before_change"


#: What a review takes from one profile: ratings by competency key, "" for no rating.
Criteria: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ContentChange:
    """A confirmed change of what reviews take from a profile, and what stood before."""

    on: date
    before: Criteria
    after: Criteria


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A person who is reviewed: the profile held, and since when.

    `former` is the profile that was left on the day `since`, where one was.
    """

    person_id: str
    profile: str | None
    track: str = ""
    family: str = ""
    former: str | None = None
    since: date | None = None
    contents_set: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckGround:
    """Everything a check looks at beside the reviews.

    `competencies` turns the HRIS's reference IDs into our keys; `named` gives the
    words for a competency's key and for a rating. `are_dates_known` is false where the
    HRIS does not tell when contents were set.
    """

    people: Mapping[str, Reviewed]
    profiles: Mapping[str, Criteria]
    changes: Mapping[str, Sequence[ContentChange]]
    competencies: Mapping[str, str]
    named: Mapping[str, str]
    rules: Sequence[TemplateRule]
    are_dates_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFinding:
    """One thing wrong with one person's review."""

    problem: ReviewProblem
    person_id: str
    review: StartedReview
    message: str
    competencies: tuple[str, ...] = ()
    wanted_template: str = ""


@dataclass(slots=True)
class ReviewCheck:
    """What a check came to.

    `outside` counts open reviews of people on profiles outside the framework,
    `unknown` those of people that nobody read, because of the scope or since they are
    new; `unruled` those of review types that no template is named for.
    """

    reviews: int = 0
    open: int = 0
    checked: int = 0
    without_content: int = 0
    outside: int = 0
    unknown: int = 0
    unruled: int = 0
    findings: list[ReviewFinding] = field(default_factory=list)
    #: Templates of which a review holds the criteria of its role, or others than that.
    filled: set[str] = field(default_factory=set)
    misfilled: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many reviews have each problem."""
        counted = Counter(finding.problem for finding in self.findings)
        return {problem.value: counted[problem] for problem in ReviewProblem}

    @property
    def wrong_templates(self) -> set[str]:
        """Return the templates that somebody should have and has not."""
        named = {finding.wanted_template for finding in self.findings}
        return named - {""}


def check_reviews(reviews: Sequence[StartedReview], ground: CheckGround) -> ReviewCheck:
    """Compare every open review with what its person's role asks for."""
    result = ReviewCheck(reviews=len(reviews))
    ruled = {rule.review_type for rule in ground.rules}
    for review in reviews:
        if not review.is_open:
            continue
        result.open += 1
        person = ground.people.get(review.employee_id)
        if person is None:
            result.unknown += 1
        elif person.profile not in ground.profiles:
            result.outside += 1
        elif ruled and review.review_type not in ruled:
            result.unruled += 1
        else:
            result.checked += 1
            result.used.add(review.template)
            _check(review, person, ground, result)
    if not ground.are_dates_known:
        result.notes.append(
            "This connection does not tell when contents were set, so contents from"
            " before a change, and their expected levels, were not looked for."
        )
    return result


def _check(
    review: StartedReview, person: Reviewed, ground: CheckGround, result: ReviewCheck
) -> None:
    found = list(_template_findings(review, person, ground.rules))
    if review.competencies:
        criteria = list(_criteria_findings(review, person, ground))
        old = list(_old_content_findings(review, person, ground))
        if not old:
            # Old content says nothing about how the template is filled today.
            kept = result.misfilled if criteria else result.filled
            kept.add(review.template)
        found += [*criteria, *old]
    else:
        result.without_content += 1
    result.findings += found


def template_of(
    person: Reviewed, review_type: str, rules: Sequence[TemplateRule]
) -> str:
    """Return the template meant for a person's review, empty where no rule fits."""
    for rule in rules:
        if (
            rule.review_type == review_type
            and rule.track in ("", person.track)
            and (not rule.families or person.family in rule.families)
        ):
            return rule.template
    return ""


def _template_findings(
    review: StartedReview, person: Reviewed, rules: Sequence[TemplateRule]
) -> Iterator[ReviewFinding]:
    wanted = template_of(person, review.review_type, rules)
    if wanted and wanted != review.template:
        yield ReviewFinding(
            problem=ReviewProblem.WRONG_TEMPLATE,
            person_id=person.person_id,
            review=review,
            message=f"it uses the template {review.template}, and not {wanted}",
            wanted_template=wanted,
        )


def _criteria_findings(
    review: StartedReview, person: Reviewed, ground: CheckGround
) -> Iterator[ReviewFinding]:
    expected = ground.profiles[person.profile or ""]
    asked = {ground.competencies.get(each, each) for each in review.competencies}
    for problem, keys, words in (
        (
            ReviewProblem.MISSING_CRITERIA,
            [key for key in expected if key not in asked],
            "it does not ask about",
        ),
        (
            ReviewProblem.FOREIGN_CRITERIA,
            sorted(asked - expected.keys()),
            "it asks about what the role does not ask for:",
        ),
    ):
        if keys:
            told = ", ".join(ground.named.get(key, key) for key in keys)
            yield ReviewFinding(
                problem=problem,
                person_id=person.person_id,
                review=review,
                message=f"{words} {told}",
                competencies=tuple(keys),
            )


def _old_content_findings(
    review: StartedReview, person: Reviewed, ground: CheckGround
) -> Iterator[ReviewFinding]:
    on = set_on(review, person)
    if on is None:
        return
    moved = person.since if person.former and person.since else None
    if moved is not None and on < moved:
        then = _content_on(person.former or "", on, ground)
        yield _old_content(review, person, on, f"the role was taken up on {moved}")
        yield from _level_findings(review, person, ground, then)
        return
    profile = person.profile or ""
    asked = {ground.competencies.get(each, each) for each in review.competencies}
    changes = [
        each
        for each in ground.changes.get(profile, ())
        if each.on > on or (each.on == on and not _came_before(each, asked))
    ]
    if not changes:
        return
    last = max(each.on for each in changes)
    if last == on and any(each.after.keys() == asked for each in changes):
        # Only steps or responsibilities changed: the content looks alike on both sides.
        told = "the role changed on that very day: look which came first"
        yield _old_content(review, person, on, told)
        return
    yield _old_content(review, person, on, f"the role last changed on {last}")
    then = _content_on(profile, on, ground)
    yield from _level_findings(review, person, ground, then)


def _came_before(change: ContentChange, asked: Collection[str]) -> bool:
    """Tell whether a review of that day certainly saw a change done."""
    return change.after.keys() == asked and change.before.keys() != asked


def _old_content(
    review: StartedReview, person: Reviewed, on: date, reason: str
) -> ReviewFinding:
    return ReviewFinding(
        problem=ReviewProblem.OLD_CONTENT,
        person_id=person.person_id,
        review=review,
        message=f"its content was set on {on}, and {reason}",
    )


def set_on(review: StartedReview, person: Reviewed) -> date | None:
    """Return the day on which a review's content was set, none where nobody knows.

    The HRIS tells days of a person, not of a review: the last one in the review's own
    time counts, a quarter before its period included, else the last one.
    """
    days = sorted(person.contents_set)
    if review.period_start is not None:
        start = review.period_start.toordinal() - _QUARTER
        days = [day for day in days if day.toordinal() >= start] or days
    return days[-1] if days else None


_QUARTER = 92


def _content_on(profile: str, day: date, ground: CheckGround) -> Criteria:
    """Return the ratings that a profile asked for on a day."""
    changes = sorted(ground.changes.get(profile, ()), key=lambda each: each.on)
    earlier = [each for each in changes if each.on < day]
    if earlier:
        return earlier[-1].after
    if changes:
        return changes[0].before
    return ground.profiles.get(profile, {})


def _level_findings(
    review: StartedReview,
    person: Reviewed,
    ground: CheckGround,
    then: Criteria,
) -> Iterator[ReviewFinding]:
    now = ground.profiles[person.profile or ""]
    asked = {ground.competencies.get(each, each) for each in review.competencies}
    wrong = [
        key
        for key, rating in now.items()
        if key in asked and key in then and then[key] != rating
    ]
    if wrong:
        told = ", ".join(
            f"{_named(ground, key)} at {_named(ground, then[key])} and not"
            f" {_named(ground, now[key])}"
            for key in wrong
        )
        yield ReviewFinding(
            problem=ReviewProblem.WRONG_LEVEL,
            person_id=person.person_id,
            review=review,
            message=f"it expects {told}",
            competencies=tuple(wrong),
        )


def _named(ground: CheckGround, key: str) -> str:
    return ground.named.get(key, key) or "no step"


def is_proven(step: GuideStep, check: ReviewCheck) -> bool:
    """Tell whether a check saw that a step of the guide was done."""
    match step.proof:
        case GuideProof.READ:
            return True
        case GuideProof.ASSIGNED:
            return step.template in check.used - check.wrong_templates
        case GuideProof.FILLED:
            return step.template in check.filled - check.misfilled
