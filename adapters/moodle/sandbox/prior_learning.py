"""Evidence of prior learning: what people learned elsewhere and entered themselves.

No function makes one. It is read, linked to competencies, sent to review and deleted.
"""

import re

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    PRIOR_LEARNING_MANAGE,
    PRIOR_LEARNING_VIEW,
)
from adapters.moodle.sandbox.competencies import read_competency, show_competency
from adapters.moodle.sandbox.errors import missing_record
from adapters.moodle.sandbox.evidence import (
    ACTION_LOG,
    IDLE,
    Proof,
    add_evidence,
    rating_of,
)
from adapters.moodle.sandbox.formatting import show_described
from adapters.moodle.sandbox.ratings import request_review, show_rating
from adapters.moodle.sandbox.tables import Row

_SHORT = 30
_SCHEME = re.compile(r"^https?://(www\.)?")


def _read(call: Call, evidence_id: int, *any_of: str) -> Row:
    evidence = call.state.prior_learning.get(evidence_id)
    if evidence is None:
        raise missing_record("competency_userevidence")
    call.require(*any_of)
    return evidence


def _show(call: Call, evidence: Row) -> Row:
    address = _SCHEME.sub("", evidence["url"])
    is_long = len(address) > _SHORT
    return {
        **show_described(call, evidence, "name"),
        "canmanage": call.can(PRIOR_LEARNING_MANAGE),
        "filecount": 0,
        "files": [],
        "hasurlorfiles": bool(evidence["url"]),
        "urlshort": f"{address[: _SHORT - 3]}..." if is_long else address,
    }


def _linked(call: Call, evidence: Row) -> list[Row]:
    links = call.state.prior_learning_links.find(userevidenceid=evidence["id"])
    return [call.state.competencies.rows[link["competencyid"]] for link in links]


@serves("core_competency_read_user_evidence")
def read_evidence(call: Call) -> Row:
    """Read one piece of prior learning with the competencies it speaks for."""
    rights = (PRIOR_LEARNING_VIEW, PRIOR_LEARNING_MANAGE)
    evidence = _read(call, call.arguments["id"], *rights)
    linked = [show_competency(call, row) for row in _linked(call, evidence)]
    shown = _show(call, evidence)
    return {**shown, "competencycount": len(linked), "competencies": linked}


@serves("tool_lp_data_for_user_evidence_list_page")
def list_evidence(call: Call) -> Row:
    """List the prior learning of one user."""
    user = call.require_user(call.arguments["userid"])
    call.require(PRIOR_LEARNING_VIEW, PRIOR_LEARNING_MANAGE)
    rows = call.state.prior_learning.find(userid=user["id"])
    rows.sort(key=lambda row: str(row["name"]))
    can_manage = call.can(PRIOR_LEARNING_MANAGE)
    base = f"{call.site.wwwroot}/admin/tool/lp"
    button = (
        f'<form method="get" action="{base}/user_evidence_edit.php"><button '
        'type="submit">Add new evidence</button></form>'
    )
    return {
        "canmanage": can_manage,
        "userid": user["id"],
        "pluginbaseurl": base,
        "evidence": [_show_in_list(call, row) for row in rows],
        "navigation": [button] if can_manage else [],
    }


def _show_in_list(call: Call, evidence: Row) -> Row:
    user_id = evidence["userid"]
    entries = [
        {
            "competency": show_competency(call, competency),
            "usercompetency": show_rating(
                call, rating_of(call, user_id, competency["id"])
            ),
        }
        for competency in _linked(call, evidence)
    ]
    return {
        **_show(call, evidence),
        "competencycount": len(entries),
        "usercompetencies": entries,
        "userhasplan": bool(call.state.plans.count(userid=user_id)),
    }


@serves("core_competency_create_user_evidence_competency")
def link_competency(call: Call) -> Row:
    """Let prior learning speak for a competency; the pair is made once."""
    evidence = _read_managed(call, call.arguments["userevidenceid"])
    competency = read_competency(call, call.arguments["competencyid"])
    key = {"userevidenceid": evidence["id"], "competencyid": competency["id"]}
    found = call.state.prior_learning_links.first(**key)
    if found is not None:
        return found
    stamps = {"timecreated": call.now, "timemodified": call.now}
    row = {**key, **stamps, "usermodified": call.user_id}
    link = call.state.prior_learning_links.add(row)
    page = f"{call.site.wwwroot}/admin/tool/lp/user_evidence.php?id={evidence['id']}"
    _log(call, evidence, competency["id"], "linked", url=page)
    return link


def _read_managed(call: Call, evidence_id: int) -> Row:
    evidence = _read(call, evidence_id, PRIOR_LEARNING_VIEW, PRIOR_LEARNING_MANAGE)
    call.require(PRIOR_LEARNING_MANAGE)
    return evidence


def _log(
    call: Call,
    evidence: Row,
    competency_id: int,
    what: str,
    url: str | None = None,
) -> None:
    proof = Proof(
        action=ACTION_LOG,
        identifier=f"evidence_evidenceofpriorlearning{what}",
        context_id=call.state.context("user", evidence["userid"])["id"],
        detail=evidence["name"],
        url=url,
        actor_id=call.user_id,
    )
    add_evidence(call, evidence["userid"], competency_id, proof)


@serves("core_competency_delete_user_evidence_competency")
def unlink_competency(call: Call) -> bool:
    """Take such a link away; true also when there is none."""
    evidence = _read_managed(call, call.arguments["userevidenceid"])
    _unlink(call, evidence, call.arguments["competencyid"])
    return True


def _unlink(call: Call, evidence: Row, competency_id: int) -> None:
    key = {"userevidenceid": evidence["id"], "competencyid": competency_id}
    for link in call.state.prior_learning_links.find(**key):
        call.state.prior_learning_links.remove(link["id"])
        _log(call, evidence, competency_id, "unlinked")


@serves("core_competency_delete_user_evidence")
def delete_evidence(call: Call) -> bool:
    """Delete prior learning with its links; ratings stay."""
    evidence = _read(call, call.arguments["id"], PRIOR_LEARNING_MANAGE)
    for competency in _linked(call, evidence):
        _unlink(call, evidence, competency["id"])
    call.state.prior_learning.remove(evidence["id"])
    return True


@serves("core_competency_request_review_of_user_evidence_linked_competencies")
def request_reviews(call: Call) -> bool:
    """Ask for the review of every linked competency that is not under way."""
    evidence = _read(call, call.arguments["id"], PRIOR_LEARNING_MANAGE)
    for competency in _linked(call, evidence):
        rating = rating_of(call, evidence["userid"], competency["id"])
        if rating["status"] == IDLE:
            request_review(call, rating)
    return True
