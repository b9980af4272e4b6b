from __future__ import annotations

import pytest
from lxml import etree
from workday_sandbox_world import (
    DATA,
    DESCRIPTORS,
    HR,
    SOAP,
    TALENT,
    USER,
    World,
    basic,
    envelope,
    get_profiles,
    put_family,
    put_profile,
    reference,
    username_token,
)

READ = "<wd:Get_Job_Families_Request/>"


@pytest.mark.parametrize("nonce", [False, True])
def test_a_username_token_lets_in(world: World, nonce: bool) -> None:
    world.ok(HR, READ, header=username_token(nonce=nonce))


@pytest.mark.parametrize(
    ("header", "tenant"),
    [
        pytest.param("", None, id="no login"),
        pytest.param(username_token(password="wrong"), None, id="wrong password"),
        pytest.param(
            username_token().replace(
                "<wsse:Password>", '<wsse:Password Type="urn:PasswordDigest">'
            ),
            None,
            id="password digest",
        ),
        pytest.param(username_token(user=USER), None, id="user without tenant"),
        pytest.param(username_token(user=f"{USER}@other"), None, id="other tenant"),
        pytest.param(username_token(), "other", id="other tenant in the address"),
    ],
)
def test_a_wrong_login_is_an_authentication_fault(
    world: World, header: str, tenant: str | None
) -> None:
    options = {"tenant": tenant} if tenant else {}
    answer = world.refused(HR, READ, header=header, **options)
    assert answer.fault_code == "SOAP-ENV:Client.authenticationError"
    assert answer.fault_text == "invalid username or password"


@pytest.mark.parametrize(
    ("service", "version", "body"),
    [
        (HR, "v27.0", READ),
        (HR, "v99.0", READ),
        (HR, "latest", READ),
        ("Payroll", "v46.0", READ),
        (TALENT, "v46.0", READ),
        (HR, "v46.0", "<wd:Get_Nothing_Request/>"),
        (HR, "v46.0", '<Get_Job_Families_Request xmlns="urn:other"/>'),
    ],
)
def test_what_is_not_served_is_named_so(
    world: World, service: str, version: str, body: str
) -> None:
    answer = world.refused(service, body, version=version)
    assert answer.fault_text.endswith(
        "The web service or version is invalid for the requested operation"
    )


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"<not-closed", id="broken"),
        pytest.param(b"<a/>", id="no envelope"),
        pytest.param(envelope(""), id="empty body"),
        pytest.param(envelope(READ + READ), id="two requests"),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
            + envelope(put_family("<wd:Name>&e;</wd:Name>")),
            id="entities",
        ),
        pytest.param(
            envelope(READ, '<h:x xmlns:h="urn:h" env:mustUnderstand="1"/>'),
            id="header not understood",
        ),
        pytest.param(
            envelope(READ).replace(
                SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"
            ),
            id="SOAP 1.2",
        ),
    ],
)
def test_what_is_no_soap_request_is_a_client_fault(
    world: World, payload: bytes
) -> None:
    response = world.post(HR, payload)
    assert response.status_code == 500
    assert b"<faultcode>SOAP-ENV:Client</faultcode>" in response.content


def test_only_text_xml_is_taken(world: World) -> None:
    response = world.post(
        HR, envelope(READ), headers={"Content-Type": "application/soap+xml"}
    )
    assert response.status_code == 415


P = "/bsvc:Put_Job_Family_Request[1]"
WRONG_SHAPES = {
    "unknown element": (
        put_family("<wd:ID>X</wd:ID><wd:Colour>red</wd:Colour>"),
        "Invalid Subelement Colour-urn:com.workday/bsvc for element Job_Family_Data",
        f"{P}/bsvc:Job_Family_Data[1]/bsvc:Colour[1]",
    ),
    "wrong order": (
        put_family("<wd:Name>X</wd:Name><wd:ID>X</wd:ID>"),
        "Invalid Subelement ID-urn:com.workday/bsvc for element Job_Family_Data",
        f"{P}/bsvc:Job_Family_Data[1]/bsvc:ID[1]",
    ),
    "foreign namespace": (
        put_family('<ID xmlns="urn:other">X</ID>'),
        "Invalid Subelement ID-urn:other for element Job_Family_Data",
        f"{P}/bsvc:Job_Family_Data[1]/bsvc:ID[1]",
    ),
    "twice": (
        put_family("<wd:ID>X</wd:ID><wd:ID>Y</wd:ID>"),
        "Element ID may occur only 1 time(s) in element Job_Family_Data",
        f"{P}/bsvc:Job_Family_Data[1]/bsvc:ID[2]",
    ),
    "text between": (
        put_family("loose<wd:ID>X</wd:ID>"),
        "Text is not allowed in element Job_Family_Data",
        f"{P}/bsvc:Job_Family_Data[1]",
    ),
    "element in a text": (
        put_family("<wd:Name><wd:b>X</wd:b></wd:Name>"),
        "Invalid Subelement b-urn:com.workday/bsvc for element Name",
        f"{P}/bsvc:Job_Family_Data[1]/bsvc:Name[1]/bsvc:b[1]",
    ),
    "not a boolean": (
        put_family("<wd:Inactive>yes</wd:Inactive>"),
        "'yes' is not a valid boolean value",
        f"{P}/bsvc:Job_Family_Data[1]/bsvc:Inactive[1]",
    ),
    "not a date": (
        put_family("<wd:Effective_Date>1.2.2026</wd:Effective_Date>"),
        "'1.2.2026' is not a valid date value",
        f"{P}/bsvc:Job_Family_Data[1]/bsvc:Effective_Date[1]",
    ),
    "unknown attribute": (
        put_family("<wd:ID>X</wd:ID>").replace("_Data>", '_Data wd:New="1">', 1),
        "Invalid attribute New for element Job_Family_Data",
        f"{P}/bsvc:Job_Family_Data[1]/@New",
    ),
    "unqualified attribute": (
        put_family(
            "",
            reference='<wd:Job_Family_Reference><wd:ID type="WID">x</wd:ID>'
            "</wd:Job_Family_Reference>",
        ),
        "Invalid attribute type for element ID",
        f"{P}/bsvc:Job_Family_Reference[1]/bsvc:ID[1]/@type",
    ),
    "wrong value of an attribute": (
        put_family("<wd:ID>X</wd:ID>", add_only="maybe"),
        "'maybe' is not a valid boolean value",
        f"{P}/@bsvc:Add_Only",
    ),
    "wrong type of ID": (
        put_family(
            "",
            reference=reference("Job_Family_Reference", "Job_Profile_ID", "P-ENG-1"),
        ),
        (
            "Invalid ID type.  'Job_Profile_ID' is not a valid ID type for element "
            "Job_Family_Reference"
        ),
        f"{P}/bsvc:Job_Family_Reference[1]/bsvc:ID[1]",
    ),
    "element in a reference": (
        put_family(
            "",
            reference="<wd:Job_Family_Reference><wd:Name>x</wd:Name>"
            "</wd:Job_Family_Reference>",
        ),
        "Invalid Subelement Name-urn:com.workday/bsvc for element Job_Family_Reference",
        f"{P}/bsvc:Job_Family_Reference[1]/bsvc:Name[1]",
    ),
    "nothing where data is required": (
        "<wd:Put_Job_Profile_Request/>",
        "Element Job_Profile_Data is required in element Put_Job_Profile_Request",
        "/bsvc:Put_Job_Profile_Request[1]/bsvc:Job_Profile_Data[1]",
    ),
}


