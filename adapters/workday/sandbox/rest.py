"""The token endpoint and REST: rights, shapes, then the operation's own handler.

REST needs a bearer token; an expired one is 401. What the contract does not name is
refused, in requests as in paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Response, jsonify, request

from adapters.workday.sandbox import job_changes, rest_events
from adapters.workday.sandbox.answering import bearer_token, log_request
from adapters.workday.sandbox.rest_calls import RestCall, RestError
from adapters.workday.sandbox.rest_shapes import (
    Operation,
    find_operation,
    has_path,
    problems_of_body,
)
from adapters.workday.sandbox.state import TenantState
from connector.kit.sandbox import lose_answer

HANDLERS: Mapping[str, Callable[[RestCall], dict[str, Any]]] = {
    "read_worker": job_changes.read_worker,
    "draft_job_change": job_changes.draft_job_change,
    "read_job_change": job_changes.read_job_change,
    "patch_job_profile": job_changes.patch_job_profile,
    "read_business_title": job_changes.read_business_title,
    "patch_business_title": job_changes.patch_business_title,
    "patch_comment": job_changes.patch_comment,
    "submit_job_change": job_changes.submit_job_change,
    "read_reasons": job_changes.read_reasons,
    "read_process_types": rest_events.read_process_types,
    "read_events": rest_events.read_events,
    "read_event": rest_events.read_event,
    "read_event_comments": rest_events.read_event_comments,
}


def give_token(tenant: TenantState, name: str) -> Response:
    """Answer a token request: refresh token grant, HTTP Basic client."""
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
        log_request(tenant, operation="token", status=answer.status)
        is_lost = answer.status == 200 and tenant.switches.take_lost_token()
    if is_lost:
        lose_answer(request.environ)
    response = jsonify(answer.body)
    response.status_code = answer.status
    return response


def answer_rest(tenant: TenantState, name: str) -> Response:
    """Answer a REST request."""
    found = find_operation(request.method.lower(), request.path)
    operation = found[0].name if found else "rest"
    with tenant.lock:
        try:
            status, body = _answer(tenant, name, found)
        except RestError as error:
            status, body = error.status, error.body
        log_request(tenant, operation=operation, status=status)
        is_write = request.method != "GET" and status < 300
        if is_write and tenant.switches.take_lost_answer(operation):
            lose_answer(request.environ)
    response = jsonify(body)
    response.status_code = status
    return response


def _answer(
    tenant: TenantState, name: str, found: tuple[Operation, dict[str, str]] | None
) -> tuple[int, dict[str, Any]]:
    token = bearer_token()
    is_known = token is not None and tenant.tokens.accepts(token, tenant.clock())
    if not is_known or name != tenant.seed.name:
        raise RestError(401, "invalid or expired token")
    if found is None:
        status = 405 if has_path(request.path) else 404
        raise RestError(status, "not allowed" if status == 405 else "not found")
    operation, path = found
    _require_known_query(operation)
    call = RestCall(
        tenant, operation, path, request.args.to_dict(flat=False), _body(operation)
    )
    status = 201 if operation.method == "post" else 200
    return status, HANDLERS[operation.name](call)


def _require_known_query(operation: Operation) -> None:
    for name in request.args:
        if name not in operation.query:
            raise RestError(400, f"unknown parameter: {name}", name)
    for name, schema in operation.query.items():
        for text in request.args.getlist(name):
            _require_value(name, text, schema)


def _require_value(name: str, text: str, schema: Mapping[str, Any]) -> None:
    if schema["type"] == "integer":
        lowest, highest = schema.get("minimum", 0), schema.get("maximum")
        if not text.isdecimal():
            raise RestError(400, f"{name} must be a number", name)
        if int(text) < lowest or (highest is not None and int(text) > highest):
            raise RestError(400, f"{name} must be {lowest} to {highest}", name)
    if schema.get("format") == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            raise RestError(400, f"{name} must be a date", name) from None


def _body(operation: Operation) -> dict[str, Any]:
    if not operation.body:
        return {}
    if request.mimetype != "application/json":
        raise RestError(400, "send application/json")
    body = request.get_json(silent=True)
    problems = problems_of_body(operation, body)
    if problems or not isinstance(body, dict):
        text = "; ".join(message for _, message in problems) or "send an object"
        raise RestError(400, text, *(field for field, _ in problems))
    return body
