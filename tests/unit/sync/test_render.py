"""The plan as people read it."""

from __future__ import annotations

from typing import Any

from bench import Bench, by_kind, duties, path, record, requirements

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Privacy, Record, Ref, Row, Rows, text_row_key
from connector.sync.plan import Choice, Plan
from connector.sync.render import render_findings, render_plan

KIND = by_kind(EXAMPLE_KINDS)


def group(key: str = "craft", text: str = "", name: str = "") -> Record:
    return record(KIND["group"], key, name=name or key.title(), description=text)


def node(key: str, parent: str = "") -> Record:
    return record(
        KIND["node"],
        key,
        name=key,
        description="",
        group=Ref("group", "craft"),
        parent=Ref("node", parent) if parent else None,
    )


def profile(key: str = "smith", **fields: Any) -> Record:
    return record(KIND["profile"], key, **{"title": key.title(), **fields})


def read(plan: Plan, *may_see: Privacy, most: int = 12) -> str:
    rights = frozenset({Privacy.PLAIN, *may_see})
    lines = render_plan(plan, KIND, may_see=rights, most=most)
    return "\n".join(line.plain for line in lines)


def body(text: str) -> list[str]:
    """Return the lines between head and summary."""
    return [
        line for line in text.splitlines()[1:] if line and "fingerprint" not in line
    ]


def test_a_first_plan_names_what_is_new() -> None:
    bench = Bench()
    bench.want(group(), group("b", name="b"), profile())

    text = read(bench.plan())

    assert text.splitlines()[0] == "Plan for test  release r-test, as of 2026-03-02"
    assert body(text) == [
        "  groups  2 to create",
        "    + b",
        "    + Craft  craft",
        "  profiles  1 to create",
        "    + Smith  smith",
        "3 changes: 3 to create.",
    ]
    assert bench.plan().fingerprint in text


def test_an_empty_plan_says_so() -> None:
    assert body(read(Bench().plan())) == ["Nothing to write."]


def test_a_change_shows_before_and_after() -> None:
    bench = Bench()
    bench.settle(group(text="Old words"))
    bench.want(group(text="New words", name="Trade"))

    assert body(read(bench.plan())) == [
        "  groups  1 to change",
        "    ~ Craft  craft",
        "        description",
        "          - Old words",
        "          + New words",
        "        name",
        "          - Craft",
        "          + Trade",
        "1 change: 1 to change.",
    ]


def test_rich_text_is_read_as_people_read_it_and_only_what_differs_is_shown() -> None:
    bench = Bench()
    old = "<p>Makes &amp; mends.</p><ul><li>Iron</li><li>Tin</li></ul>"
    new = "<p>Makes &amp; mends.</p><ul><li>Iron</li><li>Gold</li></ul>"
    bench.settle(group(text=old))
    bench.want(group(text=new))

    text = read(bench.plan())

    assert "          - - Tin\n          + - Gold" in text
    assert "mends" not in text
    assert "<" not in text


def test_every_type_of_value_has_words() -> None:
    bench = Bench()
    bench.settle(group(), profile(hours=40, is_public=True, tags=("a", "b")))
    bench.want(
        group(),
        profile(
            hours=None,
            is_public=False,
            tags=(),
            groups=(Ref("group", "craft"),),
            description="x" * 200,
        ),
    )

    lines = body(read(bench.plan()))

    assert "          - 40" in lines
    assert "          + (nothing)" in lines
    assert lines[lines.index("        is_public") + 1 :][:2] == [
        "          - yes",
        "          + no",
    ]
    assert "          - a, b" in lines
    assert "          + group craft" in lines
    assert "          + " + "x" * 99 + "…" in lines


def test_rows_come_go_change_and_are_ordered() -> None:
    bench = Bench()
    nodes = [group(), node("a"), node("b"), node("c")]
    bench.settle(
        *nodes,
        profile(
            requirements=requirements(("a", "low"), ("b", "low")), path=path("a", "b")
        ),
    )
    bench.want(
        *nodes,
        profile(
            requirements=requirements(("b", "high"), ("c", "low")), path=path("b", "a")
        ),
    )

    assert body(read(bench.plan()))[2:-1] == [
        "        path",
        "          ~ put into the framework's order",
        "        requirements",
        "          - node a, low, required",
        "          ~ node b, low, required → node b, high, required",
        "          + node c, low, required",
    ]


def test_a_retirement_says_what_it_means_and_what_goes_along() -> None:
    bench = Bench()
    bench.settle(group(), node("a"), node("b", "a"), node("c", "a"))
    bench.want(group())

    assert body(read(bench.plan()))[1:3] == [
        "    - a",
        "        the node is moved to the branch of retired nodes, with 2 nodes",
    ]
    bench.want(group(), node("a"), node("c", "a"))
    assert "retired nodes\n" in read(bench.plan())


def test_what_comes_back_says_so() -> None:
    bench = Bench()
    bench.settle(group())
    bench.settle()
    bench.want(group())

    assert "        taken back into use" in body(read(bench.plan()))


def test_a_rewrite_gives_its_reason_instead_of_its_fields() -> None:
    bench = Bench()
    rule = record(KIND["rule"], "a", node=Ref("node", "a"), type="all")
    bench.settle(group(), node("a"), rule)
    bench.want(group(), node("a"), rule, node("b", "a"))

    text = read(bench.plan())

    assert "        written again: writing node b undoes it\n" in text
    assert "all" not in text


