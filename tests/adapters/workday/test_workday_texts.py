"""Texts come back from Workday in the very form in which *map* makes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.workday.texts import (
    canonical_html,
    canonical_lines,
    canonical_name,
    canonical_number,
    canonical_rich_text,
    canonical_text,
    html_of_lines,
    lines_of_html,
)
from connector.kit.values import Value

_SENDABLE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=60
)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("", ""),
        ("Plain", "<p>Plain</p>"),
        ("One\nline", "<p>One line</p>"),
        ("Two\n\nparagraphs", "<p>Two</p><p>paragraphs</p>"),
        (
            "*soft* and **loud**",
            "<p><em>soft</em> and <strong>loud</strong></p>",
        ),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("# Title\ntext", "<p><strong>Title</strong></p><p>text</p>"),
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        (
            "[map](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2">map</a></p>',
        ),
        ("hard  \nbreak", "<p>hard<br>break</p>"),
    ],
)
def test_markdown_becomes_the_html_that_comes_back(markdown: str, html: str) -> None:
    assert canonical_rich_text(markdown) == html
    assert canonical_html(html) == html


@pytest.mark.parametrize(
    ("shown", "html"),
    [
        ("just text", "<p>just text</p>"),
        ("<div>a <b>b</b></div>", "<p>a <strong>b</strong></p>"),
        ("<p>a</p>\n\n  <p>&nbsp;</p>", "<p>a</p>"),
        ('<p style="x">a<span>b</span></p>', "<p>ab</p>"),
        (
            "<p>a<b>b<p>c</p></b></p>",
            "<p>a<strong>b</strong></p><p><strong>c</strong></p>",
        ),
        ("<ul><li><p>x</p><p>y</p></li></ul>", "<ul><li>x<br>y</li></ul>"),
        ("<style>p{}</style><p>a</p>", "<p>a</p>"),
        (
            "<p><i><b>x</i></b>y</p>",
            "<p><em><strong>x</strong></em>y</p>",
        ),
        ("<ul><li>open", "<ul><li>open</ul>"),
        ('<a name="x">no link</a>', "<p>no link</p>"),
    ],
)
def test_other_spellings_of_html_compare_equal(shown: str, html: str) -> None:
    assert canonical_html(shown) == html


@given(_SENDABLE)
def test_lines_survive_their_way_to_workday_and_back(text: str) -> None:
    canonical = canonical_lines(text)
    assert isinstance(canonical, str)
    assert lines_of_html(html_of_lines(canonical)) == canonical


@given(_SENDABLE)
def test_rich_text_is_stable(text: str) -> None:
    once = canonical_rich_text(text)
    assert isinstance(once, str)
    assert canonical_html(once) == once
    assert canonical_rich_text(once) == once


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        (3, Decimal(3)),
        ("2.50", Decimal("2.5")),
        (Decimal("1E+2"), Decimal(100)),
    ],
)
def test_numbers_have_one_form(value: Value, expected: Value) -> None:
    assert str(canonical_number(value)) == str(expected)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="'high' is no number"):
        canonical_number("high")


@pytest.mark.parametrize(
    "canonical", [canonical_name, canonical_text, canonical_lines, canonical_rich_text]
)
def test_a_character_that_xml_cannot_carry_is_named(canonical: object) -> None:
    assert callable(canonical)
    with pytest.raises(ValueError, match=r"U\+0007 cannot be sent"):
        canonical("bell \x07")
    assert canonical(None) is None


def test_names_are_one_line_and_texts_keep_theirs() -> None:
    assert canonical_name("  Cloud \n design ") == "Cloud design"
    assert canonical_text(" a \r\n\r\nb\t\n") == "a\n\nb"
