"""Groups of rows: ours, those of others, and what both changed."""

from __future__ import annotations

from typing import Any

import pytest
from bench import Bench, by_kind, changed_fields, duties, found, path, record
from bench import requirements as asks

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Foreign, Record, Ref, Row, Rows, text_row_key
from connector.sync.plan import Choice
from connector.sync.rows import compare_rows
from connector.sync.three_way import Known

KIND = by_kind(EXAMPLE_KINDS)
KEYS = "abcdef"


def base() -> list[Record]:
    """Return a group and the nodes that rows refer to."""
    nodes = [
        record(KIND["node"], key, name=key, description="", group=Ref("group", "g"))
        for key in KEYS
    ]
    return [record(KIND["group"], "g", name="G", description=""), *nodes]


def profile(**fields: Any) -> Record:
    return record(KIND["profile"], "p", **{"title": "P", **fields})


def bench_with(drift: str = "ask", **fields: Any) -> Bench:
    bench = Bench(drift=drift)
    bench.settle(*base(), profile(**fields))
    return bench


def want(bench: Bench, **fields: Any) -> None:
    bench.want(*base(), profile(**fields))


def there(bench: Bench, field: str) -> list[Row]:
    group = bench.target.find("profile", "jf-p-p").fields[field]
    assert isinstance(group, Rows)
    return list(group.rows)


def required(bench: Bench) -> dict[str, str]:
    """Return the ratings that the target asks for, by node."""
    return {
        str(row.fields["node"].label): str(row.fields["rating"])  # type: ignore[union-attr]
        for row in there(bench, "requirements")
    }


def order(bench: Bench) -> str:
    return "".join(str(row.key.label) for row in there(bench, "path"))  # type: ignore[union-attr]


def texts(bench: Bench) -> list[str]:
    return [str(row.fields["text"]) for row in there(bench, "duties")]


def node(bench: Bench, key: str) -> Foreign:
    return bench.target.reference("node", f"jf-n-{key}")


def ask(bench: Bench, **ratings: str) -> None:
    """Let a person write the whole group of requirements."""
    rows = tuple(
        Row(
            node(bench, key),
            {"node": node(bench, key), "rating": rating, "is_required": True},
        )
        for key, rating in ratings.items()
    )
    bench.target.edit("profile", "jf-p-p", requirements=Rows(rows))


def walk(bench: Bench, keys: str) -> None:
    rows = tuple(Row(node(bench, key), {"node": node(bench, key)}) for key in keys)
    bench.target.edit("profile", "jf-p-p", path=Rows(rows, is_ordered=True))


def say(bench: Bench, *wordings: str) -> None:
    rows = tuple(
        Row(text_row_key(text), {"text": text, "is_required": True})
        for text in wordings
    )
    bench.target.edit("profile", "jf-p-p", duties=Rows(rows))


# Whose rows.


def test_our_rows_come_and_go_and_rows_of_others_stay() -> None:
    bench = bench_with(requirements=asks(("a", "low"), ("b", "low")))
    ask(bench, a="low", b="low", c="theirs")
    want(bench, requirements=asks(("a", "high"), ("d", "low")))

    bench.apply()

    assert required(bench) == {"a": "high", "c": "theirs", "d": "low"}
    assert bench.plan().is_empty
    assert not bench.plan().findings


def test_a_wanted_row_that_others_put_there_is_shared_and_never_removed() -> None:
    bench = bench_with(requirements=asks(("a", "low")))
    ask(bench, a="low", b="low")
    want(bench, requirements=asks(("a", "low"), ("b", "low")))

    assert bench.plan().is_empty
    bench.apply()
    want(bench, requirements=asks())
    bench.apply()

    assert required(bench) == {"b": "low"}


@pytest.mark.parametrize(
    ("choice", "rating"), [(Choice.OURS, "high"), (Choice.THEIRS, "low")]
)
def test_a_row_of_others_with_another_rating_is_a_conflict(
    choice: Choice, rating: str
) -> None:
    bench = bench_with(requirements=asks(("a", "low")))
    ask(bench, a="low", b="low")
    want(bench, requirements=asks(("a", "low"), ("b", "high")))

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["conflict profile p requirements"]
    bench.decide(choice)
    bench.apply()

    assert required(bench) == {"a": "low", "b": rating}
    assert not bench.plan().open_findings
    want(bench, requirements=asks(("a", "low")))
    bench.apply()
    assert required(bench) == (
        {"a": "low"} if rating == "high" else {"a": "low", "b": "low"}
    )


def test_our_row_rated_otherwise_by_others_is_drift_and_the_rest_goes_on() -> None:
    bench = bench_with(requirements=asks(("a", "low"), ("b", "low")))
    ask(bench, a="other", b="low")
    want(bench, requirements=asks(("a", "low"), ("b", "low"), ("c", "low")))

    assert found(bench.plan()) == ["drift profile p requirements"]
    bench.apply()
    assert required(bench) == {"a": "other", "b": "low", "c": "low"}
    assert found(bench.plan()) == ["drift profile p requirements"]
    bench.decide(Choice.RESTORE)
    bench.apply()
    assert required(bench) == {"a": "low", "b": "low", "c": "low"}


