"""Nobody starts on a green field: what a tenant holds is imported, adopted and kept."""

from __future__ import annotations

from pathlib import Path

from cli_stage import HRIS, Stage
from foreign_tenant import FULL, connect_tenant


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
