"""The sandbox refuses the texts Moodle refuses, and keeps the others as they are."""

from __future__ import annotations

from typing import Any

import pytest
from moodle_sandbox_client import Client

INVALID = "invalidparameter"
DATABASE = "dmlwriteexception"
INVALID_RECORD = "invalidpersistenterror"

ACCEPTED_HTML = (
    "",
    "a &amp; b",
    "x &lt; y",
    'plain "quotes" and it\'s',
    "one<br />two",
    "<p>About <strong>it</strong> and <em>more</em>.</p>",
    "<p>one</p>\n<p>two</p>",
    "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
    '<ol start="3"><li>a</li></ol>',
    "<dl><dt>term</dt><dd>meaning</dd></dl>",
    "<h3>Level 3</h3><blockquote><p>text</p></blockquote>",
    "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
    '<a href="https://learn.example/course?id=1&amp;lang=en#top">course</a>',
    '<img src="https://learn.example/x.png" alt="x" width="10" height="10" />',
    '<p class="note">x</p>',
    "zażółć gęślą jaźń, non-breaking\u00a0space, emoji \U0001f600",
    "x" * 70_000,
)
REFUSED_HTML = (
    "a & b",
    "x < y",
    "x > y",
    "<br>",
    "<br/>",
    "<hr>",
    "<p>never closed",
    "<P>upper case</P>",
    "a&nbsp;b",
    "&quot;x&quot;",
    "5 &euro;",
    " leading",
    "trailing\n",
    "<!-- comment -->",
    '<p id="x">x</p>',
    '<p style="color:red">x</p>',
    '<p data-x="1">x</p>',
    '<p lang="en">x</p>',
    '<a href="https://a.example/" target="_blank">x</a>',
    '<a href="https://a.example/?x=1&b=2">x</a>',
    '<a href="javascript:alert(1)">x</a>',
    "<script>x</script>",
    "<details>x</details>",
    "<p><ul><li>a</li></ul></p>",
    "<ul></ul>",
    "<li>alone</li>",
    "<table></table>",
    "<em><p>block in inline</p></em>",
    '<img src="x.png" />',
)


@pytest.fixture
def framework(client: Client) -> int:
    return client.framework()


def update(client: Client, **changes: Any) -> Any:
    return client.call("core_competency_update_competency", competency=changes)


@pytest.mark.parametrize("text", ACCEPTED_HTML)
def test_purified_html_is_kept_as_sent(
    client: Client, framework: int, text: str
) -> None:
    competency = client.competency(framework, "A")
    assert update(client, id=competency, description=text) is True
    assert client.read(competency)["description"] == text


@pytest.mark.parametrize("text", REFUSED_HTML)
def test_html_the_purifier_would_change_is_refused(
    client: Client, framework: int, text: str
) -> None:
    competency = client.competency(framework, "A")
    answer = update(client, id=competency, description=text, descriptionformat=2)
    assert answer["errorcode"] == INVALID
    assert client.read(competency)["description"] == ""


@pytest.mark.parametrize(
    ("name", "errorcode"),
    [
        ("R&D", ""),
        ("x < y", ""),
        ("5 > 3", ""),
        ("x<y", INVALID),
        ("<3", INVALID),
        ("<b>N</b>", INVALID),
        ('<span lang="en" class="multilang">Coding</span>', ""),
        ("x" * 100, ""),
        ("x" * 101, DATABASE),
    ],
)
def test_names_follow_the_rules_of_plain_text(
    client: Client, framework: int, name: str, errorcode: str
) -> None:
    competency = client.competency(framework, "A")
    answer = update(client, id=competency, shortname=name)
    assert (errorcode or True) == (answer if answer is True else answer["errorcode"])


@pytest.mark.parametrize(
    ("number", "errorcode"),
    [
        (" a/b <c> ", ""),
        ("", ""),
        ("y" * 100, ""),
        ("y" * 101, DATABASE),
        ("A", INVALID_RECORD),
        ("a", ""),
    ],
)
def test_idnumbers_take_anything_up_to_100_characters(
    client: Client, framework: int, number: str, errorcode: str
) -> None:
    client.competency(framework, "A")
    competency = client.competency(framework, "B")
    answer = update(client, id=competency, idnumber=number)
    assert (errorcode or True) == (answer if answer is True else answer["errorcode"])


def test_idnumbers_ignore_letter_case_on_demand(client: Client, framework: int) -> None:
    client.competency(framework, "A")
    client.control("switches", ignores_case=True)
    taken = {"shortname": "a", "idnumber": "a", "competencyframeworkid": framework}
    answer = client.call("core_competency_create_competency", competency=taken)
    assert answer["errorcode"] == INVALID_RECORD


@pytest.mark.parametrize(
    "form",
    [
        {"id": "abc"},
        {"id": "01"},
        {"id": " 1"},
        {"id": ""},
        {"id": "1.0"},
        {"id[0]": "1"},
        {"id": "1", "more": "1"},
        {},
    ],
)
def test_wrong_missing_and_unknown_parameters_are_refused(
    client: Client, framework: int, form: dict[str, str]
) -> None:
    client.competency(framework, "A")
    answer = client.send("core_competency_read_competency", form).json()
    assert answer["errorcode"] == INVALID


def test_names_are_formatted_unless_asked_for_raw(
    client: Client, framework: int
) -> None:
    competency = client.competency(framework, "A", shortname="R&D < x")
    shown = client.call("core_competency_read_competency", id=competency)
    assert shown["shortname"] == "R&amp;D &lt; x"
    assert client.read(competency)["shortname"] == "R&D < x"


def test_keys_beyond_the_limit_of_php_vanish_silently(
    client: Client, framework: int
) -> None:
    competency = client.competency(framework, "A")
    client.control("switches", max_input_vars=4)
    assert update(client, id=competency, shortname="kept") is True
    assert client.read(competency)["shortname"] == "A"


def test_a_body_above_the_limit_of_php_is_thrown_away(client: Client) -> None:
    client.control("switches", post_max_size=100)
    answer = client.send("core_webservice_get_site_info", {"x": "y" * 100})
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert "<ERRORCODE>invalidtoken</ERRORCODE>" in answer.text


def test_the_note_of_a_rating_takes_no_tags(client: Client, framework: int) -> None:
    competency = client.competency(framework, "A")
    rating = {"userid": 4, "competencyid": competency, "grade": 2}
    name = "core_competency_grade_competency"
    refused = client.call(name, **rating, note="<b>x</b>")
    kept = client.call(name, **rating, note='R&D "q" 5 > 3')
    assert refused["errorcode"] == INVALID
    assert kept["note"] == 'R&D "q" 5 > 3'
