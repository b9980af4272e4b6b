"""A page for people: what the tenant holds, and the processes that wait for them.

Approve and deny stand here and in the control API only. A form carries a token of this
server, so that no other page of the browser can decide.
"""

from __future__ import annotations

import hmac
import secrets
from collections import Counter

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template_string,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from adapters.workday.sandbox.events import Event, State
from adapters.workday.sandbox.guarding import require_own_origin
from adapters.workday.sandbox.tenant import Tenant

_SHOWN = 200
_KINDS = {
    "worker": "Workers",
    "job_family_group": "Job family groups",
    "job_family": "Job families",
    "job_profile": "Job profiles",
    "proficiency_rating_scale": "Proficiency rating scales",
    "competency": "Competencies",
    "certification": "Certifications",
    "management_level": "Management levels",
    "job_level": "Job levels",
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    # Without a referrer a browser would also hide the origin of our own form.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Workday sandbox: {{ tenant }}</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem;
         padding: 1rem; color: #1a1a1a; background: #fff }
  .banner { background: #fff3cd; border: 2px solid #7a5b00; padding: .5rem 1rem }
  .wide { overflow-x: auto }
  table { border-collapse: collapse; width: 100% }
  th, td { border-bottom: 1px solid #767676; padding: .4rem .6rem; text-align: left;
           vertical-align: top }
  caption { text-align: left; font-weight: 600; padding: .4rem 0 }
  form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end }
  label { display: block; font-size: .9rem }
  input, button { font: inherit; padding: .35rem .6rem; border: 1px solid #595959;
                  border-radius: .25rem; min-height: 2.75rem; background: #fff }
  button { cursor: pointer; background: #0b4f8a; color: #fff; border-color: #0b4f8a }
  button.deny { background: #fff; color: #8a1c0b; border-color: #8a1c0b }
  :focus-visible { outline: 3px solid #0b4f8a; outline-offset: 2px }
  dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem }
  dd { margin: 0 }
</style>
</head>
<body>
<header>
  <p class="banner"><strong>Sandbox.</strong> This is a test server on this machine,
    not a Workday tenant.</p>
  <h1>Workday sandbox: {{ tenant }}</h1>
</header>
<main>
{% if told %}<p role="status"><strong>{{ told }}</strong></p>{% endif %}
<section aria-labelledby="waiting">
  <h2 id="waiting">Waiting for a decision: {{ waiting | length }}</h2>
  {% if waiting %}
  <div class="wide" tabindex="0" role="region" aria-labelledby="waiting"><table>
    <caption>Business processes in progress</caption>
    <thead><tr><th scope="col">Process</th><th scope="col">Worker</th>
      <th scope="col">Started</th><th scope="col">Comments</th>
      <th scope="col">Decision</th></tr></thead>
    <tbody>
    {% for event in waiting %}
    <tr>
      <th scope="row">{{ event.process }}</th>
      <td>{{ event.worker.descriptor }}</td>
      <td>{{ event.created.strftime('%Y-%m-%d %H:%M UTC') }}</td>
      <td>{% for one in event.comments %}{{ one.person }}: {{ one.text }}
        {%- if not loop.last %}<br>{% endif %}{% else %}none{% endfor %}</td>
      <td><form method="post" action="/events/{{ event.instance.wid }}">
        <input type="hidden" name="token" value="{{ token }}">
        <label>Your words
          <input name="words" maxlength="500" autocomplete="off"></label>
        {% set about = event.process ~ ' of ' ~ event.worker.descriptor %}
        <button name="decision" value="approve"
          aria-label="Approve {{ about }}">Approve</button>
        <button name="decision" value="deny" class="deny"
          aria-label="Deny {{ about }}">Deny</button>
      </form></td>
    </tr>
    {% endfor %}
    </tbody>
  </table></div>
  {% else %}<p>Nothing waits.</p>{% endif %}
</section>
<section aria-labelledby="decided">
  <h2 id="decided">Decided: {{ decided_total }}</h2>
  {% if decided %}
  <div class="wide" tabindex="0" role="region" aria-labelledby="decided"><table>
    <caption>The last {{ decided | length }} processes that ended</caption>
    <thead><tr><th scope="col">Process</th><th scope="col">Worker</th>
      <th scope="col">State</th><th scope="col">Comments</th></tr></thead>
    <tbody>
    {% for event in decided %}
    <tr><th scope="row">{{ event.process }}</th>
      <td>{{ event.worker.descriptor }}</td><td>{{ event.state.value }}
        {%- if event.is_auto_completed %}, completed automatically{% endif %}</td>
      <td>{% for one in event.comments %}{{ one.person }}: {{ one.text }}
        {%- if not loop.last %}<br>{% endif %}{% else %}none{% endfor %}</td></tr>
    {% endfor %}
    </tbody>
  </table></div>
  {% else %}<p>No process has ended yet.</p>{% endif %}
</section>
<section aria-labelledby="holds">
  <h2 id="holds">What the tenant holds</h2>
  <dl>{% for name, number in kinds %}<dt>{{ name }}</dt><dd>{{ number }}</dd>
  {% endfor %}</dl>
</section>
<section aria-labelledby="asked">
  <h2 id="asked">What was asked of it</h2>
  {% if asked %}<dl>{% for name, number in asked %}
    <dt>{{ name }}</dt><dd>{{ number }}</dd>{% endfor %}</dl>
  {% else %}<p>Nothing yet.</p>{% endif %}
</section>
</main>
</body>
</html>
"""


def page_blueprint(tenant: Tenant) -> Blueprint:
    """Return the page of a tenant and what its forms do."""
    pages = Blueprint("page", __name__)
    token = secrets.token_urlsafe(32)
    pages.before_request(require_own_origin)

    @pages.get("/")
    def show() -> Response:
        return _page(tenant, token, request.args.get("told", ""))

    @pages.post("/events/<wid>")
    def decide(wid: str) -> Answer:
        given = request.form.get("token", "")
        if not hmac.compare_digest(given.encode(), token.encode()):
            abort(403, "This form is not of this server: load the page again.")
        actions = {
            "approve": ("Approved", tenant.approve_event),
            "deny": ("Denied", tenant.deny_event),
        }
        word, action = actions.get(request.form.get("decision", ""), ("", None))
        if action is None:
            abort(400, "A process can be approved or denied.")
        try:
            event = action(wid, request.form.get("words", "").strip()[:500])
        except KeyError:
            abort(404, "This process does not wait any more: load the page again.")
        told = f"{word}: {event.process} of {event.worker.descriptor}"
        return _back(told)

    return pages


def _back(told: str) -> Answer:
    """Return to the page by GET, so that loading it again decides nothing."""
    return redirect(url_for("page.show", told=told), code=303)


def _page(tenant: Tenant, token: str, told: str) -> Response:
    with tenant.lock:
        events = list(tenant.events.events.values())
        waiting: list[Event] = [e for e in events if e.state is State.IN_PROGRESS]
        decided = [e for e in reversed(events) if e.state is not State.IN_PROGRESS]
        text = render_template_string(
            _PAGE,
            tenant=tenant.seed.name,
            token=token,
            told=told,
            waiting=waiting[:_SHOWN],
            decided=decided[:_SHOWN],
            decided_total=len(decided),
            kinds=[
                (name, len(tenant.store.of_kind(kind))) for kind, name in _KINDS.items()
            ],
            asked=sorted(Counter(entry.operation for entry in tenant.log).items()),
        )
    return Response(text, mimetype="text/html", headers=_HEADERS)
