"""Every request the builders make keeps to the contract, smallest and largest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from lxml import etree
from workday_contract import PATH, problems, request_tree
from workday_records import DAY, EMPTY, IDS, LARGEST, SMALLEST, SOME_WID
from workday_support import change, new

from adapters.workday.doctor import probe_of
from adapters.workday.elements import Element, group
from adapters.workday.facts import FLAGS, OPERATIONS, WID
from adapters.workday.kinds import KINDS
from adapters.workday.read import Question, View
from adapters.workday.references import reference
from adapters.workday.settings import load_settings
from adapters.workday.wire.achievements import ACHIEVEMENTS
from adapters.workday.wire.changes import entered, taking_effect
from adapters.workday.wire.kind import Change
from adapters.workday.wire.populations import JOB_FLAGS, PERSON_FLAGS, workers
from adapters.workday.wire.positions import supervisory, unfilled
from connector.kit.values import (
    Dispatch,
    DispatchKind,
    Operation,
    PeopleScope,
    Row,
    Rows,
    WorkerType,
)

pytestmark = pytest.mark.skipif(
    not PATH.exists(), reason="the contract is not beside the repository"
)


def _built(kind: str, made: Change) -> Element:
    build = KINDS[kind].build
    assert build is not None
    return build(made)


def _requests() -> Iterator[tuple[str, str, Element]]:
    """Yield a name, the operation and a request, for every shape of write."""
    for kind, fields in [*SMALLEST.items(), *LARGEST.items()]:
        made = Change(
            write=new(kind, "k", **fields), current=None, remote_ids=IDS, effective=DAY
        )
        size = "smallest" if fields is SMALLEST[kind] else "largest"
        yield f"create the {size} {kind}", KINDS[kind].put, _built(kind, made)
    for kind, fields in LARGEST.items():
        for title, before, after in (
            ("change", {}, fields),
            ("empty", fields, {n: v for n, v in EMPTY.items() if n in fields}),
            ("retire", {}, {"retired": True}),
        ):
            write = change(kind, "k", SOME_WID, before, after, Operation.UPDATE)
            made = Change(
                write=write, current=_current(kind), remote_ids=IDS, effective=DAY
            )
            yield f"{title} {kind}", KINDS[kind].put, _built(kind, made)
        probe = _built(kind, probe_of(KINDS[kind]))
        yield f"check the right to write {kind}", KINDS[kind].put, probe


def _current(kind: str) -> Element:
    """Return an object as a Get shows it: as its Put wrote it, with its reference."""
    made = Change(
        write=new(kind, "k", **LARGEST[kind]),
        current=None,
        remote_ids=IDS,
        effective=DAY,
    )
    record = etree.Element(KINDS[kind].record)
    record.append(reference(KINDS[kind].reference, WID, SOME_WID))
    record.extend(list(_built(kind, made)))
    return record


@pytest.mark.parametrize("is_strict", [False, True], ids=["lenient", "strict"])
@pytest.mark.parametrize(
    ("operation", "request_element"),
    [pytest.param(op, request, id=name) for name, op, request in _requests()],
)
def test_every_write_keeps_to_the_contract(
    operation: str, request_element: Element, is_strict: bool
) -> None:
    known = OPERATIONS[operation]
    tree = request_tree(known.service, known.name)
    assert list(problems(request_element, tree, is_strict=is_strict)) == []


def _positions() -> Iterator[tuple[str, Question]]:
    empty = Question(operation="Get_Positions", record="Position")
    yield "positions", empty
    yield "open positions", replace(empty, criteria=unfilled())
    organisations = Question(operation="Get_Organizations", record="Organization")
    yield "organisations", replace(organisations, criteria=supervisory())
    places = (reference("Location_Reference", WID, SOME_WID),)
    yield (
        "locations",
        Question(operation="Get_Locations", record="Location", references=places),
    )


def _questions() -> Iterator[tuple[str, Question]]:
    for kind in KINDS.values():
        whole = Question(
            operation=kind.get, record=kind.record, criteria=kind.criteria()
        )
        yield f"all {kind.spec.plural}", whole
        if kind.reference:
            named = (reference(kind.reference, WID, SOME_WID),) * 2
            yield f"some {kind.spec.plural}", replace(whole, references=named)
    everybody = Question(operation="Get_Workers", record="Worker", flags=PERSON_FLAGS)
    yield "workers", replace(everybody, criteria=workers(PeopleScope()))
    holders = replace(everybody, flags=JOB_FLAGS)
    yield "holders", replace(holders, criteria=workers(PeopleScope(), is_active=True))
    narrow = PeopleScope(
        organisations=("ORG-1", "ORG-2"),
        countries=("PL", "IE"),
        worker_types=(WorkerType.CONTINGENT,),
    )
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, UTC)
    for types in ((), ("Hire Employee",)):
        for name, changed in (
            ("entered", entered(moment, moment, types)),
            ("taking effect", taking_effect(DAY, DAY, types)),
        ):
            criteria = workers(narrow, changed=changed)
            yield f"{name} {types}", replace(everybody, criteria=criteria)
    yield from _positions()
    profiles = Question(operation="Get_Job_Profiles", record="Job_Profile")
    changed = group(
        "Request_Criteria",
        [entered(moment, moment)],
        within="Get_Job_Profiles_Request",
    )
    yield "changed profiles", replace(profiles, criteria=changed)
    for achievement in ACHIEVEMENTS.values():
        yield (
            achievement.get,
            Question(
                operation=achievement.get,
                record=achievement.record,
                references=(achievement.worker("E-1"),),
                flags=achievement.flags,
            ),
        )


@pytest.mark.parametrize(
    "question", [pytest.param(question, id=name) for name, question in _questions()]
)
def test_every_read_keeps_to_the_contract(question: Question) -> None:
    known = OPERATIONS[question.operation]
    tree = request_tree(known.service, known.name)
    view = View(DAY, "2026-03-01T10:00:00.123456+00:00")
    request = question.request(view, page=2)
    assert list(problems(request, tree, is_strict=True)) == []


@pytest.mark.parametrize("kind", list(DispatchKind))
@pytest.mark.parametrize("source", ["", "LMS"])
def test_every_dispatch_keeps_to_the_contract(kind: DispatchKind, source: str) -> None:
    settings = load_settings(
        {
            "base_url": "https://services.example.com",
            "tenant": "acme",
            "auth": {"kind": "username_token", "user": "ISU"},
            "training_type": "ONLINE",
            "achievement_source": source,
        }
    )
    dispatch = Dispatch(
        reference="jf-d-1",
        kind=kind,
        employee_id="E-1",
        title="A course",
        description="Finished",
        completed_on=DAY,
        expires_on=DAY,
        competency_id="0" * 32,
        level_id="jf-pr-craft/1",
    )
    achievement = ACHIEVEMENTS[kind]
    known = OPERATIONS[achievement.manage]
    two = [dispatch, replace(dispatch, reference="jf-d-2")]
    request = achievement.request(two, settings)
    tree = request_tree(known.service, known.name)
    assert list(problems(request, tree, is_strict=True)) == []
    assert request.find(".//{*}Auto_Complete") is None


def test_the_flags_are_flags_of_the_contract() -> None:
    for operation in OPERATIONS.values():
        flags = FLAGS.get(operation.request, ())
        tree = request_tree(operation.service, operation.name)
        groups = [c for c in tree["children"] if c["name"] == "Response_Group"]
        known = [c["name"] for group in groups for c in group["children"]]
        assert [name for name in known if name in flags] == list(flags)


def test_decimals_are_written_without_an_exponent() -> None:
    rows = Rows((Row("r", {"id": "r", "name": "R", "value": Decimal("1E+2")}),))
    write = new("proficiency_scale", "k", name="Scale", ratings=rows)
    made = Change(write=write, current=None, remote_ids={}, effective=DAY)
    built = _built("proficiency_scale", made)
    assert built.findtext(".//{*}Rating_Value") == "100"
