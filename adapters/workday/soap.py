"""SOAP envelopes out, answers and faults in.

Parsing has entities, document types and the network off. This module knows the
envelope and the faults (NOTES 2.2, 2.7), no operation and no transport.
"""

from __future__ import annotations

from lxml import etree

from adapters.workday.elements import Element, find_all, local_name, text_of
from adapters.workday.facts import (
    DATA_NAMESPACE,
    OPERATIONS,
    PASSWORD_TEXT,
    SECURITY_NAMESPACE,
    SOAP_NAMESPACE,
)
from connector.kit.errors import (
    AuthError,
    Problem,
    RejectedError,
    ReplyError,
    TargetError,
)

_ENVELOPE = f"{{{SOAP_NAMESPACE}}}Envelope"
_BODY = f"{{{SOAP_NAMESPACE}}}Body"
FAULT = f"{{{SOAP_NAMESPACE}}}Fault"
TARGET = "workday"


class RefusedLoginError(AuthError):
    """The user, the password or the access token is refused."""


def envelope(
    request: Element,
    *,
    version: str,
    user: str = "",
    password: str = "",
    is_named: bool = False,
) -> bytes:
    """Return the bytes of a request; with a user it carries a UsernameToken.

    `is_named` asks for the names of what the answer refers to (NOTES 2.3).
    """
    root = etree.Element(_ENVELOPE, nsmap={"env": SOAP_NAMESPACE, "wd": DATA_NAMESPACE})
    if user or is_named:
        header = etree.SubElement(root, f"{{{SOAP_NAMESPACE}}}Header")
        if user:
            header.append(_security(user, password))
        if is_named:
            header.append(_names())
    request.set(f"{{{DATA_NAMESPACE}}}version", version)
    etree.SubElement(root, _BODY).append(request)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _security(user: str, password: str) -> Element:
    def name(local: str) -> str:
        return f"{{{SECURITY_NAMESPACE}}}{local}"

    security = etree.Element(name("Security"), nsmap={"wsse": SECURITY_NAMESPACE})
    security.set(f"{{{SOAP_NAMESPACE}}}mustUnderstand", "1")
    token = etree.SubElement(security, name("UsernameToken"))
    etree.SubElement(token, name("Username")).text = user
    secret = etree.SubElement(token, name("Password"))
    secret.set("Type", PASSWORD_TEXT)
    secret.text = password
    return security


def _names() -> Element:
    common = etree.Element(f"{{{DATA_NAMESPACE}}}Workday_Common_Header")
    asked = f"{{{DATA_NAMESPACE}}}Include_Reference_Descriptors_In_Response"
    etree.SubElement(common, asked).text = "true"
    return common


def parse_answer(content: bytes, *, operation: str) -> Element:
    """Return the element inside an answer's body.

    Raises:
        AuthError: the login or the rights are refused.
        RejectedError: the data is refused, by a fault or a soft error on HTTP 200.
        ReplyError: the answer is no SOAP envelope.
    """
    root = parse_document(content, operation=operation)
    if root.tag != _ENVELOPE:
        raise no_envelope(operation)
    answer = root.find(f"{_BODY}/*")
    if answer is None:
        raise no_envelope(operation)
    if answer.tag == FAULT:
        raise error_of_fault(answer, operation=operation)
    raise_soft_errors(answer, operation=operation)
    return answer


def parse_document(content: bytes, *, operation: str) -> Element:
    """Return the root of a document.

    Raises:
        ReplyError: it is no XML, or brings a document type along.
    """
    try:
        root = etree.fromstring(content, _harmless_parser())
    except etree.XMLSyntaxError as error:
        raise no_envelope(operation) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise no_envelope(operation)
    return root


def _harmless_parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def no_envelope(operation: str) -> ReplyError:
    """Return the error for an answer that is not SOAP."""
    return ReplyError(
        f"Workday answered {operation} with something that is no SOAP envelope.",
        target=TARGET,
        operation=operation,
        hint="Check the services host and the tenant's name; then `jobframe doctor`.",
    )


