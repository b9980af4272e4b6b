"""What a target shows of a change that may or may not have happened."""

from __future__ import annotations

import pytest
from bench import by_kind, duties

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Found, Operation, Rows, Value
from connector.sync.plan import Change, FieldChange
from connector.sync.settling import Shown, completed, shown

SPEC = by_kind(EXAMPLE_KINDS)["profile"]


def change(*fields: tuple[str, Value, Value], **more: object) -> Change:
    return Change(
        **{  # type: ignore[arg-type]
            "operation": Operation.UPDATE,
            "kind": "profile",
            "key": "p",
            "identity": "jf-p-p",
            "remote_id": "1",
            "fields": tuple(
                FieldChange(name=name, before=before, after=after, sent=after)
                for name, before, after in fields
            ),
            "record": {},
            **more,
        }
    )


def there(**fields: Value) -> Found:
    return Found(kind="profile", remote_id="1", identity="jf-p-p", fields=fields)


RENAME = ("title", "old", "new")
OWNER = ("owner", "a", "b")
REWORD = ("duties", duties("Sweeps.", "Cooks."), duties("Cooks.", "Bakes."))
FIRST = ("duties", None, duties("Cooks."))


@pytest.mark.parametrize(
    ("update", "found", "expected"),
    [
        (change(RENAME), there(title="old"), Shown.BEFORE),
        (change(RENAME), there(title="new"), Shown.AFTER),
        (change(RENAME), there(title="theirs"), Shown.OTHER),
        (change(RENAME), None, Shown.OTHER),
        (change(RENAME, part="link"), None, Shown.BEFORE),
        (change(RENAME, is_rewrite=True), there(title="new"), Shown.BEFORE),
        (change(RENAME, OWNER), there(title="new", owner="a"), Shown.PART),
        (change(RENAME, OWNER), there(title="new", owner="c"), Shown.OTHER),
        (change(("hours", None, 4)), there(hours=""), Shown.BEFORE),
        (change(("tags", ("a",), ())), there(tags=None), Shown.AFTER),
        (change(REWORD), there(duties=REWORD[1]), Shown.BEFORE),
        (change(REWORD), there(duties=REWORD[2]), Shown.AFTER),
        (change(REWORD), there(duties=duties("Cooks.")), Shown.PART),
        (
            change(REWORD),
            there(duties=duties("Sweeps.", "Cooks.", "Bakes.")),
            Shown.PART,
        ),
        (change(REWORD), there(duties=duties("Sweeps.")), Shown.OTHER),
        (change(REWORD), there(duties=duties("Cooks.", "Sings.")), Shown.OTHER),
        (change(FIRST), there(duties=duties("Sings.")), Shown.OTHER),
    ],
)
def test_an_update_shows_how_far_it_came(
    update: Change, found: Found | None, expected: Shown
) -> None:
    assert shown(SPEC, update, found) is expected


def test_a_cut_update_is_finished_from_what_is_there() -> None:
    found = there(title="new", owner="a", duties=duties("Cooks."))

    rest = completed(SPEC, change(RENAME, OWNER, REWORD), found)

    assert [(it.name, it.before, it.after) for it in rest.fields] == [
        ("owner", "a", "b"),
        ("duties", duties("Cooks."), REWORD[2]),
    ]
    assert rest.operation is Operation.UPDATE


def test_a_cut_create_is_finished_and_rows_of_others_stay() -> None:
    made = change(
        ("title", None, "p"),
        ("owner", None, "b"),
        FIRST,
        operation=Operation.CREATE,
        remote_id=None,
    )
    found = there(title="p", owner="", duties=duties("Sings."))
    assert shown(SPEC, made, found) is Shown.PART

    rest = completed(SPEC, made, found)

    assert (rest.operation, rest.remote_id) == (Operation.UPDATE, "1")
    assert [item.name for item in rest.fields] == ["owner", "duties"]
    after = rest.fields[1].after
    assert isinstance(after, Rows)
    assert [row.fields["text"] for row in after.rows] == ["Sings.", "Cooks."]
