"""Pay reaches the HRIS alone: no request to the LMS, no log, no output."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import requests
from cli_stage import ADA, HRIS, LMS, Stage
from office import Office
from privacy_stage import trace_of, walk
from test_whole_catalogue import FIGURES
from test_whole_catalogue import paid as paid

from adapters.moodle import adapter
from connector.framework import load_framework
from connector.framework.model import Framework
from connector.kit.protocols import SandboxSeed
from connector.kit.values import Privacy
from connector.runtime.example import load_people
from connector.runtime.manifest import adapters, load_adapter

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "quillmere"
#: Words of pay that no mapping of an LMS may use.
_PAY_WORDS = ("pay_band", "grade", "salary", "minimum", "midpoint", "maximum", "bonus")
LEARNING_SYSTEMS = [
    name
    for name in sorted(adapters())
    if not any(
        field.privacy is Privacy.PAY
        for kind in load_adapter(name).kinds()
        for field in kind.fields
    )
]


class Wire:
    """Everything that leaves in requests, as it stands in them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[str] = []
        send = requests.Session.send

        def recorded(session: requests.Session, request: Any, **more: Any) -> Any:
            body = request.body or b""
            text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
            self.sent.append(f"{request.url} {text}")
            return send(session, request, **more)

        monkeypatch.setattr(requests.Session, "send", recorded)

    def to(self, address: str) -> str:
        return "\n".join(each for each in self.sent if each.startswith(address))


def figures_of(framework: Framework) -> set[str]:
    """Return every amount of the pay bands, as it would be written."""
    return {
        f"{amount:f}".rstrip("0").rstrip(".") if amount % 1 else f"{amount:f}"
        for band in framework.pay_bands.values()
        for amount in (band.minimum, band.midpoint, band.maximum)
        if amount is not None
    }


def test_an_lms_knows_no_field_and_no_word_of_pay() -> None:
    assert LMS in LEARNING_SYSTEMS
    for name in LEARNING_SYSTEMS:
        text = adapters()[name].mapping.read_text("utf-8").casefold()
        assert not [word for word in _PAY_WORDS if word in text]


def test_the_example_sends_no_figure_of_pay_to_the_lms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire(monkeypatch)
    people = load_people(EXAMPLE / "people.yaml")
    framework = load_framework(EXAMPLE / "framework")
    sandbox = adapter.start_sandbox(
        SandboxSeed(people=people.people, courses=people.courses)
    )
    office = Office(
        tmp_path,
        framework,
        sandbox.settings(),
        sandbox.secrets()["moodle.token"],
        {"plans": "own", "templates": "in_use"},
    )
    try:
        for person in people.people:
            office.hold([person.employee_id], *([person.role] if person.role else []))
        assert office.apply().done > 500
    finally:
        office.close()
        sandbox.close()
    sent = wire.to(str(sandbox.settings()["url"]))
    assert len(sent) > 100_000
    figures = figures_of(framework)
    assert len(figures) > 20
    assert not [figure for figure in figures if figure in sent]
    assert not [key for key in framework.pay_bands if key in sent]


def test_pay_is_written_to_the_hris_and_shown_nowhere(
    jobframe: Stage,
    paid: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    del paid
    jobframe.connect(LMS)
    for name in ("connector", "adapters"):
        caplog.set_level(logging.DEBUG, logger=name)
    wire = Wire(monkeypatch)
    said = []
    for connection in (HRIS, LMS):
        for command in (["plan"], ["apply", "--yes"], ["plan"]):
            for form in ([], ["--json"]):
                answer = jobframe(command[0], connection, *command[1:], *form)
                said.append(answer.out + answer.err)
    jobframe.ok("people", "sync", HRIS)
    jobframe.learn("KNOT-101")
    jobframe.ok("evidence", "collect", LMS)
    jobframe.ok("evidence", "send", HRIS)
    for _, answer in walk(jobframe, ADA.employee_id):
        said.append(answer.out + answer.err)
    for figure in FIGURES:
        assert not [each for each in said if figure in each], figure
        assert figure not in caplog.text
    hris, lms = (jobframe.sandboxes[name].settings() for name in (HRIS, LMS))
    assert all(figure in wire.to(str(hris["base_url"])) for figure in FIGURES)
    assert not any(figure in wire.to(str(lms["url"])) for figure in FIGURES)
    # The journal and the links of the HRIS hold them: nobody sees those without right.
    assert {place.partition(".")[0] for place in trace_of(jobframe, list(FIGURES))} <= {
        "links",
        "runs",
        "jobframe",
    }
