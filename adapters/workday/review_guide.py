"""The configuration guide for reviews, in Workday's own words.

No service reads or writes review templates (Workday contract, 6.9 and 12): people do
this once, and the report of started reviews shows whether it was done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.workday.review_report import COLUMNS
from adapters.workday.review_settings import ReviewSettings
from connector.kit.values import GuideProof, GuideStep, TemplateRule

_REPORT = "Job_Framework_Reviews"
_SOURCES = {
    "Employee_ID": "Employee ID of the worker",
    "Review_Type": "reference ID of the review type (Review_Type_ID)",
    "Review_Template": "reference ID of the template (Employee_Review_Template_ID)",
    "Period_Start": "review period start date",
    "Period_End": "review period end date",
    "Status": "status of the review",
    "Competencies": "group of the review's competencies, with one column:"
    " Competency_ID, the competency's reference ID",
}


def guide_steps(settings: ReviewSettings) -> Sequence[GuideStep]:
    """Return the steps in the order in which they are done."""
    rules = settings.templates
    return (
        _report(settings),
        *(() if rules else (_naming(),)),
        *_filling(rules),
        *_assigning(rules),
    )


def _report(settings: ReviewSettings) -> GuideStep:
    report = settings.report
    return GuideStep(
        key="report",
        title="Make the report that lists started reviews",
        steps="Create Custom Report: type Advanced, a data source of employee reviews."
        " Add exactly these columns, each with its column heading override (XML alias);"
        " filter to reviews in progress and those that ended within a year."
        " Advanced > Enable As Web Service. Share it with the security group of the"
        " integration user. No rating, comment or goal belongs in it.",
        proof=GuideProof.READ,
        values={
            "name": report.name if report else _REPORT,
            "owner": report.owner if report else "(an account that stays)",
            **{name: _SOURCES[name] for name in COLUMNS},
        },
    )


def _naming() -> GuideStep:
    return GuideStep(
        key="templates",
        title="Name the review templates in the settings of this connection",
        steps="Find the IDs with View Reference IDs on the review type and the"
        " template, then set `reviews: {templates: [{review_type: …, template: …}]}`;"
        " a rule may name a `track` and `families`.",
        proof=GuideProof.ASSIGNED,
    )


def _filling(rules: Sequence[TemplateRule]) -> Iterator[GuideStep]:
    for template in dict.fromkeys(rule.template for rule in rules):
        yield GuideStep(
            key=f"fill-{template}",
            title=f"Let the template {template} fill itself from the job profile",
            steps="Edit Employee Review Template: give it a Competencies section that"
            " is populated from the worker's job profile and has no fixed list, shows"
            " the expected proficiency and the behaviours, and a Responsibilities"
            " section from the job profile. Keep the step Set Review Content, so that"
            " managers see the content before it is used. Names of tasks and options"
            " may differ by release.",
            proof=GuideProof.FILLED,
            template=template,
            values={
                "template": template,
                "competencies": "from the job profile",
                "responsibilities": "from the job profile",
                "fixed list": "none",
            },
        )


def _assigning(rules: Sequence[TemplateRule]) -> Iterator[GuideStep]:
    for template in dict.fromkeys(rule.template for rule in rules):
        whom = [_whom(rule) for rule in rules if rule.template == template]
        yield GuideStep(
            key=f"use-{template}",
            title=f"Start the reviews of its people with the template {template}",
            steps="Start Performance Review: choose this template for the population"
            " named here, and no other.",
            proof=GuideProof.ASSIGNED,
            template=template,
            values={"template": template, "for": "; ".join(whom)},
        )


def _whom(rule: TemplateRule) -> str:
    told = [f"reviews of type {rule.review_type}"]
    if rule.track:
        told.append(f"track {rule.track.replace('_', ' ')}")
    if rule.families:
        told.append(f"job families {', '.join(rule.families)}")
    return ", ".join(told)
