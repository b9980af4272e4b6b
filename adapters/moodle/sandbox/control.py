"""The sandbox's own controls under /_sandbox, as JSON, for this machine only.

They turn switches, play people and tell what was asked. No part of Moodle.
"""

from collections import Counter
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException

from adapters.moodle.sandbox.errors import MoodleError
from adapters.moodle.sandbox.faults import CutPage, Switches
from adapters.moodle.sandbox.site import Site

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_SWITCHES = {entry.name: entry.type for entry in fields(Switches)}


def add_controls(app: Flask, site: Site) -> None:
    """Add the control routes of the site to the application."""
    controls = Blueprint("sandbox", __name__, url_prefix="/_sandbox")
    controls.before_request(_refuse_strangers)
    controls.register_error_handler(HTTPException, _show_http_error)
    controls.register_error_handler(ValueError, _show_refusal)
    controls.register_error_handler(MoodleError, _show_refusal)
    _add_observation(controls, site)
    _add_switches(controls, site)
    _add_people(controls, site)
    app.register_blueprint(controls)


def _refuse_strangers() -> None:
    if request.remote_addr not in _LOOPBACK:
        raise Forbidden("the controls answer this machine only")


def _show_http_error(error: HTTPException) -> tuple[Response, int]:
    return jsonify(error=error.description), error.code or 500


def _show_refusal(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400


def _body() -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest("send a JSON object")
    return body


def _add_observation(controls: Blueprint, site: Site) -> None:
    @controls.get("/state")
    def show_state() -> Response:
        state = site.state
        return jsonify(
            sitename=site.seed.sitename,
            switches=asdict(site.switches),
            frameworks=len(state.frameworks),
            competencies=len(state.competencies),
            templates=len(state.templates),
            plans=len(state.plans),
            evidence=len(state.evidence),
        )

    @controls.get("/log")
    def show_log() -> Response:
        with site.lock:
            entries = [asdict(entry) for entry in site.log]
        counts = Counter(entry["function"] for entry in entries)
        return jsonify(entries=entries, counts=counts)

    @controls.delete("/log")
    def clear_log() -> Response:
        with site.lock:
            site.log.clear()
        return jsonify(done=True)


def _add_switches(controls: Blueprint, site: Site) -> None:
    @controls.post("/switches")
    def turn_switches() -> Response:
        wanted = _body()
        unknown = sorted(wanted.keys() - _SWITCHES.keys())
        if unknown:
            raise BadRequest(
                f"unknown switches: {', '.join(unknown)}; there are: "
                f"{', '.join(sorted(_SWITCHES))}"
            )
        with site.lock:
            for name, value in wanted.items():
                setattr(site.switches, name, _switch_value(name, value))
            site.ignore_case(ignores_case=site.switches.ignores_case)
        return jsonify(asdict(site.switches))

    @controls.post("/capabilities")
    def set_capabilities() -> Response:
        held = {str(name) for name in _body()["capabilities"]}
        with site.lock:
            site.state.account_capabilities = held
        return jsonify(capabilities=sorted(held))

    @controls.post("/reset")
    def reset() -> Response:
        site.reset()
        return jsonify(done=True)


def _switch_value(name: str, value: Any) -> Any:
    if name == "cut_page":
        return None if value is None else CutPage(value["function"], value["call"])
    return value


def _add_people(controls: Blueprint, site: Site) -> None:
    @controls.post("/enrol")
    def enrol() -> Response:
        wanted = _body()
        site.enrol(wanted["user"], wanted["course"])
        return jsonify(done=True)

    @controls.post("/complete-course")
    def complete_course() -> Response:
        wanted = _body()
        when = datetime.fromisoformat(wanted["when"])
        site.complete_course(wanted["user"], wanted["course"], when)
        return jsonify(done=True)

    @controls.post("/reset-course")
    def reset_course() -> Response:
        return jsonify(reset=site.reset_course(_body()["course"]))

    @controls.post("/edit-competency")
    def edit_competency() -> Response:
        wanted = _body()
        return jsonify(site.edit_competency(wanted["idnumber"], **wanted["fields"]))

    @controls.post("/rate")
    def rate() -> Response:
        wanted = _body()
        note = wanted.get("note", "")
        site.rate(wanted["user"], wanted["competency"], wanted["grade"], note)
        return jsonify(done=True)

    @controls.post("/run-hourly-tasks")
    def run_hourly_tasks() -> Response:
        site.run_hourly_tasks()
        return jsonify(done=True)
