"""Large tenants: what is counted and paged stays right. No timing is asserted."""

from __future__ import annotations

from datetime import date

from lxml import etree
from workday_sandbox_world import DATA, HR, OpenWorld

from adapters.workday.sandbox import (
    CompetencySeed,
    JobFamilySeed,
    JobProfileSeed,
    ScaleSeed,
    WorkerSeed,
)

READ_WORKERS = (
    "<wd:Get_Workers_Request><wd:Response_Filter><wd:As_Of_Entry_DateTime>{}"
    "</wd:As_Of_Entry_DateTime><wd:Page>{}</wd:Page><wd:Count>999</wd:Count>"
    "</wd:Response_Filter><wd:Response_Group><wd:Include_Reference>1"
    "</wd:Include_Reference><wd:Include_Employment_Information>1"
    "</wd:Include_Employment_Information></wd:Response_Group></wd:Get_Workers_Request>"
)


def test_a_large_workforce_pages_completely(open_world: OpenWorld) -> None:
    count = 5_000
    world = open_world(
        workers=tuple(
            WorkerSeed(
                f"{number:06}",
                f"Person {number}",
                "P-ENG-1",
                "ORG",
                "LON",
                date(2020, 1, 1),
            )
            for number in range(count)
        )
    )
    moment = world.tenant.store.now().isoformat()
    seen: set[str] = set()
    for page in range(1, 7):
        answer = world.ok(HR, READ_WORKERS.format(moment, page))
        assert answer.text("Response_Results/Total_Pages") == "6"
        seen.update(answer.texts("Worker_Data/Worker_ID"))
    assert len(seen) == count


def test_a_catalogue_of_many_rows_comes_in_one_page(open_world: OpenWorld) -> None:
    competencies = tuple(
        CompetencySeed(f"C{number}", f"Competency {number}", scale_id="S")
        for number in range(190)
    )
    profiles = tuple(
        JobProfileSeed(
            f"P{number}",
            f"Role {number}",
            ("F",),
            competencies=tuple(
                (f"C{(number + step) % 190}", "R1", True) for step in range(9)
            ),
        )
        for number in range(205)
    )
    world = open_world(
        scales=(ScaleSeed("S", "Steps", (("R1", "One"),)),),
        competencies=competencies,
        job_families=(JobFamilySeed("F", "All"),),
        job_family_groups=(),
        job_profiles=profiles,
    )
    answer = world.ok(
        HR,
        "<wd:Get_Job_Profiles_Request><wd:Response_Filter><wd:Count>999</wd:Count>"
        "</wd:Response_Filter></wd:Get_Job_Profiles_Request>",
    )
    assert answer.text("Response_Results/Page_Results") == "205"
    rows = answer.find_all("Competency_Qualification_Replacement_Data")
    assert len(rows) == 205 * 9
    assert isinstance(rows[0], etree._Element)
    assert rows[0].find(f"{{{DATA}}}Competency_Reference") is not None