def test_our_row_removed_by_others_is_drift() -> None:
    bench = bench_with(requirements=asks(("a", "low"), ("b", "low")))
    ask(bench, b="low")

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["drift profile p requirements"]
    assert "removed from the target" in bench.plan().findings[0].message
    bench.decide(Choice.RESTORE)
    bench.apply()
    assert required(bench) == {"a": "low", "b": "low"}


def test_our_row_removed_by_others_and_no_longer_wanted_is_recorded() -> None:
    bench = bench_with(requirements=asks(("a", "low"), ("b", "low")))
    ask(bench, b="low")
    want(bench, requirements=asks(("b", "low")))

    assert bench.plan().is_empty
    assert not bench.plan().findings
    bench.apply()
    ask(bench, a="theirs", b="low")
    assert not bench.plan().findings


def test_our_row_changed_on_both_sides_is_a_conflict() -> None:
    bench = bench_with(requirements=asks(("a", "low"), ("b", "low")))
    ask(bench, a="other", b="low")
    want(bench, requirements=asks(("a", "high"), ("b", "low")))

    assert found(bench.plan()) == ["conflict profile p requirements"]
    assert "differently" in bench.plan().findings[0].message
    bench.decide(Choice.OURS)
    bench.apply()
    assert required(bench) == {"a": "high", "b": "low"}


def test_our_row_changed_alike_on_both_sides_is_recorded() -> None:
    bench = bench_with(requirements=asks(("a", "low")))
    ask(bench, a="high")
    want(bench, requirements=asks(("a", "high")))

    assert bench.plan().is_empty
    bench.apply()
    assert not bench.plan().records


def test_rows_of_an_adopted_object_are_joined_and_added() -> None:
    bench = Bench()
    bench.settle(*base())
    bench.target.add("profile", "jf-p-p", title="P")
    ask(bench, a="low", b="theirs")
    want(bench, requirements=asks(("a", "low"), ("c", "low")))
    bench.decide(Choice.ADOPT)
    bench.apply()

    assert required(bench) == {"a": "low", "b": "theirs", "c": "low"}
    want(bench, requirements=asks())
    bench.apply()
    assert required(bench) == {"b": "theirs"}


def test_a_group_no_longer_mapped_keeps_its_rows() -> None:
    bench = bench_with(requirements=asks(("a", "low")))
    want(bench)

    assert bench.plan().is_empty
    bench.apply()
    assert required(bench) == {"a": "low"}


def test_a_decision_about_one_row_holds_for_that_row_alone() -> None:
    bench = bench_with(requirements=asks(("a", "low"), ("b", "low")))
    ask(bench, a="other", b="low")
    bench.decide(Choice.KEEP)
    assert not bench.plan().open_findings
    ask(bench, a="other", b="other")

    assert [item.row for item in bench.plan().open_findings] == ["node b"]


# Texts.


def test_an_edited_text_is_one_finding_and_never_a_second_row() -> None:
    bench = bench_with("restore", duties=duties("Sweeps.", "Cooks."))
    say(bench, "Sweeps daily.", "Cooks.")

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["drift profile p duties"]
    (finding,) = plan.open_findings
    assert isinstance(finding.target, Rows)
    assert finding.target.rows[0].fields["text"] == "Sweeps daily."
    bench.apply()
    assert texts(bench) == ["Sweeps daily.", "Cooks."]


def test_two_edited_texts_are_no_second_rows_either() -> None:
    bench = bench_with("restore", duties=duties("Sweeps.", "Cooks."))
    say(bench, "Sweeps daily.", "Cooks well.")

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["drift profile p duties"] * 2


def test_an_edited_text_stays_by_decision_and_returns_by_decision() -> None:
    bench = bench_with(duties=duties("Sweeps.", "Cooks."))
    say(bench, "Sweeps daily.", "Cooks.")
    bench.decide(Choice.KEEP)
    assert bench.plan().is_empty
    bench.decide(Choice.RESTORE)
    assert bench.plan().is_empty  # nothing waits, so nothing is decided anew

    say(bench, "Sweeps twice.", "Cooks.")
    bench.decide(Choice.RESTORE)
    bench.apply()
    assert texts(bench) == ["Sweeps twice.", "Cooks.", "Sweeps."]


def test_a_text_edited_by_others_and_by_us_is_a_conflict_never_a_second_row() -> None:
    bench = bench_with(duties=duties("Sweeps.", "Cooks."))
    say(bench, "Sweeps daily.", "Cooks.")
    want(bench, duties=duties("Sweeps at night.", "Cooks."))

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["conflict profile p duties"]
    bench.decide(Choice.THEIRS)
    bench.apply()
    assert texts(bench) == ["Sweeps daily.", "Cooks."]
    want(bench, duties=duties("Sweeps at night.", "Cooks.", "Bakes."))
    bench.decide(Choice.THEIRS)
    bench.apply()
    assert not bench.plan().open_findings
    assert texts(bench) == ["Sweeps daily.", "Cooks."]


