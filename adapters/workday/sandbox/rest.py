"""The token endpoint and the part of REST that follows events.

REST needs a bearer token; an expired one is 401. Served is only what finds a business
process by worker, process and day: `businessProcess/v1` events, read only.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, jsonify, request

from adapters.workday.sandbox.access import DOMAINS, GET
from adapters.workday.sandbox.answering import bearer_token, log_request
from adapters.workday.sandbox.events import Event
from adapters.workday.sandbox.store import WID, Instance
from adapters.workday.sandbox.tenant import Tenant
from connector.kit.sandbox import lose_answer

_EVENTS = "businessProcess/v1"
_DEFAULT_LIMIT, _MAXIMUM_LIMIT = 20, 100


class RestError(Exception):
    """A REST answer that is not a success; `errors` name the fields at fault."""

    def __init__(self, status: int, text: str, *fields: str) -> None:
        super().__init__(text)
        self.status = status
        self.body = {
            "error": text,
            "errors": [{"error": text, "field": name} for name in fields],
        }


def give_token(tenant: Tenant, name: str) -> Response:
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


def answer_rest(tenant: Tenant, service: str, name: str, path: str) -> Response:
    """Answer a REST read."""
    with tenant.lock:
        try:
            status, body = 200, _read(tenant, service, name, path)
        except RestError as error:
            status, body = error.status, error.body
        log_request(tenant, operation="rest", status=status)
    response = jsonify(body)
    response.status_code = status
    return response


def _read(tenant: Tenant, service: str, name: str, path: str) -> dict[str, Any]:
    token = bearer_token()
    is_known = token is not None and tenant.tokens.accepts(token, tenant.clock())
    if not is_known or name != tenant.seed.name:
        raise RestError(401, "invalid or expired token")
    head, _, wid = path.partition("/")
    if service != _EVENTS or head != "events":
        raise RestError(404, "not found")
    if not tenant.permissions.allows(DOMAINS["bp_control"], GET):
        raise RestError(403, "permission denied")
    if wid:
        event = tenant.events.events.get(wid)
        if event is None:
            raise RestError(404, "not found")
        return _shown(tenant, event)
    return _page(
        tenant, [e for e in tenant.events.events.values() if _asks_for(tenant, e)]
    )


def _page(tenant: Tenant, events: list[Event]) -> dict[str, Any]:
    limit = _number("limit", _DEFAULT_LIMIT)
    offset = _number("offset", 0)
    if not 1 <= limit <= _MAXIMUM_LIMIT:
        raise RestError(400, f"limit must be 1 to {_MAXIMUM_LIMIT}", "limit")
    page = events[offset : offset + limit]
    return {"total": len(events), "data": [_shown(tenant, event) for event in page]}


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isdecimal():
        raise RestError(400, f"{name} must be a number", name)
    return int(text)


def _asks_for(tenant: Tenant, event: Event) -> bool:
    chosen = (
        ("worker", event.worker),
        ("businessProcess", tenant.processes[event.process]),
        ("status", tenant.event_states[event.state]),
    )
    for name, instance in chosen:
        wanted = request.args.getlist(name)
        if wanted and not any(_find(tenant, name, text) is instance for text in wanted):
            return False
    created = event.created.date()
    earliest = _day("initiatedOnOrAfter", date.min)
    return earliest <= created <= _day("initiatedOnOrBefore", date.max)


def _find(tenant: Tenant, name: str, text: str) -> Instance:
    id_type, has_type, value = text.partition("=")
    if has_type:
        instance = tenant.store.find(id_type, value)
    else:
        instance = tenant.store.find(WID, text)
    if instance is None:
        raise RestError(400, f"invalid ID value: {text}", name)
    return instance


def _day(name: str, default: date) -> date:
    text = request.args.get(name)
    if text is None:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RestError(400, f"{name} must be a date", name) from None


def _shown(tenant: Tenant, event: Event) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": event.instance.wid,
        "descriptor": event.instance.descriptor,
        "for": _instance(event.worker),
        "overallBusinessProcess": _instance(event.instance),
        "creationDate": event.created.date().isoformat(),
        "status": _instance(tenant.event_states[event.state]),
    }
    if event.completed is not None:
        shown["completedDate"] = event.completed.date().isoformat()
    return shown


def _instance(instance: Instance) -> dict[str, str]:
    return {"id": instance.wid, "descriptor": instance.descriptor}
