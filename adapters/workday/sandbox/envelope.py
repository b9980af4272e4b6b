"""SOAP 1.1 envelopes: reading requests safely, writing answers and faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from adapters.workday.sandbox.faults import (
    FaultError,
    ProcessingFaultError,
    ValidationFaultError,
)
from adapters.workday.sandbox.markup import Node, group, leaf, render
from adapters.workday.sandbox.trees import DATA_NAMESPACE

SOAP_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
SECURITY_NAMESPACE = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
)
PLAIN_TEXT_KIND = (
    "http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-username-token-profile-1.0#PasswordText"
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


class EnvelopeError(FaultError):
    """The message is not a SOAP 1.1 request that can be understood."""

    code = "SOAP-ENV:Client"


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of a request envelope."""

    body: etree._Element
    user_name: str | None
    password: str
    with_descriptors: bool


def read_request(payload: bytes) -> Request:
    """Parse an envelope; no entities, no network, no document type."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(payload, parser)
    except etree.XMLSyntaxError as error:
        raise EnvelopeError(f"The message is not well formed: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise EnvelopeError("A document type is not allowed.")
    if root.tag != _soap("Envelope"):
        raise EnvelopeError("The message is not a SOAP 1.1 envelope.")
    body = root.find(_soap("Body"))
    children = [] if body is None else list(body.iterchildren(etree.Element))
    if len(children) != 1:
        raise EnvelopeError("The Body must hold exactly one request element.")
    return _with_header(root.find(_soap("Header")), children[0])


def _with_header(header: etree._Element | None, body: etree._Element) -> Request:
    user_name, password, with_descriptors = None, "", False
    for entry in [] if header is None else header.iterchildren(etree.Element):
        name = etree.QName(entry)
        if (name.namespace, name.localname) == (SECURITY_NAMESPACE, "Security"):
            token = entry.find(_security("UsernameToken"))
            if token is not None:
                user_name = (token.findtext(_security("Username")) or "").strip()
                password = _password(token)
        elif (name.namespace, name.localname) == (
            DATA_NAMESPACE,
            "Workday_Common_Header",
        ):
            flag = entry.findtext(
                f"{{{DATA_NAMESPACE}}}Include_Reference_Descriptors_In_Response"
            )
            with_descriptors = (flag or "").strip() in {"1", "true"}
        elif entry.get(_soap("mustUnderstand")) == "1":
            raise EnvelopeError(f"The header {name.localname} is not understood.")
    return Request(body, user_name, password, with_descriptors)


def _password(token: etree._Element) -> str:
    element = token.find(_security("Password"))
    if element is None or element.get("Type", PLAIN_TEXT_KIND) != PLAIN_TEXT_KIND:
        return ""
    return element.text or ""


def _soap(name: str) -> str:
    return f"{{{SOAP_NAMESPACE}}}{name}"


def _security(name: str) -> str:
    return f"{{{SECURITY_NAMESPACE}}}{name}"


def write_answer(response: Node, extra: Mapping[str, str]) -> bytes:
    """Return the envelope of a response element."""
    return _envelope(_with_namespace(render(response, extra)))


def write_fault(fault: FaultError) -> bytes:
    """Return the envelope of a fault, with the detail of its kind."""
    detail = _detail(fault)
    written = "" if detail is None else _with_namespace(render(detail, {}))
    return _envelope(
        f"<SOAP-ENV:Fault><faultcode>{fault.code}</faultcode>"
        f"<faultstring>{escape(fault.text)}</faultstring>"
        + (f"<detail>{written}</detail>" if written else "")
        + "</SOAP-ENV:Fault>"
    )


def _detail(fault: FaultError) -> Node | None:
    if isinstance(fault, ValidationFaultError):
        return group(
            "Validation_Fault",
            (
                group(
                    "Validation_Error",
                    (
                        leaf("Message", problem.message),
                        leaf("Detail_Message", problem.detail or problem.message),
                        leaf("Xpath", problem.xpath or None),
                    ),
                )
                for problem in fault.problems
            ),
        )
    if isinstance(fault, ProcessingFaultError):
        return group("Processing_Fault", (leaf("Detail_Message", fault.detail),))
    return None


def _with_namespace(markup: str) -> str:
    # The data namespace is declared once, on the outermost data element.
    end = min(
        at for at in (markup.find(" "), markup.find(">"), markup.find("/")) if at > 0
    )
    return f'{markup[:end]} xmlns:wd="{DATA_NAMESPACE}"{markup[end:]}'


def _envelope(content: str) -> bytes:
    return (
        f'{_DECLARATION}<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP_NAMESPACE}">'
        f"<SOAP-ENV:Body>{content}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()
