"""Learning plan templates, and the form that changes one by hand."""

from flask import Blueprint, request

from adapters.moodle.sandbox.links import ordered_links
from adapters.moodle.sandbox.pages.shell import (
    Page,
    as_html,
    attempt,
    found,
    go,
    part_of,
    render,
    typed,
)
from adapters.moodle.sandbox.site import Site
from adapters.moodle.sandbox.state import State
from adapters.moodle.sandbox.tables import Row
from adapters.moodle.sandbox.templates import change_template


def add_to(pages: Blueprint, site: Site) -> None:
    """Add the routes."""

    @pages.get("/templates")
    def list_templates() -> Page:
        with site.lock:
            state = site.state
            rows = [
                {
                    **row,
                    "competencies": state.template_links.count(templateid=row["id"]),
                    "plans": state.plans.count(templateid=row["id"]),
                }
                for row in sorted(
                    state.templates, key=lambda row: str(row["shortname"])
                )
            ]
        part = part_of(rows, "shortname")
        return render("templates.html", title="Learning plan templates", part=part)

    @pages.route("/templates/<int:key>", methods=["GET", "POST"])
    def edit_template(key: int) -> Page:
        problem = ""
        with site.lock:
            row = found(site.state.templates, key)
            competencies = _competencies(site.state, key)
            if request.method == "POST":
                values = typed("shortname", "description")
                visible = "visible" in request.form
                problem = attempt(lambda: _save(site, row, values, visible=visible))
                if not problem:
                    done = f"{values['shortname']} is saved."
                    return go("edit_template", done, key=key)
                row |= {**values, "visible": visible}
        page = render(
            "template.html",
            title=f"Template {row['shortname']}",
            row=row,
            competencies=competencies,
            problem=problem,
            form_token=site.form_token,
        )
        return page, 422 if problem else 200


def _competencies(state: State, key: int) -> list[Row]:
    links = ordered_links(state.template_links, "templateid", key)
    return [state.competencies.rows[link["competencyid"]] for link in links]


def _save(site: Site, row: Row, values: dict[str, str], *, visible: bool) -> None:
    description = as_html(values["description"])
    changes = {**values, "description": description, "visible": visible}
    change_template(site.acting(), row, changes)
