"""People at the command line: who is in scope, what they hold, who may see names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cli_stage import ADA, FRAMEWORK, HRIS, Stage, changed

from connector.runtime.home import now, open_home
from connector.runtime.instance import open_instance
from connector.store import audit

CREW = changed(
    FRAMEWORK,
    "  - key: sailor\n    name: Sailor\n    family: sailing\n",
    "  - key: sailor\n    name: Sailor\n    family: sailing\n"
    "    track: individual_contributor\n    level: ic1\n",
)
CREW = changed(
    CREW,
    "pathways:\n",
    "levels: [{key: ic1, name: IC 1, track: individual_contributor}]\n"
    "regions: [{key: isles, name: Isles, currency: GBP, countries: [GB]}]\n"
    "pathways:\n",
)


@pytest.fixture
def tenant(jobframe: Stage) -> Any:
    """A tenant that holds the framework, and Ada as a sailor in it."""
    running: Any = jobframe.connect(HRIS)
    ids = {"Management_Level_ID": "ic1"}
    running.tenant.store.add("management_level", ids, "IC 1")
    jobframe.release(CREW)
    jobframe.ok("apply", HRIS, "--yes")
    running.tenant.move_worker(ADA.employee_id, job_profile_id="jf-jp-sailor")
    return running.tenant


def test_positions_are_told_in_the_words_of_the_framework(
    jobframe: Stage, tenant: Any
) -> None:
    del tenant
    assert jobframe.json("people", "sync", HRIS)["is_all"] is True
    listed = jobframe.json("people", "list", "--role", "sailor")
    (person,) = listed.pop("persons")
    assert listed == {"people": 1, "active": 1, "by_status": {"active": 1}}
    (position,) = person["assignments"]
    told = {name: position[name] for name in ("role", "track", "level", "region")}
    assert told == {
        "role": "sailor",
        "track": "individual_contributor",
        "level": "ic1",
        "region": "isles",
    }
    assert person["last_move_on"] == "2020-01-01"
    assert jobframe.json("people", "list", "--role", "cook")["persons"] == []
    shown = jobframe.ok("people", "show", ADA.employee_id).out
    assert "sailor, individual contributor, ic1, isles, since" in shown
    assert "primary" in shown


def test_names_are_shown_only_on_demand_and_that_is_written_down(
    jobframe: Stage, tenant: Any
) -> None:
    del tenant
    jobframe.ok("people", "sync", HRIS)
    for arguments in (["list"], ["show", ADA.employee_id]):
        for form in ([], ["--json"]):
            out = jobframe.ok("people", *arguments, *form).out
            assert ADA.family_name not in out
            assert ADA.employee_id not in out
            assert ADA.email not in out
    person = jobframe.json("people", "show", ADA.employee_id, "--personal")
    assert (person["name"], person["email"]) == ("Áda Żółć", ADA.email)
    assert "Áda Żółć" in jobframe.ok("people", "list", "--personal").out
    with (
        open_instance(open_home(None), now) as instance,
        instance.database.read() as conn,
    ):
        actions = [entry.action for entry in audit.entries(conn)]
    assert actions.count("people shown") == 2


def test_who_is_unknown_is_said(jobframe: Stage) -> None:
    error = jobframe("people", "show", "4711", "--json").error
    assert error["message"] == "nobody is known by that id"


def test_the_scope_of_a_connection_limits_who_is_read(jobframe: Stage) -> None:
    jobframe.connect(HRIS, scope={"countries": ["PL"]})
    assert jobframe.json("people", "sync", HRIS)["stored"] == 0
    jobframe.sandboxes[HRIS].close()
    jobframe.connect(HRIS, scope={"countries": ["GB", "PL"]})
    assert jobframe.json("people", "sync", HRIS)["stored"] == 1


def test_who_left_the_scope_is_let_go_by_a_full_reading(
    jobframe: Stage, tenant: Any
) -> None:
    jobframe.ok("people", "sync", HRIS)
    tenant.clock = lambda: now() + timedelta(minutes=1)
    tenant.hire_worker(
        "0021002",
        name="Bo",
        job_profile_id="jf-jp-sailor",
        organization="Organisation",
        location="Office",
    )
    tenant.change_worker(ADA.employee_id, is_contingent=True)
    tenant.clock = now
    read = jobframe.json("people", "sync", HRIS, "--full")
    assert (read["stored"], read["gone"]) == (1, 1)
    listed = jobframe.json("people", "list")
    assert listed["by_status"] == {"active": 1, "unseen": 1}
