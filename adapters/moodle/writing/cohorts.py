"""Writes cohorts and who of ours is in them.

Members come before others go. Both calls are harmless to repeat: who is in already
comes back as a warning, and who is not is passed over.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from adapters.moodle import learners, wire_plans
from adapters.moodle.client import Call, Ran
from adapters.moodle.facts import MAX_MEMBERS
from adapters.moodle.failures import RefusedError
from adapters.moodle.writing.competency_rows import row_references
from adapters.moodle.writing.context import (
    Context,
    Sent,
    failed,
    fatal_of,
    untried,
)
from connector.kit.errors import TargetError
from connector.kit.values import (
    RETIRED,
    Done,
    Operation,
    Outcome,
    Rejected,
    Unknown,
    Write,
)

_CREATE = "core_cohort_create_cohorts"
_UPDATE = "core_cohort_update_cohorts"
_ADD = "core_cohort_add_cohort_members"
_REMOVE = "core_cohort_delete_cohort_members"
_SYSTEM = {"type": "system", "value": ""}


class CohortWriter:
    """Creates, renames, hides and shows cohorts, and moves members."""

    kinds = ("cohort",)
    #: One at a time: each may take several long calls.
    group_size = 1

    def __init__(self, context: Context) -> None:
        self._context = context

    def lane_of(self, write: Write) -> Hashable:
        """Let every cohort go in any lane."""
        return write.ref

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Let who comes be written before who only goes."""
        coming = [write for write in writes if not self._only_goes(write)]
        return [coming, [write for write in writes if write not in coming]]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send the one cohort of a group."""
        (write,) = writes
        try:
            outcome, fatal = self._send_one(write)
        except TargetError as error:
            return untried(writes, error)
        return Sent([outcome], fatal)

    def _send_one(self, write: Write) -> tuple[Outcome, TargetError | None]:
        """Send a cohort itself, then who comes, then who goes."""
        refusal = self._refusal(write)
        if refusal is not None:
            return refusal, None
        ran, cohort_id = self._send_itself(write)
        if not ran.is_done or cohort_id is None:
            return failed(write, ran), fatal_of([ran])
        has_begun = bool(ran.calls)
        for call in self._member_calls(write, cohort_id):
            # A request of its own: a thousand members take seconds.
            (ran,) = self._context.client.run([[call]], is_repeatable=True)
            if not ran.is_done:
                outcome = _half(write, ran) if has_begun else failed(write, ran)
                return outcome, fatal_of([ran])
            has_begun = True
        return Done(write.ref, str(cohort_id)), None

    def _send_itself(self, write: Write) -> tuple[Ran, int | None]:
        if write.operation is Operation.CREATE:
            return self._create(write)
        cohort_id = int(write.remote_id or 0)
        calls = [_update(write, cohort_id)] if _changes_itself(write) else []
        (ran,) = self._context.client.run([calls], is_repeatable=True)
        return ran, cohort_id

    def _create(self, write: Write) -> tuple[Ran, int | None]:
        """Create a cohort, or find the one that a run before this one has made."""
        data = {
            "categorytype": _SYSTEM,
            "name": write.after["name"],
            "idnumber": write.identity,
            "visible": True,
        }
        call = Call(_CREATE, {"cohorts": [data]})
        (ran,) = self._context.client.run([[call]], is_repeatable=False)
        if ran.is_done:
            (made,) = wire_plans.COHORT.many(ran.answers[0], _CREATE)
            return ran, made.id
        if isinstance(ran.error, RefusedError):
            # A taken ID number is refused without saying so.
            wanted = (write.identity, write.after["name"])
            for cohort in learners.cohorts(self._context.client, write.identity, ()):
                if (cohort.idnumber, cohort.name) == wanted:
                    return Ran([]), cohort.id
        return ran, None

    def _refusal(self, write: Write) -> Rejected | None:
        """Refuse to change a cohort that lies in a category.

        An update must name the category, and Moodle does not tell which it is: the
        cohort would be moved.
        """
        if write.operation is Operation.CREATE or not _changes_itself(write):
            return None
        if learners.is_system_cohort(self._context.client, write.identity):
            return None
        return Rejected(
            ref=write.ref,
            message="The cohort lies in a course category, and Moodle does not tell in"
            " which, so that a change would move it.",
            hint="Change it by hand, or move it back to the system.",
            code="elsewhere",
        )

    def _member_calls(self, write: Write, cohort_id: int) -> Iterator[Call]:
        """Yield the calls for who comes, then for who goes."""
        before, after = self._members(write)
        for part in _parts(sorted(after - before)):
            yield Call(_ADD, {"members": [_member(cohort_id, one) for one in part]})
        for part in _parts(sorted(before - after)):
            members = [{"cohortid": cohort_id, "userid": one} for one in part]
            yield Call(_REMOVE, {"members": members})

    def _members(self, write: Write) -> tuple[set[int], set[int]]:
        """Return the user ids before and after; both empty where none changes."""
        before, after = (
            {self._context.id_of(key) for key in row_references(side.get("members"))}
            for side in (write.before, write.after)
        )
        return before, after

    def _only_goes(self, write: Write) -> bool:
        before, after = self._members(write)
        return bool(before - after) and not after - before


def _half(write: Write, ran: Ran) -> Unknown:
    message = ran.error.message if ran.error else "No answer."
    return Unknown(write.ref, f"Written in part only, then: {message}")


def _parts(user_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(user_ids), MAX_MEMBERS):
        yield user_ids[start : start + MAX_MEMBERS]


def _member(cohort_id: int, user_id: int) -> dict[str, dict[str, str]]:
    return {
        "cohorttype": {"type": "id", "value": str(cohort_id)},
        "usertype": {"type": "id", "value": str(user_id)},
    }


def _changes_itself(write: Write) -> bool:
    """Tell whether a write changes more than the members."""
    return "name" in write.after or RETIRED in write.after


def _update(write: Write, cohort_id: int) -> Call:
    data: dict[str, object] = {
        "id": cohort_id,
        "categorytype": _SYSTEM,
        "name": write.after.get("name", write.record.get("name")),
        "idnumber": write.identity,
    }
    if RETIRED in write.after:
        data["visible"] = not write.after[RETIRED]
    return Call(_UPDATE, {"cohorts": [data]})
