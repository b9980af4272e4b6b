"""A release freezes a framework: the same content is the same bytes, and comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from framework_samples import frameworks, sample
from hypothesis import HealthCheck, given, settings

from connector.framework import (
    Framework,
    framework_from_snapshot,
    freeze,
    snapshot_bytes,
)
from connector.kit.errors import FrameworkError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_snapshot_comes_back_as_it_was() -> None:
    assert framework_from_snapshot(snapshot_bytes(sample())) == sample()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(framework=frameworks())
def test_any_snapshot_comes_back_as_it_was(framework: Framework) -> None:
    assert framework_from_snapshot(snapshot_bytes(framework)) == framework


def test_places_and_order_of_files_leave_the_snapshot_alone() -> None:
    framework = sample()
    roles = {
        key: replace(role, place=f"x.yaml:{number}")
        for number, (key, role) in enumerate(reversed(framework.roles.items()))
    }
    assert snapshot_bytes(replace(framework, roles=roles)) == snapshot_bytes(framework)


def test_equal_amounts_have_one_spelling() -> None:
    band = sample().pay_bands["g1-north"]
    spelled = [
        snapshot_bytes(
            replace(sample(), pay_bands={"g1-north": replace(band, minimum=amount)})
        )
        for amount in (Decimal(40), Decimal("40.00"), Decimal("4E+1"))
    ]
    assert len(set(spelled)) == 1


def test_values_at_their_default_are_left_out() -> None:
    content = json.loads(snapshot_bytes(sample()))["framework"]
    assert content["groups"]["afloat"] == {
        "key": "afloat",
        "name": {"versions": [["en", "Afloat"]]},
    }


def test_freezing_gives_the_snapshot() -> None:
    assert freeze(sample()) == snapshot_bytes(sample())


def test_a_framework_with_problems_is_not_released() -> None:
    with pytest.raises(FrameworkError) as caught:
        freeze(replace(sample(), regions={}))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (b"nothing", "no snapshot"),
        (b"[]", "no snapshot"),
        (b"\xff", "no snapshot"),
        (b'{"format": 1}', "no snapshot"),
        (b'{"format": 1, "framework": {"roles": 3}}', "no snapshot"),
        (b'{"format": 2, "framework": {}}', "format 2, not 1"),
    ],
)
def test_bytes_that_are_no_snapshot_are_refused(snapshot: bytes, words: str) -> None:
    with pytest.raises(FrameworkError, match=words):
        framework_from_snapshot(snapshot)
