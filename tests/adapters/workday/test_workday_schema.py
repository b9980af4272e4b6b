"""The tenant's own WSDL is compared with what we send, path by path."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from lxml import etree
from workday_support import Desk

from adapters.workday.facts import OPERATIONS, PINNED_VERSIONS
from adapters.workday.gate import differences_of
from adapters.workday.kinds import KINDS
from adapters.workday.schema import TenantSchema
from connector.kit.errors import ReplyError

XSD = "{http://www.w3.org/2001/XMLSchema}"
Edit = Callable[[etree._Element], None]


def wsdl_of(desk: Desk, service: str = "Human_Resources") -> bytes:
    version = PINNED_VERSIONS[service]
    address = f"{desk.sandbox.url}/ccx/service/acme/{service}/{version}?wsdl"
    return requests.get(address, timeout=10).content


def edited(wsdl: bytes, edit: Edit) -> TenantSchema:
    """Return the schema with an edit of the job title inside its type."""
    root = etree.fromstring(wsdl)
    (title,) = root.iterfind(f".//{XSD}complexType//{XSD}element[@name='Job_Title']")
    edit(title)
    return TenantSchema(etree.tostring(root), "Human_Resources")


def rename(title: etree._Element) -> None:
    title.set("name", "Title")


def move_to_the_end(title: etree._Element) -> None:
    list(title.itersiblings())[-1].addnext(title)


def require_another(title: etree._Element) -> None:
    title.addnext(etree.Element(f"{XSD}element", name="Grade", type="xsd:string"))


@pytest.mark.parametrize("service", PINNED_VERSIONS)
def test_the_pinned_version_takes_what_we_send(desk: Desk, service: str) -> None:
    schema = TenantSchema(wsdl_of(desk, service), service)
    assert schema.differences(OPERATIONS) == []


@pytest.mark.parametrize(
    ("edit", "difference"),
    [
        (rename, "Job_Title is not there"),
        (move_to_the_end, "stands elsewhere"),
        (require_another, "Grade is required"),
    ],
)
def test_a_changed_element_is_named_with_its_path(
    desk: Desk, edit: Edit, difference: str
) -> None:
    found = edited(wsdl_of(desk), edit).differences(OPERATIONS)
    path = "Put_Job_Profile_Request/Job_Profile_Data/Job_Profile_Basic_Data/"
    assert found
    for one in found:
        assert one.startswith(path)
        assert difference in one


def test_inline_types_bases_and_choices_are_understood() -> None:
    wsdl = """<x xmlns:xsd="http://www.w3.org/2001/XMLSchema"><xsd:schema>
      <xsd:element name="Get_References_Request"><xsd:complexType>
        <xsd:complexContent><xsd:extension base="wd:Base"><xsd:sequence>
          <xsd:element ref="wd:Response_Filter" minOccurs="0"/>
        </xsd:sequence></xsd:extension></xsd:complexContent>
      </xsd:complexType></xsd:element>
      <xsd:complexType name="Base"><xsd:sequence><xsd:choice>
        <xsd:element name="Request_References"/>
        <xsd:element name="Request_Criteria"><xsd:complexType><xsd:sequence>
          <xsd:element name="Reference_ID_Type" type="xsd:string"/>
        </xsd:sequence></xsd:complexType></xsd:element>
      </xsd:choice></xsd:sequence></xsd:complexType>
    </xsd:schema></x>"""
    found = TenantSchema(wsdl.encode(), "Integrations").differences(OPERATIONS)
    # A reference to an element brings no content along here.
    assert all("Response_Filter/" in difference for difference in found)


@pytest.mark.parametrize("content", [b"<html/>", b"no xml"])
def test_what_is_no_wsdl_is_refused(content: bytes) -> None:
    with pytest.raises(ReplyError):
        TenantSchema(content, "Talent")


@pytest.mark.parametrize("kind", [name for name in KINDS if KINDS[name].put])
def test_the_smallest_request_has_all_that_the_pinned_version_requires(
    desk: Desk, kind: str
) -> None:
    service = OPERATIONS[KINDS[kind].put].service
    schema = TenantSchema(wsdl_of(desk, service), service)
    assert differences_of(kind, schema) == []


def test_an_element_that_became_required_is_named(desk: Desk) -> None:
    root = etree.fromstring(wsdl_of(desk))
    path = f".//{XSD}complexType//{XSD}element[@name='Job_Description']"
    (description,) = root.iterfind(path)
    description.set("minOccurs", "1")
    schema = TenantSchema(etree.tostring(root), "Human_Resources")
    (told,) = differences_of("job_profile", schema)
    assert told == (
        "Put_Job_Profile_Request/Job_Profile_Data/Job_Profile_Basic_Data/"
        "Job_Description is required, and we may leave it out"
    )
