"""Texts become what Moodle keeps unchanged, or are refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.moodle.mark import mark, unmark
from adapters.moodle.sandbox.cleaning import is_clean
from adapters.moodle.text import canonical_html, canonical_name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        (None, ""),
        ("Plain & simple: 1 < 2", "<p>Plain &amp; simple: 1 &lt; 2</p>"),
        ("one\ntwo", "<p>one two</p>"),
        ("one  \ntwo", "<p>one<br />two</p>"),
        ("one\r\n\r\ntwo", "<p>one</p><p>two</p>"),
        ("**b** *i* `c<d`", "<p><strong>b</strong> <em>i</em> <code>c&lt;d</code></p>"),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("3. a\n4. b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("# Title\ntext", "<p><strong>Title</strong></p><p>text</p>"),
        ("> said", "<p>said</p>"),
        ("a\n\n---\n\nb", "<p>a</p><p>b</p>"),
        ("```\nx\n y\n```", "<p><code>x<br /> y</code></p>"),
        ("<b>no tag</b>", "<p>&lt;b&gt;no tag&lt;/b&gt;</p>"),
        ("a &amp; b", "<p>a &amp; b</p>"),
        ("![alt](picture.png)", "<p>alt</p>"),
        (
            "[x](https://a.example/b?c=1&d=2)",
            '<p><a href="https://a.example/b?c=1&amp;d=2">x</a></p>',
        ),
        ("[x](mailto:a@b.example)", '<p><a href="mailto:a@b.example">x</a></p>'),
        ("[x](http://a.example:80/)", "<p>x (http://a.example:80/)</p>"),
        ("[x](ftp://a.example)", "<p>x (ftp://a.example)</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    ],
)
def test_markdown_becomes_the_html_moodle_keeps(written: str | None, kept: str) -> None:
    assert canonical_html(written) == kept
    assert is_clean(kept, "CLEANHTML")


@given(st.text(st.sampled_from("ab <>&\"'`*_-#\n[]()!.1\\:/~|\t\u00a0\u2028é😀")))
def test_no_text_gets_refused_by_the_site(text: str) -> None:
    assert is_clean(canonical_html(text), "CLEANHTML")


@pytest.mark.parametrize("character", ["\0", "\x07", "\x7f", "\x85", "\ufffe"])
def test_control_characters_are_refused_by_name(character: str) -> None:
    for canonical in (canonical_html, canonical_name):
        with pytest.raises(ValueError, match=f"U\\+{ord(character):04X}"):
            canonical(f"a{character}b")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("R&D", "R&D"),
        ("  Cloud \n design ", "Cloud design"),
        ("x < y > z", "x < y > z"),
        ("a <\u00a0b", "a < b"),
    ],
)
def test_a_name_is_one_line_of_plain_text(written: str, kept: str) -> None:
    assert canonical_name(written) == kept
    assert is_clean(kept, "TEXT")


@pytest.mark.parametrize("name", ["x<y", "I <3 code", "A <b>bold</b> name", "x <"])
def test_a_name_that_looks_like_a_tag_is_refused(name: str) -> None:
    assert not is_clean(name, "TEXT")
    with pytest.raises(ValueError, match=r"takes `<.*` for a tag"):
        canonical_name(name)


@pytest.mark.parametrize(
    ("description", "identity", "text"),
    [
        ('<div class="jf-t-ic4"><p>x</p></div>', "jf-t-ic4", "<p>x</p>"),
        ('<div class="jf-t-ic4"></div>', "jf-t-ic4", ""),
        (
            '<p>New.</p>\n<div class="jf-t-a.b_c"><div>x</div></div>\n<p>End</p>',
            "jf-t-a.b_c",
            "<p>New.</p>\n<div>x</div>\n<p>End</p>",
        ),
        ('<div class="jf-t-ic4"><p>cut', "jf-t-ic4", "<p>cut"),
        ('<div class="other-t-ic4"><p>x</p></div>', "", None),
        ("<p>not ours</p>", "", None),
    ],
)
def test_the_mark_is_found_and_taken_off(
    description: str, identity: str, text: str | None
) -> None:
    shown = description if text is None else text
    assert unmark(description, "jf") == (identity, shown)


@given(st.text(st.sampled_from("ab *-\n<>&")))
def test_a_marked_description_is_kept_and_comes_back(text: str) -> None:
    html = str(canonical_html(text))
    marked = mark("jf-t-ic4", html)
    assert is_clean(marked, "CLEANHTML")
    assert unmark(marked, "jf") == ("jf-t-ic4", html)
