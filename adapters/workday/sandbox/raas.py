"""Custom reports as a web service: `customreport2`, as JSON, and their schema.

A report that is not enabled as a web service is not found; one that is not shared with
the user is forbidden. There is no paging.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from adapters.workday.sandbox.answering import bearer_token, log_request
from adapters.workday.sandbox.reviews import Report
from adapters.workday.sandbox.state import TenantState

_SCHEMA = "http://www.w3.org/2001/XMLSchema"


def raas_blueprint(tenant: TenantState) -> Blueprint:
    """Return the report service of a tenant."""
    pages = Blueprint("raas", __name__)

    @pages.get("/ccx/service/customreport2/<name>/<owner>/<report>")
    def read(name: str, owner: str, report: str) -> Response:
        with tenant.lock:
            answer = _answer(tenant, name, owner, report)
            log_request(tenant, operation="report", status=answer.status_code)
        return answer

    return pages


def _answer(tenant: TenantState, name: str, owner: str, report: str) -> Response:
    known = tenant.reviews.report
    if not _is_known(tenant, name):
        return _refused(401, "invalid username or password")
    if (owner, report) != (known.owner, known.name) or not known.is_web_service:
        return _refused(404, "The report is not available as a web service.")
    if not known.is_shared:
        return _refused(403, "permission denied")
    if "xsds" in request.args:
        return Response(_schema(known), content_type="text/xml; charset=utf-8")
    if request.args.get("format") != "json":
        return _refused(400, "This sandbox serves format=json.")
    return jsonify({"Report_Entry": tenant.reviews.rows()})


def _is_known(tenant: TenantState, name: str) -> bool:
    if name != tenant.seed.name:
        return False
    token = bearer_token()
    if token is not None:
        return tenant.tokens.accepts(token, tenant.clock())
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    user = tenant.seed.user_name
    known = {(user, tenant.seed.password), (f"{user}@{name}", tenant.seed.password)}
    return (given.username, given.password) in known


def _refused(status: int, text: str) -> Response:
    answer = jsonify({"error": text})
    answer.status_code = status
    return answer


def _schema(report: Report) -> str:
    """Return the report's schema: an entry type, and a type for each column of rows."""
    rows = [
        f'<xsd:element name="{name}" type="wd:{name}Type" minOccurs="0"'
        ' maxOccurs="unbounded"/>'
        if inner
        else f'<xsd:element name="{name}" type="xsd:string" minOccurs="0"/>'
        for name, inner in report.columns.items()
    ]
    types = [
        _type(
            f"{name}Type",
            [
                f'<xsd:element name="{each}" type="xsd:string" minOccurs="0"/>'
                for each in inner
            ],
        )
        for name, inner in report.columns.items()
        if inner
    ]
    namespace = f"urn:com.workday.report/{report.name}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><xsd:schema xmlns:xsd="{_SCHEMA}"'
        f' xmlns:wd="{namespace}" targetNamespace="{namespace}">'
        + "".join(types)
        + _type("Report_EntryType", rows)
        + "</xsd:schema>"
    )


def _type(name: str, elements: list[str]) -> str:
    inner = "".join(elements)
    return (
        f'<xsd:complexType name="{name}"><xsd:sequence>{inner}</xsd:sequence>'
        "</xsd:complexType>"
    )
