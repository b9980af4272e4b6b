"""What plans for learners leave of people in the database, once somebody is erased."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select
from test_learner_plans import Open, members_of
from test_learner_plans import small as small

from connector.runtime.ground import ground_of
from connector.store import journal
from connector.store.tables_talent import metadata
from connector.sync.plan_json import plan_from_json
from connector.talent.privacy import erase, preview_erasure


def everything(office: Any) -> str:
    """Return all that the database holds, as one text."""
    with office.instance.database.read() as conn:
        return "\n".join(
            str([str(value) for value in row])
            for table in metadata.sorted_tables
            for row in conn.execute(
                select(*(c for c in table.c if not isinstance(c.type, LargeBinary)))
            )
        )


def test_who_others_put_into_our_cohort_is_in_no_table(small: Open) -> None:
    office, sandbox = small("01", "0099777", plans="cohorts")
    office.hold(["01"], "mate")
    office.apply()
    with sandbox.site.lock:
        cohort = sandbox.site.state.cohorts.first(idnumber="jf-h-mate")["id"]
        stranger = sandbox.site.state.users.first(idnumber="0099777")["id"]
        sandbox.site.state.cohort_members.add({"cohortid": cohort, "userid": stranger})
    office.hold(["02"], "mate")
    office.hold(["01"], "sailor")
    office.later(40)
    office.apply()
    assert members_of(sandbox.site, "jf-h-mate") == {"0099777"}
    assert f'"account", "{stranger}"' not in everything(office)
    assert '"$foreign": ["account"' not in everything(office)


@pytest.mark.parametrize("way", ["own", "cohorts"])
def test_runs_and_links_hold_nothing_of_who_was_erased(small: Open, way: str) -> None:
    office, sandbox = small("0021", "0022", plans=way)
    office.hold(["0021", "0022"], "mate")
    office.apply()
    who, other = office.person("0021"), office.person("0022")
    with sandbox.site.lock:
        account = sandbox.site.state.users.first(idnumber="0021")["id"]
    assert who in everything(office)
    ground = ground_of(office.instance)
    looked = preview_erasure(ground, "0021")
    assert who in everything(office)
    done = erase(ground, "0021", "maria")
    assert done.rows == looked.rows
    assert {each.kind for each in done.left} >= {"account"}
    left = everything(office)
    for word in (who, "Person 0021", f'"{who}", "{account}"', "'0021'"):
        assert word not in left
    assert other in left
    path = office.instance.database.path
    assert path is not None
    for file in path.parent.glob(f"{path.name}*"):
        assert who.encode() not in file.read_bytes()
    # What is left of the runs can still be told, and the next plan be made.
    with office.instance.database.read() as conn:
        run = journal.read_run(conn, 1)
    assert run is not None
    assert plan_from_json(json.loads(run.plan_json)).changes
    office.plan()
