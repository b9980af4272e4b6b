"""Learning plan templates and the competencies in them.

A template has no idnumber and its name is not unique. Name, description and due date
are copied into the plans that follow it.
"""

from adapters.moodle.sandbox import links, plan_records
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import TEMPLATE_MANAGE, TEMPLATE_VIEW
from adapters.moodle.sandbox.competencies import read_competency, show_competency
from adapters.moodle.sandbox.errors import coding_error
from adapters.moodle.sandbox.formatting import show_described, show_time
from adapters.moodle.sandbox.frameworks import (
    check_context,
    context_names,
    contexts_including,
)
from adapters.moodle.sandbox.listing import check_order, sort_and_page
from adapters.moodle.sandbox.records import (
    TEXT_FORMATS,
    Column,
    RecordKind,
    create_record,
    read_record,
    update_record,
)
from adapters.moodle.sandbox.tables import Row

_GRACE = 600
_COPIED = ("duedate", "shortname", "description", "descriptionformat")
_HIDDEN = "A competency belonging to hidden framework can not be added"


def _check_due_date(call: Call, row: Row, before: Row | None) -> str | None:
    if before is not None and before["duedate"] == row["duedate"]:
        return None
    if row["duedate"] and row["duedate"] <= call.now - _GRACE:
        return "The due date cannot be set in the past."
    return None


TEMPLATE = RecordKind(
    table="templates",
    database="competency_template",
    columns=(
        Column("shortname", width=100),
        Column("description", default=""),
        Column("descriptionformat", default=1, choices=TEXT_FORMATS),
        Column("duedate", default=0, check=_check_due_date),
        Column("visible", default=True),
        Column("contextid", check=check_context),
    ),
)


def read_template(call: Call, template_id: int) -> Row:
    """Return a template the caller may see."""
    template = read_record(call, TEMPLATE, template_id)
    call.require(TEMPLATE_VIEW, TEMPLATE_MANAGE)
    return template


def show_template(call: Call, template: Row) -> Row:
    """Return the template as answers show it."""
    cohorts = call.state.template_cohorts.count(templateid=template["id"])
    plans = call.state.plans.count(templateid=template["id"])
    return {
        **show_described(call, template, "shortname"),
        "duedateformatted": show_time(call, template["duedate"]),
        "cohortscount": cohorts,
        "planscount": plans,
        "canmanage": call.can(TEMPLATE_MANAGE),
        "canread": call.can(TEMPLATE_VIEW, TEMPLATE_MANAGE),
        **context_names(call, template["contextid"]),
    }


@serves("core_competency_create_template")
def create_template(call: Call) -> Row:
    """Create a template; an equal name makes a second one."""
    values = dict(call.arguments["template"])
    values["contextid"] = call.context_from(values)["id"]
    call.require(TEMPLATE_MANAGE)
    return show_template(call, create_record(call, TEMPLATE, values))


@serves("core_competency_read_template")
def read_one_template(call: Call) -> Row:
    """Read one template."""
    return show_template(call, read_template(call, call.arguments["id"]))


@serves("core_competency_update_template")
def update_template(call: Call) -> bool:
    """Change the columns sent and carry them into the plans that follow."""
    changes = dict(call.arguments["template"])
    template = read_template(call, changes.pop("id"))
    call.require(TEMPLATE_MANAGE)
    change_template(call, dict(template), changes)
    return True


def change_template(call: Call, template: Row, changes: Row) -> None:
    """Change columns of a template and carry them into the plans that follow."""
    if changes.get("contextid", template["contextid"]) != template["contextid"]:
        raise coding_error("Changing the context of an existing tempalte is forbidden.")
    after = update_record(call, TEMPLATE, template, changes)
    if any(after[name] != template[name] for name in _COPIED):
        plan_records.follow_template(call, after)


@serves("core_competency_delete_template")
def delete_template(call: Call) -> bool:
    """Delete a template; its plans go with it or are set free."""
    template = read_template(call, call.arguments["id"])
    call.require(TEMPLATE_MANAGE)
    for plan in call.state.plans.find(templateid=template["id"]):
        if call.arguments["deleteplans"]:
            plan_records.delete_plan(call, plan)
        else:
            plan_records.unlink_plan(call, plan)
    for table in (call.state.template_cohorts, call.state.template_links):
        for row in table.find(templateid=template["id"]):
            table.remove(row["id"])
    call.state.templates.remove(template["id"])
    return True


