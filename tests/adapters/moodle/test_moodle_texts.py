"""Texts become what Moodle keeps unchanged, or are refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.moodle.mark import mark, unmark
from adapters.moodle.sandbox.cleaning import is_clean
from adapters.moodle.taxonomies import told_levels
from adapters.moodle.text import as_read, canonical_html, canonical_name


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
            "| a |\n|---|\n| *c* |",
            "<table><tbody><tr><th>a</th></tr><tr><td><em>c</em></td></tr></tbody></table>",
        ),
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


#: What a page of Moodle 4.5 stores when somebody saves it without changing the text.
SAVED_UNCHANGED = [
    ("Hello", "<p>Hello</p>"),
    ("Hello", '<div class="jf-t-x">\r\n<p>Hello</p>\r\n</div>'),
    ("Hello", '<div class="jf-t-x">\n<p>Hello</p>\n</div>'),
    ("", '<div class="jf-t-x">\u00a0</div>'),
    ("", "\r\n"),
    (
        "- b\n  - c & d\n-",
        "<ul>\r\n<li>b\n<ul>\n<li>c &amp; d</li></ul></li>\n<li>\u00a0</li></ul>",
    ),
    (
        "| a |\n|---|\n| |",
        "<table>\n<tbody>\n<tr>\n<th>a</th>\n</tr>\n<tr><td>&nbsp;</td></tr></tbody></table>",
    ),
    ('"q" – a\u00a0b\n\n<3', "<p>&quot;q&quot; &ndash; a&nbsp;b</p>\n<p>&lt;3</p>"),
    ("a  \nb", "<p>a<br />b</p>"),
]


@pytest.mark.parametrize(("written", "stored"), SAVED_UNCHANGED)
def test_a_page_saved_unchanged_is_no_drift(written: str, stored: str) -> None:
    _, inside = unmark(stored, "jf")
    assert as_read(inside) == canonical_html(written)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a</p>", "<p>b</p>"),
        ("<p>a b</p>", "<p>ab</p>"),
        ("<p>a</p>", "<p>a</p><p>\u00a0</p>"),
        ("<p>a</p>", "<p><strong>a</strong></p>"),
        ("<p>a</p>", "<div><p>a</p></div>"),
        ("<p>a</p>", '<p dir="rtl">a</p>'),
        ("<p>a<br />b</p>", "<p>a</p><p>b</p>"),
        ("<p>a</p>", "<p>a&nbsp;</p>"),
        ("<p>&lt;b&gt;</p>", "<p><b></b></p>"),
        ("<p>&amp;lt;</p>", "<p>&lt;</p>"),
        ("<p><em>a</em> b</p>", "<p><em>a</em>b</p>"),
        ("<pre>a\nb</pre>", "<pre>a\n\nb</pre>"),
        ("<p>a</p><pre> b</pre>", "<p>a</p><pre>b</pre>"),
        ("<p>a</p>", ""),
    ],
)
def test_a_change_that_somebody_sees_stays_one(before: str, after: str) -> None:
    assert as_read(before) != as_read(after)


@given(st.text(st.sampled_from("ab <>&\"'`*_-#\n[]()!.1\\:/~|\t\u00a0é😀")))
def test_our_own_texts_are_read_as_they_were_written(text: str) -> None:
    html = str(canonical_html(text))
    assert as_read(html) == html


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("domain,competency,level,level,competency,competency", 4),
        ("domain,competency,level,level", 4),
        ("domain,competency", 1),
        ("competency,level", 2),
        ("competency,competency", 0),
    ],
)
def test_levels_that_the_page_names_by_itself_are_not_told(
    stored: str, told: int
) -> None:
    terms = stored.split(",")
    assert told_levels(terms) == tuple(terms[:told])
