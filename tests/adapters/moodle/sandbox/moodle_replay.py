"""Replays the recorded exchanges against a sandbox and counts what is alike.

An exchange may be altered first: other names, other ids, reads in another order. What
a recorded listing promises no order for is compared without one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import moodle_replay_stages as staging
from moodle_recorded_ids import RecordedIds
from moodle_sandbox_client import Client

from adapters.moodle.sandbox import Site
from adapters.moodle.sandbox.contract import load_contract

RECORDINGS = Path(__file__).parents[5] / "shared/reference/moodle/recordings"
FILES = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
Place = tuple[str, int]

_FILTERS = "the recorded answer leaves out `filters`, which every 4.5 site tried has"
EXPLAINED: dict[Place, str] = {("05", 8): _FILTERS, ("05", 10): _FILTERS}
"""Exchanges that differ, and why they may."""

_HEAP = "rows of an unsorted report come as they lie in the database"
UNSORTED: dict[Place, str] = {
    ("11", 6): _HEAP,
    ("11", 7): _HEAP,
    ("11", 12): _HEAP,
    ("12", 4): "so do competencies listed without a sort column",
}
"""Pages of listings without an order: each recorded row must be in the whole list."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request with its answer, and where it was recorded."""

    place: Place
    function: str
    method: str
    form: dict[str, str]
    status: int
    content_type: str
    answer: Any


def read_exchanges() -> list[Exchange]:
    """Return all exchanges of the recordings in their order."""
    found = []
    for file in FILES:
        [path] = RECORDINGS.glob(f"{file}-*.json")
        recorded = json.loads(path.read_text("utf-8"))["exchanges"]
        found += [_read(file, number, entry) for number, entry in enumerate(recorded)]
    return found


def _read(file: str, number: int, entry: dict[str, Any]) -> Exchange:
    asked, told = entry["request"], entry["response"]
    form = asked["form"]
    return Exchange(
        place=(file, number),
        function=entry["function"],
        method=asked["method"],
        form=staging.DESCRIBED_FORMS[form] if isinstance(form, str) else form,
        status=told["status"],
        content_type=told.get("content_type", "application/json"),
        answer=told["json"],
    )


@dataclass
class Replay:
    """The state of one replay: the site, the client and what was learned so far."""

    site: Site
    client: Client
    renamed: Renaming = field(default_factory=lambda: Renaming(()))
    ids: RecordedIds = field(default_factory=RecordedIds)
    equal: list[Place] = field(default_factory=list)
    mismatches: dict[Place, list[str]] = field(default_factory=dict)

    def play(self, exchange: Exchange) -> None:
        """Send the request and compare the answer, with what people did around it."""
        if before := staging.BEFORE.get(exchange.place):
            before(self)
        if found := self._differences(self.renamed.exchange(exchange)):
            self.mismatches[exchange.place] = found
        else:
            self.equal.append(exchange.place)
        staging.restore(self.site)
        if after := staging.AFTER.get(exchange.place):
            after(self)

    def name(self, text: str) -> str:
        """Return a recorded name as it is called in this replay."""
        return self.renamed.text(text)

    def _differences(self, exchange: Exchange) -> list[str]:
        form = self.ids.request(exchange.function, exchange.form)
        if form.get("wstoken") == "<wstoken>":
            form["wstoken"] = self.client.token
        response = self.client.forward(exchange.method, form)
        found = []
        if response.status_code != exchange.status:
            found.append(f"status {exchange.status}, sandbox {response.status_code}")
        if response.headers["Content-Type"] != exchange.content_type:
            found.append(f"content type {response.headers['Content-Type']}")
        if "json" not in exchange.content_type:
            return found + _letter_differences(exchange.answer, response.text)
        ours = response.json()
        if exchange.place in UNSORTED:
            ours = self._with_recorded_order(exchange, form, ours)
        return found + self.ids.compare(exchange.function, exchange.answer, ours)

    def _with_recorded_order(
        self, exchange: Exchange, form: dict[str, str], ours: Any
    ) -> Any:
        """Put the rows of the whole listing in the order of the recorded page."""
        if "requests[0][arguments]" in form:
            name = "requests[0][arguments]"
            whole = json.loads(form[name]) | {"limit": 0}
            answer = self._ask(form | {name: json.dumps(whole)})
            recorded = json.loads(exchange.answer["responses"][0]["data"])
            page = json.loads(ours["responses"][0]["data"])
            rows = json.loads(answer["responses"][0]["data"])
            picked = _pick(recorded, rows, ("idnumber",), len(page))
            ours["responses"][0]["data"] = json.dumps(picked)
            return ours
        answer = self._ask(form | {"page": "0", "perpage": "1000"})
        recorded = exchange.answer["data"]["rows"]
        page, rows = ours["data"]["rows"], answer["data"]["rows"]
        ours["data"]["rows"] = _pick(recorded, rows, ("columns",), len(page))
        return ours

    def _ask(self, form: dict[str, str]) -> Any:
        return self.client.forward("POST", form).json()


