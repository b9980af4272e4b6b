"""The HTTP face of the sandbox: Moodle's REST server and the sandbox's own controls.

Answers have status 200 for nearly every error, as Moodle's do. Nothing here knows a
web service function.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from adapters.moodle.sandbox import answers, handlers
from adapters.moodle.sandbox.capabilities import REST_USE
from adapters.moodle.sandbox.contract import load_contract
from adapters.moodle.sandbox.control import add_controls
from adapters.moodle.sandbox.errors import (
    MoodleError,
    access_denied,
    invalid_parameter,
    moodle_error,
)
from adapters.moodle.sandbox.faults import ConnectionLostError, Switches
from adapters.moodle.sandbox.pages import add_pages
from adapters.moodle.sandbox.parameters import PhpArray, read_form
from adapters.moodle.sandbox.service import Service
from adapters.moodle.sandbox.site import Site
from connector.kit.sandbox import lose_answer

SERVER_PATH = "/webservice/rest/server.php"
_PART_OF_HEAD = 200
_SETTINGS = ("raw", "fileurl", "filter", "lang", "timezone")
_HEADERS = {
    "Cache-Control": "private, must-revalidate, pre-check=0, post-check=0, max-age=0",
    "Pragma": "no-cache",
    "Accept-Ranges": "none",
    "Access-Control-Allow-Origin": "*",
}


@dataclass(frozen=True, slots=True)
class _Request:
    """What Moodle reads from a request before it looks at the function."""

    token: str
    function: str
    wants_json: bool
    wants_raw: bool
    values: PhpArray


def create_app(site: Site) -> Flask:
    """Return the WSGI application that serves the site."""
    handlers.load()
    app = Flask("moodle-sandbox")
    app.config["PROPAGATE_EXCEPTIONS"] = True

    @app.route(SERVER_PATH, methods=["GET", "POST"])
    def serve_rest() -> Response:
        return _serve(site)

    add_controls(app, site)
    add_pages(app, site)
    return app


def _serve(site: Site) -> Response:
    if not site.switches.rest_enabled:
        return Response("", status=403, content_type="text/html; charset=utf-8")
    asked = _read_request(site)
    service = Service(site, site.facts(request.host_url.rstrip("/")))
    try:
        body = _answer(site, asked, service)
        if site.before_answer is not None:
            site.before_answer(body)
    except ConnectionLostError:
        lose_answer(request.environ)
        return Response("")
    if service.has_written and _takes_lost_answer(site):
        lose_answer(request.environ)
    content_type = (
        "application/json" if asked.wants_json else "application/xml; charset=utf-8"
    )
    if service.is_cut:
        # Beyond the status line, but never the whole: the head is longer than this.
        lose_answer(request.environ, after=_PART_OF_HEAD + len(body) // 2)
    return Response(body, content_type=content_type, headers=_HEADERS)


def _read_request(site: Site) -> _Request:
    limit = site.switches.max_input_vars
    values = read_form(request.query_string.decode(), max_input_vars=limit)
    if (request.content_length or 0) <= site.switches.post_max_size:
        body = request.get_data(cache=False).decode("utf-8", "surrogateescape")
        values |= read_form(body, max_input_vars=limit)
    settings = {name: values.pop(f"moodlewssetting{name}", "") for name in _SETTINGS}
    return _Request(
        token=_text(values.pop("wstoken", "")),
        function=_text(values.pop("wsfunction", "")),
        wants_json=values.pop("moodlewsrestformat", "") == "json",
        wants_raw=settings["raw"] in ("1", "true", "on", "yes"),
        values=values,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _answer(site: Site, asked: _Request, service: Service) -> str:
    with_debugging = site.switches.shows_debugging
    try:
        _authenticate(site, asked)
        value = service.answer(asked.function, asked.values, raw=asked.wants_raw)
    except MoodleError as error:
        if asked.wants_json:
            return answers.php_json(error.body(with_debugging=with_debugging))
        return answers.xml_error(error, with_debugging=with_debugging)
    if asked.wants_json:
        return answers.php_json(value)
    return answers.xml_answer(load_contract().functions[asked.function].returns, value)


def _authenticate(site: Site, asked: _Request) -> None:
    switches = site.switches
    _require_running(switches)
    if asked.token != site.token:
        message = "Invalid token - token not found"
        raise moodle_error("invalidtoken", message, "webservice")
    if switches.token_expired:
        # The first call with an expired token deletes it; the next finds none.
        site.token, switches.token_expired = secrets.token_hex(16), False
        raise access_denied("Invalid token - token expired")
    if switches.address_refused:
        raise access_denied("Invalid service - IP is not supported")
    _require_account(site)
    if not asked.function:
        raise invalid_parameter("Missing function name")


def _require_running(switches: Switches) -> None:
    if switches.database_down:
        raise MoodleError(
            exception="dml_connection_exception",
            errorcode="dbconnectionfailed",
            message="<p>Error: Database connection failed</p>",
        )
    if switches.upgrade_running:
        message = "Site is being upgraded, please retry later."
        raise moodle_error("upgraderunning", message)


def _require_account(site: Site) -> None:
    switches = site.switches
    if switches.maintenance:
        message = "The site is undergoing maintenance and is currently not available"
        raise moodle_error("sitemaintenance", message, "admin")
    if switches.account_suspended:
        message = (
            "Refused web service access for suspended username: "
            f"{site.seed.account_username}"
        )
        raise moodle_error("wsaccessusersuspended", message, "webservice")
    if REST_USE not in site.state.account_capabilities:
        raise access_denied("missing capability: webservice/rest:use")


def _takes_lost_answer(site: Site) -> bool:
    with site.lock:
        if not site.switches.lost_answers:
            return False
        site.switches.lost_answers -= 1
        return True
