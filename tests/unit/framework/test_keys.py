"""Keys of imported elements: readable, unique, and the same every time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.framework.sources.keys import assign_keys, identity_text, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lead developer", "lead-developer"),
        ("  C++ / C# (advanced)  ", "c-c-advanced"),
        ("Zażółć gęślą", "zazoc-gesla"),
        ("11-1011.00", "11-1011-00"),
        ("情報", ""),
    ],
)
def test_a_slug_has_words_and_hyphens(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_long_key_is_shortened_with_a_hash() -> None:
    keys = assign_keys("role", {("one",): "word " * 20})
    assert re.fullmatch(r"(word-){7}word-[0-9a-f]{8}", keys["one",])


def test_an_empty_key_is_the_kind_and_a_hash() -> None:
    keys = assign_keys("role", {("情報",): "情報"})
    assert re.fullmatch("role-[0-9a-f]{8}", keys["情報",])


def test_all_that_collide_get_a_hash_and_the_rest_none() -> None:
    wanted = {("a", "x"): "Lead", ("b", "x"): "lead!", ("c", "x"): "Junior"}
    keys = assign_keys("role", wanted)
    assert keys["c", "x"] == "junior"
    assert all(
        re.fullmatch("lead-[0-9a-f]{8}", keys[one]) for one in (("a", "x"), ("b", "x"))
    )


def test_a_key_that_is_taken_is_not_given_again() -> None:
    keys = assign_keys("family", {("a",): "Taken"}, taken={"taken"})
    assert re.fullmatch("taken-[0-9a-f]{8}", keys["a",])


def test_a_known_identity_keeps_its_key() -> None:
    wanted = {("a",): "Same", ("b",): "Same"}
    keys = assign_keys("role", wanted, known={"a": "same", "gone": "other"})
    assert keys["a",] == "same"
    assert keys["b",] != "same"


@given(
    wanted=st.dictionaries(
        st.tuples(st.text(min_size=1), st.text()), st.text(max_size=80), max_size=8
    )
)
def test_keys_are_valid_distinct_and_independent_of_order(
    wanted: dict[tuple[str, ...], str],
) -> None:
    keys = assign_keys("role", wanted)
    assert all(re.fullmatch("[a-z0-9][a-z0-9._-]{0,47}", key) for key in keys.values())
    texts = {identity_text(identity) for identity in wanted}
    if len(texts) == len(wanted):
        assert len(set(keys.values())) == len(wanted)
    assert keys == assign_keys("role", dict(reversed(wanted.items())))
