"""The sandbox over HTTP: SOAP services, REST, the controls.

Every response says that it comes from a sandbox. Answers that a test wants lost or cut
are marked for the server, which breaks the connection instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, Response, request
from lxml import etree

from adapters.workday.sandbox.answering import (
    bearer_token,
    log_request,
    stand_in,
)
from adapters.workday.sandbox.control import control_blueprint
from adapters.workday.sandbox.envelope import (
    EnvelopeError,
    Request,
    read_request,
    write_answer,
    write_fault,
)
from adapters.workday.sandbox.faults import AuthenticationFaultError, FaultError
from adapters.workday.sandbox.page import page_blueprint
from adapters.workday.sandbox.raas import raas_blueprint
from adapters.workday.sandbox.rest import answer_rest, give_token
from adapters.workday.sandbox.review_control import review_blueprint
from adapters.workday.sandbox.services import find_service, perform
from adapters.workday.sandbox.tenant import Tenant
from adapters.workday.sandbox.trees import DATA_NAMESPACE, ServiceContract
from adapters.workday.sandbox.wsdl import write_wsdl
from connector.kit.sandbox import lose_answer

SANDBOX_HEADER = "X-Workday-Sandbox"
_XML = "text/xml; charset=utf-8"
_TRUE = {"1", "true"}
# About the size of an answer's head: a cut page breaks inside its body.
_HEAD = 200


def create_app(tenant: Tenant) -> Flask:
    """Return the WSGI application of a tenant."""
    app = Flask(__name__)
    app.register_blueprint(_services(tenant))
    app.register_blueprint(control_blueprint(tenant))
    app.register_blueprint(raas_blueprint(tenant))
    app.register_blueprint(review_blueprint(tenant))
    app.register_blueprint(page_blueprint(tenant))

    @app.after_request
    def mark(response: Response) -> Response:
        response.headers[SANDBOX_HEADER] = f"Sandbox {tenant.seed.name}"
        return response

    return app


def _services(tenant: Tenant) -> Blueprint:
    pages = Blueprint("services", __name__)

    @pages.before_request
    def misbehave() -> Response | None:
        with tenant.lock:
            latency = tenant.switches.latency
            status = tenant.switches.take_refusal()
            if status:
                log_request(tenant, operation="", status=status)
        if latency:
            tenant.pause(latency)
        if not status:
            return stand_in(tenant)
        response = Response(status=status)
        if status == 429:
            response.headers["Retry-After"] = str(tenant.switches.retry_after)
        return response

    @pages.post("/ccx/service/<name>/<service>/<version>")
    def soap(name: str, service: str, version: str) -> Response:
        return _SoapCall(tenant, name, service, version).answer()

    @pages.get("/ccx/service/<name>/<service>/<version>")
    def wsdl(name: str, service: str, version: str) -> Response:
        return _wsdl(tenant, name, service, version)

    @pages.post("/ccx/oauth2/<name>/token")
    def token(name: str) -> Response:
        return give_token(tenant, name)

    @pages.route(
        "/ccx/api/<service>/<version>/<name>/<path:path>",
        methods=("GET", "POST", "PATCH", "PUT", "DELETE"),
    )
    def rest(service: str, version: str, name: str, path: str) -> Response:
        del service, version, path  # the whole path is the contract's
        return answer_rest(tenant, name)

    return pages


@dataclass(frozen=True, slots=True)
class _SoapCall:
    tenant: Tenant
    name: str
    service: str
    version: str

    def answer(self) -> Response:
        """Answer the SOAP request that Flask holds."""
        if request.mimetype != "text/xml":
            return Response("Send text/xml.", status=415, mimetype="text/plain")
        try:
            envelope = read_request(request.get_data())
        except EnvelopeError as fault:
            with self.tenant.lock:
                return self._fault(fault, None)
        with self.tenant.lock:
            return self._perform(envelope)

    def _perform(self, envelope: Request) -> Response:
        try:
            self._authenticate(envelope)
            contract, version = find_service(
                self.service, self.version, self.tenant.seed.variants
            )
            response = perform(
                self.tenant,
                contract,
                version,
                envelope.body,
                with_descriptors=envelope.with_descriptors,
            )
        except FaultError as fault:
            return self._fault(fault, envelope.body)
        self._log(envelope.body, 200)
        payload = write_answer(response, self.tenant.switches.extra_elements)
        return self._deliver(contract, envelope.body, payload)

    def _authenticate(self, envelope: Request) -> None:
        seed = self.tenant.seed
        bearer = bearer_token()
        if self.name != seed.name:
            raise AuthenticationFaultError
        if bearer is not None:
            if not self.tenant.tokens.accepts(bearer, self.tenant.clock()):
                raise AuthenticationFaultError
            return
        expected = (f"{seed.user_name}@{seed.name}", seed.password)
        if (envelope.user_name, envelope.password) != expected:
            raise AuthenticationFaultError

    def _fault(self, fault: FaultError, body: etree._Element | None) -> Response:
        self._log(body, 500)
        return Response(write_fault(fault), status=500, content_type=_XML)

    def _deliver(
        self, contract: ServiceContract, body: etree._Element, payload: bytes
    ) -> Response:
        operation = contract.operation_of(etree.QName(body).localname)
        switches = self.tenant.switches
        if operation is not None and operation.access == "read":
            is_cut = switches.take_cut(operation.name, _page(body))
            if is_cut or switches.is_too_large(len(payload)):
                lose_answer(request.environ, after=len(payload) // 2 + _HEAD)
        elif switches.take_lost_answer(operation.name if operation else ""):
            lose_answer(request.environ)
        return Response(payload, content_type=_XML)

    def _log(self, body: etree._Element | None, status: int) -> None:
        operation = "" if body is None else etree.QName(body).localname
        auto = None
        if body is not None:
            auto = body.findtext(
                f"{_tag('Business_Process_Parameters')}/{_tag('Auto_Complete')}"
            )
        log_request(
            self.tenant,
            operation=operation.removesuffix("_Request"),
            status=status,
            is_auto_completed=(auto or "").strip() in _TRUE,
            page=0 if body is None else _page(body),
        )


def _tag(name: str) -> str:
    return f"{{{DATA_NAMESPACE}}}{name}"


def _page(body: etree._Element) -> int:
    text = body.findtext(f"{_tag('Response_Filter')}/{_tag('Page')}") or ""
    return int(text) if text.strip().isdecimal() else 1


def _wsdl(tenant: Tenant, name: str, service: str, version: str) -> Response:
    if "wsdl" not in request.args:
        return Response("Send a POST, or ask for ?wsdl.", 405, mimetype="text/plain")
    try:
        contract, parsed = find_service(service, version, tenant.seed.variants)
    except FaultError as fault:
        return Response(write_fault(fault), status=500, content_type=_XML)
    address = f"{request.host_url}ccx/service/{name}/{service}/{version}"
    written = write_wsdl(contract, parsed, tenant.seed.variants, address)
    with tenant.lock:
        log_request(tenant, operation="wsdl", status=200)
    return Response(written, content_type=_XML)
