"""The sandbox answers recorded requests as the recorded site did.

Runs where the recordings lie beside the project; ids are mapped, times and wording
set aside. Every exchange must match or be explained beside the replay. Run it with
`make replay-moodle` to see the count.
"""

from __future__ import annotations

import sys

import moodle_replay as replaying
import moodle_replay_stages as staging
import pytest
from moodle_replay import Exchange, Renaming, Replay
from moodle_sandbox_client import Client

from adapters.moodle.sandbox import Site, create_site

pytestmark = pytest.mark.skipif(
    not replaying.RECORDINGS.is_dir(), reason="no recordings beside the project"
)
RENAMED = Renaming(
    (
        ("JF-2026", "KG-2031"),
        ("ENG.", "FNH."),
        ("LRN-", "MSO-"),
        ("CAT-ENG", "DBU-FNH"),
        ("Coding", "Dpejoh"),
        ("learner", "student"),
        ("Lea", "Mfb"),
        ("E10", "F70"),
    )
)
"""Each name moved a letter on, so that what is sorted by name keeps its order."""


@pytest.fixture
def site() -> Site:
    return create_site(staging.SEED)


def replay_all(replay: Replay, exchanges: list[Exchange]) -> Replay:
    for exchange in exchanges:
        replay.play(exchange)
    return replay


def unexplained(replay: Replay) -> dict[tuple[str, int], list[str]]:
    return {
        place: found
        for place, found in replay.mismatches.items()
        if place not in replaying.EXPLAINED
    }


def test_recorded_exchanges_are_answered_alike(
    client: Client, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    replay = replay_all(Replay(site, client), replaying.read_exchanges())
    with capsys.disabled():
        sys.stdout.write(replaying.report(replay))
    assert unexplained(replay) == {}
    assert replaying.EXPLAINED.keys() == replay.mismatches.keys()


def test_other_ids_are_answered_alike(client: Client, site: Site) -> None:
    staging.shift_ids(site)
    replay = replay_all(Replay(site, client), replaying.read_exchanges())
    assert unexplained(replay) == {}


def test_other_names_are_answered_alike(client: Client, site: Site) -> None:
    replay = Replay(site, client, RENAMED)
    replay_all(replay, replaying.read_exchanges())
    assert unexplained(replay) == {}


def test_reads_in_another_order_are_answered_alike(client: Client, site: Site) -> None:
    exchanges = replaying.read_exchanges()
    turned = replaying.with_reads_reversed(exchanges)
    assert turned != exchanges
    replay = replay_all(Replay(site, client), turned)
    assert unexplained(replay) == {}
