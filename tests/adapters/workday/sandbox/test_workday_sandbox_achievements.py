from __future__ import annotations

import pytest
from workday_sandbox_world import (
    DESCRIPTORS,
    HR,
    INTEGRATIONS,
    SEED,
    TALENT,
    Answer,
    OpenWorld,
    World,
    reference,
    username_token,
)

WORKER = reference("Worker_Reference", "Employee_ID", "0001")
ROLE = reference("Role_Reference", "Employee_ID", "0001")
AUTO = (
    "<wd:Business_Process_Parameters><wd:Auto_Complete>true</wd:Auto_Complete>"
    "</wd:Business_Process_Parameters>"
)
NEEDING = frozenset({"Manage Training"})


def data(training_id: str = "", name: str = "Data basics", more: str = "") -> str:
    own = f"<wd:Training_ID>{training_id}</wd:Training_ID>" if training_id else ""
    named = f"<wd:Training>{name}</wd:Training>" if name else ""
    return f"<wd:Training_Data>{own}{more}{named}</wd:Training_Data>"


def manage(rows: str, *, worker: str = WORKER, parameters: str = "") -> str:
    return (
        f"<wd:Manage_Training_Request>{parameters}<wd:Manage_Training_Data>{worker}"
        f"<wd:Training>{rows}</wd:Training></wd:Manage_Training_Data>"
        "</wd:Manage_Training_Request>"
    )


def certify(content: str, existing: str = "") -> str:
    return (
        f"<wd:Manage_Certifications_Request><wd:Manage_Certifications_Data>{ROLE}"
        f"<wd:Certification>{existing}<wd:Certification_Data>{content}"
        "</wd:Certification_Data></wd:Certification></wd:Manage_Certifications_Data>"
        "</wd:Manage_Certifications_Request>"
    )


def read(world: World) -> Answer:
    return world.ok(
        HR,
        f"<wd:Get_Workers_Request><wd:Request_References>{WORKER}"
        "</wd:Request_References><wd:Response_Group><wd:Include_Qualifications>1"
        "</wd:Include_Qualifications></wd:Response_Group></wd:Get_Workers_Request>",
    )


def trainings(world: World) -> list[str]:
    return read(world).texts("Training/Training_Data/Training_ID")


def event_of(answer: Answer) -> str:
    [wid] = answer.ids("Worker_Training_Event_Reference", "WID")
    return wid


def state(world: World, wid: str, *, header: str | None = None) -> Answer:
    return world.ok(
        INTEGRATIONS,
        "<wd:Get_Event_Details_Request><wd:Request_References>"
        f"{reference('Event_Reference', 'WID', wid)}</wd:Request_References>"
        "</wd:Get_Event_Details_Request>",
        header=header,
    )


def test_a_training_is_there_at_once_when_nobody_must_approve(world: World) -> None:
    sent = (
        "<wd:Training_Data><wd:Training_ID>T-1</wd:Training_ID>"
        "<wd:Training>Data basics</wd:Training><wd:Description>Online</wd:Description>"
        f"{reference('Training_Type_Reference', 'Training_Type_ID', 'ONLINE')}"
        "<wd:Completion_Date>2026-03-01</wd:Completion_Date></wd:Training_Data>"
    )
    answer = world.ok(TALENT, manage(sent))
    assert answer.ids("Training_Reference", "Training_ID") == ["T-1"]
    shown = read(world)
    assert shown.ids("Training_Reference", "Training_ID") == ["T-1"]
    assert shown.text("Training_Data/Completion_Date") == "2026-03-01"
    assert shown.ids("Training_Type_Reference", "Training_Type_ID") == ["ONLINE"]
    assert world.tenant.trainings_of("0001") == [
        {
            "Training_ID": "T-1",
            "Training": "Data basics",
            "Description": "Online",
            "Training_Type_Reference": "ONLINE",
            "Completion_Date": "2026-03-01",
        }
    ]


def test_a_training_that_waits_is_not_visible_until_approved(
    open_world: OpenWorld,
) -> None:
    world = open_world(needing_approval=NEEDING, is_strict=False)
    wid = event_of(world.ok(TALENT, manage(data("T-1"))))
    assert trainings(world) == []
    named = state(world, wid, header=username_token() + DESCRIPTORS)
    assert named.find_all("Event_State_Reference")[0].get(
        "{urn:com.workday/bsvc}Descriptor"
    ) == ("In Progress")
    world.control(f"events/{wid}/approve")
    assert trainings(world) == ["T-1"]
    assert state(world, wid).texts("Completed_Date")


