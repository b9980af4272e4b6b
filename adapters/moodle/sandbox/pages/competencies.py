"""Competencies in their trees, and the form that changes one by hand."""

from flask import Blueprint, request

from adapters.moodle.sandbox.competencies import COMPETENCY, ancestor_ids_of
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
from adapters.moodle.sandbox.records import update_record
from adapters.moodle.sandbox.site import Site
from adapters.moodle.sandbox.state import State
from adapters.moodle.sandbox.tables import Row

_FIELDS = ("shortname", "idnumber", "description")


def add_to(pages: Blueprint, site: Site) -> None:
    """Add the routes."""

    @pages.get("/competencies")
    def list_competencies() -> Page:
        with site.lock:
            part = part_of(_in_tree_order(site.state), "shortname", "idnumber")
        return render("competencies.html", title="Competencies", part=part)

    @pages.route("/competencies/<int:key>", methods=["GET", "POST"])
    def edit_competency(key: int) -> Page:
        problem = ""
        with site.lock:
            row = found(site.state.competencies, key)
            ancestors = [site.state.competencies.rows[i] for i in ancestor_ids_of(row)]
            framework = site.state.frameworks.rows[row["competencyframeworkid"]]
            place = [
                framework["shortname"],
                *(above["shortname"] for above in ancestors),
            ]
            if request.method == "POST":
                values = typed(*_FIELDS)
                problem = attempt(lambda: _save(site, row, values))
                if not problem:
                    done = f"{values['shortname']} is saved."
                    return go("edit_competency", done, key=key)
                row |= values
        page = render(
            "competency.html",
            title=f"Competency {row['shortname']}",
            row=row,
            place=place,
            problem=problem,
            form_token=site.form_token,
        )
        return page, 422 if problem else 200


def _save(site: Site, row: Row, values: dict[str, str]) -> None:
    fields = {**values, "description": as_html(values["description"])}
    update_record(site.acting(), COMPETENCY, row, fields)


def _in_tree_order(state: State) -> list[Row]:
    """Return all competencies, each below its parent, with its depth and framework."""
    below: dict[tuple[int, int], list[Row]] = {}
    for row in state.competencies:
        key = (row["competencyframeworkid"], row["parentid"])
        below.setdefault(key, []).append(row)
    ordered: list[Row] = []
    for framework in state.frameworks:
        waiting = [(0, row) for row in _reversed(below, framework["id"], 0)]
        while waiting:
            depth, row = waiting.pop()
            name = framework["shortname"]
            ordered.append({**row, "depth": depth, "framework": name})
            children = _reversed(below, framework["id"], row["id"])
            waiting += [(depth + 1, child) for child in children]
    return ordered


def _reversed(
    below: dict[tuple[int, int], list[Row]], framework_id: int, parent_id: int
) -> list[Row]:
    children = below.get((framework_id, parent_id), [])
    return sorted(children, key=lambda row: (-row["sortorder"], -row["id"]))
