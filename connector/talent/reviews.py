"""The review form of a role or a person, as manager and employee will see it.

Pure: from a framework to values. It tells what a review asks for and never what
anybody answered; nothing here rates or compares people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from connector.framework.model import (
    Framework,
    Importance,
    Level,
    Move,
    MoveKind,
    Origin,
    Requirement,
    Role,
    Text,
    Track,
)
from connector.talent.targets import Targets


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and the language it is in."""

    text: str
    language: str

    def __str__(self) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A step of a scale, with the behaviours that show it; `rank` counts from 1."""

    key: str
    name: Said
    rank: int
    description: Said
    indicators: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBy:
    """What a criterion or a responsibility comes from."""

    origin: Origin
    name: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A competency that the review asks about.

    `steps` names every step of the scale, lowest first; `expected` is none where the
    framework names no step, `above` where nothing lies above it.
    """

    competency: str
    name: Said
    description: Said
    importance: Importance
    stated_by: StatedBy
    steps: tuple[Said, ...]
    expected: ShownStep | None
    above: ShownStep | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """Something the role is answerable for."""

    text: Said
    stated_by: StatedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentGoal:
    """A competency that a next role asks for, or asks more of."""

    competency: str
    name: Said
    importance: Importance
    present: ShownStep | None
    wanted: ShownStep | None
    activities: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMove:
    """A role that may follow, and what bridges the way to it."""

    role: str
    name: Said
    level: Said | None
    kind: MoveKind | None
    description: Said
    goals: tuple[DevelopmentGoal, ...]
    certifications: tuple[Said, ...]
    pathways: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewForm:
    """Everything that a review of this role shows."""

    framework: Said
    role: str
    focus_area: str | None
    name: Said
    area_name: Said | None
    description: Said
    family: Said
    track: Track | None
    level: Said | None
    language: str
    is_retired: bool
    responsibilities: tuple[Responsibility, ...]
    criteria: tuple[Criterion, ...]
    moves: tuple[NextMove, ...]

    @property
    def title(self) -> str:
        """Return the role's name, with the focus area's where it is in one."""
        if self.area_name is None:
            return str(self.name)
        return f"{self.name} \u2013 {self.area_name}"


def review_form(
    framework: Framework,
    role: str,
    focus_area: str | None = None,
    *,
    language: str = "",
    on: date,
) -> ReviewForm:
    """Return the form of a role, in one of its focus areas where it has some.

    Texts come in the language where they have it, else in the organisation's own.
    Moves that do not hold yet on the day are left out.

    Raises:
        KeyError: the framework has no such role.
    """
    return _Former(framework, language or framework.language, on).form(role, focus_area)


def next_moves(framework: Framework, role: str, on: date) -> tuple[Move, ...]:
    """Return the moves out of a role: the declared ones, then the level above.

    A role of the family on the nearest level above follows even where nobody declared
    the move, because a ladder leads there.
    """
    declared = [
        move
        for move in framework.moves.values()
        if move.from_role == role
        and not move.is_retired
        and not framework.roles[move.to_role].is_retired
        and (move.effective_from is None or move.effective_from <= on)
    ]
    declared.sort(key=lambda move: (move.rank is None, move.rank or 0))
    known = {move.to_role for move in declared}
    return (
        *declared,
        *(
            Move(
                key=f"{role}--{above.key}",
                from_role=role,
                to_role=above.key,
                kind=MoveKind.VERTICAL,
            )
            for above in Targets(framework).next_level(role)
            if above.key not in known
        ),
    )


