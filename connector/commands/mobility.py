"""`jobframe mobility`: where people can go from a role, and what it takes to learn.

Works on the framework, and on which positions are open; nobody's data is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from connector.commands.common import Context, command, write_file
from connector.framework import load_framework
from connector.framework.model import Framework, Text
from connector.kit.errors import ConfigError
from connector.runtime.editions import release_edition
from connector.runtime.openings import read_openings
from connector.talent.mobility.clusters import RoleCluster, clusters
from connector.talent.mobility.drawing import draw, table_rows
from connector.talent.mobility.map import MobilityMap, mobility_map
from connector.talent.mobility.nearness import Compared, Nearness, Transfer
from connector.talent.mobility.routes import Routes
from connector.talent.mobility.suggesting import SuggestedMove, suggest_moves
from connector.talent.openings import Openings, number_and_places

#: How many suggestions and clusters are shown unless somebody asks for more.
_SHOWN = 10

framework_option = click.option(
    "--framework",
    "folder",
    type=click.Path(path_type=Path),
    help="A framework folder; else the release in effect.",
)


@click.group()
def mobility() -> None:
    """See where people can go from where they are."""


@mobility.command("map")
@framework_option
@click.option("--family", "families", multiple=True, help="Only these families.")
@click.option("--suggested", type=int, default=0, help="So many suggested moves too.")
@click.option("--svg", type=click.Path(path_type=Path), help="Draw it into this file.")
@command
def map_(
    context: Context,
    folder: Path | None,
    families: tuple[str, ...],
    suggested: int,
    svg: Path | None,
) -> None:
    """Show families by levels, the moves between their roles, and open positions."""
    framework, openings = with_openings(context, folder, families=families)
    nearness = Nearness(framework)
    found = mobility_map(
        framework,
        nearness,
        suggest_moves(framework, nearness)[:suggested] if suggested else (),
        families=families,
    )
    if svg is not None:
        write_file(svg, draw(framework, found, f"Mobility map: {framework.name}"))
    rows = list(table_rows(framework, found))
    roles = [role for cell in found.cells for role in cell.roles]
    context.result(
        {
            **_map_json(found),
            "open_positions": openings.roles_json(roles),
            "notes": list(openings.notes),
        },
        [
            *_table(("From", "To", "Kind", "Steps to learn"), rows),
            *_opening_lines(framework, openings, roles),
            *([f"Drawn into {svg}."] if svg else []),
        ],
    )


@mobility.command()
@click.argument("start")
@click.argument("goal")
@framework_option
@click.option("--declared", is_flag=True, help="Without suggested moves.")
@command
def route(
    context: Context, start: str, goal: str, folder: Path | None, declared: bool
) -> None:
    """Find the route from role START to role GOAL with the least to learn."""
    framework = _framework(context, folder)
    nearness = Nearness(framework)
    check_names((start, goal), nearness.roles, "role")
    suggested = () if declared else suggest_moves(framework, nearness)
    found = Routes(framework, nearness, suggested).find(start, goal)
    if found is None:
        context.result(
            {"route": None},
            [f"No moves lead from {start} to {goal}, declared or suggested."],
        )
        return
    moves = "one move" if len(found.legs) == 1 else f"{len(found.legs)} moves"
    lines = [f"{found.steps} steps to learn over {moves}."]
    for leg in found.legs:
        lines.append(f"{_role(framework, leg.transfer.to_role)} ({leg.way.value})")
        lines += [f"  {line}" for line in _transfer_lines(framework, leg.transfer)]
    context.result(
        {
            "route": [
                {"way": leg.way.value, **_transfer_json(leg.transfer)}
                for leg in found.legs
            ],
            "steps": found.steps,
        },
        lines,
    )


@mobility.command("clusters")
@framework_option
@click.option("--all", "is_all", is_flag=True, help="Every cluster, not the largest.")
@command
def clusters_(context: Context, folder: Path | None, is_all: bool) -> None:
    """Group roles that share competencies, named by what they share."""
    framework = _framework(context, folder)
    found = clusters(Nearness(framework))
    lines = [
        line
        for each in (found if is_all else found[:_SHOWN])
        for line in _cluster_lines(framework, each)
    ]
    if len(found) > _SHOWN and not is_all:
        lines.append(f"and {len(found) - _SHOWN} more: --all")
    context.result(
        {
            "clusters": [
                {
                    "roles": list(each.roles),
                    "named_by": {one.competency: one.roles for one in each.named_by},
                    "nearness": round(each.nearness, 4),
                }
                for each in found
            ]
        },
        lines or ["No roles share enough to be a cluster."],
    )


@mobility.command()
@framework_option
@click.option("--role", "roles", multiple=True, help="Only from or to these roles.")
@click.option("--number", type=int, default=_SHOWN, help="How many.")
@command
def suggest(
    context: Context, folder: Path | None, roles: tuple[str, ...], number: int
) -> None:
    """Suggest moves that nobody declared, with what they share and what is missing."""
    framework = _framework(context, folder)
    nearness = Nearness(framework)
    check_names(roles, nearness.roles, "role")
    found = [
        each
        for each in suggest_moves(framework, nearness)
        if not roles or {each.transfer.from_role, each.transfer.to_role} & set(roles)
    ]
    lines = [
        line for each in found[:number] for line in _suggestion_lines(framework, each)
    ]
    if len(found) > number:
        lines.append(f"and {len(found) - number} more: --number")
    context.result(
        {
            "suggestions": [
                {
                    "kind": each.kind.value if each.kind else None,
                    "nearness": round(each.nearness, 4),
                    **_transfer_json(each.transfer),
                }
                for each in found[:number]
            ]
        },
        lines or ["Nothing is near enough that is not declared already."],
    )


def _framework(context: Context, folder: Path | None) -> Framework:
    if folder is not None:
        return load_framework(folder)
    with context.instance() as instance:
        return release_edition(instance, None, instance.today()).framework


def _map_json(found: MobilityMap) -> dict[str, Any]:
    return {
        "families": list(found.families),
        "levels": list(found.rows),
        "roles": {
            role: {"family": cell.family, "row": cell.row}
            for cell in found.cells
            for role in cell.roles
        },
        "moves": [
            {
                "from": move.from_role,
                "to": move.to_role,
                "kind": move.tie.value,
                "steps": move.learning,
            }
            for move in found.moves
        ],
    }


def with_openings(
    context: Context,
    folder: Path | None,
    *,
    roles: Sequence[str] = (),
    families: Sequence[str] = (),
) -> tuple[Framework, Openings]:
    """Return the framework meant, and which positions are open for a release's roles.

    For a folder no HR system is asked: what it holds is no release yet.

    Raises:
        ConfigError: the framework does not have one of these roles or families.
    """
    framework = _framework(context, folder)
    check_names(roles, framework.roles, "role")
    check_names(families, framework.families, "family")
    if folder is not None:
        return framework, Openings()
    with context.instance() as instance:
        return framework, read_openings(instance, framework)


def check_names(names: Sequence[str], known: Collection[str], what: str) -> None:
    """Refuse names that the framework does not have, all at once.

    Raises:
        ConfigError: with the nearest names there are.
    """
    wrong = [name for name in names if name not in known]
    if not wrong:
        return
    near = dict.fromkeys(
        each for name in wrong for each in get_close_matches(name, list(known))
    )
    raise ConfigError(
        f"the framework has no {what} {', '.join(wrong)}",
        hint=f"Did you mean {', '.join(near)}?"
        if near
        else f"`jobframe mobility map` shows every {what}.",
    )


def _opening_lines(
    framework: Framework, openings: Openings, roles: Collection[str]
) -> Iterator[str]:
    """Yield the roles with open positions, and why others are not known."""
    shown = {role: one for role, one in openings.by_role().items() if role in roles}
    if shown:
        yield "Open positions:"
    for role, one in shown.items():
        yield f"  {_role(framework, role)}: {number_and_places(one)}"
    yield from (f"note: {note}" for note in openings.notes)


def _suggestion_lines(framework: Framework, each: SuggestedMove) -> Iterator[str]:
    kind = each.kind.value if each.kind else "no level given"
    transfer = each.transfer
    yield (
        f"{_role(framework, transfer.from_role)} -> "
        f"{_role(framework, transfer.to_role)} ({kind}, nearness {each.nearness:.2f})"
    )
    yield from (f"  {line}" for line in _transfer_lines(framework, transfer))


def _transfer_lines(framework: Framework, transfer: Transfer) -> Iterator[str]:
    shown: list[tuple[str, Sequence[Compared], Callable[[Compared], int]]] = [
        ("comes along", transfer.comes_along, lambda each: min(each.held, each.asked)),
        ("to learn", transfer.missing, lambda each: each.asked),
    ]
    for title, compared, rank in shown:
        if compared:
            told = ", ".join(
                _at(framework, each.competency, rank(each)) for each in compared
            )
            yield f"{title}: {told}"


def _cluster_lines(framework: Framework, each: RoleCluster) -> Iterator[str]:
    named = ", ".join(
        f"{framework.competencies[one.competency].name} ({one.roles})"
        for one in each.named_by
    )
    yield f"{named}: {len(each.roles)} roles, nearness {each.nearness:.2f}"
    yield "  " + ", ".join(_role(framework, role) for role in each.roles)


def _transfer_json(transfer: Transfer) -> dict[str, Any]:
    return {
        "from": transfer.from_role,
        "to": transfer.to_role,
        "share": round(transfer.share, 4),
        "steps": transfer.steps,
        "comes_along": [_compared_json(each) for each in transfer.comes_along],
        "missing": [_compared_json(each) for each in transfer.missing],
    }


def _compared_json(each: Compared) -> dict[str, Any]:
    return {"competency": each.competency, "held": each.held, "asked": each.asked}


def _role(framework: Framework, role: str) -> str:
    return f"{framework.roles[role].name} [{role}]"


def _at(framework: Framework, competency: str, rank: int) -> str:
    name: Text | str = framework.competencies[competency].name
    steps = framework.steps_of(competency)
    return f"{name} at {steps[rank - 1].name}" if 1 <= rank <= len(steps) else str(name)


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [
        max(len(row[column]) for row in [headers, *rows])
        for column in range(len(headers))
    ]
    for row in [headers, *rows]:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
