"""What is allowed but rarely meant is pointed out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from framework_samples import by_key, needs, sample, text

from connector.framework import warnings
from connector.framework.model import Competency, Framework, Origin, Text


def requiring(name: str, **others: str) -> Framework:
    """Return the sample with a role that requires a competency of that name."""
    competency = Competency(key="it", name=Text((("en", name), *others.items())))
    base = sample()
    mate = replace(
        base.roles["mate"],
        requirements=(needs("it", origin=Origin.ROLE, of="mate", place="r.yaml:9"),),
    )
    return replace(
        base,
        competencies={**base.competencies, **by_key(competency)},
        roles={**base.roles, "mate": mate},
    )


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Bachelor's degree in computing", "a degree"),
        ("Master of Science", "a degree"),
        ("Master’s degree", "a degree"),
        ("University degree", "a degree"),
        ("Degree", "a degree"),
        ("PhD", "a degree"),
        ("Ph.D. in physics", "a degree"),
        ("MBA", "a degree"),
        ("Diploma of nautical studies", "a degree"),
        ("5+ years of Java", "a number of years"),
        ("Three years in sales", "a number of years"),
        ("Years of experience", "a number of years"),
        ("Former team lead", "a former title"),
        ("Ex-consultant", "a former title"),
        ("Experience as a manager", "a former title"),
        ("Previous role in finance", "a former title"),
    ],
)
def test_credentials_in_place_of_capabilities_are_pointed_out(
    name: str, what: str
) -> None:
    found = [one for one in warnings(requiring(name)) if "instead of" in one.message]
    assert [(one.place, one.key) for one in found] == [("r.yaml:9", "mate")]
    assert what in found[0].message


@pytest.mark.parametrize("name", ["Wykształcenie wyższe", "3 lata w sprzedaży"])
def test_polish_names_are_looked_at_as_well(name: str) -> None:
    found = warnings(requiring("It", pl=name))
    assert any("instead of a capability" in one.message for one in found)


@pytest.mark.parametrize(
    "name",
    [
        "Master data management",
        "360-degree feedback",
        "Information security",
        "Multi-year planning",
        "Explaining decisions",
        "Exploratory testing",
        "Latency analysis",
    ],
)
def test_capabilities_are_left_in_peace(name: str) -> None:
    assert not any("instead of" in one.message for one in warnings(requiring(name)))


def test_the_other_warnings() -> None:
    base = sample()
    competencies = {
        **base.competencies,
        "bare": Competency(key="bare", name=text("Bare"), scale="ladder"),
        "round": replace(
            base.competencies["rigging"],
            key="round",
            related=("round",),
            also_in=("boats",),
        ),
    }
    framework = replace(
        base,
        competencies=competencies,
        pay_bands={
            **{key: base.pay_bands[key] for key in ("g1-north", "g2-north")},
            "g9": replace(base.pay_bands["g1-north"], key="g9", grade="g9"),
        },
    )
    assert sorted(one.message for one in warnings(framework)) == [
        'competency "bare" has no behavioural indicators',
        'competency "round" is also in the domain it lives in',
        'competency "round" is related to itself',
        'level "m-2" has no pay band in region "north"',
        'pay band "g9" is for grade "g9" of no level',
        'role "guest" requires nothing',
        'role "master" requires nothing',
    ]


def test_a_framework_without_pay_has_no_warning_of_it() -> None:
    framework = replace(sample(), pay_bands={})
    assert not any("pay band" in one.message for one in warnings(framework))
