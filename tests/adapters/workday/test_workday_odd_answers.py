"""Answers that Workday should never give: each has an outcome, none is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from workday_support import Desk, MemorySecrets, change, machine_clock, new

from adapters.workday import adapter
from connector.kit.errors import AuthError, ReplyError
from connector.kit.protocols import Connection, Services
from connector.kit.sandbox import serve
from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchKind,
    Incomplete,
    ReadScope,
    Ref,
    Sending,
    Unknown,
)

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WD = "urn:com.workday/bsvc"
FAMILY = new("job_family", "one", name="One", summary="")
Answering = Callable[..., Connection]


def body(inside: str) -> str:
    return (
        f'<e:Envelope xmlns:e="{SOAP}" xmlns:wd="{WD}"><e:Body>{inside}</e:Body>'
        "</e:Envelope>"
    )


def page(results: str, data: str = "", filtered: str = "") -> str:
    return body(
        f"<wd:Get_Job_Families_Response>{filtered}{results}"
        f"<wd:Response_Data>{data}</wd:Response_Data></wd:Get_Job_Families_Response>"
    )


def results(total: str, pages: str) -> str:
    return (
        f"<wd:Response_Results><wd:Total_Results>{total}</wd:Total_Results>"
        f"<wd:Total_Pages>{pages}</wd:Total_Pages></wd:Response_Results>"
    )


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Open a connection to a server that gives every request one answer."""
    served = []

    def opened(text: str, status: int = 200) -> Connection:
        app = Flask(__name__)

        @app.post("/<path:path>")
        def answer(**_: str) -> Response:
            return Response(text, status=status, mimetype="text/xml")

        server = serve(app)
        settings: dict[str, Any] = {
            "base_url": server.url,
            "tenant": "acme",
            "auth": {"kind": "username_token", "user": "ISU"},
            "training_type": "ONLINE",
        }
        services = Services(
            secrets=MemorySecrets({"workday.password": "secret"}),
            now=machine_clock,
            sleep=lambda _: None,
        )
        connection = adapter.connect(settings, services)
        served.append((server, connection))
        return connection

    yield opened
    for server, connection in served:
        connection.close()
        server.close()


def read(connection: Connection) -> list[object]:
    scope = ReadScope(prefix="jf", as_of=machine_clock().date())
    return list(connection.catalogue.snapshot(scope).read("job_family"))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page(""), "does not say how many"),
        (page(results("2", "1")), "0 of 2 records came"),
        (page(results("1", "1"))[:-30], "cut or is no XML"),
        ("<html>", "cut or is no XML"),
        (
            body(
                "<e:Fault><faultcode>SOAP-ENV:Client.validationError</faultcode>"
                "<faultstring>Late fault</faultstring></e:Fault>"
            ),
            "Late fault",
        ),
    ],
)
def test_a_reading_that_does_not_add_up_is_incomplete(
    answering: Answering, answer: str, reason: str
) -> None:
    (item,) = read(answering(answer))
    assert isinstance(item, Incomplete)
    assert reason in item.reason


def test_an_entity_in_an_answer_is_never_expanded(answering: Answering) -> None:
    data = "<wd:Job_Family_Data><wd:Name>&boom;</wd:Name></wd:Job_Family_Data>"
    family = f"<wd:Job_Family>{data}</wd:Job_Family>"
    answer = '<!DOCTYPE x [<!ENTITY boom "boom">]>' + page(results("1", "1"), family)
    items = read(answering(answer))
    assert "boom" not in repr(items)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("<html>maintenance</html>", 500),
        (body("<wd:Put_Job_Family_Response/>"), 500),
        (body("<wd:Put_Job_Family_Response/>"), 200),
        ("", 200),
    ],
)
def test_a_put_with_an_odd_answer_is_unknown_and_ends_the_wave(
    answering: Answering, answer: str, status: int
) -> None:
    connection = answering(answer, status)
    items: list[ApplyItem] = []
    with pytest.raises(ReplyError):
        items.extend(connection.catalogue.apply([FAMILY], {}))
    announced, outcome = items
    assert isinstance(announced, Sending)
    assert isinstance(outcome, Unknown)


def test_a_reading_with_an_odd_status_stops(answering: Answering) -> None:
    with pytest.raises(ReplyError, match="no SOAP envelope"):
        read(answering(page(results("0", "0")), 500))


def test_a_dispatch_with_an_odd_answer_is_unknown(answering: Answering) -> None:
    connection = answering("<html>maintenance</html>", 500)
    assert connection.talent is not None
    dispatch = Dispatch(
        reference="jf-d-1",
        kind=DispatchKind.TRAINING,
        employee_id="E-1",
        title="Course",
        description="",
        completed_on=machine_clock().date(),
    )
    items: list[ApplyItem] = []
    with pytest.raises(ReplyError):
        items.extend(connection.talent.send([dispatch]))
    assert [type(item) for item in items] == [Sending, Unknown]


def test_a_wrong_password_stops_a_wave_before_anything_is_changed(desk: Desk) -> None:
    desk.create("job_family", "one", name="One", summary="")
    desk.secrets.values["workday.password"] = "wrong"
    with pytest.raises(AuthError, match="refuses the login"):
        desk.apply(FAMILY)
    remote_id = desk.ids[Ref("job_family", "one")]
    write = change("job_family", "one", remote_id, {"summary": ""}, {"summary": "x"})
    with pytest.raises(AuthError, match="refuses the login"):
        desk.apply(write)
