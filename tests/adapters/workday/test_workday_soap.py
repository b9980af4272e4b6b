"""What goes out as SOAP, and what faults and odd answers mean."""

from __future__ import annotations

import pytest
from lxml import etree

from adapters.workday.elements import leaf
from adapters.workday.soap import RefusedLoginError, envelope, parse_answer
from connector.kit.errors import AuthError, RejectedError, ReplyError, TargetError

WD = 'xmlns:wd="urn:com.workday/bsvc"'


def answer(body: str) -> bytes:
    return (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<env:Body>{body}</env:Body></env:Envelope>"
    ).encode()


def fault(code: str, text: str, detail: str = "") -> bytes:
    return answer(
        f"<env:Fault><faultcode>SOAP-ENV:{code}</faultcode>"
        f"<faultstring>{text}</faultstring><detail>{detail}</detail></env:Fault>"
    )


def test_a_user_goes_out_as_a_username_token() -> None:
    request = leaf("Get_Job_Families_Request", "")
    sent = etree.fromstring(
        envelope(request, version="v31.2", user="ISU@acme", password="<secret>")
    )
    token = sent.find(".//{*}UsernameToken")
    assert token is not None
    assert token.findtext("{*}Username") == "ISU@acme"
    assert token.findtext("{*}Password") == "<secret>"
    body = sent.find("{*}Body/{*}Get_Job_Families_Request")
    assert body is not None
    assert body.get("{urn:com.workday/bsvc}version") == "v31.2"


def test_without_a_user_there_is_no_security_header() -> None:
    sent = envelope(leaf("Get_Job_Families_Request", ""), version="v31.2")
    assert b"Security" not in sent


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (
            fault("Client.authenticationError", "invalid username or password"),
            RefusedLoginError,
            "refuses the login",
        ),
        (
            fault(
                "Server.processingError",
                "Processing error occurred. The task submitted is not authorized.",
            ),
            AuthError,
            "does not allow",
        ),
        (
            fault(
                "Server.processingError",
                "Processing error occurred.",
                f"<wd:Processing_Fault {WD}><wd:Detail_Message>Locked"
                "</wd:Detail_Message></wd:Processing_Fault>",
            ),
            RejectedError,
            "Locked",
        ),
        (
            fault(
                "Client.validationError",
                "Validation error occurred. The web service or version is invalid for "
                "the requested operation",
            ),
            ReplyError,
            "version of the settings",
        ),
        (fault("Client.validationError", "Alone"), RejectedError, "Alone"),
        (fault("Client.other", "Strange"), ReplyError, "unknown fault: Strange"),
        (b"<html>busy</html>", ReplyError, "no SOAP envelope"),
        (b"not xml", ReplyError, "no SOAP envelope"),
        (answer(""), ReplyError, "no SOAP envelope"),
        (
            b'<!DOCTYPE x [<!ENTITY e "boom">]>' + answer("<a>&e;</a>"),
            ReplyError,
            "no SOAP envelope",
        ),
    ],
)
def test_every_answer_that_is_no_success_has_its_error(
    content: bytes, error: type[TargetError], words: str
) -> None:
    with pytest.raises(error, match=words) as raised:
        parse_answer(content, operation="Put_Job_Family")
    assert raised.value.hint
    assert raised.value.operation == "Put_Job_Family"


def test_validation_errors_come_with_their_places() -> None:
    detail = "".join(
        f"<wd:Validation_Error><wd:Message>Wrong {n}</wd:Message>"
        f"<wd:Xpath>/bsvc:Put[1]/bsvc:Row[{n}]</wd:Xpath></wd:Validation_Error>"
        for n in (1, 2)
    )
    content = fault(
        "Client.validationError",
        "Validation error occurred. Wrong 1",
        f"<wd:Validation_Fault {WD}>{detail}</wd:Validation_Fault>",
    )
    with pytest.raises(RejectedError, match="Wrong 1 Wrong 2") as raised:
        parse_answer(content, operation="Put_Job_Profile")
    places = [problem.place for problem in raised.value.problems]
    assert places == ["/bsvc:Put[1]/bsvc:Row[1]", "/bsvc:Put[1]/bsvc:Row[2]"]


def soft(classification: str) -> bytes:
    return answer(
        f"<wd:Put_Job_Profile_Response {WD}><wd:Exceptions_Response_Data>"
        "<wd:Exceptions_Data><wd:Exception_Data>"
        f"<wd:Classification>{classification}</wd:Classification>"
        "<wd:Message>Title is taken</wd:Message></wd:Exception_Data>"
        "</wd:Exceptions_Data></wd:Exceptions_Response_Data>"
        "</wd:Put_Job_Profile_Response>"
    )


def test_a_soft_error_is_an_error_and_a_soft_warning_is_none() -> None:
    with pytest.raises(RejectedError, match="Title is taken"):
        parse_answer(soft("Error"), operation="Put_Job_Profile")
    shown = parse_answer(soft("Warning"), operation="Put_Job_Profile")
    assert etree.QName(shown).localname == "Put_Job_Profile_Response"
