"""An account is bound only where there is no doubt; every doubt is a task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from talent_bench import FRAMEWORK, NOON, Lms, batch, fact, hire, worker

from connector.kit.values import AccountBatch, SourceAccount
from connector.store import accounts, bindings, people, tasks
from connector.store.accounts import KnownAccount
from connector.store.bindings import BindingState
from connector.talent.accounts import sync_accounts
from connector.talent.binding import bind_account
from connector.talent.collecting import Collected, collect
from connector.talent.ground import Ground

SAY = "Say whose account this is"
CONFIRM = "Confirm whose account this is"
OPEN_AGAIN = "Open this account again, or end the employment"


@dataclass
class Accounts:
    """A source of accounts, in batches; the last one ends a full reading."""

    batches: list[list[SourceAccount]]
    is_all: bool = True
    cursors: list[str | None] = field(default_factory=list)

    def accounts(self, cursor: str | None) -> Iterator[AccountBatch]:
        self.cursors.append(cursor)
        for each in self.batches:
            yield AccountBatch(tuple(each), "a1")
        yield AccountBatch((), "a2", self.is_all)


def account(
    number: str, employee_id: str = "0021", *, email: str = "", is_active: bool = True
) -> SourceAccount:
    return SourceAccount(
        account_id=number, employee_id=employee_id, email=email, is_active=is_active
    )


def run(ground: Ground, *shown: SourceAccount, is_all: bool = True) -> Collected:
    source = Accounts([list(shown)], is_all)
    return collect(ground, "lms", Lms(), FRAMEWORK, accounts=source)


def bound(ground: Ground) -> dict[str, BindingState]:
    with ground.database.read() as conn:
        return {k: v.state for k, v in bindings.all(conn, "lms").items()}


def asked(ground: Ground) -> dict[str, str]:
    with ground.database.read() as conn:
        return {each.ref.key: each.title for each in tasks.open_tasks(conn, "lms")}


def steps(ground: Ground, number: str) -> str:
    with ground.database.read() as conn:
        (found,) = [
            each for each in tasks.open_tasks(conn, "lms") if each.ref.key == number
        ]
    return found.steps


def test_an_account_with_the_number_of_one_worker_is_bound(ground: Ground) -> None:
    run(ground, account("7"), account("8", "9999"), account("9", ""))
    assert bound(ground) == {"7": BindingState.BOUND}
    # Nobody we know is behind the others: they are not even stored.
    with ground.database.read() as conn:
        assert accounts.ids(conn, "lms") == {"7"}
    assert asked(ground) == {}


def test_two_accounts_with_one_number_bind_nobody_in_whatever_batches(
    ground: Ground,
) -> None:
    source = Accounts([[account("7")], [account("8", is_active=False)]])
    found = collect(ground, "lms", Lms(), FRAMEWORK, accounts=source)
    assert bound(ground) == {}
    assert asked(ground) == {"7": SAY, "8": SAY}
    assert found.unbound == 2
    assert "account 8" in steps(ground, "7")


def test_a_second_account_leaves_the_first_one_bound(ground: Ground) -> None:
    run(ground, account("7"))
    run(ground, account("8"), is_all=False)
    assert bound(ground) == {"7": BindingState.BOUND}
    assert asked(ground) == {"8": SAY}


def test_a_second_account_is_not_bound_by_its_facts_either(ground: Ground) -> None:
    collect(ground, "lms", Lms([batch(fact("7"))]), FRAMEWORK)
    found = collect(ground, "lms", Lms([batch(fact("8"))]), FRAMEWORK)
    assert bound(ground) == {"7": BindingState.BOUND}
    assert (found.facts, found.evidence, found.unbound) == (1, 0, 1)


def test_a_number_of_two_workers_binds_nobody(ground: Ground) -> None:
    hire(ground, worker("0021", source_id="wid-twin"))
    run(ground, account("7"))
    assert (bound(ground), asked(ground)) == ({}, {"7": SAY})
    assert "more than one worker" in steps(ground, "7")


def test_a_changed_number_suspends_the_binding(ground: Ground) -> None:
    hire(ground, worker("0022"))
    run(ground, account("7"))
    run(ground, account("7", "0022"), is_all=False)
    assert bound(ground) == {"7": BindingState.SUSPENDED}
    assert asked(ground) == {"7": CONFIRM}
    assert bind_account(ground, "lms", "7", "0021", "Maria") == 0
    # What the account bears is known now, and no surprise the next time.
    run(ground, account("7", "0022"))
    assert bound(ground) == {"7": BindingState.BOUND}


def test_a_suspended_account_of_somebody_who_works_here_is_a_task(
    ground: Ground,
) -> None:
    run(ground, account("7", is_active=False))
    assert bound(ground) == {"7": BindingState.BOUND}
    assert asked(ground) == {"7": OPEN_AGAIN}
    run(ground, account("7"))
    assert asked(ground) == {}


def test_a_suspended_account_of_a_leaver_is_none(ground: Ground) -> None:
    hire(ground, worker("0021", is_active=False))
    run(ground, account("7", is_active=False))
    assert asked(ground) == {}


def test_an_address_is_a_hint_for_a_person_and_is_not_stored(ground: Ground) -> None:
    hire(ground, worker("0022", email="ben@corp.example"))
    run(ground, account("7", "", email="Ben@Corp.example"))
    assert (bound(ground), asked(ground)) == ({}, {"7": SAY})
    assert "0022" in steps(ground, "7")
    assert "@" not in steps(ground, "7")
    bind_account(ground, "lms", "7", "0022", "Maria")
    assert (bound(ground), asked(ground)) == ({"7": BindingState.BOUND}, {})


@pytest.mark.parametrize(
    "addresses", [("ben@corp.example", "ben@corp.example"), ("", "")]
)
def test_an_address_of_two_workers_or_of_none_hints_at_nobody(
    ground: Ground, addresses: tuple[str, str]
) -> None:
    for number, email in zip(("0022", "0023"), addresses, strict=True):
        hire(ground, worker(number, email=email))
    run(ground, account("7", "", email="ben@corp.example"))
    assert asked(ground) == {}


def test_an_account_that_is_gone_frees_its_number(ground: Ground) -> None:
    run(ground, account("7"), account("8"))
    run(ground, account("8"))
    assert bound(ground) == {"8": BindingState.BOUND}


def test_what_a_partial_reading_leaves_out_is_not_gone(ground: Ground) -> None:
    run(ground, account("7"), account("8"))
    run(ground, account("8"), is_all=False)
    assert bound(ground) == {}


def test_facts_before_an_account_had_its_number_are_read_again(ground: Ground) -> None:
    lms = Lms([batch(fact(employee_id=""))])
    assert collect(ground, "lms", lms, FRAMEWORK).strangers == 1
    lms.batches = [batch(fact())]
    source = Accounts([[account("7")]])
    found = collect(ground, "lms", lms, FRAMEWORK, accounts=source)
    assert (found.evidence, asked(ground)) == (2, {})
    assert lms.cursors == [None, None]


def test_the_next_reading_begins_where_the_last_one_ended(ground: Ground) -> None:
    source = Accounts([[account("7")]])
    sync_accounts(ground, "lms", source)
    sync_accounts(ground, "lms", source)
    assert source.cursors == [None, "a2"]


def test_an_erased_person_is_not_met_again(ground: Ground) -> None:
    hire(ground, worker("0022", email="ben@corp.example"))
    run(ground, account("7"), account("8", "", email="ben@corp.example"))
    with ground.database.write() as conn:
        for employee_id in ("0021", "0022"):
            (person,) = people.with_employee_id(conn, employee_id)
            ground.tombstones.erase(conn, person.id, NOON)
        assert accounts.ids(conn, "lms") == set()
    run(ground, account("7"))
    assert bound(ground) == {}


def test_fifty_thousand_accounts_are_bound_at_once(ground: Ground) -> None:
    hire(ground, *(worker(f"{number:05}") for number in range(2000)))
    shown = [account(str(n), f"{n:05}") for n in range(50_000)]
    result = sync_accounts(ground, "lms", Accounts([shown]))
    assert (result.shown, len(bound(ground))) == (50_000, 2000)
    with ground.database.read() as conn:
        assert accounts.get(conn, "lms", "1999") == KnownAccount(
            account_id="1999", employee_id="01999", is_active=True
        )