def test_a_denied_training_never_shows(open_world: OpenWorld) -> None:
    world = open_world(needing_approval=NEEDING, is_strict=False)
    wid = event_of(world.ok(TALENT, manage(data("T-1"))))
    assert world.tenant.deny_event(wid).state.value == "Denied"
    assert trainings(world) == []
    with pytest.raises(KeyError):
        world.tenant.approve_event(wid)


def test_the_state_is_a_wid_without_a_name(open_world: OpenWorld) -> None:
    world = open_world(needing_approval=NEEDING, is_strict=False)
    wid = event_of(world.ok(TALENT, manage(data("T-1"))))
    [shown] = state(world, wid).find_all("Event_State_Reference")
    assert [child.get("{urn:com.workday/bsvc}type") for child in shown] == ["WID"]
    assert shown.get("{urn:com.workday/bsvc}Descriptor") is None


def test_auto_complete_skips_approval_and_is_seen_in_the_log(
    open_world: OpenWorld,
) -> None:
    world = open_world(needing_approval=NEEDING, is_strict=False)
    world.ok(TALENT, manage(data("T-1"), parameters=AUTO))
    world.ok(TALENT, manage(data("T-2")))
    assert trainings(world) == ["T-1"]
    log = world.log()
    assert log["auto_completed"] == 1
    assert log["writes"] == 2
    events = world.session.get(f"{world.url}/_sandbox/events", timeout=30).json()
    assert [event["auto_completed"] for event in events["events"]] == [True, False]


def test_an_existing_training_is_changed_and_removed_by_its_reference(
    world: World,
) -> None:
    world.ok(TALENT, manage(data("T-1")))
    existing = reference("Training_Reference", "Training_ID", "T-1")
    world.ok(TALENT, manage(existing + data(name="Data for all")))
    assert read(world).texts("Training_Data/Training") == ["Data for all"]
    gone = (
        "<wd:Training_Data><wd:Remove_Training>1</wd:Remove_Training>"
        "</wd:Training_Data>"
    )
    world.ok(TALENT, manage(existing + gone))
    assert trainings(world) == []


REFUSED = {
    "an ID in use": (
        manage(data("T-OLD")),
        "The Training_ID 'T-OLD' is already in use.",
    ),
    "an ID in use by another worker": (
        manage(
            data("T-OLD"),
            worker=reference("Worker_Reference", "Employee_ID", "0002"),
        ),
        "The Training_ID 'T-OLD' is already in use.",
    ),
    "the training of another worker": (
        manage(
            reference("Training_Reference", "Training_ID", "T-OLD") + data(),
            worker=reference("Worker_Reference", "Employee_ID", "0002"),
        ),
        "The training belongs to another worker.",
    ),
    "no training": (
        manage(data()).replace(f"<wd:Training>{data()}</wd:Training>", ""),
        "At least one Training is required.",
    ),
    "no worker": (
        manage(data(), worker=""),
        "The Worker_Reference must denote a worker.",
    ),
    "no name": (manage(data("T-X", name="")), "The name of the training is required."),
    "an ID twice": (
        manage(data("T-X") + data("T-X")),
        "The Training_ID 'T-X' occurs more than once.",
    ),
    "removal without a reference": (
        manage(
            "<wd:Training_Data><wd:Remove_Training>1</wd:Remove_Training>"
            "</wd:Training_Data>"
        ),
        "To remove a training send its reference.",
    ),
    "unknown worker": (
        manage(data(), worker=reference("Worker_Reference", "Employee_ID", "9999")),
        "Invalid ID value.  '9999' is not a valid ID value for type = 'Employee_ID'",
    ),
    "a name only": (
        certify("<wd:Certification_Name>First aid</wd:Certification_Name>"),
        (
            "A Certification_Reference, or a Certification_Name with an Issuer, is "
            "required."
        ),
    ),
}


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED)
def test_wrong_achievements_are_refused(world: World, body: str, message: str) -> None:
    world.ok(TALENT, manage(data("T-OLD")))
    answer = world.refused(TALENT, body)
    assert answer.fault_text == f"Validation error occurred. {message}"


