"""`jobframe privacy`: what is held about people, and how it goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from connector.commands.common import Context, command, write_file
from connector.commands.plan import the_connection
from connector.kit.errors import ConfigError
from connector.runtime.connections import configured, opened
from connector.runtime.ground import ground_of
from connector.runtime.privacy import onlooker, periods_of
from connector.store import audit, holds
from connector.talent import privacy as erasing
from connector.talent.persons import person_named
from connector.talent.privacy import Erasure
from connector.talent.privacy_export import as_html, personal_data
from connector.talent.privacy_narrowing import narrow as narrow_scope
from connector.talent.privacy_retention import retain
from connector.talent.visibility import What

_apply_option = click.option(
    "--apply", "is_applied", is_flag=True, help="Do it; without, only look."
)


@click.group()
def privacy() -> None:
    """See what is held about people; erase it, hold it, let it end."""


@privacy.command()
@click.argument("who", metavar="PERSON")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Write it into this folder."
)
@command
def export(context: Context, who: str, folder: Path | None) -> None:
    """Show everything held about PERSON, an employee id or ours; it is written down.

    With --to a page to read, data.html, and data.json beside it.
    """
    with context.instance() as instance:
        ground = ground_of(instance)
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        with instance.database.write() as conn:
            person = person_named(conn, who)
            for what in (What.PROFILE, What.GROWTH, What.MOVES):
                viewer.require(person.id, what)
            data = personal_data(conn, person.id, ground.now())
            audit.append(
                conn,
                at=ground.now(),
                actor="talent",
                action="export person",
                detail={"by": context.person},
                person_id=person.id,
            )
    value = data.as_json()
    if folder is not None:
        text = json.dumps(value, ensure_ascii=False, indent=2)
        for name, content in (("json", f"{text}\n"), ("html", as_html(data))):
            path = folder / f"data.{name}"
            write_file(path, content)
            path.chmod(0o600)
        value = {"person": person.id, "folder": str(folder)}
    lines = [f"{len(rows):>6}  {name}" for name, rows in data.rows.items()]
    if folder is None:
        lines.append("To read it: add --to FOLDER, or --json.")
    else:
        lines.append(f"Written to {folder}: data.html and data.json.")
    context.result(value, lines)


@privacy.command()
@click.argument("who", metavar="PERSON")
@_apply_option
@command
def erase(context: Context, who: str, is_applied: bool) -> None:
    """Erase PERSON: nothing about them stays, and no source brings them back.

    Without --apply it is only shown what would go.
    """
    with context.instance() as instance:
        ground = ground_of(instance)
        if is_applied:
            done = erasing.erase(ground, who, context.person)
        else:
            done = erasing.preview_erasure(ground, who)
    context.result(_erasure_json(done), _erasure_lines(done))


def _erasure_json(done: Erasure) -> dict[str, Any]:
    return {
        "person": done.person_id,
        "erased": done.is_done,
        "rows": dict(done.rows),
        "left_in_targets": [asdict(each) for each in done.left],
        "documents": list(done.documents),
    }


def _erasure_lines(done: Erasure) -> list[str]:
    lines = [
        *_row_lines(done.rows),
        f"Person {done.person_id} is erased."
        if done.is_done
        else "Nothing was changed. To erase: add --apply.",
    ]
    if done.left:
        lines.append("What stays in the targets is theirs to remove:")
        lines += [
            f"  {each.connection}: {each.kind} {each.remote_id}" for each in done.left
        ]
    if done.documents:
        named = ", ".join(done.documents)
        lines.append(f"These documents name the person; edit them: {named}.")
    return lines


def _row_lines(rows: Mapping[str, int]) -> list[str]:
    return [f"{number:>6}  {name}" for name, number in rows.items()]


@privacy.command()
@click.argument("who", metavar="PERSON")
@click.option("--reason", required=True, help="The case, for who asks later.")
@command
def hold(context: Context, who: str, reason: str) -> None:
    """Keep PERSON from being erased, by anybody or anything, until released."""
    with context.instance() as instance:
        held = erasing.place_hold(ground_of(instance), who, reason, context.person)
    context.result(
        {"person": held.person_id, "reason": held.reason},
        [f"Person {held.person_id} is held: {held.reason}"],
    )


@privacy.command("release-hold")
@click.argument("who", metavar="PERSON")
@command
def release_hold(context: Context, who: str) -> None:
    """Let PERSON be erased again."""
    with context.instance() as instance:
        person_id = erasing.release_hold(ground_of(instance), who, context.person)
    context.result({"person": person_id}, [f"Person {person_id} is held no more."])


@privacy.command("holds")
@command
def list_holds(context: Context) -> None:
    """List the people who are held, and why."""
    with context.instance() as instance, instance.database.read() as conn:
        found = holds.all(conn)
    context.result(
        [
            {
                "person": each.person_id,
                "reason": each.reason,
                "placed_by": each.placed_by,
                "placed_at": each.placed_at.isoformat(),
            }
            for each in found
        ],
        [
            f"{each.person_id}  {each.placed_at:%Y-%m-%d}  {each.placed_by}:"
            f" {each.reason}"
            for each in found
        ]
        or ["Nobody is held."],
    )


@privacy.command()
@click.argument("connection", required=False)
@_apply_option
@click.option(
    "--accept-many",
    "accepts_many",
    is_flag=True,
    help="Erase however many are outside.",
)
@command
def narrow(
    context: Context, connection: str | None, is_applied: bool, accepts_many: bool
) -> None:
    """Erase who is outside the scope of CONNECTION, your HRIS, by a full reading.

    Without --apply it is only shown how many would go.
    """
    with context.instance() as instance:
        name = the_connection(instance, connection)
        with opened(instance, name) as target:
            if target.people is None:
                raise ConfigError(
                    f"the connection {name} knows no people",
                    hint="Name the connection of your HRIS.",
                )
            done = narrow_scope(
                ground_of(instance),
                name,
                target.people,
                configured(instance, name).scope,
                context.person,
                is_applied=is_applied,
                accepts_many=accepts_many,
            )
    out = done.let_out
    told = f"{out.people} of {done.known} people are outside the scope of {name}"
    told += " and were erased." if done.is_done else "."
    lines = [*_row_lines(out.rows), told]
    if out.held:
        lines.append(f"Held, and kept unseen: {', '.join(out.held)}.")
    if out.people and not done.is_done:
        lines.append("Nothing was changed. To erase them: add --apply.")
    context.result(
        {
            "known": done.known,
            "outside": out.people,
            "held": list(out.held),
            "rows": dict(out.rows),
            "erased": done.is_done,
        },
        lines,
    )


@privacy.command()
@_apply_option
@command
def retention(context: Context, is_applied: bool) -> None:
    """Delete what was kept for as long as its use allows (retention_months).

    Without --apply it is only shown what would go.
    """
    with context.instance() as instance:
        done = retain(
            ground_of(instance),
            periods_of(instance),
            instance.today(),
            context.person,
            is_applied=is_applied,
        )
    told = "are" if done.is_done else "would be"
    lines = [
        *_row_lines(done.rows),
        f"{done.people} people {told} forgotten as a whole.",
    ]
    if done.rows and not done.is_done:
        lines.append("Nothing was changed. To delete: add --apply.")
    context.result(
        {
            "rows": dict(done.rows),
            "people": done.people,
            "held": done.held,
            "deleted": done.is_done,
        },
        lines,
    )