def test_a_text_edited_by_both_is_ours_by_decision() -> None:
    bench = bench_with(duties=duties("Sweeps."))
    say(bench, "Sweeps daily.")
    want(bench, duties=duties("Sweeps at night."))
    bench.decide(Choice.OURS)
    bench.apply()

    assert texts(bench) == ["Sweeps daily.", "Sweeps at night."]
    assert bench.plan().is_empty
    assert not bench.plan().findings


def test_a_removed_text_with_no_unknown_one_is_plain_drift() -> None:
    bench = bench_with("restore", duties=duties("Sweeps.", "Cooks."))
    say(bench, "Cooks.")

    bench.apply()

    assert texts(bench) == ["Cooks.", "Sweeps."]


def test_a_text_that_others_add_is_left() -> None:
    bench = bench_with(duties=duties("Sweeps."))
    say(bench, "Sweeps.", "Sings.")
    want(bench, duties=duties("Cooks."))

    bench.apply()

    assert texts(bench) == ["Sings.", "Cooks."]


# Order.


def test_our_order_is_written_and_rows_of_others_keep_their_places() -> None:
    bench = bench_with(path=path("a", "b", "c"))
    walk(bench, "afbc")
    want(bench, path=path("c", "a", "b"))

    assert changed_fields(bench.plan(), "profile", "p")
    bench.apply()
    assert order(bench) == "cfab"
    assert bench.plan().is_empty


def test_a_new_row_takes_its_place_in_the_order() -> None:
    bench = bench_with(path=path("a", "c"))
    walk(bench, "afc")
    want(bench, path=path("a", "b", "c"))

    bench.apply()

    assert order(bench) == "afbc"
    assert bench.plan().is_empty


def test_another_order_made_by_others_is_drift() -> None:
    bench = bench_with(path=path("a", "b", "c"))
    walk(bench, "bac")

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["drift profile p path"]
    bench.decide(Choice.KEEP)
    assert not bench.plan().open_findings
    walk(bench, "cba")
    assert found(bench.plan()) == ["drift profile p path"]
    bench.decide(Choice.RESTORE)
    bench.apply()
    assert order(bench) == "abc"


def test_another_order_stays_a_finding_when_a_row_is_added_meanwhile() -> None:
    bench = bench_with(path=path("a", "b", "c"))
    walk(bench, "bac")
    want(bench, path=path("a", "b", "c", "d"))

    bench.apply()
    assert order(bench) == "bacd"
    assert bench.plan().is_empty
    assert found(bench.plan()) == ["drift profile p path"]


def test_another_order_stays_a_finding_without_an_echo_too() -> None:
    bench = bench_with(path=path("a", "b", "c"))
    bench.target.is_echoing = False
    walk(bench, "bac")
    want(bench, path=path("a", "b", "c", "d"))

    bench.apply()
    assert found(bench.plan()) == ["drift profile p path"]
    assert order(bench) == "bacd"


@pytest.mark.parametrize(
    ("choice", "result"), [(Choice.OURS, "cab"), (Choice.THEIRS, "bac")]
)
def test_both_orders_changed_differently_is_a_conflict(
    choice: Choice, result: str
) -> None:
    bench = bench_with(path=path("a", "b", "c"))
    walk(bench, "bac")
    want(bench, path=path("c", "a", "b"))

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["conflict profile p path"]
    bench.decide(choice)
    bench.apply()
    assert order(bench) == result


def test_both_orders_changed_alike_is_recorded() -> None:
    bench = bench_with(path=path("a", "b", "c"))
    walk(bench, "bac")
    want(bench, path=path("b", "a", "c"))

    assert bench.plan().is_empty
    assert not bench.plan().findings


def test_the_order_of_what_is_there_is_kept_while_a_removed_row_waits() -> None:
    bench = bench_with(path=path("a", "b", "c"))
    walk(bench, "ac")
    want(bench, path=path("c", "a", "b"))

    assert found(bench.plan()) == ["drift profile p path"]
    bench.apply()
    assert order(bench) == "ca"


def test_rows_of_others_with_one_key_are_all_kept_and_ours_is_there_once() -> None:
    def row(key: str, said: str) -> Row:
        return Row(key, {"said": said})

    twice = (row("theirs", "a"), row("theirs", "a"))
    ours = row("ours", "b")
    target = Rows((*twice, row("ours", "old"), row("ours", "old")))
    same = compare_rows(Rows(), Known(Rows(), Rows()), target, lambda _: True)
    assert same.after == target
    sent = Rows((row("ours", "old"),))
    after = compare_rows(Rows((ours,)), Known(sent, sent), target, lambda _: True).after
    assert after.rows == (*twice, ours)
    gone = compare_rows(Rows(), Known(sent, sent), target, lambda _: True).after
    assert gone.rows == twice
