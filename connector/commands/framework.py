"""`jobframe framework`: validate, import, count, compare and release a framework."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import replace as replace_in
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from connector.commands.common import Context, command
from connector.commands.plan import parse_day
from connector.framework import (
    diff_frameworks,
    freeze,
    import_framework,
    import_from_target,
    load_framework,
    refuse_filled,
    replace_native,
    stats,
    warnings,
    write_native,
)
from connector.framework.model import Framework, Text
from connector.framework.sources.keys import assign_keys
from connector.framework.sources.report import ImportReport, ImportResult
from connector.kit.errors import ConfigError, FrameworkError
from connector.runtime.connections import opened
from connector.runtime.editions import release_name
from connector.store import audit, releases

_NOTES_SHOWN = 10
_TOLD = (
    "job_family_groups",
    "job_families",
    "roles",
    "competency_domains",
    "competencies",
    "scales",
    "certifications",
    "requirements",
    "requirements_without_step",
)
_FOLDER = click.Path(path_type=Path)


@click.group()
def framework() -> None:
    """Work on the framework: validate, import, stats, diff, release, releases."""


@framework.command()
@click.argument("folder", type=_FOLDER)
@command
def validate(context: Context, folder: Path) -> None:
    """Check the framework in FOLDER and name every problem at once."""
    found = load_framework(folder)
    told = warnings(found)
    context.result(
        {
            "valid": True,
            "warnings": [
                {"place": item.place, "key": item.key, "message": item.message}
                for item in told
            ],
        },
        [
            f"{folder} is valid.",
            *(f"  note: {item}" for item in told),
        ],
    )


@framework.command("stats")
@click.argument("folder", type=_FOLDER)
@command
def show_stats(context: Context, folder: Path) -> None:
    """Count what the framework in FOLDER holds."""
    counted = stats(load_framework(folder))
    lines = [f"{number:>7}  {name}" for name, number in counted.items()]
    context.result(dict(counted), lines)


@framework.command()
@click.argument("before", type=_FOLDER)
@click.argument("after", type=_FOLDER)
@command
def diff(context: Context, before: Path, after: Path) -> None:
    """Show what differs between two framework folders."""
    found = diff_frameworks(load_framework(before), load_framework(after))
    context.result(
        [
            {
                "kind": item.kind,
                "key": item.key,
                "change": item.what,
                "fields": list(item.fields),
            }
            for item in found
        ],
        [
            f"{item.what:>8}  {item.kind} {item.key}  {', '.join(item.fields)}".rstrip()
            for item in found
        ]
        or ["No difference."],
    )


@framework.command("import")
@click.option("--map", "map_file", type=_FOLDER, help="Column map, for tables.")
@click.option("--to", "target", type=_FOLDER, help="Folder to write, for tables.")
@click.option("--from", "connection", metavar="CONNECTION", help="Where to read from.")
@click.option("--framework", "part", default="", help="One of several there, by ID.")
@click.option("--replace", is_flag=True, help="Write over what the folder holds.")
@click.option("--skip-refused", is_flag=True, help="Import the rows that can be.")
@click.argument("paths", type=_FOLDER, nargs=-1, required=True)
@command
def import_(
    context: Context, paths: tuple[Path, ...], connection: str | None, **chosen: Any
) -> None:
    """Write a framework folder from CSV tables, or from what a target holds already.

    PATHS are the tables where --map and --to say how and where to; with --from the one
    path is the folder to write. A folder that was imported before keeps its keys.
    """
    if connection is not None:
        result, folder = _from_target(context, connection, paths, **chosen)
    else:
        result, folder = _from_tables(paths, **chosen)
    context.result(
        {
            "counts": stats(result.framework),
            "report": {
                "counts": dict(result.report.counts),
                "cleaned": dict(result.report.cleaned),
                "notes": [asdict(note) for note in result.report.notes],
                "refused": [asdict(problem) for problem in result.report.refused],
            },
        },
        [
            *(_told(result.framework) if connection is not None else ()),
            *_report_lines(result.report),
            f"Written to {folder}.",
        ],
    )


def _told(framework: Framework) -> list[str]:
    """Return how many of everything came from a target."""
    counts = stats(framework)
    named = [(name, counts[name]) for name in _TOLD]
    return [
        f"{number:>7}  {name.replace('_', ' ')}" for name, number in named if number
    ]


def _from_tables(
    sources: tuple[Path, ...],
    map_file: Path | None,
    target: Path | None,
    part: str,
    *,
    replace: bool,
    skip_refused: bool,
) -> tuple[ImportResult, Path]:
    if map_file is None or target is None or part or replace:
        raise ConfigError(
            "tables are imported with --map and --to alone",
            hint="Write `jobframe framework import --map MAP --to DIR SOURCE...`, or"
            " `--from CONNECTION DIR` for what a target holds.",
        )
    known = load_framework(target).identities if target.is_dir() else ()
    result = import_framework(map_file, list(sources), known=known)
    refused = result.report.refused
    if refused and not skip_refused:
        raise FrameworkError(
            f"{len(refused)} rows cannot be used; nothing was written",
            hint="Correct them or the map; --skip-refused imports the rest.",
            problems=refused,
        )
    write_native(result.framework, target)
    return result, target


def _from_target(
    context: Context,
    connection: str,
    paths: tuple[Path, ...],
    map_file: Path | None,
    target: Path | None,
    part: str,
    *,
    replace: bool,
    skip_refused: bool,
) -> tuple[ImportResult, Path]:
    if map_file is not None or target is not None or skip_refused or len(paths) != 1:
        raise ConfigError(
            "an import from a connection takes one folder, and no options for tables",
            hint=f"Write `jobframe framework import --from {connection} DIR`.",
        )
    folder = paths[0]
    if not replace:
        refuse_filled(folder)
    with context.instance() as instance, opened(instance, connection) as opened_one:
        if opened_one.importing is None:
            raise ConfigError(
                f"{connection} cannot tell what it holds",
                hint="Write the framework by hand, or import it from tables.",
            )
        before = _head(folder, connection, instance.home.organisation)
        result = import_from_target(
            opened_one.importing,
            source=connection,
            head=replace_in(before, identities=()),
            known=before.identities,
            part=part,
        )
    replace_native(result.framework, folder)
    return result, folder


def _head(folder: Path, connection: str, organisation: str) -> Framework:
    """Return what an earlier import said of the framework itself, else a first word."""
    if folder.is_dir() and (folder / "framework.yaml").is_file():
        known = load_framework(folder)
        return Framework(
            key=known.key,
            name=known.name,
            description=known.description,
            language=known.language,
            identities=known.identities,
        )
    name = organisation.strip() or connection
    key = assign_keys("framework", {(name,): name})[name,]
    return Framework(key=key, name=Text((("en", name),)))


def _report_lines(report: ImportReport) -> list[str]:
    """Return what an import came to, for people; of each topic the first notes."""
    lines = [f"{number:>7}  {topic}" for topic, number in report.counts.items()]
    lines += [
        f"{number:>7}  cells cleaned: {rule}" for rule, number in report.cleaned.items()
    ]
    for topic, notes in groupby(report.notes, key=lambda note: note.topic):
        shown = list(notes)
        lines.append(f"{topic} ({len(shown)})")
        lines += [f"  {note.place}: {note.message}" for note in shown[:_NOTES_SHOWN]]
        if len(shown) > _NOTES_SHOWN:
            lines.append(f"  … and {len(shown) - _NOTES_SHOWN} more (--json has all)")
    lines += [f"refused {problem}" for problem in report.refused]
    return lines


@framework.command()
@click.argument("folder", type=_FOLDER)
@click.option("--effective", metavar="DATE", help="First day (default: today).")
@click.option("--note", default="", help="What changed, for people to read.")
@command
def release(context: Context, folder: Path, effective: str | None, note: str) -> None:
    """Freeze the framework in FOLDER as a release with an effective date."""
    found = load_framework(folder)
    with context.instance() as instance:
        day: date = parse_day(effective) if effective else instance.today()
        content = freeze(found)
        with instance.database.write() as conn:
            made = releases.add(
                conn,
                content=content,
                effective_on=day,
                author=context.person,
                note=note,
                at=instance.now(),
            )
            audit.append(
                conn,
                at=instance.now(),
                actor="framework",
                action="release",
                detail={"release": release_name(made), "person": context.person},
            )
    context.result(
        {"release": release_name(made), "effective_on": day.isoformat()},
        [f"Release {release_name(made)}, in effect from {day}."],
    )


@framework.command("releases")
@command
def list_releases(context: Context) -> None:
    """List the releases, the one that takes effect last first."""
    with context.instance() as instance, instance.database.read() as conn:
        known = releases.all(conn)
    context.result(
        [
            {
                "release": release_name(item),
                "effective_on": item.effective_on.isoformat(),
                "author": item.author,
                "note": item.note,
            }
            for item in known
        ],
        [
            f"{release_name(item)}  from {item.effective_on}  by {item.author}"
            f"  {item.note}"
            for item in known
        ]
        or ["There is no release yet."],
    )
