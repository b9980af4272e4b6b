"""The control API under `/_sandbox`: what a test or a demo turns on the server.

JSON in and out. It is part of the sandbox, not of the platform.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request

from adapters.workday.sandbox.access import ALL_RIGHTS
from adapters.workday.sandbox.events import Event
from adapters.workday.sandbox.guarding import require_own_origin
from adapters.workday.sandbox.later import enter_later
from adapters.workday.sandbox.switches import CutPage, SoftException
from adapters.workday.sandbox.tenant import Tenant
from adapters.workday.sandbox.trees import VARIANTS

_PLAIN_SWITCHES = (
    "latency",
    "allowed_requests",
    "refused_requests",
    "retry_after",
    "errors",
    "error_status",
    "lost_answers",
    "lost_operation",
    "vanishing_drafts",
    "lost_tokens",
    "is_ui_host",
    "is_in_maintenance",
    "refuses_reads",
    "largest_answer",
    "extra_elements",
)


def control_blueprint(tenant: Tenant) -> Blueprint:
    """Return the control API of a tenant."""
    pages = Blueprint("control", __name__, url_prefix="/_sandbox")
    pages.before_request(require_own_origin)

    @pages.get("/")
    def identity() -> Response:
        return jsonify({"tenant": tenant.seed.name, "is_sandbox": True})

    @pages.post("/switches")
    def switches() -> Response | tuple[Response, int]:
        wanted = _body()
        unknown = set(wanted) - {*_PLAIN_SWITCHES, "cut_page", "soft_exceptions"}
        if unknown:
            return _bad(f"Unknown switches: {', '.join(sorted(unknown))}.")
        with tenant.lock:
            _set_switches(tenant, wanted)
        return jsonify({})

    @pages.delete("/switches")
    def reset_switches() -> Response:
        with tenant.lock:
            tenant.switches.reset()
        return jsonify({})

    @pages.post("/variants")
    def variants() -> Response | tuple[Response, int]:
        wanted = _body().get("variants", ())
        unknown = set(wanted) - VARIANTS
        if unknown:
            return _bad(f"Variants are: {', '.join(sorted(VARIANTS))}.")
        with tenant.lock:
            tenant.seed = replace(tenant.seed, variants=frozenset(wanted))
        return jsonify({"variants": sorted(wanted)})

    @pages.post("/refresh")
    def refresh() -> Response:
        tenant.refresh()
        return jsonify({})

    _add_log(pages, tenant)
    _add_people(pages, tenant)
    _add_events(pages, tenant)
    _add_security(pages, tenant)
    return pages


def _add_log(pages: Blueprint, tenant: Tenant) -> None:
    @pages.get("/log")
    def log() -> Response:
        with tenant.lock:
            entries = list(tenant.log)
        counts = Counter(entry.operation for entry in entries)
        return jsonify(
            {
                "counts": dict(counts),
                "writes": sum(entry.is_write for entry in entries),
                "auto_completed": sum(entry.is_auto_completed for entry in entries),
                "requests": [
                    {**asdict(entry), "at": entry.at.isoformat()} for entry in entries
                ],
            }
        )

    @pages.delete("/log")
    def clear_log() -> Response:
        with tenant.lock:
            tenant.log.clear()
        return jsonify({})


def _add_people(pages: Blueprint, tenant: Tenant) -> None:
    actions: Mapping[str, Callable[..., None]] = {
        "edit_job_profile": tenant.edit_job_profile,
        "edit_responsibility": tenant.edit_responsibility,
        "edit_required_competency": tenant.edit_required_competency,
        "edit_competency": tenant.edit_competency,
        "edit_family": tenant.edit_family,
        "move_worker": tenant.move_worker,
        "enter_later": partial(enter_later, tenant),
        "hire_worker": tenant.hire_worker,
        "assess_worker": tenant.assess_worker,
    }

    @pages.post("/people/<action>")
    def act(action: str) -> Response | tuple[Response, int]:
        if action not in actions:
            return _bad(f"People can do: {', '.join(actions)}; not '{action}'.")
        try:
            actions[action](**_body())
        except (KeyError, TypeError) as error:
            return _bad(f"That cannot be done: {error}")
        return jsonify({})

    @pages.get("/people/<employee_id>/achievements")
    def achievements(employee_id: str) -> Response | tuple[Response, int]:
        try:
            return jsonify(
                {
                    "trainings": tenant.trainings_of(employee_id),
                    "certifications": tenant.certifications_of(employee_id),
                    "assessments": tenant.assessments_of(employee_id),
                }
            )
        except KeyError:
            return _bad(f"No worker has the Employee_ID '{employee_id}'.")


def _add_events(pages: Blueprint, tenant: Tenant) -> None:
    @pages.get("/events")
    def events() -> Response:
        with tenant.lock:
            shown = [_shown(event) for event in tenant.events.events.values()]
        return jsonify({"events": shown})

    @pages.post("/events/<wid>/<decision>")
    def decide(wid: str, decision: str) -> Response | tuple[Response, int]:
        actions = {
            "approve": tenant.approve_event,
            "deny": tenant.deny_event,
            "cancel": tenant.cancel_event,
            "rescind": tenant.rescind_event,
        }
        if decision not in actions:
            return _bad(f"An event can be {', '.join(actions)}; not '{decision}'.")
        try:
            words = str(_body().get("words", ""))
            return jsonify(_shown(actions[decision](wid, words)))
        except KeyError:
            return _bad(f"No event waits by the WID '{wid}'.")

    @pages.post("/approvals")
    def approvals() -> Response:
        wanted = _body()
        with tenant.lock:
            tenant.needing_approval = set(wanted.get("needing_approval", ()))
        return jsonify({})


def _shown(event: Event) -> dict[str, Any]:
    return {
        "wid": event.instance.wid,
        "process": event.process,
        "worker": next(iter(event.worker.reference_ids.values())),
        "state": event.state.value,
        "auto_completed": event.is_auto_completed,
        "comment": event.comment,
        "comments": [comment.text for comment in event.comments],
    }


def _add_security(pages: Blueprint, tenant: Tenant) -> None:
    @pages.get("/permissions")
    def rights() -> Response:
        with tenant.lock:
            given = tenant.permissions
            shown = [
                {
                    "policy": policy,
                    "access": access,
                    "is_active": (policy, access) in given.active,
                    "is_pending": (policy, access) in given.active ^ given.pending,
                }
                for policy, access in sorted(ALL_RIGHTS)
            ]
        return jsonify({"rights": shown})

    @pages.post("/permissions")
    def permissions() -> Response:
        wanted = _body()
        with tenant.lock:
            tenant.permissions.grant(_rights(wanted.get("grant", ())))
            tenant.permissions.revoke(_rights(wanted.get("revoke", ())))
            if wanted.get("activate", True):
                tenant.permissions.activate()
            active = sorted(tenant.permissions.active)
        return jsonify({"active": active})

    @pages.post("/tokens/expire")
    def expire() -> Response:
        with tenant.lock:
            tenant.tokens.expire_access_tokens()
        return jsonify({})

    @pages.post("/tokens/unlock")
    def unlock() -> Response:
        with tenant.lock:
            tenant.tokens.unlock()
        return jsonify({})


def _rights(pairs: Iterable[Iterable[str]]) -> set[tuple[str, str]]:
    return {(domain, access) for domain, access in pairs}


def _set_switches(tenant: Tenant, wanted: dict[str, Any]) -> None:
    for name in _PLAIN_SWITCHES:
        if name in wanted:
            setattr(tenant.switches, name, wanted[name])
    if "cut_page" in wanted:
        tenant.switches.cut_page = CutPage(**wanted["cut_page"])
    for item in wanted.get("soft_exceptions", ()):
        tenant.switches.soft_exceptions.append(SoftException(**item))


def _body() -> dict[str, Any]:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}


def _bad(text: str) -> tuple[Response, int]:
    return jsonify({"error": text}), 400
