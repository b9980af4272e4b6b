"""Loads every module that answers web service functions, so that they register."""

from importlib import import_module

_MODULES = (
    "activities",
    "badges",
    "categories",
    "cohorts",
    "comments",
    "competencies",
    "competency_moves",
    "competency_summary",
    "course_links",
    "course_pages",
    "course_writing",
    "courses",
    "enrolling",
    "enrolments",
    "framework_trees",
    "frameworks",
    "grades",
    "plan_states",
    "plans",
    "preferences",
    "prior_learning",
    "ratings",
    "reports",
    "scale_rules",
    "site_info",
    "site_settings",
    "templates",
    "user_writing",
    "users",
)


def load() -> None:
    """Import all handler modules; doing it again costs nothing."""
    for name in _MODULES:
        import_module(f"adapters.moodle.sandbox.{name}")
