"""What is told of a published framework's mobility is derived again from the data.

Nothing here asks the product's own measure for a figure: it is reckoned anew, slowly.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from connector.framework import import_framework
from connector.framework.model import Framework
from connector.talent.mobility.nearness import Nearness
from connector.talent.mobility.suggesting import suggest_moves

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "uk-gdd-capability-framework"
PAIRS = ROOT / "tests" / "unit" / "talent" / "uk_role_pairs.yaml"
PAGE = ROOT / "docs" / "mobility.md"
#: The one near pair that shares nothing in the data; the page explains it.
EXCEPTION = ["data-analyst", "performance-analyst"]

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the published data are not beside the repository"
)


@cache
def uk() -> Framework:
    """Import the framework once for all tests."""
    return import_framework(
        ROOT / "examples" / "imports" / "uk-gdd.yaml", [DATA]
    ).framework


@cache
def asked() -> dict[str, dict[str, int]]:
    """Return competency to rank of every role, straight from its requirements."""
    framework = uk()
    return {
        role.key: {
            each.competency: _rank(framework, each.competency, each.step)
            for each in (
                *framework.families[role.family].requirements,
                *role.requirements,
            )
        }
        for role in framework.roles.values()
    }


def _rank(framework: Framework, competency: str, step: str | None) -> int:
    keys = [each.key for each in framework.steps_of(competency)]
    return keys.index(step) + 1 if step else 1


@cache
def weights() -> dict[str, float]:
    """Return the weight of every competency."""
    families: dict[str, set[str]] = defaultdict(set)
    for role in uk().roles.values():
        families[role.family] |= asked()[role.key].keys()
    return {
        key: math.log(1 + len(families) / sum(key in one for one in families.values()))
        for profile in asked().values()
        for key in profile
    }


def share(start: str, goal: str) -> float:
    """Return the weighted part of what a role asks for that comes along."""
    held, wanted = asked()[start], asked()[goal]
    total = sum(weights()[key] for key in wanted)
    along = sum(
        weights()[key] * min(held.get(key, 0), rank) / rank
        for key, rank in wanted.items()
    )
    return along / total if total else 0.0


def nearness(first: str, second: str) -> float:
    """Return the smaller share, there and back."""
    return min(share(first, second), share(second, first))


def table(title: str) -> Iterator[list[str]]:
    """Yield the rows of the table under a heading of the page."""
    text = PAGE.read_text(encoding="utf-8").split(f"### {title}")[1].split("### ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for line in rows[2:]:
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def key_of(name: str) -> str:
    """Return the key of the role with a name."""
    (found,) = [role.key for role in uk().roles.values() if str(role.name) == name]
    return found


def test_every_near_pair_ranks_above_every_far_one_but_for_one_explained() -> None:
    pairs = YAML(typ="safe").load(PAIRS.read_text(encoding="utf-8"))
    assert len(pairs["near"]) == len(pairs["far"]) == 15
    measured = Nearness(uk())
    far = max(measured.between(*pair) for pair in pairs["far"])
    below = [pair for pair in pairs["near"] if measured.between(*pair) <= far]
    assert below == [EXCEPTION]
    first, second = (asked()[role] for role in EXCEPTION)
    assert not first.keys() & second.keys()


def test_the_page_tells_the_thirty_pairs_as_they_are() -> None:
    pairs = YAML(typ="safe").load(PAIRS.read_text(encoding="utf-8"))
    told = {
        (word, *roles.split(", ")): figure
        for word, roles, figure in table("Thirty pairs, judged")
    }
    assert told == {
        (word, *(str(uk().roles[role].name) for role in pair)): f"{nearness(*pair):.3f}"
        for word, some in pairs.items()
        for pair in some
    }


def test_the_page_tells_ten_clusters_as_they_are() -> None:
    rows = list(table("Ten clusters"))
    assert len(rows) == 10
    for named, number, mean, members in rows:
        roles = [key_of(name) for name in _names(members)]
        assert int(number) == len(roles)
        values = [
            nearness(first, second)
            for place, first in enumerate(roles)
            for second in roles[place + 1 :]
        ]
        assert mean == f"{sum(values) / len(values):.2f}"
        for competency, count in re.findall(r"(?:^|, )(.+?) \((\d+)\)", named):
            asking = sum(competency in _named(role) for role in roles)
            assert asking == int(count), competency


def test_the_page_tells_ten_suggested_moves_as_they_are() -> None:
    rows = list(table("Ten suggested moves"))
    assert len(rows) == 10
    for start, goal, _kind, near, along, missing in rows:
        here, there = key_of(start), key_of(goal)
        assert near == f"{nearness(here, there):.2f}"
        held, wanted = asked()[here], asked()[there]
        assert set(_parts(along)) == {
            _at(key, min(held[key], rank))
            for key, rank in wanted.items()
            if key in held
        }
        assert set(_parts(missing)) == {
            _at(key, rank) for key, rank in wanted.items() if held.get(key, 0) < rank
        }


def test_the_moves_on_the_page_are_the_nearest_suggested_ones() -> None:
    seen: set[frozenset[str]] = set()
    nearest = []
    for each in suggest_moves(uk(), Nearness(uk())):
        ends = (each.transfer.from_role, each.transfer.to_role)
        if each.transfer.missing and frozenset(ends) not in seen:
            seen.add(frozenset(ends))
            nearest.append(ends)
    told = [(key_of(row[0]), key_of(row[1])) for row in table("Ten suggested moves")]
    assert told == nearest[:10]


def _named(role: str) -> set[str]:
    return {str(uk().competencies[key].name) for key in asked()[role]}


def _names(members: str) -> list[str]:
    """Return role names out of a list; some names hold a comma of their own."""
    known = {str(role.name) for role in uk().roles.values()}
    names: list[str] = []
    part = ""
    for piece in members.split(", "):
        part = f"{part}, {piece}" if part else piece
        if part in known:
            names.append(part)
            part = ""
    assert not part, part
    return names


def _parts(cell: str) -> list[str]:
    """Return the entries of a list whose entries end with a step in brackets."""
    return [part if part.endswith(")") else f"{part})" for part in cell.split("), ")]


def _at(competency: str, rank: int) -> str:
    step = uk().steps_of(competency)[rank - 1]
    return f"{uk().competencies[competency].name} ({step.name})"
