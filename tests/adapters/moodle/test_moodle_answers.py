"""Answers that are none of Moodle's web services, or none that we know."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.failures import RefusedError
from adapters.moodle.kinds import KINDS
from connector.kit.errors import (
    AuthError,
    ConnectorError,
    ReplyError,
    TransientError,
)
from connector.kit.http import HttpClient
from connector.kit.sandbox import serve

Answering = Callable[..., MoodleClient]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Return a client of a server that always gives the same answer."""
    closing: list[Callable[[], None]] = []

    def start(body: str, *, status: str = "200 OK", kind: str = "json") -> MoodleClient:
        def app(_environ: Any, start_response: Any) -> Iterable[bytes]:
            content = "application/json" if kind == "json" else "text/html"
            start_response(status, [("Content-Type", content)])
            return [body.encode()]

        served = serve(app)
        http = HttpClient(
            target="Moodle", base_url=served.url, sleep=lambda _: None, random=float
        )
        closing.extend((http.close, served.close))
        return MoodleClient(http, "token")

    yield start
    for close in closing:
        close()


def exception(code: str) -> str:
    return json.dumps({"exception": "e", "errorcode": code, "message": "told so"})


@pytest.mark.parametrize(
    ("body", "status", "kind", "error"),
    [
        ('{"cut": ', "200 OK", "json", TransientError),
        ("<html>Login</html>", "200 OK", "html", ReplyError),
        ("", "403 Forbidden", "html", AuthError),
        ("<h1>busy</h1>", "503 Busy", "html", TransientError),
        ('{"exception":"e","errorcode":"invalidtoken"}', "200 OK", "json", AuthError),
        (
            '{"exception":"e","errorcode":"invalidrecord"}',
            "200 OK",
            "json",
            RefusedError,
        ),
    ],
)
def test_an_answer_that_is_no_success_is_sorted_by_what_to_do(
    answering: Answering, body: str, status: str, kind: str, error: type[ConnectorError]
) -> None:
    client = answering(body, status=status, kind=kind)
    with pytest.raises(error) as caught:
        client.call("core_x")
    assert caught.value.hint or error is RefusedError


def responses(*items: dict[str, object]) -> str:
    return json.dumps({"responses": items})


GOOD = {"error": False, "data": "5"}


@pytest.mark.parametrize(
    ("body", "done", "lost"),
    [
        ("{}", [], [0, 1]),
        (responses({"error": False, "data": "{cut"}), [], [0, 1]),
        (responses(GOOD), [0], [1]),
        (responses(GOOD, GOOD), [0, 1], []),
    ],
)
def test_a_strange_answer_to_a_batch_leaves_what_it_does_not_tell_in_doubt(
    answering: Answering, body: str, done: list[int], lost: list[int]
) -> None:
    calls = [[Call("core_x")], [Call("core_y")], [Call("core_z")]]
    rans = answering(body).run(calls[:2], is_repeatable=False)
    assert [n for n, ran in enumerate(rans) if ran.is_done] == done
    assert [n for n, ran in enumerate(rans) if ran.is_lost] == lost
    assert all(isinstance(rans[n].error, ReplyError) and rans[n].is_fatal for n in lost)


def test_a_reading_batch_raises_its_first_failure(answering: Answering) -> None:
    gone = {
        "error": True,
        "exception": exception("invalidrecord"),
    }
    client = answering(responses(gone))
    with pytest.raises(RefusedError, match="told so") as caught:
        client.read([Call("core_x")])
    assert caught.value.is_gone


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("framework", "taxonomies", ("domain", "grade")),
        ("course_link", "outcome", "finish"),
        ("step_rule", "type", "points"),
        ("step_rule", "outcome", "recommend"),
    ],
)
def test_a_value_moodle_does_not_know_is_refused_with_what_it_knows(
    kind: str, field: str, value: Any
) -> None:
    (spec,) = (spec for spec in KINDS if spec.name == kind)
    with pytest.raises(ValueError, match="use one of"):
        spec.by_name[field].canonical(value)
