"""Reads accounts, cohorts and learning plans, of the people concerned only.

Answers and their shapes, as the other listings; a reading that may have missed
something raises instead of looking complete.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from adapters.moodle import wire_learning, wire_plans
from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.facts import PAGE_SIZE, RATED_IN_PLAN, SYSTEM_CONTEXT
from adapters.moodle.failures import RefusedError
from adapters.moodle.listing import UnseenError
from adapters.moodle.wire_plans import Cohort, LearningPlan, PlanCompetency

_USERS = "core_user_get_users_by_field"
_COHORTS = "core_cohort_get_cohorts"
_SEARCH = "core_cohort_search_cohorts"
_MEMBERS = "core_cohort_get_cohort_members"
_PLANS = "core_competency_list_user_plans"
_COMPETENCIES = "core_competency_list_plan_competencies"
_RATING = "tool_lp_data_for_user_competency_summary"
#: Values of one look-up: each takes about 3.5 ms.
_LOOKED_UP = 500


def accounts(
    client: MoodleClient, numbers: Iterable[str], linked: Collection[int]
) -> list[wire_learning.Account]:
    """Return the accounts that bear some ID numbers, and those we hold links to.

    An ID number is not unique in Moodle: several accounts may bear it.

    Raises:
        UnseenError: an account may be there although Moodle does not show it.
    """
    found = {user.id: user for user in _users(client, "idnumber", numbers)}
    if any(not user.idnumber for user in found.values()):
        msg = "Moodle does not show the ID numbers of accounts to the service account."
        raise UnseenError(msg)
    rest = sorted(str(user_id) for user_id in set(linked) - found.keys())
    found |= {user.id: user for user in _users(client, "id", rest)}
    _check_gone(client, set(linked) - found.keys())
    return [found[user_id] for user_id in sorted(found)]


def _users(
    client: MoodleClient, field: str, values: Iterable[str]
) -> Iterator[wire_learning.Account]:
    wanted = sorted(set(values))
    for start in range(0, len(wanted), _LOOKED_UP):
        part = wanted[start : start + _LOOKED_UP]
        answer = client.call(_USERS, {"field": field, "values": part})
        yield from wire_learning.ACCOUNT.many(answer, _USERS)


def _check_gone(client: MoodleClient, user_ids: Collection[int]) -> None:
    """Make sure that accounts are deleted: too few rights show as an empty answer.

    Only a deleted account has no place for plans.
    """
    calls = [[Call(_PLANS, {"userid": user_id})] for user_id in sorted(user_ids)]
    for ran in client.run(calls, is_repeatable=True):
        if isinstance(ran.error, RefusedError) and ran.error.is_gone:
            continue
        if ran.error is not None:
            raise ran.error
        msg = (
            f"Moodle hides account {ran.calls[0].arguments['userid']} from the look-up."
        )
        raise UnseenError(msg)


def cohorts(client: MoodleClient, start: str, linked: Collection[int]) -> list[Cohort]:
    """Return the cohorts whose ID number begins so, and those we hold links to."""
    found = {
        cohort.id: cohort
        for cohort in _search(client, start)
        if cohort.idnumber.startswith(start)
    }
    if rest := sorted(set(linked) - found.keys()):
        # Unknown ids are left out, and missing rights are an error: nothing is hidden.
        answer = client.call(_COHORTS, {"cohortids": rest})
        found |= {item.id: item for item in wire_plans.COHORT.many(answer, _COHORTS)}
    return [found[cohort_id] for cohort_id in sorted(found)]


def _search(client: MoodleClient, text: str, includes: str = "all") -> Iterator[Cohort]:
    seen = 0
    while True:
        answer = client.call(
            _SEARCH,
            {
                "query": text,
                "context": {"contextid": SYSTEM_CONTEXT},
                "includes": includes,
                "limitfrom": seen,
                "limitnum": PAGE_SIZE,
            },
        )
        page = wire_plans.FOUND_COHORTS.one(answer, _SEARCH)
        yield from page
        seen += len(page)
        if len(page) < PAGE_SIZE:
            return


def is_system_cohort(client: MoodleClient, id_number: str) -> bool:
    """Tell whether a cohort lies outside any category."""
    return any(
        cohort.idnumber == id_number for cohort in _search(client, id_number, "self")
    )


def members(
    client: MoodleClient, cohort_ids: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """Return the user ids of the members of cohorts, sorted."""
    calls = [Call(_MEMBERS, {"cohortids": [cohort_id]}) for cohort_id in cohort_ids]
    return {
        item.cohortid: tuple(sorted(item.userids))
        for answer in client.read(calls)
        for item in wire_plans.MEMBERS.many(answer, _MEMBERS)
    }


def plans(client: MoodleClient, user_ids: Iterable[int]) -> list[LearningPlan]:
    """Return every plan of some users; a user who is gone has none."""
    calls = [[Call(_PLANS, {"userid": user_id})] for user_id in sorted(set(user_ids))]
    found: list[LearningPlan] = []
    for ran in client.run(calls, is_repeatable=True):
        if ran.is_done:
            found += wire_plans.PLAN.many(ran.answers[0], _PLANS)
        elif ran.error and not (
            isinstance(ran.error, RefusedError) and ran.error.is_gone
        ):
            raise ran.error
    return found


def plan_competencies(
    client: MoodleClient, plan_ids: Sequence[int]
) -> dict[int, list[PlanCompetency]]:
    """Return the competencies of plans, in their order."""
    answers = client.read([Call(_COMPETENCIES, {"id": id_}) for id_ in plan_ids])
    return {
        id_: wire_plans.PLAN_COMPETENCY.many(answer, _COMPETENCIES)
        for id_, answer in zip(plan_ids, answers, strict=True)
    }


def uses(
    client: MoodleClient,
    found: Iterable[LearningPlan],
    inside: Mapping[int, Sequence[PlanCompetency]],
) -> dict[int, str]:
    """Return what people did with plans, by plan id; empty where nobody did anything.

    A rating counts when it was given in a plan. Evidence names that plan by a name
    that may have changed since, so a rating in any plan counts.
    """
    found = list(found)
    told = {plan.id: _use(plan, inside[plan.id]) for plan in found}
    calls = {
        plan.id: [
            _rating_call(plan.userid, item.node.id)
            for item in inside[plan.id]
            if item.is_rated
        ]
        for plan in found
        if not told[plan.id]
    }
    answers = iter(client.read([call for part in calls.values() for call in part]))
    for plan_id, part in calls.items():
        ratings = [wire_learning.RATING.one(next(answers), _RATING) for _ in part]
        if any(
            proof.kind == RATED_IN_PLAN for rating in ratings for proof in rating.proofs
        ):
            told[plan_id] = "a competency in it was rated in a plan"
    return told


def _rating_call(user_id: int, competency_id: int) -> Call:
    arguments = {"userid": user_id, "competencyid": competency_id}
    # Moodle fails over its own raw answer here.
    return Call(_RATING, arguments, is_raw=False)


def _use(plan: LearningPlan, inside: Iterable[PlanCompetency]) -> str:
    if plan.is_complete:
        return "it is completed"
    if plan.comments:
        return "somebody commented on it"
    if plan.is_reviewed or any(item.is_reviewed for item in inside):
        return "it, or a competency in it, is under review"
    return ""
