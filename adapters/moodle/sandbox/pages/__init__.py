"""Pages under /_sandbox/ to look at a sandbox site and to change it by hand.

Plain HTML without scripts, for this machine only; they play administrators and
learners, the connector never uses them. A form is accepted only with the token of its
site, so that no other page open in the same browser can change anything here.
"""

import hmac

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import Forbidden, HTTPException

from adapters.moodle.sandbox.pages import (
    competencies,
    courses,
    learners,
    overview,
    templates,
)
from adapters.moodle.sandbox.pages.shell import Page, render
from adapters.moodle.sandbox.site import Site

__all__ = ["add_pages"]

_OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def add_pages(app: Flask, site: Site) -> None:
    """Add the pages of the site to the application."""
    # Each of these uses the functions below.

    pages = Blueprint(
        "sandbox_pages",
        __name__,
        url_prefix="/_sandbox",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    pages.before_request(lambda: _refuse(site))
    pages.after_request(_protect)
    pages.register_error_handler(HTTPException, _show_error)
    for module in (overview, competencies, templates, courses, learners):
        module.add_to(pages, site)
    app.register_blueprint(pages)


def _refuse(site: Site) -> None:
    if request.remote_addr not in ("127.0.0.1", "::1"):
        raise Forbidden("These pages answer this machine only.")
    name = request.host.rsplit(":", 1)[0] if request.host[-1] != "]" else request.host
    if name not in _OWN_NAMES:
        # Another site whose name was pointed at this machine.
        raise Forbidden("Open these pages under 127.0.0.1 or localhost.")
    sent = request.form.get("form_token", "")
    if request.method == "POST" and not hmac.compare_digest(sent, site.form_token):
        raise Forbidden("This form is not from this sandbox. Open the page again.")


def _protect(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response


def _show_error(error: HTTPException) -> Page:
    code = error.code or 500
    return render("error.html", title=error.name, text=error.description), code
