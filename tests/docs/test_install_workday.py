"""The page for administrators of Workday shows what manifest and checklist say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.workday import adapter
from adapters.workday.checklist import ACCOUNT, CLIENT, GROUP
from adapters.workday.policies import DOMAIN, PROCESS, matrix
from adapters.workday.sandbox.access import ALL_RIGHTS
from connector.kit.setup import Wishes
from connector.runtime.checklists import checklist_lines, checklist_page
from connector.runtime.manifest import adapter_listing

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "install-workday.md").read_text(encoding="utf-8")
NEEDS = adapter_listing("workday").needs
STEPS = adapter.checklist(NEEDS, Wishes(language="en"))


@pytest.mark.parametrize(
    ("title", "type_"), [("domains", DOMAIN), ("business processes", PROCESS)]
)
def test_the_security_matrix_is_that_of_the_manifest(title: str, type_: str) -> None:
    mark = re.escape(f"<!-- made from manifest.json: {title} -->")
    found = re.search(f"{mark}\n\n(.*?)\n\n<!-- end -->", PAGE, re.DOTALL)
    assert found
    assert found[1] == matrix(NEEDS.policies, type_).as_markdown(), (
        "paste this into docs/install-workday.md:\n"
        + matrix(NEEDS.policies, type_).as_markdown()
    )


def test_the_checklist_and_the_page_name_the_same_things() -> None:
    told = "\n".join(checklist_lines(STEPS))
    for name in (ACCOUNT, GROUP, CLIENT, "windows", "workday.refresh_token"):
        assert name in told
        assert name in PAGE
    tasks = re.findall(r"\*\*([A-Z][^*]+?)\*\*", PAGE.replace("\n", " "))
    typed = {task for task in tasks if not task.endswith((".", "?"))}
    assert len(typed) >= 10
    words = " ".join(told.split())
    assert {task for task in typed if task not in words} == set()


def test_the_checklist_lists_every_policy_and_scope() -> None:
    page = checklist_page("Setting up Workday", STEPS)
    for policy in NEEDS.policies:
        name = policy.name.replace("&", "&amp;")
        assert f"<code>{name}</code>" in page
        assert f"<code>{policy.area.replace('&', '&amp;')}</code>" in page


def test_the_sandbox_guards_no_policy_that_the_manifest_does_not_name() -> None:
    listed = {policy.name for policy in NEEDS.policies}
    assert {name for name, _ in ALL_RIGHTS} <= listed
