"""The main job on each release of Moodle: what differs is noticed, not asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moodle_readers import NOON, Clock, connected
from moodle_slice import Slice, tree, write_tree
from test_moodle_learning import finish, looked, other_poller, read, told

from adapters.moodle.running import MoodleSandbox
from adapters.moodle.sandbox.faults import RELEASES
from connector.kit.errors import ReplyError
from connector.kit.protocols import Learning
from connector.kit.values import Operation


@pytest.fixture(params=["4.5", *RELEASES])
def release(request: pytest.FixtureRequest, sandbox: MoodleSandbox) -> str:
    """A site of that release."""
    sandbox.site.switches.release = request.param
    return str(request.param)


@pytest.fixture
def learning(sandbox: MoodleSandbox, release: str) -> Iterator[Learning]:
    assert release
    with connected(sandbox, Clock(NOON)) as connection:
        assert connection.learning is not None
        yield connection.learning


def test_the_doctor_takes_the_release(release: str, slice_: Slice) -> None:
    found = {check.name: check for check in slice_.connection.doctor.checks()}
    assert found["release"].message.startswith(f"Moodle {release}")
    assert [check.name for check in found.values() if not check.is_ok] == []


def test_a_tree_is_written_read_back_and_changed(release: str, slice_: Slice) -> None:
    assert release
    write_tree(slice_)
    for record in tree(slice_).everything:
        number = slice_.remote_ids[record.ref]
        shown = {item.remote_id: item for item in slice_.read(record.kind)}
        texts = {n: v for n, v in record.fields.items() if isinstance(v, str)}
        assert {n: shown[number].fields[n] for n in texts} == texts
    step = tree(slice_).steps[2]
    before = {"shortname": step.fields["shortname"]}
    slice_.change(step, before, {"shortname": "Other"}, Operation.UPDATE)
    shown = {item.remote_id: item for item in slice_.read("step")}
    assert shown[slice_.remote_ids[step.ref]].fields["shortname"] == "Other"


def test_completions_of_late_are_read_and_no_others(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON - timedelta(hours=9))
    finish(sandbox, "00018", "CLOUD-101", NOON - timedelta(days=90))
    last = looked(NOON - timedelta(hours=1), swept=NOON)
    assert told(read(learning, last)) == [("00017", "CLOUD-101")]
    assert len(read(learning)) == 2


@pytest.mark.parametrize("times", [1, 2])
def test_another_pollers_filter_hides_nothing(
    learning: Learning, sandbox: MoodleSandbox, times: int
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON - timedelta(hours=9))
    late: dict[str, Any] = {
        "completion:timecompleted_operator": 3,
        "completion:timecompleted_from": int(NOON.timestamp()),
        "completion:timecompleted_to": 0,
        "jobframe": "another",
    }
    met = other_poller(sandbox, late, times)
    found = told(read(learning, looked(NOON - timedelta(hours=1))))
    # What is told twice is one fact.
    assert set(found) == {("00017", "CLOUD-101")}
    assert len(met) == times


def test_a_report_without_its_filter_is_refused(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    sandbox.site.state.reports.change(1, filters=())
    with pytest.raises(ReplyError, match="no filter completion:timecompleted"):
        read(learning, looked(NOON))


def test_accounts_and_ratings_are_read(sandbox: MoodleSandbox, release: str) -> None:
    assert release
    with connected(sandbox, Clock(NOON)) as connection:
        assert connection.accounts is not None
        assert connection.ratings is not None
        (*_, last) = connection.accounts.accounts(None)
        assert last.is_all
        assert list(connection.ratings.proficient()) == []
