"""The pages that show a person's competencies: the only way to read evidence."""

from adapters.moodle.sandbox import plan_records
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COMPETENCY_GRADE,
    PLAN_MANAGE,
    PLAN_VIEW,
    USER_COMPETENCY_VIEW,
)
from adapters.moodle.sandbox.competencies import ancestor_ids_of, show_competency
from adapters.moodle.sandbox.competency_moves import related_to
from adapters.moodle.sandbox.errors import coding_error
from adapters.moodle.sandbox.evidence import rating_of
from adapters.moodle.sandbox.formatting import show_string
from adapters.moodle.sandbox.frameworks import show_framework
from adapters.moodle.sandbox.people import comment_area, show_person
from adapters.moodle.sandbox.plans import read_plan, show_plan, show_state
from adapters.moodle.sandbox.ratings import show_evidence, show_rating
from adapters.moodle.sandbox.scale_rules import scale_of
from adapters.moodle.sandbox.tables import Row


@serves("tool_lp_data_for_user_competency_summary")
def summarise(call: Call) -> Row:
    """Show rating and evidence of one user in one competency, newest first."""
    rating = rating_of(call, call.arguments["userid"], call.arguments["competencyid"])
    call.require(USER_COMPETENCY_VIEW, PLAN_VIEW, PLAN_MANAGE)
    return {
        **_summary(call, rating),
        "usercompetency": show_rating(call, rating),
        "commentarea": comment_area(
            call, "user_competency", rating["id"], rating["userid"]
        ),
    }


@serves("tool_lp_data_for_user_competency_summary_in_plan")
def summarise_in_plan(call: Call) -> Row:
    """Show the same for the owner of a plan and one of its competencies."""
    plan = read_plan(call, call.arguments["planid"])
    competency_id = call.arguments["competencyid"]
    if competency_id not in _ids_of(call, plan):
        raise coding_error(
            "The competency does not belong to this plan: "
            f"{competency_id}, {plan['id']}"
        )
    rating = rating_of(call, plan["userid"], competency_id)
    competency = call.state.competencies.rows[competency_id]
    summary = {**_summary(call, rating), **show_state(call, plan, competency)}
    if "usercompetency" in summary:
        summary["commentarea"] = comment_area(
            call, "user_competency", rating["id"], rating["userid"]
        )
    return {"usercompetencysummary": summary, "plan": show_plan(call, plan)}


def _ids_of(call: Call, plan: Row) -> set[int]:
    return {row["id"] for row in plan_records.competencies_of(call, plan)}


def _summary(call: Call, rating: Row) -> Row:
    evidence = call.state.evidence.find(usercompetencyid=rating["id"])
    evidence.sort(key=lambda row: (row["timecreated"], row["id"]), reverse=True)
    competency = call.state.competencies.rows[rating["competencyid"]]
    related = related_to(call, competency["id"])
    return {
        "showrelatedcompetencies": True,
        "cangrade": call.can(COMPETENCY_GRADE),
        "competency": competency_summary(call, competency, related=related),
        "user": show_person(call, rating["userid"]),
        "evidence": [show_evidence(call, row) for row in evidence],
    }


def competency_summary(call: Call, competency: Row, *, related: list[Row]) -> Row:
    """Return a competency with its place in the framework."""
    framework = call.state.frameworks.rows[competency["competencyframeworkid"]]
    scale, configuration = scale_of(call, competency)
    return {
        # Only courses the caller itself takes would show here.
        "linkedcourses": [],
        "hascourses": False,
        "relatedcompetencies": [show_competency(call, row) for row in related],
        "hasrelatedcompetencies": bool(related),
        "competency": show_competency(call, competency),
        "framework": show_framework(call, framework),
        "scaleid": scale["id"],
        "scaleconfiguration": configuration,
        "taxonomyterm": _taxonomy_term(framework, competency),
        "comppath": competency_path(call, competency),
        "pluginbaseurl": f"{call.site.wwwroot}/admin/tool/lp",
    }


def _taxonomy_term(framework: Row, competency: Row) -> str:
    terms = framework["taxonomies"].split(",")
    depth = len(ancestor_ids_of(competency))
    term = terms[depth] if depth < len(terms) else ""
    return (term or "competency").capitalize()


def competency_path(call: Call, competency: Row) -> Row:
    """Return the ancestors of a competency and its framework, as a path of names."""
    framework = call.state.frameworks.rows[competency["competencyframeworkid"]]
    wanted = set(ancestor_ids_of(competency))
    # Unsorted in Moodle too: they come in the order of the heap.
    ancestors = [row for row in call.state.competencies if row["id"] in wanted]
    last = len(ancestors)
    return {
        "ancestors": [
            {
                "id": row["id"],
                "name": row["idnumber"],
                "first": position == 1,
                "last": position == last,
                "position": position,
            }
            for position, row in enumerate(ancestors, start=1)
        ],
        "framework": {
            "id": framework["id"],
            "name": show_string(call, framework["shortname"]),
            "first": False,
            "last": False,
            "position": -1,
        },
        "pluginbaseurl": f"{call.site.wwwroot}/admin/tool/lp",
        "pagecontextid": framework["contextid"],
        "showlinks": True,
    }


@serves("tool_lp_data_for_plan_page")
def show_plan_page(call: Call) -> Row:
    """Show a plan with all its competencies and the progress in them."""
    plan = read_plan(call, call.arguments["planid"])
    competencies = plan_records.competencies_of(call, plan)
    entries = [
        {
            "competency": show_competency(call, competency),
            "comppath": competency_path(call, competency),
            **show_state(call, plan, competency),
        }
        for competency in competencies
    ]
    states = [
        entry.get("usercompetency") or entry["usercompetencyplan"] for entry in entries
    ]
    proficient = sum(bool(state["proficiency"]) for state in states)
    share = proficient / len(entries) * 100 if entries else 0
    return {
        "plan": show_plan(call, plan),
        "contextid": call.state.context("user", plan["userid"])["id"],
        "pluginbaseurl": f"{call.site.wwwroot}/admin/tool/lp",
        "competencies": entries,
        "competencycount": len(entries),
        "proficientcompetencycount": proficient,
        "proficientcompetencypercentage": int(share) if share == int(share) else share,
        "proficientcompetencypercentageformatted": f"{share:.1f}",
    }
