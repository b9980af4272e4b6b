"""Nobody starts on a green field: what a tenant holds is imported, adopted and kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cli_stage import HRIS, Stage, changed
from foreign_tenant import EMPTY, FULL, connect_tenant

from adapters.workday.sandbox import (
    CompetencySeed,
    JobFamilySeed,
    JobProfileSeed,
    ScaleSeed,
    TenantSeed,
)

ODD = replace(
    EMPTY,
    scales=(
        ScaleSeed("S/1 ż", "One", (("r 1", "Low"), ("r 2", "Low"))),
        ScaleSeed("S/2", "Two", (("q 1", "Any"),)),
    ),
    competencies=(
        CompetencySeed("C|1", "Knots", scale_id="S/1 ż", behaviours={"r 2": "- Ties."}),
        CompetencySeed("C|2", "知识"),
        CompetencySeed("C" * 90, "Knots and " + "more " * 30, "* not a list"),
    ),
    job_families=(
        JobFamilySeed("F (1)", "Sailing"),
        JobFamilySeed("F (2)", "Rowing"),
        JobFamilySeed("F (3)", "# Oars & <sails>"),
    ),
    job_profiles=(
        JobProfileSeed("P 1", "Mate", ("F (1)",), competencies=(
            ("C|1", "q 1", True), ("C|2", "r 1", True), ("C" * 90, "", True),
        )),
        JobProfileSeed("P 2", "Mate", ("F (2)", "F (1)"), competencies=(
            ("C|2", "", False), ("C|2", "", True), ("C|1", "r 1", True),
        )),
        JobProfileSeed("P 3", "No family"),
        JobProfileSeed(
            "P " + "4" * 120,
            "水手",
            ("F (3)",),
            description="<p># one</p><p>- two</p><p>a  b<br>c &lt;d&gt; **e**</p>",
            responsibilities=(("<p>Must</p>", True), ("<p>May</p>", False)),
        ),
    ),
)  # fmt: skip


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_full_tenant_is_imported_and_adopted_and_nothing_is_made_twice(
    jobframe: Stage,
) -> None:
    tenant = connect_tenant(jobframe, FULL).tenant
    before = len(tenant.log)

    imported = jobframe.json("framework", "import", "--from", HRIS, "own")

    assert imported["counts"]["roles"] == 300
    assert imported["counts"]["competencies"] == 80
    assert not any(entry.is_write for entry in tenant.log[before:])

    jobframe.ok("framework", "release", "own")
    plan = jobframe.json("plan", HRIS)
    assert plan["changes"] == []
    kinds = {"proficiency_scale", "competency", "job_family", "job_family_group"}
    assert {one["type"] for one in plan["findings"]} == {"adoption"}
    assert {one["kind"] for one in plan["findings"]} == {*kinds, "job_profile"}
    assert all(one["is_exact"] for one in plan["findings"])
    assert len(plan["findings"]) == 300 + 80 + 30 + 3 + 1

    jobframe.ok("findings", "decide", HRIS, "adopt")
    plan = jobframe.json("plan", HRIS)
    assert (plan["changes"], plan["waiting"], plan["tasks"]) == ([], [], [])
    assert [one for one in plan["findings"] if one["is_waiting"]] == []

    jobframe.ok("apply", HRIS)
    assert not any(entry.is_write for entry in tenant.log)
    assert len(tenant.store.of_kind("job_profile")) == 300
    assert len(tenant.store.of_kind("competency")) == 80


def test_an_import_that_is_done_again_gives_the_same_bytes(jobframe: Stage) -> None:
    connect_tenant(jobframe, FULL)
    jobframe.ok("framework", "import", "--from", HRIS, "own")
    first = _bytes(Path("own"))

    jobframe.ok("framework", "import", "--from", HRIS, "other")
    refused = jobframe("framework", "import", "--from", HRIS, "own")
    assert refused.code == 3
    assert "is not empty" in refused.err
    jobframe.ok("framework", "import", "--from", HRIS, "own", "--replace")

    assert _bytes(Path("own")) == _bytes(Path("other")) == first


def test_after_adoption_the_framework_rules_what_was_imported(
    jobframe: Stage,
) -> None:
    _adopt(jobframe, ODD)
    file = next(Path("own/roles").glob("*oars*"))
    text = file.read_text(encoding="utf-8")
    file.write_text(changed(text, "- Must", "- Should"), encoding="utf-8")

    jobframe.ok("framework", "release", "own")
    (change,) = jobframe.json("plan", HRIS)["changes"]
    jobframe.ok("apply", HRIS, "--yes")

    assert change["identity"] == "P " + "4" * 120
    profile = jobframe.sandboxes[HRIS].tenant.store.find(  # type: ignore[attr-defined]
        "Job_Profile_ID", "P " + "4" * 120
    )
    groups = profile.latest["Qualification_Replacement_Data"]
    rows = groups["Responsibility_Qualification_Replacement"]
    assert [
        row["Responsibility_Description"]
        for row in rows["Responsibility_Qualification_Replacement_Data"]
    ] == ["<p>May</p>", "<p>Should</p>"]


def _adopt(jobframe: Stage, seed: TenantSeed) -> dict[str, str]:
    """Import a tenant and adopt it; returns what the import noted, by place."""
    connect_tenant(jobframe, seed)
    imported = jobframe.json("framework", "import", "--from", HRIS, "own")
    jobframe.ok("framework", "release", "own")
    jobframe.ok("findings", "decide", HRIS, "adopt")
    jobframe.ok("apply", HRIS)
    return {
        f"{note['place']}: {note['message']}": note["topic"]
        for note in imported["report"]["notes"]
    }


def test_an_odd_tenant_is_told_part_by_part_and_stays_as_it_is(
    jobframe: Stage,
) -> None:
    notes = _adopt(jobframe, ODD)
    plan = jobframe.json("plan", HRIS)

    assert (plan["changes"], plan["waiting"]) == ([], [])
    assert [one for one in plan["findings"] if one["is_waiting"]] == []
    mates, others = "job profile “Mate”", f"job profile “水手” (P {'4' * 120})"
    no_family = "left out: a role lies in one family that is in use"
    optional = "is optional; a framework holds what all are to do"
    assert {note for note, topic in notes.items() if topic != "none_shown"} == {
        f"job profile “No family” (P 3): {no_family}",
        f"{mates} (P 1): it requires “Knots” at “q 1”, which its scale lacks",
        f"{mates} (P 1): it requires “知识” at “r 1”, which has no scale",
        f"{mates} (P 2): it also lies in family “sailing”; a framework holds one",
        f"{mates} (P 2): it requires “C|2” 2 times",
        f"{others}: the responsibility “May” {optional}",
    }
    assert {note for note, topic in notes.items() if topic == "none_shown"} == {
        f"{plural}: none is shown: there is none, or the right to Get in the domain"
        f" {domain} is missing"
        for plural, domain in (
            ("certifications", "Set Up: Skills and Experience"),
            ("competency categories", "Set Up: Skills and Experience"),
            ("job family groups", "Job Information"),
        )
    }


def test_an_empty_tenant_makes_no_folder(jobframe: Stage) -> None:
    connect_tenant(jobframe, EMPTY)

    answer = jobframe("framework", "import", "--from", HRIS, "own")

    assert answer.code == 3
    assert "workday shows nothing that a framework could hold" in answer.err
    assert not Path("own").exists()


@pytest.mark.parametrize(
    ("service", "named"),
    [
        ("Set Up: Skills and Experience", "competencies"),
        ("Job Information", "job profiles"),
    ],
)
def test_what_may_not_be_read_is_named_and_nothing_is_written(
    jobframe: Stage, service: str, named: str
) -> None:
    tenant = connect_tenant(jobframe, FULL).tenant
    domains = {domain for domain, _ in tenant.permissions.active}
    assert service in domains, domains
    with tenant.lock:
        tenant.permissions.revoke({(service, "Get"), (service, "Put")})
        tenant.permissions.activate()

    answer = jobframe("framework", "import", "--from", HRIS, "own")

    assert answer.code == 5
    assert "could not be read whole, so nothing was imported" in answer.err
    assert named in answer.err
    assert not Path("own").exists()


def test_tables_and_connections_are_not_mixed_up(jobframe: Stage) -> None:
    for words in (
        ("--from", HRIS, "--map", "m.yaml", "own"),
        ("--from", HRIS, "one", "two"),
        ("--map", "m.yaml", "table.csv"),
        ("--map", "m.yaml", "--to", "own", "--replace", "table.csv"),
    ):
        answer = jobframe("framework", "import", *words)
        assert answer.code == 2, answer.err
        assert "framework import --" in answer.err


def test_objects_met_by_name_alone_are_decided_apart(jobframe: Stage) -> None:
    connect_tenant(jobframe, ODD)
    jobframe.ok("framework", "import", "--from", HRIS, "own")
    # Without the remembered identities of families nothing but the name is left.
    file = Path("own/identities.yaml")
    head, *entries = file.read_text(encoding="utf-8").split("  - kind: ")
    kept = [entry for entry in entries if not entry.startswith("family")]
    file.write_text("  - kind: ".join([head, *kept]), encoding="utf-8")
    jobframe.ok("framework", "release", "own")

    listed = jobframe.ok("findings", "list", HRIS).out
    jobframe.ok("findings", "decide", HRIS, "adopt")
    refused = jobframe("findings", "decide", HRIS, "adopt")
    left = jobframe.json("findings", "list", HRIS)
    jobframe.ok("findings", "decide", HRIS, "adopt", "--match", "name")

    assert "8  met by their identity" in listed
    assert "3  met by name alone" in listed
    assert refused.code == 2
    assert "3 objects can be decided as “adopt”, all met by their name alone" in (
        refused.err
    )
    doubtful = [one for one in left if one["is_waiting"]]
    assert {(one["kind"], one["is_exact"]) for one in doubtful} == {
        ("job_family", False)
    }
    plan = jobframe.json("plan", HRIS)
    assert plan["changes"] == []
    assert [one for one in plan["findings"] if one["is_waiting"]] == []


def test_an_import_over_an_older_one_keeps_keys_and_whatever_is_no_framework(
    jobframe: Stage,
) -> None:
    running = connect_tenant(jobframe, ODD)
    jobframe.ok("framework", "import", "--from", HRIS, "own")
    before = _role_keys()
    jobframe.write("own/notes.md", "Ours.")
    jobframe.write("own/clusters.yaml", "clusters: [{key: deck, name: Deck}]\n")
    running.tenant.edit_job_profile("P 2", title="Second mate")

    jobframe.ok("framework", "import", "--from", HRIS, "own", "--replace")

    assert _role_keys() == before
    assert not Path("own/clusters.yaml").exists()
    assert Path("own/notes.md").read_text(encoding="utf-8") == "Ours."
    texts = (path.read_text(encoding="utf-8") for path in Path("own").rglob("*.yaml"))
    assert sum("name: Second mate" in text for text in texts) == 1


def test_a_profile_out_of_use_stays_out_of_use_and_untouched(
    jobframe: Stage,
) -> None:
    running = connect_tenant(jobframe, ODD)
    running.tenant.edit_job_profile("P 1", is_inactive=True)
    jobframe.ok("framework", "import", "--from", HRIS, "own")
    jobframe.ok("framework", "release", "own")
    jobframe.ok("findings", "decide", HRIS, "adopt")
    jobframe.ok("apply", HRIS)

    plan = jobframe.json("plan", HRIS)

    assert (plan["changes"], plan["waiting"]) == ([], [])
    text = Path("own/roles/sailing.yaml").read_text(encoding="utf-8")
    assert "retired: true" in text


def _role_keys() -> dict[str, str]:
    entries = Path("own/identities.yaml").read_text(encoding="utf-8").split("- kind: ")
    roles = [entry.splitlines() for entry in entries if entry.startswith("role")]
    return {lines[3].strip(): lines[1].strip() for lines in roles}
