"""One role as somebody thinking of it wants to see it: entry, ways in and out.

Pure; works on the framework alone. Suggested ways are told apart from declared ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from connector.framework.model import Framework, Importance, Move
from connector.talent.mobility.map import Tie, mobility_map
from connector.talent.mobility.nearness import Nearness
from connector.talent.mobility.suggesting import suggest_moves

#: Suggested ways in and out that are shown.
_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class EntryRequirement:
    """What a role asks of whoever enters it, by key; the step is empty for none."""

    competency: str
    step: str
    origin: str


@dataclass(frozen=True, slots=True)
class WayIn:
    """A move that leads in or out, the other role, and what bridges the two."""

    role: str
    kind: str
    steps: int
    certifications: tuple[str, ...]
    pathways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RolePage:
    """Entry requirements, ways in, growth paths out, and pathways that teach it."""

    role: str
    requirements: tuple[EntryRequirement, ...]
    ways_in: tuple[WayIn, ...]
    ways_out: tuple[WayIn, ...]
    pathways: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the page as plain data."""
        return asdict(self)

    def lines(self, framework: Framework) -> Iterator[str]:
        """Yield the page for people."""
        role = framework.roles[self.role]
        level = f", {framework.levels[role.level].name}" if role.level else ""
        yield f"{role.name}{level}"
        yield "Asks for at entry:"
        for each in self.requirements:
            steps = framework.steps_of(each.competency)
            at = "".join(f" at {one.name}" for one in steps if one.key == each.step)
            name = framework.competencies[each.competency].name
            yield f"  {name}{at} ({each.origin.replace('_', ' ')})"
        for title, ways in (("Ways in:", self.ways_in), ("Ways on:", self.ways_out)):
            if ways:
                yield title
            for way in ways:
                yield f"  {_way(framework, way)}"
        if self.pathways:
            names = (str(framework.pathways[key].name) for key in self.pathways)
            yield f"Pathways that teach it: {', '.join(names)}"


def role_page(framework: Framework, role: str) -> RolePage:
    """Return the page of a role."""
    nearness = Nearness(framework)
    suggested = [
        each
        for each in suggest_moves(framework, nearness)
        if role in (each.transfer.from_role, each.transfer.to_role)
    ]
    into = [each for each in suggested if each.transfer.to_role == role]
    out = [each for each in suggested if each.transfer.from_role == role]
    shown = [*into[:_SUGGESTED], *out[:_SUGGESTED]]
    moves = mobility_map(framework, nearness, shown).moves
    declared = {
        (move.from_role, move.to_role): move
        for move in framework.moves.values()
        if not move.is_retired
    }
    wanted = framework.requirements_of(role)
    return RolePage(
        role=role,
        requirements=tuple(
            EntryRequirement(each.competency, each.step or "", each.origin.value)
            for each in wanted
            if each.importance is Importance.REQUIRED
        ),
        ways_in=tuple(
            _way_of(
                move.from_role,
                move.tie,
                move.learning,
                declared.get((move.from_role, role)),
            )
            for move in moves
            if move.to_role == role
        ),
        ways_out=tuple(
            _way_of(
                move.to_role,
                move.tie,
                move.learning,
                declared.get((role, move.to_role)),
            )
            for move in moves
            if move.from_role == role
        ),
        pathways=tuple(
            _teaching(framework, {each.competency for each in wanted}, role)
        ),
    )


def _way_of(role: str, tie: Tie, steps: int, move: Move | None) -> WayIn:
    return WayIn(
        role=role,
        kind=tie.value,
        steps=steps,
        certifications=move.certifications if move else (),
        pathways=move.pathways if move else (),
    )


def _way(framework: Framework, way: WayIn) -> str:
    name = framework.roles[way.role].name
    bridged = [str(framework.certifications[key].name) for key in way.certifications]
    by = f", with {', '.join(bridged)}" if bridged else ""
    return f"{name} [{way.role}] ({way.kind}, {way.steps} steps to learn{by})"


def _teaching(framework: Framework, asked: set[str], role: str) -> Iterator[str]:
    family = framework.roles[role].family
    for pathway in framework.pathways.values():
        meant = {f"role/{role}", f"family/{family}"} & set(pathway.audience)
        taught = {
            given.competency
            for activity in pathway.activities
            for given in activity.gives
        }
        if not pathway.is_retired and meant and taught & asked:
            yield pathway.key
