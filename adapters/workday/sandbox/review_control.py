"""HR's part in reviews under `/_sandbox/reviews`, for a test, a demo or a person.

JSON in and out. It is part of the sandbox, not of the platform.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, request

from adapters.workday.sandbox.state import TenantState

_SWITCHES = ("is_web_service", "is_shared")


def review_blueprint(tenant: TenantState) -> Blueprint:
    """Return what HR can do with reviews: templates, starting, contents, the report."""
    pages = Blueprint("reviews", __name__, url_prefix="/_sandbox/reviews")

    @pages.get("")
    def listed() -> Response:
        with tenant.lock:
            return jsonify({"reviews": tenant.reviews.rows()})

    @pages.post("/templates")
    def template() -> Response | tuple[Response, int]:
        return _answer(lambda: tenant.reviews.add_template(**_body()))

    @pages.post("")
    def launch() -> Response | tuple[Response, int]:
        def start() -> None:
            given = _body()
            tenant.reviews.launch(
                given["review_type"],
                given["template_id"],
                date.fromisoformat(given["start"]),
                date.fromisoformat(given["end"]),
                given["employee_ids"],
                sets_content=given.get("sets_content", True),
            )

        return _answer(start)

    @pages.post("/<int:number>/content")
    def content(number: int) -> Response | tuple[Response, int]:
        desk = tenant.reviews
        return _answer(lambda: desk.set_content(desk.reviews[number]))

    @pages.post("/<int:number>/status")
    def status(number: int) -> Response | tuple[Response, int]:
        desk = tenant.reviews
        return _answer(lambda: desk.advance(desk.reviews[number], **_body()))

    @pages.post("/report")
    def report() -> Response:
        with tenant.lock:
            for name, value in _body().items():
                if name in _SWITCHES:
                    setattr(tenant.reviews.report, name, bool(value))
        return jsonify({})

    return pages


def _answer(action: Callable[[], None]) -> Response | tuple[Response, int]:
    try:
        action()
    except (IndexError, KeyError, TypeError, ValueError) as error:
        return jsonify({"error": f"That cannot be done: {error}"}), 400
    return jsonify({})


def _body() -> dict[str, Any]:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}