class _Former:
    """Makes the forms of one framework in one language."""

    def __init__(self, framework: Framework, language: str, on: date) -> None:
        self.framework, self.language, self.on = framework, language, on

    def say(self, text: Text) -> Said:
        """Return a text in the language, else in the organisation's own."""
        for language, words in text.versions:
            if language == self.language and words:
                return Said(words, language)
        own = text.versions[0][0] if text.versions else self.framework.language
        return Said(str(text), own)

    def form(self, key: str, focus_area: str | None) -> ReviewForm:
        """Return the form of a role."""
        framework = self.framework
        role = framework.roles[key]
        area = next((each for each in role.focus_areas if each.key == focus_area), None)
        family = framework.families.get(role.family)
        described = area.description if area else role.description
        return ReviewForm(
            framework=self.say(framework.name),
            role=key,
            focus_area=area.key if area else None,
            name=self.say(role.name),
            area_name=self.say(area.name) if area else None,
            description=self.say(described or role.description),
            family=self.say(family.name) if family else Said(role.family, ""),
            track=role.track,
            level=self._level_name(role),
            language=self.language,
            is_retired=role.is_retired or bool(area and area.is_retired),
            responsibilities=tuple(self._responsibilities(role, focus_area)),
            criteria=tuple(
                self._criterion(each)
                for each in framework.requirements_of(key, focus_area)
            ),
            moves=tuple(
                self._move(role, focus_area, move)
                for move in next_moves(framework, key, self.on)
            ),
        )

    def _level(self, role: Role) -> Level | None:
        return self.framework.levels.get(role.level or "")

    def _level_name(self, role: Role) -> Said | None:
        level = self._level(role)
        return self.say(level.name) if level else None

    def _responsibilities(
        self, role: Role, focus_area: str | None
    ) -> Iterator[Responsibility]:
        level = self._level(role)
        area = next((each for each in role.focus_areas if each.key == focus_area), None)
        parts = (
            (Origin.LEVEL, level and level.name, level and level.responsibilities),
            (Origin.ROLE, role.name, role.responsibilities),
            (Origin.FOCUS_AREA, area and area.name, area and area.responsibilities),
        )
        for origin, name, texts in parts:
            for text in texts or ():
                stated = StatedBy(origin=origin, name=self.say(name or Text()))
                yield Responsibility(text=self.say(text), stated_by=stated)

    def _criterion(self, requirement: Requirement) -> Criterion:
        competency = self.framework.competencies[requirement.competency]
        steps = self.framework.steps_of(competency.key)
        rank = self._rank(requirement)
        return Criterion(
            competency=competency.key,
            name=self.say(competency.name),
            description=self.say(competency.description),
            importance=requirement.importance,
            stated_by=self._stated_by(requirement),
            steps=tuple(self.say(step.name) for step in steps),
            expected=self._step(competency.key, rank),
            above=self._step(competency.key, rank + 1) if rank else None,
        )

    def _stated_by(self, requirement: Requirement) -> StatedBy:
        key = requirement.origin_key
        areas = {
            area.key: area
            for role in self.framework.roles.values()
            for area in role.focus_areas
        }
        places = {
            Origin.LEVEL: self.framework.levels,
            Origin.FAMILY: self.framework.families,
            Origin.ROLE: self.framework.roles,
            Origin.FOCUS_AREA: areas,
        }
        element = places.get(requirement.origin, {}).get(key)
        name = self.say(element.name) if element else Said(key, "")
        return StatedBy(origin=requirement.origin, name=name)

    def _rank(self, requirement: Requirement | None) -> int:
        """Return the rank of what is asked for, 0 where no step is named."""
        if requirement is None or requirement.step is None:
            return 0
        return self.framework.rank_of(requirement.competency, requirement.step)

    def _step(self, competency: str, rank: int) -> ShownStep | None:
        steps = self.framework.steps_of(competency)
        if not 1 <= rank <= len(steps):
            return None
        step = steps[rank - 1]
        indicators = self.framework.indicators_of(competency, step.key)
        return ShownStep(
            key=step.key,
            name=self.say(step.name),
            rank=rank,
            description=self.say(step.description),
            indicators=tuple(self.say(text) for text in indicators),
        )

    def _move(self, role: Role, focus_area: str | None, move: Move) -> NextMove:
        framework = self.framework
        to_role = framework.roles[move.to_role]
        asked = (*framework.requirements_of(to_role.key), *move.requirements)
        held = {
            each.competency: each
            for each in framework.requirements_of(role.key, focus_area)
        }
        return NextMove(
            role=to_role.key,
            name=self.say(to_role.name),
            level=self._level_name(to_role),
            kind=move.kind,
            description=self.say(move.description),
            goals=tuple(
                self._goal(each, held.get(each.competency))
                for each in self._gaps(asked, held)
            ),
            certifications=tuple(
                self.say(framework.certifications[key].name)
                for key in move.certifications
            ),
            pathways=tuple(
                self.say(framework.pathways[key].name) for key in move.pathways
            ),
        )

    def _gaps(
        self, asked: Iterable[Requirement], held: dict[str, Requirement]
    ) -> list[Requirement]:
        """Return what is asked beyond what is held, the highest step of each once."""
        most: dict[str, Requirement] = {}
        for each in asked:
            known = most.get(each.competency)
            if known is None or self._rank(each) > self._rank(known):
                most[each.competency] = each
        gaps = [
            each
            for each in most.values()
            if each.competency not in held
            or self._rank(each) > self._rank(held[each.competency])
        ]
        order = list(Importance)
        return sorted(gaps, key=lambda each: order.index(each.importance))

    def _goal(self, asked: Requirement, held: Requirement | None) -> DevelopmentGoal:
        competency = self.framework.competencies[asked.competency]
        rank, present = self._rank(asked), self._rank(held)
        return DevelopmentGoal(
            competency=competency.key,
            name=self.say(competency.name),
            importance=asked.importance,
            present=self._step(competency.key, present),
            wanted=self._step(competency.key, rank),
            activities=tuple(self._activities(competency.key, present, rank)),
        )

    def _activities(self, competency: str, above: int, up_to: int) -> Iterator[Said]:
        """Yield, once each, what leads from one step to another."""
        told: dict[str, Said] = {}
        for pathway, activity in self.framework.activities():
            if pathway.is_retired or activity.is_retired:
                continue
            for given in activity.gives:
                if given.competency != competency:
                    continue
                rank = self.framework.rank_of(competency, given.step)
                if above < rank <= up_to or not up_to:
                    told.setdefault(activity.key, self.say(activity.name))
        yield from told.values()