def _pick(
    recorded: list[Any], rows: list[Any], key: tuple[str, ...], length: int
) -> list[Any]:
    """Return the row of the whole list for each recorded one; none may be missing."""
    if len(recorded) != length:
        return rows
    found = {_key(row, key): row for row in rows}
    return [found[_key(row, key)] for row in recorded if _key(row, key) in found]


def _key(row: dict[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    # The first three columns name the row; later ones may hold a time.
    return tuple(
        json.dumps(row[name][:3] if isinstance(row[name], list) else row[name])
        for name in names
    )


def _letter_differences(recorded: str, ours: str) -> list[str]:
    same = "".join(filter(str.isalpha, recorded)) == "".join(filter(str.isalpha, ours))
    return [] if same else [f"recorded {recorded!r}, sandbox {ours!r}"]


@dataclass(frozen=True, slots=True)
class Renaming:
    """Names that are called something else in a replay: (recorded, here) pairs.

    The names sort as the recorded ones do, so that listings sorted by name keep
    their order.
    """

    pairs: tuple[tuple[str, str], ...]

    def text(self, text: str) -> str:
        """Return a text with the names of here."""
        for recorded, here in self.pairs:
            text = text.replace(recorded, here)
        return text

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return the exchange with the names of here."""
        if not self.pairs:
            return exchange
        form = {key: self.text(value) for key, value in exchange.form.items()}
        answer = json.loads(self.text(json.dumps(exchange.answer)))
        return Exchange(
            place=exchange.place,
            function=exchange.function,
            method=exchange.method,
            form=form,
            status=exchange.status,
            content_type=exchange.content_type,
            answer=answer,
        )


def with_reads_reversed(exchanges: list[Exchange]) -> list[Exchange]:
    """Turn each run of neighbouring reads around: nothing happens between them."""
    ordered: list[Exchange] = []
    run: list[Exchange] = []
    for exchange in exchanges:
        if _starts_anew(exchange):
            ordered += run[::-1]
            run = []
        if _is_read(exchange):
            run.append(exchange)
        else:
            ordered += run[::-1]
            ordered.append(exchange)
            run = []
    return ordered + run[::-1]


def _starts_anew(exchange: Exchange) -> bool:
    return exchange.place in staging.BEFORE or exchange.place in staging.AFTER


def _is_read(exchange: Exchange) -> bool:
    contract = load_contract().functions.get(exchange.function)
    return (
        contract is not None
        and not contract.writes
        and exchange.function not in _WRITING_READS
        and exchange.place not in staging.BEFORE
        and exchange.place not in staging.AFTER
    )


_WRITING_READS = frozenset(
    {
        "tool_mobile_call_external_functions",
        "core_competency_create_user_evidence_competency",
        "core_reportbuilder_set_filters",
    }
)
"""Functions that change something although their contract calls them reads."""


def report(replay: Replay) -> str:
    """Say how many exchanges are alike, and which are not or only without order."""
    total = len(replay.equal) + len(replay.mismatches)
    lines = [f"\nrecorded exchanges answered alike: {len(replay.equal)} of {total}"]
    lines += [
        f"  differs: {file}[{number}]: {EXPLAINED.get((file, number), found)}"
        for (file, number), found in replay.mismatches.items()
    ]
    lines += [
        f"  alike but for the order: {file}[{number}]: {reason}"
        for (file, number), reason in UNSORTED.items()
        if (file, number) in replay.equal
    ]
    return "\n".join(lines) + "\n"