@serves("core_competency_duplicate_template")
def duplicate_template(call: Call) -> Row:
    """Copy a template with its competencies."""
    source = read_template(call, call.arguments["id"])
    call.require(TEMPLATE_MANAGE)
    values = {**source, "shortname": f"{source['shortname']} (copy)"}
    copy = create_record(call, TEMPLATE, values)
    for competency in competencies_in(call, source["id"]):
        _add(call, copy["id"], competency["id"])
    return show_template(call, copy)


@serves("core_competency_list_templates")
def list_templates(call: Call) -> list[Row]:
    """List the templates of a context and, by default, of the categories below it."""
    check_order(call.arguments["order"])
    covered = contexts_including(call, TEMPLATE_VIEW, TEMPLATE_MANAGE)
    chosen = [
        row
        for row in call.state.templates
        if row["contextid"] in covered
        and (row["visible"] or not call.arguments["onlyvisible"])
    ]
    page = sort_and_page(chosen, TEMPLATE, call.arguments)
    return [show_template(call, row) for row in page]


@serves("core_competency_count_templates")
def count_templates(call: Call) -> int:
    """Count the templates a listing would cover."""
    covered = contexts_including(call, TEMPLATE_VIEW, TEMPLATE_MANAGE)
    return sum(row["contextid"] in covered for row in call.state.templates)


def competencies_in(call: Call, template_id: int) -> list[Row]:
    """Return the competencies of a template in its order."""
    table = call.state.template_links
    return links.linked_competencies(call, table, "templateid", template_id)


def _add(call: Call, template_id: int, competency_id: int) -> bool:
    key = {"templateid": template_id, "competencyid": competency_id}
    return links.add_link(call, call.state.template_links, key) is not None


@serves("core_competency_add_competency_to_template")
def add_competency(call: Call) -> bool:
    """Put a competency at the end of a template; false when it is in."""
    template = read_template(call, call.arguments["templateid"])
    call.require(TEMPLATE_MANAGE)
    competency = links.require_visible(call, call.arguments["competencyid"], _HIDDEN)
    return _add(call, template["id"], competency["id"])


@serves("core_competency_remove_competency_from_template")
def remove_competency(call: Call) -> bool:
    """Take a competency out of a template; false when it is not in."""
    template = read_template(call, call.arguments["templateid"])
    call.require(TEMPLATE_MANAGE)
    competency = read_competency(call, call.arguments["competencyid"])
    key = {"templateid": template["id"], "competencyid": competency["id"]}
    return links.remove_link(call.state.template_links, key)


@serves("core_competency_reorder_template_competency")
def reorder_competency(call: Call) -> bool:
    """Move one competency of a template to the place of another."""
    template = read_template(call, call.arguments["templateid"])
    call.require(TEMPLATE_MANAGE)
    pair = (call.arguments["competencyidfrom"], call.arguments["competencyidto"])
    table = call.state.template_links
    return links.reorder_links(call, table, "templateid", template["id"], pair)


@serves("core_competency_list_competencies_in_template")
def list_competencies(call: Call) -> list[Row]:
    """List the competencies of a template in its order."""
    template = read_template(call, call.arguments["id"])
    return [show_competency(call, row) for row in competencies_in(call, template["id"])]


@serves("core_competency_count_competencies_in_template")
def count_competencies(call: Call) -> int:
    """Count the competencies of a template."""
    return len(competencies_in(call, read_template(call, call.arguments["id"])["id"]))


def _templates_using(call: Call) -> list[Row]:
    competency = read_competency(call, call.arguments["id"])
    call.require(TEMPLATE_VIEW, TEMPLATE_MANAGE)
    ids = {
        link["templateid"]
        for link in call.state.template_links.find(competencyid=competency["id"])
    }
    found = [call.state.templates.rows[key] for key in sorted(ids)]
    return [row for row in found if row["visible"] or call.can(TEMPLATE_MANAGE)]


@serves("core_competency_list_templates_using_competency")
def list_using(call: Call) -> list[Row]:
    """List the templates a competency is in."""
    return [show_template(call, row) for row in _templates_using(call)]


@serves("core_competency_count_templates_using_competency")
def count_using(call: Call) -> int:
    """Count the templates a competency is in."""
    return len(_templates_using(call))


@serves("core_competency_template_has_related_data")
def has_related_data(call: Call) -> bool:
    """Say whether any plan follows the template."""
    template = read_template(call, call.arguments["id"])
    return bool(call.state.plans.count(templateid=template["id"]))
