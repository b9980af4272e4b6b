"""`jobframe people coverage`, `convert` and `conversions`: into the framework.

Numbers by default; names only in the sheet that somebody asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from connector.commands.common import Context, command, write_file
from connector.kit.errors import ConfigError
from connector.runtime.coverage import (
    Coverage,
    convert_sheet,
    coverage_of,
    decide_conversions,
    drafted,
)
from connector.runtime.people_view import note_showing
from connector.store.conversions import Conversion, ConversionState
from connector.talent.small_groups import FEWEST, Group, words_for

_PATH = click.Path(path_type=Path)
_DECISIONS = {
    "approve": ConversionState.APPROVED,
    "decline": ConversionState.DECLINED,
    "withdraw": ConversionState.WITHDRAWN,
}


@click.command()
@click.option("--sheet", type=_PATH, help="Write a sheet to decide in, with names.")
@command
def coverage(context: Context, sheet: Path | None) -> None:
    """Count who works on profiles outside the framework, by organisation."""
    with context.instance() as instance:
        found = coverage_of(instance, asks_hris=True)
        if sheet is not None:
            # Spreadsheets take a file for UTF-8 only where it says so.
            write_file(sheet, "\ufeff" + found.sheet())
            persons = {one.person_id for one in found.outside}
            note_showing(instance, context.person, len(persons))
    written = [f"Written: {sheet}. It holds names."] if sheet is not None else []
    context.result(found.as_json(), [*_lines(found), *written])


def _lines(found: Coverage) -> list[str]:
    told = found.as_json()
    head = f"{told['workers']} people are active; {words_for(told['outside'])} of them"
    lines = [f"{head} work on profiles outside the framework."]
    lines += [_line(group) for group in found.by_organisation()]
    if told["open_reviews"] is not None or found.reviewed is not None:
        number = words_for(told["open_reviews"])
        lines.append(f"Open reviews of people outside the framework: {number}.")
    if told["open_positions"] is not None:
        lines += _opening_lines(told["open_positions"])
    return lines + [f"  note: {note}" for note in found.notes]


def _opening_lines(told: Mapping[str, Any]) -> list[str]:
    head = (
        f"Open positions: {told['open']}; {told['outside']} of them on profiles outside"
        " the framework."
    )
    counted = told["by_organisation"].items()
    return [head, *(f"{number:>12}  {name}" for name, number in counted)]


def _line(group: Group) -> str:
    name = group.name or f"organisations with fewer than {FEWEST} each"
    return f"{words_for(group.people):>12}  {name}"


@click.command()
@click.argument("file", type=_PATH)
@command
def convert(context: Context, file: Path) -> None:
    """Read a filled conversion sheet: its decisions become drafts to review."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{file} cannot be read as UTF-8 text",
            hint="Save the sheet as CSV UTF-8.",
        ) from error
    with context.instance() as instance:
        counts = convert_sheet(instance, text, str(file), context.person)
    told = ", ".join(f"{number} {what}" for what, number in counts.items())
    waits = (
        "Nothing changes until somebody else approves: `jobframe people conversions`."
    )
    context.result(counts, [f"Conversions: {told}.", waits])


@click.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option(
    "--decide",
    "decision",
    type=click.Choice(list(_DECISIONS)),
    help="What to decide about NUMBERS, or about all drafts.",
)
@click.option("--all", "takes_all", is_flag=True, help="Decide about every draft.")
@command
def conversions(
    context: Context, numbers: tuple[int, ...], decision: str | None, takes_all: bool
) -> None:
    """List the conversions, or decide about those with NUMBERS.

    An approved one is started like any move: by the HRIS's own process.
    """
    if (decision is None) == bool(numbers or takes_all):
        raise ConfigError(
            "which conversions, and what to decide, belong together",
            hint="Write `jobframe people conversions 3 4 --decide approve`, or --all.",
        )
    with context.instance() as instance:
        if decision is not None:
            drafts = drafted(instance, ConversionState.DRAFT) if takes_all else []
            chosen = (*numbers, *(draft.id for draft in drafts))
            state = _DECISIONS[decision]
            decide_conversions(instance, chosen, state, context.person)
        known = drafted(instance, None)
    context.result(
        [
            {
                "id": one.id,
                "person": one.person_id,
                "position": one.position_id,
                "profile": one.profile,
                "role": one.to_role,
                "reason": one.reason,
                "state": one.state.value,
                "drafted_by": one.drafted_by,
                "decided_by": one.decided_by,
            }
            for one in known
        ],
        [*map(_conversion_line, known), *_what_next(known)]
        or ["There is no conversion yet."],
    )


def _conversion_line(one: Conversion) -> str:
    head = f"{one.id:>5}  {one.state.value:<9}  {one.person_id}"
    return f"{head}  {one.profile} → {one.to_role}"


def _what_next(known: list[Conversion]) -> list[str]:
    """Return how an approved conversion becomes a move in the HRIS."""
    approved = [one for one in known if one.state is ConversionState.APPROVED]
    if not approved:
        return []
    first = approved[0]
    command_line = f"jobframe moves draft {first.person_id} {first.to_role}"
    return [f"An approved one is started as a move, for example: {command_line} …"]


def add_coverage(group: click.Group) -> None:
    """Add the commands to the group of the people."""
    for each in (coverage, convert, conversions):
        group.add_command(each)
