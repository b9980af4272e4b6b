"""HTML comes back as the Markdown it would be made from, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from connector.kit.markdown import markdown_of

_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def _render(text: str) -> str:
    html = _MARKDOWN.render(text).replace("<br />\n", "<br>")
    return html.replace(">\n<", "><").replace("\n<", "<").strip()


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Sails.</p>", "Sails."),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p><strong>Sails</strong> and <em>mends</em>.</p>", "**Sails** and *mends*."),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<p>Does:</p><ul><li>a<ul><li>b</li></ul></li></ul>", "Does:\n\n- a\n  - b"),
        ("<p>a<br>b</p>", "a\\\nb"),
        ('<p><a href="https://example.org/a">x</a></p>', "[x](https://example.org/a)"),
        ("<p>Fish &amp; ships</p>", "Fish & ships"),
        ("<p>1 * 2 * 3</p>", "1 * 2 * 3"),
        ("<p>*not so*</p>", r"\*not so\*"),
        ("<p># 1</p>", r"\# 1"),
        ("<p>- 1</p>", r"\- 1"),
        ("<p>&lt;b&gt; &amp;amp;</p>", r"\<b\> \&amp;"),
        ("", ""),
    ],
)
def test_html_comes_back_as_markdown(html: str, markdown: str) -> None:
    assert markdown_of(html, _render) == markdown


@pytest.mark.parametrize(
    "html",
    [
        "<p><u>underlined</u></p>",
        '<p style="color: red">red</p>',
        "<p>a </p>",
        "<ul><li>a</li></ul><ul><li>b</li></ul>",
        "just a text",
    ],
)
def test_html_that_markdown_cannot_say_is_told_apart(html: str) -> None:
    assert markdown_of(html, _render) is None


@given(st.text(alphabet="ab *_`[]<>&#-+.!1\\~|()\n", max_size=40))
def test_what_comes_back_always_renders_to_the_same_html(text: str) -> None:
    html = _render(text)
    found = markdown_of(html, _render)
    assert found is None or _render(found) == html
