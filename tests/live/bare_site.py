"""A real site as its administrator leaves it once the checklist is done.

Everything is made by the checklist's own words, in a browser, and removed at the end.
MOODLE_ADMIN and MOODLE_ADMIN_PASSWORD log in; MOODLE_CRON is a command that runs the
scheduled task named behind it; MOODLE_TOKEN belongs to an account that may do more than
the connector's: it makes the course that a learner finishes, and cleans up.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from administrator import Administrator
from playwright.sync_api import Browser, Page, sync_playwright

from adapters.moodle import adapter, task_checks
from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.report_setup import REPORTS
from connector.kit.http import HttpClient
from connector.kit.setup import Wishes
from connector.runtime.manifest import adapter_listing

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NEEDED = (
    "MOODLE_URL",
    "MOODLE_TOKEN",
    "MOODLE_ADMIN",
    "MOODLE_ADMIN_PASSWORD",
    "MOODLE_CRON",
)


@dataclass
class BareSite:
    """A site that was bare, its administrator, and hands that may do more."""

    administrator: Administrator
    browser: Browser
    hands: MoodleClient
    url: str

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings that the checklist's last step asks for."""
        scales = {"proficiency": self.administrator.scale}
        return {"url": self.url, "scales": scales, **self.administrator.reports}

    @property
    def token(self) -> str:
        return self.administrator.token

    def call(self, function: str, **arguments: Any) -> Any:
        (answer,) = self.hands.read([Call(function, arguments, is_raw=False)])
        return answer

    def copy_course(self, prefix: str) -> int:
        """Copy a course, with its activity and what completes it."""
        wanted = os.environ.get("MOODLE_COURSE", "CLOUD-101")
        by_field = {"field": "idnumber", "value": wanted}
        (found,) = self.call("core_course_get_courses_by_field", **by_field)["courses"]
        made = self.call(
            "core_course_duplicate_course",
            courseid=found["id"],
            fullname=f"Knots for beginners {prefix}",
            shortname=prefix,
            categoryid=found["categoryid"],
        )
        numbered = {"id": made["id"], "idnumber": prefix}
        self.call("core_course_update_courses", courses=[numbered])
        return int(made["id"])

    @contextmanager
    def page_of(self, name: str, password: str, **size: int) -> Iterator[Page]:
        """Open a browser in which somebody is logged in."""
        view = {"width": size.get("width", 1280), "height": size.get("height", 800)}
        context = self.browser.new_context(viewport=view)  # type: ignore[arg-type]
        try:
            page = context.new_page()
            Administrator(page, self.url, "").log_in(name, password)
            yield page
        finally:
            context.close()

    def remove(self, prefix: str) -> None:
        """Remove everything with a prefix; what people were rated on is hidden."""
        everywhere = {"contextid": 1}
        for item in self.call("core_competency_list_templates", context=everywhere):
            if f"{prefix}-t-" in item["description"]:
                ending = {"id": item["id"], "deleteplans": True}
                self.call("core_competency_delete_template", **ending)
        self._unlink(prefix)
        frameworks = "core_competency_list_competency_frameworks"
        for item in self.call(frameworks, context=everywhere, sort="id"):
            if item["idnumber"].startswith(f"{prefix}-"):
                delete = "core_competency_delete_competency_framework"
                if not self.call(delete, id=item["id"]):
                    hidden = {"id": item["id"], "visible": False}
                    update = "core_competency_update_competency_framework"
                    self.call(update, competencyframework=hidden)

    def remove_plans(self, user: int, prefix: str) -> None:
        """Remove the plans with a prefix that somebody has."""
        for plan in self.call("core_competency_list_user_plans", userid=user):
            if f"{prefix}-p-" in plan["description"]:
                self.call("core_competency_delete_plan", id=plan["id"])

    def _unlink(self, prefix: str) -> None:
        """Take our competencies out of courses: while linked, none can be deleted."""
        for course in self.call("core_course_get_courses_by_field")["courses"]:
            listing = "core_competency_list_course_competencies"
            for link in self.call(listing, id=course["id"]):
                if link["competency"]["idnumber"].startswith(f"{prefix}-"):
                    ends = {
                        "courseid": course["id"],
                        "competencyid": link["competency"]["id"],
                    }
                    remove = "core_competency_remove_competency_from_course"
                    self.call(remove, **ends)


def run_task(name: str) -> None:
    """Run a scheduled task of the site, named by its class."""
    command = [*shlex.split(os.environ["MOODLE_CRON"]), f"\\{name}"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def follow_checklist(administrator: Administrator) -> None:
    """Do every step that a new connection needs, with the checklist's own values."""
    needs = adapter_listing("moodle").needs
    options = {"scale": "proficiency", "scale_values": ["Not yet", "Proficient"]}
    wishes = Wishes(language="en", options=options)
    steps = {step.title: step for step in adapter.checklist(needs, wishes)}
    administrator.tick_features()
    administrator.make_account(steps["Make the service account"].tables[0])
    administrator.make_role(steps["Make its role"].tables[0])
    administrator.assign_role()
    administrator.make_service(steps["Make the service"].tables[0].rows)
    administrator.make_token()
    administrator.make_scale(steps["Make the scale"].tables[0])
    for report in REPORTS:
        step = steps[f"Make the report “{report.name}”"]
        administrator.make_report(report.setting, step)


@contextmanager
def bare_site() -> Iterator[BareSite]:
    """Set a site up by the checklist; skips where none is named."""
    if any(name not in os.environ for name in NEEDED):
        pytest.skip(f"{', '.join(NEEDED)} name no Moodle and its administrator")
    url = os.environ["MOODLE_URL"].rstrip("/")
    http = HttpClient(target="Moodle", base_url=url)
    hands = MoodleClient(http, os.environ["MOODLE_TOKEN"])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        administrator = Administrator(page, url, f"bare{uuid4().hex[:4]}")
        try:
            administrator.log_in(
                os.environ["MOODLE_ADMIN"], os.environ["MOODLE_ADMIN_PASSWORD"]
            )
            follow_checklist(administrator)
            for task in task_checks.WAITED_FOR:
                run_task(task)
            yield BareSite(administrator, browser, hands, url)
        finally:
            administrator.remove()
            browser.close()
            http.close()
