"""The part of a reading that is about learners: accounts, cohorts, plans.

Nothing is asked where nothing is wanted or linked, so a site without plans of ours
needs none of the functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property

from adapters.moodle import learners, wire
from adapters.moodle.client import MoodleClient
from adapters.moodle.identities import TAGS
from adapters.moodle.mark import nameless_identity, unmark
from adapters.moodle.text import as_read
from adapters.moodle.translate import Forest
from adapters.moodle.wire_learning import Account
from adapters.moodle.wire_plans import Cohort, LearningPlan
from connector.kit.values import (
    RETIRED,
    Foreign,
    Found,
    ReadScope,
    Record,
    Ref,
    Row,
    Rows,
)


class LearnerSnapshot:
    """Reads learners' kinds for one scope; every listing is kept.

    `templates` gives the templates of ours, `namer` tells the kinds of competencies.
    """

    def __init__(
        self,
        client: MoodleClient,
        scope: ReadScope,
        namer: Forest,
        templates: Callable[[], list[wire.Template]],
    ) -> None:
        self._client, self._scope = client, scope
        self._namer, self._templates = namer, templates

    def _linked(self, kind: str) -> frozenset[str]:
        return self._scope.linked.get(kind, frozenset())

    def _wanted(self, kind: str) -> tuple[Record, ...]:
        return self._scope.wanted.get(kind, ())

    def _is_asked(self, kind: str) -> bool:
        return bool(self._wanted(kind) or self._linked(kind))

    @cached_property
    def _accounts(self) -> list[Account]:
        numbers = {str(r.fields["idnumber"]) for r in self._wanted("account")}
        linked = {int(remote_id) for remote_id in self._linked("account")}
        return learners.accounts(self._client, numbers, linked)

    def accounts(self) -> list[Found]:
        """Return the wanted accounts, one for each ID number, and the linked ones."""
        bearers = Counter(user.idnumber.casefold() for user in self._accounts)
        linked = self._linked("account")
        told: set[str] = {
            user.idnumber.casefold()
            for user in self._accounts
            if str(user.id) in linked
        }
        found = []
        for user in self._accounts:
            number = user.idnumber.casefold()
            if str(user.id) in linked or number not in told:
                told.add(number)
                found.append(_account_found(user, is_alone=bearers[number] == 1))
        return found

    @cached_property
    def _cohorts(self) -> list[Cohort]:
        if not self._is_asked("cohort"):
            return []
        start = f"{self._scope.prefix}-{TAGS['cohort']}-"
        linked = {int(remote_id) for remote_id in self._linked("cohort")}
        return learners.cohorts(self._client, start, linked)

    def cohorts(self) -> list[Found]:
        """Return our cohorts with all their members."""
        inside = learners.members(self._client, [item.id for item in self._cohorts])
        return [_cohort_found(item, inside[item.id]) for item in self._cohorts]

    def template_cohorts(self) -> list[Found]:
        """Return the wanted synchronisations that seem to be set up.

        Moodle tells how many cohorts a template is synchronised with, not which.
        """
        if not self._wanted("template_cohort"):
            return []
        templates = self._by_identity("template", self._marked_templates())
        cohorts = self._by_identity(
            "cohort", ((item.idnumber, item.id) for item in self._cohorts)
        )
        counts = {item.id: item.cohortscount for item in self._templates()}
        found = []
        for record in self._wanted("template_cohort"):
            template = self._end(templates, record.fields["template"])
            cohort = self._end(cohorts, record.fields["cohort"])
            if template and cohort and counts[template]:
                fields = {
                    "template": Foreign("template", str(template)),
                    "cohort": Foreign("cohort", str(cohort)),
                }
                found.append(
                    Found(
                        kind="template_cohort",
                        remote_id=str(template),
                        identity=record.key,
                        fields=fields,
                    )
                )
        return found

    def _marked_templates(self) -> Iterator[tuple[str, int]]:
        for template in self._templates():
            identity = unmark(template.description, self._scope.prefix)[0]
            yield identity or nameless_identity(template.id), template.id

    def _by_identity(
        self, kind: str, pairs: Iterator[tuple[str, int]]
    ) -> dict[str, int]:
        """Return ids by identity; of several that bear one the linked one counts."""
        found: dict[str, int] = {}
        for identity, number in pairs:
            if identity not in found or str(number) in self._linked(kind):
                found[identity] = number
        return found

    def _end(self, ids: dict[str, int], ref: object) -> int | None:
        """Return the id that a wanted reference stands for, if it is there."""
        for record in self._wanted(ref.kind) if isinstance(ref, Ref) else ():
            if record.ref == ref:
                return ids.get(record.identity)
        return None

    def plans(self) -> list[Found]:
        """Return our plans of the people concerned."""
        if not self._is_asked("plan"):
            return []
        mine = [plan for plan in self._plans_there() if self._is_ours(plan)]
        inside = learners.plan_competencies(self._client, [plan.id for plan in mine])
        wanted = {record.identity for record in self._wanted("plan")}
        leaving = [plan for plan in mine if self._identity(plan) not in wanted]
        uses = learners.uses(self._client, leaving, inside)
        return [
            self._plan_found(
                plan,
                self._namer.rows(item.node for item in inside[plan.id]),
                uses.get(plan.id, ""),
            )
            for plan in mine
        ]

    def _plans_there(self) -> list[LearningPlan]:
        """Return every plan of those for whom plans are wanted or were made."""
        users = {int(one.partition("/")[0]) for one in self._linked("plan")}
        if self._wanted("plan"):
            users |= {int(remote_id) for remote_id in self._linked("account")}
            users |= {user.id for user in self._accounts}
        return learners.plans(self._client, users)

    def _identity(self, plan: LearningPlan) -> str:
        return unmark(plan.description, self._scope.prefix, "plan")[0]

    def _is_ours(self, plan: LearningPlan) -> bool:
        return bool(self._identity(plan)) or plan.remote_id in self._linked("plan")

    def _plan_found(self, plan: LearningPlan, rows: Rows, use: str) -> Found:
        identity, text = unmark(plan.description, self._scope.prefix, "plan")
        return Found(
            kind="plan",
            remote_id=plan.remote_id,
            identity=identity,
            fields={
                "name": plan.name,
                "description": as_read(text),
                "user": Foreign("account", str(plan.userid)),
                "competencies": rows,
            },
            people=1,
            label=plan.name,
            in_use=use,
            is_closed=plan.is_complete,
        )


def _account_found(user: Account, *, is_alone: bool) -> Found:
    return Found(
        kind="account",
        remote_id=str(user.id),
        identity="",
        fields={
            "idnumber": user.idnumber,
            "unique_idnumber": user.idnumber if is_alone else "",
        },
    )


def _cohort_found(cohort: Cohort, user_ids: tuple[int, ...]) -> Found:
    references = [Foreign("account", str(user_id)) for user_id in user_ids]
    return Found(
        kind="cohort",
        remote_id=str(cohort.id),
        identity=cohort.idnumber,
        fields={
            "name": cohort.name,
            "members": Rows(tuple(Row(ref, {"account": ref}) for ref in references)),
            RETIRED: not cohort.visible,
        },
        people=len(references),
        label=cohort.name,
    )