def test_the_people_reached_and_the_guard_that_stops_are_told() -> None:
    bench = Bench(mapping_text="version: 1\nadapter: memory\nkinds: {group: {}}\n")
    bench.settle(group(), group("one"))
    bench.target.reaches("group", "jf-g-craft", 700)
    bench.target.reaches("group", "jf-g-one", 1)
    bench.want(group(text="New"), group("one", text="New"))

    text = read(bench.plan())

    assert "    ~ Craft  craft  reaches 700 people\n" in text
    assert "    ~ One  one  reaches 1 person\n" in text
    assert "  Guards that stop this plan until it is confirmed\n" in text
    assert "    ✋ reach: one change reaches 700 people" in text


def test_long_lists_are_cut_and_say_how_many_more() -> None:
    bench = Bench()
    follows = Ref("level", "l")
    level = Record(kind="level", key="l", identity="l", fields={"name": "L"})
    bench.want(
        level,
        *(group(f"g{number}") for number in range(5)),
        *(profile(f"p{number}", level=follows) for number in range(5)),
    )

    text = read(bench.plan(), most=2)

    assert "    … and 3 more (--all shows them)\n" in text
    assert "    … profile p0  waits for level l\n" in text
    assert "    … and 3 more\n" in text
    assert "changes that wait: 5" in text


def test_tasks_give_the_values_to_type_and_where() -> None:
    bench = Bench()
    level = Record(kind="level", key="l", identity="l", fields={"name": "IC 5"})
    bench.want(level, profile(code="X"))
    bench.target.add("profile", "jf-p-smith", title="Smith")
    bench.decide(Choice.ADOPT)

    text = read(bench.plan())

    assert "  To do by hand (the connector cannot write these)\n" in text
    assert "    □ level “l”\n        name: IC 5\n" in text
    assert "        Administration > Levels: add a level with these values.\n" in text
    assert "    □ profile “smith”\n        code: X\n" in text


def test_findings_show_both_sides_and_what_can_be_decided() -> None:
    bench = Bench()
    bench.settle(group(), profile(duties=duties("Sweeps.")))
    bench.target.edit("group", "jf-g-craft", name="Trade", retired=True)
    rows = Rows((Row(text_row_key("Sings."), {"text": "Sings."}),))
    bench.target.edit("profile", "jf-p-smith", duties=rows)

    lines = [line.plain for line in render_findings(bench.plan(), KIND)]

    assert lines[1:] == [
        "  Findings (each waits for a decision)",
        "    ! drift group craft  name",
        "        changed in the target since we wrote it",
        "        ours    Craft",
        "        theirs  Trade",
        "        decide: restore or keep",
        "    ! drift group craft  retired",
        "        changed in the target since we wrote it",
        "        decide: restore or keep",
        "    ! drift profile smith  duties",
        (
            "        the text of this row seems to have been changed in the target;"
            " ours would stand beside it"
        ),
        "        ours    Sweeps., required",
        "        theirs  Sings.",
        "        decide: restore or keep",
    ]


def test_settled_findings_are_counted_not_told() -> None:
    bench = Bench(drift="keep")
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")

    text = read(bench.plan())

    assert "settled by a decision or policy" in text
    assert "Trade" not in text


def test_many_findings_are_cut() -> None:
    bench = Bench()
    many = [group(f"g{number}") for number in range(22)]
    bench.settle(*many)
    for number in range(22):
        bench.target.edit("group", f"jf-g-g{number}", name="X")

    assert "    … and 2 more (--all shows them)" in read(bench.plan(), most=3)


def test_hidden_values_are_absent_without_the_right() -> None:
    bench = Bench()
    bench.settle(profile(owner="Ada Secret"), profile("q", owner="Bo Secret"))
    bench.target.edit("profile", "jf-p-q", owner="Cy Secret")
    bench.want(profile(owner="Di Secret"), profile("q", owner="Bo Secret"))

    text = read(bench.plan())

    assert "Secret" not in text
    assert "        owner: <hidden: personal, changed>" in text
    assert "        <hidden: personal, changed>" in text
    assert "Di Secret" in read(bench.plan(), Privacy.PERSONAL)
    assert "Cy Secret" in read(bench.plan(), Privacy.PERSONAL)


def test_a_banner_stands_on_top() -> None:
    bench = Bench()
    bench.engine.connection = type(bench.engine.connection)(
        address="memory:", catalogue=bench.target, doctor=None, banner="A SANDBOX"
    )
    assert read(bench.plan()).splitlines()[1] == "A SANDBOX"


def test_of_a_long_text_in_a_row_only_the_lines_that_differ_are_shown() -> None:
    bench = Bench()
    long = "Splices a rope so that it holds in a storm and runs through every block."
    bench.settle(
        group(), node("a"), profile(requirements=requirements(("a", f"{long}\n{long}")))
    )
    bench.want(
        group(),
        node("a"),
        profile(requirements=requirements(("a", f"{long}\nWhips it."))),
    )

    assert body(read(bench.plan()))[2:-1] == [
        "        requirements",
        "          ~ node a, required",
        f"            - {long}",
        "            + Whips it.",
    ]
