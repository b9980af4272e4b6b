"""The first page: what there is, what was asked last, and the hourly tasks."""

from collections import Counter

from flask import Blueprint

from adapters.moodle.sandbox.pages.shell import Page, go, render
from adapters.moodle.sandbox.site import Site

_LAST = 20


def add_to(pages: Blueprint, site: Site) -> None:
    """Add the routes."""

    @pages.get("/")
    def show_overview() -> Page:
        with site.lock:
            state = site.state
            counts = [
                ("Competency frameworks", len(state.frameworks), None),
                ("Competencies", len(state.competencies), "list_competencies"),
                ("Learning plan templates", len(state.templates), "list_templates"),
                ("Courses", len(state.courses) - 1, "list_courses"),
                ("Learners", len(state.users) - 3, "list_learners"),
                ("Learning plans", len(state.plans), None),
                ("Course completions", len(state.completions), None),
                ("Pieces of evidence", len(state.evidence), None),
            ]
            last = list(site.log)[-_LAST:][::-1]
            calls = Counter(entry.function for entry in site.log).total()
        return render(
            "overview.html",
            title="Sandbox Moodle",
            sitename=site.seed.sitename,
            counts=counts,
            last=last,
            calls=calls,
            form_token=site.form_token,
        )

    @pages.post("/tasks/hourly")
    def run_hourly_tasks() -> Page:
        site.run_hourly_tasks()
        return go("show_overview", "The hourly tasks have run.")
