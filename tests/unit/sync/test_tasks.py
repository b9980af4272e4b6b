"""Tasks: what they ask a person to type, and when nobody knows whether to ask."""

from __future__ import annotations

from bench import Bench, by_kind, found, record

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.testing.memory import MemoryTarget
from connector.kit.values import FieldSpec, FieldType, KindSpec, Ownership, Retire

KIND = by_kind(EXAMPLE_KINDS)
SCALE = KindSpec(
    name="scale",
    label="scale",
    plural="scales",
    tag="sc",
    fields=(
        FieldSpec(name="values", type=FieldType.TEXTS, ownership=Ownership.MANUAL_STEP),
    ),
    ownership=Ownership.MANUAL_STEP,
    retire=Retire.REMOVE,
    manual_step="Add a scale with these values.",
)


def test_a_list_is_told_as_a_person_types_it() -> None:
    bench = Bench(target=MemoryTarget(specs=(SCALE,)))
    bench.want(record(SCALE, "marks", values=("Not yet", "Proficient")))
    (task,) = bench.plan().tasks
    assert task.step.values == {"values": "Not yet, Proficient"}


def test_what_was_not_read_whole_is_no_task() -> None:
    bench = Bench()
    level = record(KIND["level"], "l1", name="Level 1")
    group = record(KIND["group"], "eng", name="Engineering")
    bench.want(level, group)
    assert [task.key for task in bench.plan().tasks] == ["l1"]
    bench.target.add("level", "other", name="Other")
    bench.target.cuts["level"] = 1
    plan = bench.plan()
    assert plan.tasks == ()
    assert found(plan) == ["incomplete level"]
