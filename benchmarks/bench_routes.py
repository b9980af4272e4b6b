"""How long the route with the least learning takes to find, beside networkx.

    bench_routes.py [--roles 2000]

The framework has families of ten levels whose roles ask for thirty competencies each.
Both search the same moves with the same prices: ours by `Routes`, the other by
networkx's Dijkstra. A search is one pair of roles, far apart; the median and the worst
of many pairs count. Making the graph is told beside it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Any

import networkx
from support.tables import print_result, print_table

from connector.framework.model import (
    Competency,
    Framework,
    JobFamily,
    Level,
    ProficiencyScale,
    Requirement,
    Role,
    Step,
    Text,
    Track,
)
from connector.talent.mobility.nearness import Nearness
from connector.talent.mobility.routes import Routes
from connector.talent.mobility.suggesting import suggest_moves

LEVELS, REQUIREMENTS, PAIRS = 10, 30, 200


def _text(words: str) -> Text:
    return Text((("en", words),))


def make_framework(roles: int, rng: random.Random) -> Framework:
    """Return families on one ladder; neighbouring families share competencies."""
    steps = tuple(Step(key=f"s{rank}", name=_text("Step")) for rank in range(4))
    families = max(roles // LEVELS, 1)
    found = {}
    for family in range(families):
        chosen = rng.sample(range(family * 12, family * 12 + 48), REQUIREMENTS)
        for rung in range(LEVELS):
            key = f"r{family}-{rung}"
            found[key] = Role(
                key=key,
                name=_text(key),
                family=f"f{family}",
                track=Track.INDIVIDUAL_CONTRIBUTOR,
                level=f"l{rung}",
                requirements=tuple(
                    Requirement(
                        competency=f"c{number}",
                        step=f"s{min(3, max(0, rung // 3 + rng.randint(-1, 1)))}",
                    )
                    for number in chosen
                ),
            )
    scale = ProficiencyScale(key="scale", name=_text("Scale"), steps=steps)
    return Framework(
        key="bench",
        name=_text("Bench"),
        scales={"scale": scale},
        competencies={
            f"c{number}": Competency(key=f"c{number}", name=_text("C"), scale="scale")
            for number in range(families * 12 + 48)
        },
        levels={
            f"l{rung}": Level(
                key=f"l{rung}",
                name=_text("L"),
                track=Track.INDIVIDUAL_CONTRIBUTOR,
                above=(f"l{rung - 1}",) if rung else (),
            )
            for rung in range(LEVELS)
        },
        families={
            f"f{number}": JobFamily(key=f"f{number}", name=_text("F"))
            for number in range(families)
        },
        roles=found,
    )


def main() -> None:
    """Measure both, and make sure that they find the same."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--roles", type=int, default=2000)
    roles = parser.parse_args().roles
    rng = random.Random(20260601)  # noqa: S311 - the same framework in every run
    framework = make_framework(roles, rng)
    started = time.perf_counter()
    nearness = Nearness(framework)
    routes = Routes(framework, nearness, suggest_moves(framework, nearness))
    made = time.perf_counter() - started
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from(
        (start, goal, steps) for start, goal, steps in routes.edges()
    )
    pairs = _pairs(graph, rng)
    ours, found = _timed(routes.path, pairs)
    theirs, known = _timed(
        lambda start, goal: networkx.dijkstra_path(graph, start, goal), pairs
    )
    told, _ = _timed(routes.find, pairs)
    lengths = [_price(graph, path) for path in found]
    assert lengths == [_price(graph, path) for path in known], "the same price"
    print(
        f"{len(framework.roles)} roles, {graph.number_of_edges()} moves, made in"
        f" {made:.1f} s; the routes take {min(lengths)} to {max(lengths)} steps."
    )
    print_table(
        ("search", "median ms", "worst ms"),
        [
            ("ours", f"{median(ours):.2f}", f"{max(ours):.2f}"),
            ("networkx", f"{median(theirs):.2f}", f"{max(theirs):.2f}"),
            ("ours, each leg told", f"{median(told):.2f}", f"{max(told):.2f}"),
        ],
    )
    print_result(
        {
            "benchmark": "routes",
            "worst_ms": {"ours": max(ours), "networkx": max(theirs)},
            "median_ratio": median(ours) / median(theirs),
        }
    )


def _pairs(graph: networkx.DiGraph, rng: random.Random) -> list[tuple[str, str]]:
    """Return pairs of roles of which the second can be reached from the first."""
    pairs: list[tuple[str, str]] = []
    while len(pairs) < PAIRS:
        start = rng.choice(sorted(graph.nodes))
        goals = sorted(networkx.descendants(graph, start))
        if goals:
            pairs.append((start, rng.choice(goals)))
    return pairs


def _timed(
    search: Callable[[str, str], Any], pairs: list[tuple[str, str]]
) -> tuple[list[float], list[Any]]:
    times, found = [], []
    for start, goal in pairs:
        began = time.perf_counter()
        found.append(search(start, goal))
        times.append((time.perf_counter() - began) * 1000)
    return times, found


def _price(graph: networkx.DiGraph, path: list[str]) -> int:
    return sum(graph.edges[edge]["weight"] for edge in pairwise(path))


if __name__ == "__main__":
    main()
