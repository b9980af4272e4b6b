"""The WSDL of a service, written from the contract facts, with its schema inline.

It is meant for clients that read types from it, and for the doctor; it describes what
the sandbox serves and says in its documentation that it is a sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from adapters.workday.sandbox.trees import (
    BUILT_IN_TYPES,
    DATA_NAMESPACE,
    Attribute,
    Element,
    SchemaType,
    ServiceContract,
)

_WSDL = "http://schemas.xmlsoap.org/wsdl/"
_SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"


def write_wsdl(
    contract: ServiceContract,
    version: tuple[int, int],
    variants: frozenset[str],
    address: str,
) -> bytes:
    """Return the WSDL of a service in one version, for one address."""
    target = f"{DATA_NAMESPACE}/{contract.service}"
    schema = "".join(_schema(contract, version, variants))
    head = (
        f'<wsdl:definitions xmlns:wsdl="{_WSDL}" xmlns:wsdlsoap="{_SOAP}" '
        f'xmlns:xsd="{_SCHEMA}" xmlns:wd="{DATA_NAMESPACE}" '
        f'xmlns:nyw="{target}" name="{contract.service}" targetNamespace="{target}">'
        "<wsdl:documentation>Sandbox: not a Workday tenant. Trees of "
        f"{escape(contract.service)}.</wsdl:documentation>"
    )
    service = (
        f'<wsdl:service name="{contract.service}Service">'
        f'<wsdl:port name="{contract.service}" '
        f'binding="nyw:{contract.service}Binding">'
        f"<wsdlsoap:address location={quoteattr(address)}/></wsdl:port>"
        "</wsdl:service></wsdl:definitions>"
    )
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        head,
        f"<wsdl:types>{schema}</wsdl:types>",
        *_messages(contract),
        _port_type(contract),
        _binding(contract),
        service,
    ]
    return "".join(parts).encode()


def _schema(
    contract: ServiceContract, version: tuple[int, int], variants: frozenset[str]
) -> Iterator[str]:
    yield (
        f'<xsd:schema xmlns:xsd="{_SCHEMA}" xmlns:wd="{DATA_NAMESPACE}" '
        'elementFormDefault="qualified" attributeFormDefault="qualified" '
        f'targetNamespace="{DATA_NAMESPACE}">'
    )
    yield (
        '<xsd:simpleType name="RichText"><xsd:restriction base="xsd:string"/>'
        "</xsd:simpleType>"
        '<xsd:attribute name="version" type="xsd:string"/>'
    )
    yield _HEADER
    for operation in contract.operations.values():
        for element, type_name in (
            (operation.request_element, operation.request_type),
            (operation.response_element, operation.response_type),
        ):
            yield f'<xsd:element name="{element}" type="wd:{type_name}"/>'
    for schema_type in contract.types.values():
        yield _complex_type(schema_type, version, variants)
    yield "</xsd:schema>"


_HEADER = (
    '<xsd:element name="Workday_Common_Header"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="Include_Reference_Descriptors_In_Response" '
    'type="xsd:boolean" minOccurs="0"/></xsd:sequence></xsd:complexType></xsd:element>'
    '<xsd:element name="Validation_Fault"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="Validation_Error" minOccurs="0" maxOccurs="unbounded">'
    "<xsd:complexType><xsd:sequence>"
    + "".join(
        f'<xsd:element name="{name}" type="xsd:string" minOccurs="0"/>'
        for name in ("Message", "Detail_Message", "Xpath", "Code")
    )
    + "</xsd:sequence></xsd:complexType></xsd:element></xsd:sequence>"
    "</xsd:complexType></xsd:element>"
    '<xsd:element name="Processing_Fault"><xsd:complexType><xsd:sequence>'
    + "".join(
        f'<xsd:element name="{name}" type="xsd:string" minOccurs="0"/>'
        for name in ("Detail_Message", "Code")
    )
    + "</xsd:sequence></xsd:complexType></xsd:element>"
)


def _complex_type(
    schema_type: SchemaType, version: tuple[int, int], variants: frozenset[str]
) -> str:
    name = schema_type.name
    attributes = "".join(_attribute(a) for a in schema_type.attributes.values())
    if schema_type.is_open:
        content = (
            '<xsd:sequence><xsd:any minOccurs="0" maxOccurs="unbounded" '
            f'processContents="skip"/></xsd:sequence>{attributes}'
        )
    elif schema_type.is_reference:
        content = _REFERENCE
    elif schema_type.base:
        content = (
            f'<xsd:simpleContent><xsd:extension base="xsd:{schema_type.base}">'
            f"{attributes}</xsd:extension></xsd:simpleContent>"
        )
    else:
        elements = "".join(_particles(schema_type, version, variants))
        content = f"<xsd:sequence>{elements}</xsd:sequence>{attributes}"
    return f'<xsd:complexType name="{name}">{content}</xsd:complexType>'


_REFERENCE = (
    '<xsd:sequence><xsd:element name="ID" minOccurs="0" maxOccurs="unbounded">'
    '<xsd:complexType><xsd:simpleContent><xsd:extension base="xsd:string">'
    '<xsd:attribute name="type" type="xsd:string" use="required"/>'
    '<xsd:attribute name="parent_id" type="xsd:string"/>'
    '<xsd:attribute name="parent_type" type="xsd:string"/>'
    "</xsd:extension></xsd:simpleContent></xsd:complexType></xsd:element>"
    '</xsd:sequence><xsd:attribute name="Descriptor" type="xsd:string"/>'
)


def _particles(
    schema_type: SchemaType, version: tuple[int, int], variants: frozenset[str]
) -> Iterator[str]:
    open_choice = ""
    for element in schema_type.elements:
        if element.since > version or (
            element.variant and element.variant not in variants
        ):
            continue
        if element.choice != open_choice:
            if open_choice:
                yield "</xsd:choice>"
            if element.choice:
                yield _choice(schema_type, element.choice)
            open_choice = element.choice
        yield _element(element)
    if open_choice:
        yield "</xsd:choice>"


def _choice(schema_type: SchemaType, name: str) -> str:
    low, high = schema_type.choices.get(name, (0, 1))
    most = "unbounded" if high is None else high
    return f'<xsd:choice minOccurs="{low or 0}" maxOccurs="{most}">'


def _element(element: Element) -> str:
    most = "unbounded" if element.maximum is None else element.maximum
    counts = f'minOccurs="{element.minimum or 0}" maxOccurs="{most}"'
    if not element.facets:
        return (
            f'<xsd:element name="{element.name}" type="{_type(element.type_name)}" '
            f"{counts}/>"
        )
    facets = "".join(
        f'<xsd:{name} value="{limit}"/>' for name, limit in element.facets.items()
    )
    return (
        f'<xsd:element name="{element.name}" {counts}><xsd:simpleType>'
        f'<xsd:restriction base="{_type(element.type_name)}">{facets}'
        "</xsd:restriction></xsd:simpleType></xsd:element>"
    )


def _type(name: str) -> str:
    if name in BUILT_IN_TYPES and name != "RichText":
        return f"xsd:{name}"
    return f"wd:{name}"


def _attribute(attribute: Attribute) -> str:
    if attribute.name == "version":
        return '<xsd:attribute ref="wd:version"/>'
    use = ' use="required"' if attribute.is_required else ""
    return (
        f'<xsd:attribute name="{attribute.name}" '
        f'type="xsd:{attribute.type_name}"{use}/>'
    )


def _messages(contract: ServiceContract) -> Iterator[str]:
    for operation in contract.operations.values():
        for direction, element in (
            ("Input", operation.request_element),
            ("Output", operation.response_element),
        ):
            yield (
                f'<wsdl:message name="{operation.name}{direction}Msg">'
                f'<wsdl:part name="body" element="wd:{element}"/></wsdl:message>'
            )
    for name in ("Validation", "Processing"):
        yield (
            f'<wsdl:message name="{name}_FaultMsg">'
            f'<wsdl:part name="fault" element="wd:{name}_Fault"/></wsdl:message>'
        )
    yield (
        '<wsdl:message name="Workday_Common_HeaderMsg">'
        '<wsdl:part name="header" element="wd:Workday_Common_Header"/></wsdl:message>'
    )


_FAULTS = ("Validation", "Processing")


def _port_type(contract: ServiceContract) -> str:
    faults = "".join(
        f'<wsdl:fault name="{name}_Fault" message="nyw:{name}_FaultMsg"/>'
        for name in _FAULTS
    )
    operations = "".join(
        f'<wsdl:operation name="{name}">'
        f'<wsdl:input name="{name}Input" message="nyw:{name}InputMsg"/>'
        f'<wsdl:output name="{name}Output" message="nyw:{name}OutputMsg"/>'
        f"{faults}</wsdl:operation>"
        for name in contract.operations
    )
    return f'<wsdl:portType name="{contract.service}Port">{operations}</wsdl:portType>'


def _binding(contract: ServiceContract) -> str:
    faults = "".join(
        f'<wsdl:fault name="{name}_Fault">'
        f'<wsdlsoap:fault name="{name}_Fault" use="literal"/></wsdl:fault>'
        for name in _FAULTS
    )
    operations = "".join(
        f'<wsdl:operation name="{name}"><wsdlsoap:operation style="document"/>'
        f'<wsdl:input name="{name}Input">'
        '<wsdlsoap:header message="nyw:Workday_Common_HeaderMsg" part="header" '
        'use="literal"/><wsdlsoap:body use="literal"/></wsdl:input>'
        f'<wsdl:output name="{name}Output"><wsdlsoap:body use="literal"/></wsdl:output>'
        f"{faults}</wsdl:operation>"
        for name in contract.operations
    )
    return (
        f'<wsdl:binding name="{contract.service}Binding" '
        f'type="nyw:{contract.service}Port">'
        '<wsdlsoap:binding style="document" '
        'transport="http://schemas.xmlsoap.org/soap/http"/>'
        f"{operations}</wsdl:binding>"
    )