@pytest.mark.parametrize(
    ("body", "message", "xpath"), WRONG_SHAPES.values(), ids=WRONG_SHAPES
)
def test_requests_that_break_the_contract_are_refused(
    world: World, body: str, message: str, xpath: str
) -> None:
    answer = world.refused(HR, body)
    assert answer.fault_text == f"Validation error occurred. {message}"
    assert (message, xpath) in answer.problems


def test_an_attribute_that_is_required_is_missed(world: World) -> None:
    body = put_family(
        "",
        reference="<wd:Job_Family_Reference><wd:ID>x</wd:ID></wd:Job_Family_Reference>",
    )
    assert (
        "Attribute type is required for element ID"
        in world.refused(HR, body).fault_text
    )


def test_attachments_must_be_base64(world: World) -> None:
    body = (
        "<wd:Manage_Training_Request><wd:Business_Process_Parameters>"
        "<wd:Business_Process_Attachment_Data><wd:File_Name>a</wd:File_Name>"
        "<wd:File>?</wd:File></wd:Business_Process_Attachment_Data>"
        "</wd:Business_Process_Parameters><wd:Manage_Training_Data/>"
        "</wd:Manage_Training_Request>"
    )
    assert (
        "'?' is not a valid base64Binary value"
        in world.refused(TALENT, body).fault_text
    )


def test_a_text_longer_than_its_limit_is_refused(world: World) -> None:
    body = (
        "<wd:Manage_Training_Request><wd:Business_Process_Parameters>"
        f"<wd:Business_Process_Attachment_Data><wd:File_Name>{'a' * 256}</wd:File_Name>"
        "</wd:Business_Process_Attachment_Data></wd:Business_Process_Parameters>"
        "<wd:Manage_Training_Data/></wd:Manage_Training_Request>"
    )
    assert "maxLength 255" in world.refused(TALENT, body).fault_text


def test_references_carry_the_wid_first_then_their_own_ids(world: World) -> None:
    answer = world.ok(HR, get_profiles(("Include_Reference",)))
    for shown in answer.find_all("Job_Profile/Job_Profile_Reference"):
        types = [child.get(f"{{{DATA}}}type") for child in shown]
        assert types == ["WID", "Job_Profile_ID"]
        assert len(shown[0].text or "") == 32
        assert int(shown[0].text or "", 16)


def test_names_of_references_come_only_when_asked_for(world: World) -> None:
    def descriptors(header: str) -> set[str | None]:
        answer = world.ok(HR, get_profiles(("Include_Reference",)), header=header)
        shown = answer.find_all("Job_Profile/Job_Profile_Reference")
        return {element.get(f"{{{DATA}}}Descriptor") for element in shown}

    assert descriptors(username_token()) == {None}
    assert descriptors(username_token() + DESCRIPTORS) == {"Engineer I", "Engineer II"}


def test_texts_survive_as_they_came(world: World) -> None:
    text = "&lt;p&gt;a &amp;amp; b&lt;/p&gt;&#13;\n  “Ω” 中"
    described = f"<wd:Job_Description>{text}</wd:Job_Description>"
    world.ok(HR, put_profile("P-ENG-2", basic("", (), described)))
    read = world.ok(HR, get_profiles(("Include_Job_Profile_Basic_Data",)))
    assert "<p>a &amp; b</p>\r\n  “Ω” 中" in read.texts("Job_Description")


def test_the_answer_bears_the_version_and_the_mark_of_a_sandbox(world: World) -> None:
    response = world.post(HR, envelope(READ), version="v42.1")
    assert response.headers["X-Workday-Sandbox"] == "Sandbox jobframe_sandbox"
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    [element] = etree.fromstring(response.content).find(f"{{{SOAP}}}Body")
    assert element.get(f"{{{DATA}}}version") == "v42.1"
