"""Loads every module that answers web service functions, so that they register."""

from importlib import import_module

_MODULES = (
    "cohorts",
    "competencies",
    "competency_moves",
    "competency_summary",
    "course_links",
    "courses",
    "enrolments",
    "framework_trees",
    "frameworks",
    "plan_states",
    "plans",
    "ratings",
    "reports",
    "scale_rules",
    "site_info",
    "templates",
    "users",
)


def load() -> None:
    """Import all handler modules; doing it again costs nothing."""
    for name in _MODULES:
        import_module(f"adapters.moodle.sandbox.{name}")
