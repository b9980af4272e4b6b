"""A review form as lines for a terminal, and as JSON.

No colours and no boxes: the lines are read by people, mailed and compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.framework.model import Track
from connector.talent.review_words import words_in
from connector.talent.reviews import (
    Criterion,
    DevelopmentGoal,
    NextMove,
    ReviewForm,
    ShownStep,
    StatedBy,
)

_Words = Mapping[str, str]


def form_lines(form: ReviewForm, *, person: str = "") -> Iterator[str]:
    """Yield the form's lines; `person` heads them where it is about one."""
    _, words = words_in(form.language)
    yield f"{words['preview']}: {form.title}"
    if person:
        yield f"{words['employee']}: {person}"
    place = [
        f"{words['family']}: {form.family}",
        *([f"{words['track']}: {_track(form.track, words)}"] if form.track else []),
        *([f"{words['level']}: {form.level}"] if form.level else []),
    ]
    yield "; ".join(place)
    if form.is_retired:
        yield f"! {words['retired']}"
    if form.level is None:
        yield f"! {words['level']}: {words['no_level']}."
    yield ""
    yield words["responsibilities"]
    for duty in form.responsibilities:
        yield from _text(
            str(duty.text), "  - ", f"  [{_origin(duty.stated_by, words)}]"
        )
    if not form.responsibilities:
        yield f"  {words['no_responsibilities']}"
    yield ""
    yield f"{words['criteria']} ({len(form.criteria)})"
    for criterion in form.criteria:
        yield from _criterion(criterion, words)
    if not form.criteria:
        yield f"  {words['no_criteria']}"
    yield ""
    yield words["goals"]
    for move in form.moves:
        yield from _move(move, words)
    if not form.moves:
        yield f"  {words['no_moves']}"
    yield ""
    yield words["kept"]


def _track(track: Track, words: _Words) -> str:
    name = "manager_track" if track is Track.MANAGER else track.value
    return words[name]


def _origin(stated: StatedBy, words: _Words) -> str:
    place = words[f"origin_{stated.origin.value}"]
    return f"{place}: {stated.name}" if stated.name.text else place


def _text(text: str, first: str, end: str = "") -> Iterator[str]:
    """Yield a text's own lines, those after the first indented."""
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    lines[-1] += end
    yield first + lines[0]
    for line in lines[1:]:
        yield " " * len(first) + line


def _criterion(criterion: Criterion, words: _Words) -> Iterator[str]:
    told = f"{words[criterion.importance.value]}; {_origin(criterion.stated_by, words)}"
    yield f"  {criterion.name}  ({told})"
    if criterion.description.text:
        yield from _text(str(criterion.description), "      ")
    if criterion.expected is None:
        yield f"      {words['expected']}: {words['no_step']}"
        return
    yield from _step(words["expected"], criterion.expected)
    if criterion.above is None:
        yield f"      {words['highest']}"
    else:
        yield from _step(words["above"], criterion.above)


def _step(title: str, step: ShownStep) -> Iterator[str]:
    yield f"      {title}: {step.name}"
    shown = step.indicators or ((step.description,) if step.description.text else ())
    for indicator in shown:
        yield from _text(str(indicator), "        - ")


def _move(move: NextMove, words: _Words) -> Iterator[str]:
    told = [str(move.level)] if move.level else []
    told += [words[move.kind.value]] if move.kind else []
    yield f"  {move.name}" + (f"  ({'; '.join(told)})" if told else "")
    for goal in move.goals:
        yield f"    - {_goal(goal, words)}"
        if goal.activities:
            names = "; ".join(str(each) for each in goal.activities)
            yield f"        {words['activities']}: {names}"
    if not move.goals:
        yield f"    {words['no_goals']}"
    for title, listed in (
        ("certifications", move.certifications),
        ("pathways", move.pathways),
    ):
        if listed:
            yield f"    {words[title]}: {'; '.join(str(each) for each in listed)}"


def _goal(goal: DevelopmentGoal, words: _Words) -> str:
    told = str(goal.name)
    if goal.wanted:
        start = (
            f"{words['from']} {goal.present.name}"
            if goal.present
            else f"({words['new']})"
        )
        told += f": {start} {words['to']} {goal.wanted.name}"
    return f"{told}  ({words[goal.importance.value]})"


def form_json(form: ReviewForm) -> dict[str, Any]:
    """Return the form as JSON: keys beside the words of the form's language."""
    return {
        "framework": str(form.framework),
        "role": form.role,
        "focus_area": form.focus_area,
        "name": form.title,
        "description": str(form.description),
        "family": str(form.family),
        "track": form.track.value if form.track else None,
        "level": str(form.level) if form.level else None,
        "language": form.language,
        "retired": form.is_retired,
        "responsibilities": [
            {"text": str(each.text), **_origin_json(each.stated_by)}
            for each in form.responsibilities
        ],
        "criteria": [
            {
                "competency": each.competency,
                "name": str(each.name),
                "description": str(each.description),
                "importance": each.importance.value,
                **_origin_json(each.stated_by),
                "steps": [str(step) for step in each.steps],
                "expected": _step_json(each.expected),
                "above": _step_json(each.above),
            }
            for each in form.criteria
        ],
        "moves": [_move_json(move) for move in form.moves],
    }


def _origin_json(stated: StatedBy) -> dict[str, str]:
    return {"origin": stated.origin.value, "origin_name": str(stated.name)}


def _step_json(step: ShownStep | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "step": step.key,
        "name": str(step.name),
        "rank": step.rank,
        "indicators": [str(each) for each in step.indicators],
    }


def _move_json(move: NextMove) -> dict[str, Any]:
    return {
        "role": move.role,
        "name": str(move.name),
        "level": str(move.level) if move.level else None,
        "kind": move.kind.value if move.kind else None,
        "goals": [
            {
                "competency": goal.competency,
                "name": str(goal.name),
                "importance": goal.importance.value,
                "from": _step_json(goal.present),
                "to": _step_json(goal.wanted),
                "activities": [str(each) for each in goal.activities],
            }
            for goal in move.goals
        ],
        "certifications": [str(each) for each in move.certifications],
        "pathways": [str(each) for each in move.pathways],
    }
