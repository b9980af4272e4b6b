"""Any record, and any change of one, makes a request that the contract takes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from workday_contract import PATH, problems, request_tree
from workday_records import DAY, EMPTY, IDS, LARGEST, SMALLEST, SOME_WID
from workday_support import change, new

from adapters.workday.elements import Element
from adapters.workday.facts import OPERATIONS, WID
from adapters.workday.gate import FEATURES
from adapters.workday.kinds import KINDS
from adapters.workday.references import reference
from adapters.workday.wire.achievements import ACHIEVEMENTS
from adapters.workday.wire.kind import Change
from connector.kit.errors import RejectedError
from connector.kit.values import RETIRED, Operation, Retire, Value, Write

pytestmark = pytest.mark.skipif(
    not PATH.exists(), reason="the contract is not beside the repository"
)
WRITTEN = [name for name, kind in KINDS.items() if kind.build is not None]


def built(write: Write, current: Element | None) -> Element:
    build = KINDS[write.kind].build
    assert build is not None
    return build(Change(write=write, current=current, remote_ids=IDS, effective=DAY))


def shown(kind: str, fields: Mapping[str, Value]) -> Element:
    """Return an object as a Get shows it: as its Put wrote it, with its reference."""
    record = etree.Element(KINDS[kind].record)
    record.append(reference(KINDS[kind].reference, WID, SOME_WID))
    record.extend(list(built(new(kind, "k", **fields), None)))
    return record


def wrong_in(request: Element, kind: str) -> list[str]:
    known = OPERATIONS[KINDS[kind].put]
    tree = request_tree(known.service, known.name)
    return list(problems(request, tree, is_strict=True))


def test_every_kind_and_field_that_is_written_has_its_records() -> None:
    assert sorted(SMALLEST) == sorted(LARGEST) == sorted(WRITTEN)
    for kind, fields in LARGEST.items():
        spec = KINDS[kind].spec
        more = set() if spec.retire is Retire.KEEP else {RETIRED}
        assert set(fields) == set(spec.by_name) | more, kind
        needed = {item.name for item in spec.fields if item.is_required}
        assert set(SMALLEST[kind]) == needed, kind


def test_every_operation_that_is_called_is_walked() -> None:
    walked = {name for kind in KINDS.values() for name in (kind.get, kind.put) if name}
    walked |= {name for one in ACHIEVEMENTS.values() for name in (one.get, one.manage)}
    walked |= {name for names in FEATURES.values() for name in names}
    assert walked == set(OPERATIONS)


@pytest.mark.parametrize("kind", WRITTEN)
@settings(deadline=None)
@given(data=st.data())
def test_any_part_of_a_record_makes_a_request_of_the_contract(
    kind: str, data: st.DataObject
) -> None:
    names = st.sets(st.sampled_from(sorted(LARGEST[kind])))
    made = {**SMALLEST[kind]}
    made.update({name: LARGEST[kind][name] for name in data.draw(names)})
    assert wrong_in(built(new(kind, "k", **made), None), kind) == []
    after = {
        name: EMPTY[name] if name in EMPTY and data.draw(st.booleans()) else value
        for name, value in LARGEST[kind].items()
        if name in data.draw(names)
    }
    before = {name: made.get(name, EMPTY.get(name)) for name in after}
    write = change(kind, "k", SOME_WID, before, after, Operation.UPDATE)
    assert wrong_in(built(write, shown(kind, made)), kind) == []


def test_a_grade_is_not_taken_from_a_job_profile() -> None:
    write = change(
        "job_profile",
        "k",
        SOME_WID,
        {"compensation_grade": LARGEST["job_profile"]["compensation_grade"]},
        {"compensation_grade": None},
    )
    with pytest.raises(RejectedError, match="No web service takes"):
        built(write, shown("job_profile", LARGEST["job_profile"]))