def test_a_second_event_for_a_waiting_training_is_refused(
    open_world: OpenWorld,
) -> None:
    world = open_world(needing_approval=NEEDING, is_strict=False)
    world.ok(TALENT, manage(data("T-1")))
    answer = world.refused(TALENT, manage(data("T-1")))
    assert answer.fault_text.endswith(
        "Another event for the Training_ID 'T-1' is in progress."
    )
    world.ok(TALENT, manage(data("T-2")))


def test_a_change_that_waits_blocks_another_one(open_world: OpenWorld) -> None:
    world = open_world(is_strict=False)
    world.ok(TALENT, manage(data("T-1")))
    world.control("approvals", needing_approval=["Manage Training"])
    change = manage(
        reference("Training_Reference", "Training_ID", "T-1") + data(name="Other")
    )
    wid = event_of(world.ok(TALENT, change))
    assert world.refused(TALENT, change).fault_text.endswith(
        "Another event for this training is in progress."
    )
    world.tenant.deny_event(wid)
    world.ok(TALENT, change)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            reference("Certification_Reference", "Certification_ID", "CERT-A"),
            id="from the catalogue",
        ),
        pytest.param(
            "<wd:Certification_Name>First aid</wd:Certification_Name>"
            "<wd:Issuer>Red Cross</wd:Issuer>"
            "<wd:Issued_Date>2026-02-01</wd:Issued_Date>",
            id="free",
        ),
    ],
)
def test_certifications_read_in_both_places(world: World, content: str) -> None:
    sent = certify(f"<wd:Certification_ID>A-1</wd:Certification_ID>{content}")
    answer = world.ok(TALENT, sent)
    assert answer.ids("Certification_Reference", "Certification_Skill_ID") == ["A-1"]
    assert read(world).texts("Certification_Data/Certification_ID") == ["A-1"]
    held = world.ok(
        TALENT,
        f"<wd:Get_Manage_Certifications_Request><wd:Request_References>{ROLE}"
        "</wd:Request_References></wd:Get_Manage_Certifications_Request>",
    )
    assert held.texts("Certification_Data/Certification_ID") == ["A-1"]
    assert held.ids("Manage_Certifications_Data/Role_Reference", "Employee_ID") == [
        "0001"
    ]
    assert world.tenant.certifications_of("0001")[0]["Certification_ID"] == "A-1"
    existing = reference("Certification_Reference", "Certification_Skill_ID", "A-1")
    gone = "<wd:Remove_Certification>true</wd:Remove_Certification>"
    world.ok(TALENT, certify(gone, existing))
    assert world.tenant.certifications_of("0001") == []


def test_a_completed_training_counts_as_a_change_of_the_worker(world: World) -> None:
    world.clock.move(hours=1)
    world.ok(TALENT, manage(data("T-1")))
    world.clock.move(hours=1)
    answer = world.ok(
        HR,
        "<wd:Get_Workers_Request><wd:Request_Criteria>"
        "<wd:Transaction_Log_Criteria_Data><wd:Transaction_Date_Range_Data>"
        "<wd:Updated_From>2026-03-02T09:30:00Z</wd:Updated_From>"
        "<wd:Updated_Through>2026-03-02T10:30:00Z</wd:Updated_Through>"
        "</wd:Transaction_Date_Range_Data><wd:Transaction_Type_References/>"
        "</wd:Transaction_Log_Criteria_Data></wd:Request_Criteria>"
        "</wd:Get_Workers_Request>",
    )
    assert answer.texts("Worker_Data/Worker_ID") == ["0001"]


def test_the_strict_profile_wants_the_worker_and_the_training(
    open_world: OpenWorld,
) -> None:
    world = open_world(is_strict=True)
    body = (
        "<wd:Manage_Training_Request><wd:Manage_Training_Data/>"
        "</wd:Manage_Training_Request>"
    )
    problems = world.refused(TALENT, body).problems
    assert [text for text, _ in problems] == [
        "Element Worker_Reference is required in element Manage_Training_Data",
        "Element Training is required in element Manage_Training_Data",
    ]
    world.ok(TALENT, manage(data("T-1")))


def test_a_seed_without_approvals_is_the_default() -> None:
    assert SEED.needing_approval == frozenset()