def raise_soft_errors(answer: Element, *, operation: str) -> None:
    """Raise where a successful answer carries an error (NOTES 2.7).

    Raises:
        RejectedError: with the messages of Classification `Error`.
    """
    path = ("Exceptions_Response_Data", "Exceptions_Data", "Exception_Data")
    messages = [
        text_of(element, "Message").strip()
        for element in find_all(answer, *path)
        if text_of(element, "Classification").strip().casefold() == "error"
    ]
    if messages:
        raise RejectedError(
            f"Workday refused {operation}: {' '.join(messages)}",
            target=TARGET,
            operation=operation,
            hint="Correct what the message names, then plan again.",
        )


def error_of_fault(fault: Element, *, operation: str) -> TargetError:
    """Return the error a SOAP fault stands for (NOTES 2.7)."""
    code = (fault.findtext("faultcode") or "").rpartition(":")[2]
    text = (fault.findtext("faultstring") or "").strip()
    if code.endswith("authenticationError"):
        return RefusedLoginError(
            "Workday refuses the login: wrong user, password, tenant or token.",
            target=TARGET,
            operation=operation,
            hint="Check user@tenant and the stored secrets, and that the account is "
            "neither locked nor barred by an authentication policy.",
        )
    if code.endswith("processingError"):
        return _processing_error(fault, text, operation)
    if code.endswith("validationError"):
        return _validation_error(fault, text, operation)
    return ReplyError(
        f"Workday answered {operation} with an unknown fault: {text}",
        target=TARGET,
        operation=operation,
        hint="Look up the message in the Workday Community; then run again.",
    )


def _processing_error(fault: Element, text: str, operation: str) -> TargetError:
    if "not authorized" in text:
        return AuthError(
            f"Workday does not allow {operation} to the integration user.",
            target=TARGET,
            operation=operation,
            hint=_how_to_grant(operation),
        )
    details = _texts(fault, "Detail_Message")
    return RejectedError(
        f"Workday could not process {operation}: {' '.join([text, *details])}",
        target=TARGET,
        operation=operation,
        hint="Correct what the message names, then plan again.",
    )


def _how_to_grant(operation: str) -> str:
    """Return the task that gives the right to an operation, by the names we know."""
    known = OPERATIONS.get(operation)
    if known is None or operation.startswith("Manage_"):
        name = operation.replace("_", " ")
        task = f'"Edit Business Process Security Policy" for "{name}"'
    else:
        access = "Get" if operation.startswith("Get_") else "Put"
        task = (
            f'"Maintain Permissions for Security Group": {access} on "{known.domain}"'
        )
    return (
        f"In Workday, run {task}, for the integration user's group, then "
        '"Activate Pending Security Policy Changes".'
    )


def _validation_error(fault: Element, text: str, operation: str) -> TargetError:
    if "web service or version is invalid" in text:
        return ReplyError(
            f"The tenant does not know {operation} in the version of the settings.",
            target=TARGET,
            operation=operation,
            hint="Set `versions` to one that the tenant's report Public Web Services "
            "lists.",
        )
    problems = [
        Problem(
            text_of(element, "Xpath").strip(),
            text_of(element, "Message").strip(),
            text_of(element, "Detail_Message").strip(),
        )
        for element in fault.iter(f"{{{DATA_NAMESPACE}}}Validation_Error")
    ]
    messages = [problem.message for problem in problems] or [text]
    return RejectedError(
        f"Workday refused {operation}: {' '.join(messages)}",
        target=TARGET,
        operation=operation,
        hint="Correct what the message names, then plan again.",
        problems=problems,
    )


def _texts(element: Element, name: str) -> list[str]:
    found = element.iter(f"{{{DATA_NAMESPACE}}}{name}")
    return [(inner.text or "").strip() for inner in found if local_name(inner) == name]
