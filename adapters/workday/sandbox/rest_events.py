"""Business processes over REST: events, their comments, the process types.

`businessProcess/v1`, read only: an integration never decides about an event.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from adapters.workday.sandbox.access import DOMAINS, GET
from adapters.workday.sandbox.events import Event
from adapters.workday.sandbox.rest_calls import RestCall, RestError, shown


def read_events(call: RestCall) -> dict[str, Any]:
    """Return the events that the query asks for."""
    _require_right(call)
    events = call.tenant.events.events.values()
    return call.page(
        [_event(call, event) for event in events if _is_asked(call, event)]
    )


def read_event(call: RestCall) -> dict[str, Any]:
    """Return one event."""
    return _event(call, _named(call))


def read_event_comments(call: RestCall) -> dict[str, Any]:
    """Return what people and integrations wrote on an event, oldest first."""
    return call.page(
        [
            {"comment": comment.text, "commentDate": comment.day.isoformat()}
            for comment in _named(call).comments
        ]
    )


def read_process_types(call: RestCall) -> dict[str, Any]:
    """Return the types of business process."""
    _require_right(call)
    return call.page([shown(process) for process in call.tenant.processes.values()])


def _named(call: RestCall) -> Event:
    _require_right(call)
    event = call.tenant.events.events.get(call.path["ID"])
    if event is None:
        raise RestError(404, "not found")
    return event


def _require_right(call: RestCall) -> None:
    if not call.tenant.permissions.allows(DOMAINS["bp_control"], GET):
        raise RestError(403, "permission denied")


def _is_asked(call: RestCall, event: Event) -> bool:
    tenant = call.tenant
    chosen = (
        ("worker", event.worker),
        ("businessProcess", tenant.processes[event.process]),
        ("status", tenant.event_states[event.state]),
    )
    for name, instance in chosen:
        wanted = call.query.get(name, ())
        if wanted and not any(call.find(text, name) is instance for text in wanted):
            return False
    created = event.created.date()
    earliest = call.day("initiatedOnOrAfter", date.min)
    return earliest <= created <= call.day("initiatedOnOrBefore", date.max)


def _event(call: RestCall, event: Event) -> dict[str, Any]:
    tenant = call.tenant
    answer: dict[str, Any] = {
        "id": event.instance.wid,
        "descriptor": event.instance.descriptor,
        "for": shown(event.worker),
        "overallBusinessProcess": shown(event.instance),
        "creationDate": event.created.date().isoformat(),
        "status": shown(tenant.event_states[event.state]),
    }
    if event.completed is not None:
        answer["completedDate"] = event.completed.date().isoformat()
    if event.effective is not None:
        answer["effectiveDate"] = event.effective.isoformat()
    return answer
