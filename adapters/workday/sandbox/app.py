"""The sandbox over HTTP: SOAP services, the token endpoint, a REST stub, the controls.

Every response says that it comes from a sandbox. An answer is handed to the server as
one piece; answers that a test wants lost or cut close the connection instead.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, jsonify, request
from lxml import etree

from adapters.workday.sandbox.control import control_blueprint
from adapters.workday.sandbox.envelope import (
    EnvelopeError,
    Request,
    read_request,
    write_answer,
    write_fault,
)
from adapters.workday.sandbox.faults import AuthenticationFaultError, FaultError
from adapters.workday.sandbox.services import find_service, perform
from adapters.workday.sandbox.tenant import LoggedRequest, Tenant
from adapters.workday.sandbox.trees import DATA_NAMESPACE, ServiceContract
from adapters.workday.sandbox.wsdl import write_wsdl

SANDBOX_HEADER = "X-Workday-Sandbox"
_XML = "text/xml; charset=utf-8"
_TRUE = {"1", "true"}


def create_app(tenant: Tenant) -> Flask:
    """Return the WSGI application of a tenant."""
    app = Flask(__name__)
    # A lost answer is a ConnectionError that the server must see.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.register_blueprint(_services(tenant))
    app.register_blueprint(control_blueprint(tenant))

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
                _log(tenant, operation="", status=status)
        if latency:
            tenant.pause(latency)
        if not status:
            return None
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
        return _token(tenant, name)

    @pages.route("/ccx/api/<path:path>", methods=["GET", "POST", "PATCH", "DELETE"])
    def rest(path: str) -> Response:
        return _rest(tenant, path)

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
            contract, version = find_service(self.service, self.version)
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
        bearer = _bearer()
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
            if switches.take_cut(operation.name, _page(body)):
                return _cut(payload)
        elif switches.take_lost_answer():
            hang_up()
        return Response(payload, content_type=_XML)

    def _log(self, body: etree._Element | None, status: int) -> None:
        operation = "" if body is None else etree.QName(body).localname
        auto = None
        if body is not None:
            auto = body.findtext(
                f"{_tag('Business_Process_Parameters')}/{_tag('Auto_Complete')}"
            )
        _log(
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


def _bearer() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def hang_up() -> None:
    """Close the connection without an answer."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("The sandbox was told to lose this answer.")


def _cut(payload: bytes) -> Response:
    def half() -> Iterator[bytes]:
        yield payload[: len(payload) // 2]
        raise ConnectionAbortedError("The sandbox was told to cut this page.")

    response = Response(half(), content_type=_XML)
    response.headers["Content-Length"] = str(len(payload))
    return response


def _log(
    tenant: Tenant,
    *,
    operation: str,
    status: int,
    is_auto_completed: bool = False,
    page: int = 0,
) -> None:
    tenant.log.append(
        LoggedRequest(
            number=len(tenant.log) + 1,
            at=tenant.clock(),
            path=request.path,
            operation=operation,
            status=status,
            is_write=operation.startswith(("Put_", "Manage_")),
            is_auto_completed=is_auto_completed,
            page=page,
        )
    )


def _wsdl(tenant: Tenant, name: str, service: str, version: str) -> Response:
    if "wsdl" not in request.args:
        return Response("Send a POST, or ask for ?wsdl.", 405, mimetype="text/plain")
    try:
        contract, parsed = find_service(service, version)
    except FaultError as fault:
        return Response(write_fault(fault), status=500, content_type=_XML)
    address = f"{request.host_url}ccx/service/{name}/{service}/{version}"
    written = write_wsdl(contract, parsed, tenant.seed.variants, address)
    return Response(written, content_type=_XML)


def _token(tenant: Tenant, name: str) -> Response:
    given = request.authorization
    client = None
    if given is not None and given.type == "basic":
        client = (given.username or "", given.password or "")
    with tenant.lock:
        if name != tenant.seed.name:
            client = None
        answer = tenant.tokens.refresh(
            client,
            request.form.get("grant_type", ""),
            request.form.get("refresh_token", ""),
            tenant.clock(),
        )
        _log(tenant, operation="token", status=answer.status)
        is_lost = answer.status == 200 and tenant.switches.take_lost_token()
    if is_lost:
        hang_up()
    response = jsonify(answer.body)
    response.status_code = answer.status
    return response


def _rest(tenant: Tenant, path: str) -> Response:
    """Answer REST: only the token is checked; no resource is served yet."""
    with tenant.lock:
        bearer = _bearer()
        is_known = bearer is not None and tenant.tokens.accepts(bearer, tenant.clock())
        status = 404 if is_known else 401
        _log(tenant, operation="rest", status=status)
    text = f"no resource at {path}" if is_known else "invalid or expired token"
    response = jsonify({"error": text, "errors": []})
    response.status_code = status
    return response
