"""Writes competency frameworks."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from adapters.moodle import listing, wire
from adapters.moodle.client import Call, Ran
from adapters.moodle.facts import SYSTEM_CONTEXT
from adapters.moodle.failures import INVALID_OBJECT, RefusedError
from adapters.moodle.identities import is_ours
from adapters.moodle.scales import configuration
from adapters.moodle.translate import framework_fields
from adapters.moodle.writing.context import (
    Context,
    Sent,
    failed,
    fatal_of,
    kept,
    outcome_of,
    stale,
    untried,
)
from connector.kit.errors import ConflictError, TargetError
from connector.kit.values import RETIRED, Done, Operation, Outcome, Rejected, Write

_CREATE = "core_competency_create_competency_framework"
_UPDATE = "core_competency_update_competency_framework"


def _is_held(write: Write) -> bool:
    """Tell whether a write would convert or hide a framework that others made."""
    is_theirs = not is_ours(write.identity, write.kind, write.key)
    return is_theirs and not {"scale", "proficient_from", RETIRED}.isdisjoint(
        write.after
    )


class FrameworkWriter:
    """Creates, changes, hides and shows frameworks."""

    kinds = ("framework",)
    group_size = 10

    def __init__(self, context: Context) -> None:
        self._context = context

    def lane_of(self, write: Write) -> Hashable:  # noqa: ARG002 - one for all
        """Keep all frameworks in one lane: there are few."""
        return 0

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Return all writes as one phase."""
        return [list(writes)]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send a group of frameworks; what was adopted keeps its scale and shows."""
        held = [write for write in writes if _is_held(write)]
        sent = self._send([write for write in writes if write not in held])
        refused = [kept(write, "its scale and visibility stay") for write in held]
        return Sent([*sent.outcomes, *refused], sent.fatal)

    def _send(self, writes: Sequence[Write]) -> Sent:
        try:
            calls = [[self._call(write)] for write in writes]
            rans = self._context.client.run(calls, is_repeatable=False)
            pairs = list(zip(writes, rans, strict=True))
            outcomes = [self._outcome(write, ran) for write, ran in pairs]
        except TargetError as error:
            return untried(writes, error)
        return Sent(outcomes, fatal_of(rans))

    def _call(self, write: Write) -> Call:
        data: dict[str, object] = self._values(write)
        if write.operation is Operation.CREATE:
            data |= {
                "idnumber": write.identity,
                "contextid": SYSTEM_CONTEXT,
                "descriptionformat": 1,
            }
            return Call(_CREATE, {"competencyframework": data})
        data["id"] = int(write.remote_id or 0)
        return Call(_UPDATE, {"competencyframework": data})

    def _values(self, write: Write) -> dict[str, object]:
        """Return the changed values in Moodle's words."""
        after = write.after
        data: dict[str, object] = {
            name: after[name] or ""
            for name in ("shortname", "description")
            if name in after
        }
        if RETIRED in after:
            data["visible"] = not after[RETIRED]
        terms = after.get("taxonomies")
        if isinstance(terms, tuple):
            data["taxonomies"] = ",".join(str(term) for term in terms)
        if "scale" in after or "proficient_from" in after:
            data |= self._scale(write)
        return data

    def _scale(self, write: Write) -> dict[str, object]:
        """Return the scale and its configuration, which Moodle wants together."""
        scale_id = self._context.id_of(write.record["scale"])
        first = write.record["proficient_from"]
        count = self._context.scale_size(scale_id)
        return {
            "scaleid": scale_id,
            "scaleconfiguration": configuration(
                scale_id, first if isinstance(first, int) else count, count
            ),
        }

    def _outcome(self, write: Write, ran: Ran) -> Outcome:
        if write.operation is not Operation.CREATE:
            return outcome_of(write, ran, write.remote_id or "")
        if not ran.is_done:
            return self._existing(write, ran) or failed(write, ran)
        return self._done(write, wire.FRAMEWORK.one(ran.answers[0], _CREATE))

    def _done(self, write: Write, framework: wire.Framework) -> Done:
        count = self._context.scale_size(framework.scaleid)
        fields = framework_fields(framework, count)
        seen = {name: fields[name] for name in write.after if name in fields}
        return Done(write.ref, str(framework.id), seen)

    def _existing(self, write: Write, ran: Ran) -> Outcome | None:
        """Look for the framework that a run before this one may have made."""
        is_clash = isinstance(ran.error, ConflictError) or (
            isinstance(ran.error, RefusedError)
            and ran.error.error_code == INVALID_OBJECT
        )
        if ran.is_lost or not is_clash:
            return None
        for framework in listing.frameworks(self._context.client):
            if framework.idnumber == write.identity:
                return self._joined(write, framework)
        return None

    def _joined(self, write: Write, framework: wire.Framework) -> Done | Rejected:
        wanted = self._values(write)
        shown = {
            "shortname": framework.shortname,
            "description": framework.description,
            "scaleid": framework.scaleid,
            "scaleconfiguration": framework.scaleconfiguration,
            "taxonomies": framework.taxonomies,
            "visible": framework.visible,
        }
        if all(shown[name] == value for name, value in wanted.items()):
            return self._done(write, framework)
        return stale(
            write, f"A framework with the ID number {write.identity} is there already."
        )
