"""`jobframe evidence`: collect completed learning, send it, see where it stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from connector.commands.attesting import add_attesting
from connector.commands.common import Context, command
from connector.commands.plan import the_connection
from connector.kit.errors import ConfigError
from connector.kit.setup import LearningFiles
from connector.kit.values import DispatchKind
from connector.runtime.connections import (
    Use,
    configured,
    connection_names,
    opened,
    require_use,
)
from connector.runtime.editions import release_edition
from connector.runtime.evidence_rules import dispatch_rules
from connector.runtime.ground import ground_of
from connector.runtime.home import zone_named
from connector.runtime.jobs import talent_of
from connector.runtime.manifest import load_adapter
from connector.store import dispatches, facts
from connector.talent import dispatching
from connector.talent.collecting import Collected
from connector.talent.collecting import collect as collect_facts
from connector.talent.dispatching import SeenByHand
from connector.talent.forecasting import (
    MAY_SKIP,
    Forecast,
    agree,
    allow_auto_complete,
    auto_complete,
    forecast,
)
from connector.talent.importing import import_facts
from connector.talent.small_groups import told_number, words_for
from connector.talent.sources import sources_of


@click.group()
def evidence() -> None:
    """Carry completed learning from the LMS to the worker's record in the HRIS."""


add_attesting(evidence)


@evidence.command()
@click.argument("connection", required=False)
@command
def collect(context: Context, connection: str | None) -> None:
    """Read completed learning from CONNECTION, your LMS."""
    with context.instance() as instance:
        name = the_connection(instance, connection)
        require_use(instance, name, Use.EVIDENCE)
        edition = release_edition(instance, None, instance.today())
        with opened(instance, name) as target:
            ground = ground_of(instance)
            sources = sources_of(ground, target, edition.framework)
            if sources is None:
                raise ConfigError(
                    f"the connection {name} reports no learning",
                    hint="Name the connection of your LMS, and give it what it reads"
                    " completions from: `jobframe doctor` tells.",
                )
            found = collect_facts(
                ground,
                name,
                sources.learning,
                edition.framework,
                accounts=sources.accounts,
                ratings=sources.ratings,
                plans=sources.plans,
            )
    _tell(context, found)


def _tell(context: Context, found: Collected) -> None:
    """Say what a collection or an import came to."""
    lines = [f"{found.facts} new facts, {found.evidence} new pieces of evidence."]
    if found.unbound:
        lines.append(
            f"{found.unbound} accounts belong to nobody known: see `jobframe tasks`."
        )
    if found.strangers:
        lines.append(
            f"{found.strangers} accounts are of nobody within the scope: nothing of"
            " them is kept. Give those that are the employee id of their worker there;"
            " then all is read again."
        )
    lines += [
        f"  {number} completions of {course} match no activity: give one of your"
        f" pathways an activity with course: {course}"
        for course, number in found.unmatched.items()
    ]
    context.result(asdict(found), [*lines, *found.notes])


@evidence.command("import")
@click.argument("connection")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--time-zone", help="Zone of times that name none, as Europe/Warsaw.")
@command
def import_(
    context: Context, connection: str, path: Path, time_zone: str | None
) -> None:
    """Read completed learning of CONNECTION from the CSV file PATH.

    For an LMS without web services. A file may be imported again, or overlap with
    another: each completion counts once.
    """
    with context.instance() as instance:
        adapter = load_adapter(configured(instance, connection).adapter)
        require_use(instance, connection, Use.EVIDENCE)
        if not isinstance(adapter, LearningFiles):
            raise ConfigError(
                f"the connection {connection} reads no files of learning",
                hint="Name the connection of your LMS.",
            )
        zone = zone_named(time_zone) if time_zone else None
        edition = release_edition(instance, None, instance.today())
        read = adapter.read_learning(path.read_bytes(), str(path), zone, instance.now())
        found = import_facts(
            ground_of(instance),
            connection,
            read.facts,
            edition.framework,
            context.person,
        )
    found.notes.extend(read.notes)
    _tell(context, found)


@evidence.command()
@click.argument("connection", required=False)
@command
def preview(context: Context, connection: str | None) -> None:
    """Show what sending to CONNECTION, your HRIS, would start; nothing is sent."""
    with context.instance() as instance:
        name = the_connection(instance, connection)
        require_use(instance, name, Use.EVIDENCE)
        edition = release_edition(instance, None, instance.today())
        ground, rules = ground_of(instance), dispatch_rules(instance, name)
        dispatching.prepare(ground, name, edition.framework, rules)
        found = forecast(ground, name)
        with instance.database.read() as conn:
            allowed = auto_complete(conn, name)
    value = {**_forecast_json(found), "limit": rules.inbox_tasks}
    value["auto_complete"] = [
        {"kind": kind.value, "by": one.person, "at": one.decided_at.isoformat()}
        for kind, one in sorted(allowed.items())
    ]
    context.result(value, [*_forecast_lines(found, rules.inbox_tasks)])


def _forecast_json(found: Forecast) -> dict[str, Any]:
    kinds = Counter(each.dispatch.kind.value for each in found.due)
    return {
        "dispatches": len(found.due),
        "by_kind": dict(sorted(kinds.items())),
        "inbox_tasks": found.events,
        "later": found.later,
        "fingerprint": found.fingerprint,
    }


def _forecast_lines(found: Forecast, limit: int) -> Iterator[str]:
    kinds = Counter(each.dispatch.kind.value for each in found.due)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    yield (
        f"{len(found.due)} pieces of evidence are due ({told or 'none'}): they start"
        f" {found.events} processes, so up to {found.events} tasks in inboxes"
        f" (limit {limit})."
    )
    if found.later:
        yield (f"{found.later} wait for another day: a worker gets one process a day.")
    if found.events > limit:
        yield (
            "Somebody else than the sender confirms:"
            f" jobframe evidence confirm CONNECTION {found.fingerprint}"
        )


@evidence.command()
@click.argument("connection")
@click.argument("fingerprint")
@command
def confirm(context: Context, connection: str, fingerprint: str) -> None:
    """Agree to the inbox tasks that FINGERPRINT of a preview stands for."""
    with context.instance() as instance:
        configured(instance, connection)
        found = agree(ground_of(instance), connection, fingerprint, context.person)
    context.result(
        {"fingerprint": fingerprint, "inbox_tasks": found.events},
        [f"Confirmed: up to {found.events} tasks in inboxes."],
    )


@evidence.command()
@click.argument("connection", required=False)
@command
def send(context: Context, connection: str | None) -> int:
    """Send collected evidence to CONNECTION, your HRIS."""
    with context.instance() as instance:
        name = the_connection(instance, connection)
        require_use(instance, name, Use.EVIDENCE)
        edition = release_edition(instance, None, instance.today())
        with opened(instance, name) as target:
            talent = talent_of(instance, name, target)
            ground, rules = ground_of(instance), dispatch_rules(instance, name)
            dispatching.prepare(ground, name, edition.framework, rules)
            for line in _forecast_lines(forecast(ground, name), rules.inbox_tasks):
                context.note(line)
            sent = dispatching.send(
                ground,
                name,
                talent,
                sender=context.person,
                limit=rules.inbox_tasks,
            )
    told = (
        f"{sent.confirmed} confirmed, {sent.pending} wait for approval,"
        f" {sent.denied} denied, {sent.rejected} refused, {sent.unknown} unknown."
    )
    context.result(asdict(sent), [told, *(f"  {line}" for line in sent.messages)])
    return 5 if sent.rejected or sent.unknown else 0


@evidence.command()
@click.argument("connection")
@click.argument("reference")
@command
def retry(context: Context, connection: str, reference: str) -> None:
    """Let the next send try the denied or refused dispatch REFERENCE again."""
    with context.instance() as instance:
        configured(instance, connection)
        again = dispatching.retry(
            ground_of(instance), connection, reference, context.person
        )
    context.result(
        {"reference": reference, "again": again},
        [f"{reference} is tried again as {again} by the next send."],
    )


@evidence.command("auto-complete")
@click.argument("connection")
@click.argument("kind", type=click.Choice([kind.value for kind in MAY_SKIP]))
@click.argument("choice", type=click.Choice(["on", "off"]))
@command
def auto_complete_(context: Context, connection: str, kind: str, choice: str) -> None:
    """Let CONNECTION skip its approvals for a KIND of evidence, or no longer.

    Recorded with your name and the time. An assessment never skips them.
    """
    with context.instance() as instance:
        configured(instance, connection)
        allow_auto_complete(
            ground_of(instance),
            connection,
            DispatchKind(kind),
            context.person,
            is_allowed=choice == "on",
        )
    context.result(
        {"connection": connection, "kind": kind, "auto_complete": choice},
        [f"{kind}: approvals are {'skipped' if choice == 'on' else 'kept'}."],
    )


@evidence.command()
@click.argument("connection")
@click.argument("reference")
@click.argument("seen", type=click.Choice([item.value for item in SeenByHand]))
@command
def settle(context: Context, connection: str, reference: str, seen: str) -> None:
    """Record what you saw in CONNECTION, your HRIS, of the dispatch REFERENCE.

    `arrived`: it is on the record. `denied`: an approval said no. `absent`: it never
    got there, and the next `jobframe evidence send` sends it.
    """
    with context.instance() as instance:
        configured(instance, connection)
        ground = ground_of(instance)
        dispatching.settle_by_hand(
            ground, connection, reference, SeenByHand(seen), context.person
        )
    context.result({"reference": reference, "seen": seen}, [f"{reference}: {seen}."])


@evidence.command("list")
@command
def list_evidence(context: Context) -> None:
    """Count who has evidence of each step, and show dispatches that need a look.

    Numbers of fewer than five people are not told.
    """
    with context.instance() as instance:
        names = connection_names(instance)
        with instance.database.read() as conn:
            found = facts.evidence(conn)
            states = {state: n for state, n in dispatches.counts(conn).items() if n}
            waiting = [
                each
                for name in names
                for each in dispatches.in_state(conn, name, *dispatching.FOR_PEOPLE)
            ]
    steps: dict[str, set[str]] = defaultdict(set)
    for item in found:
        steps[f"{item.competency}/{item.step}"].add(item.person_id)
    people = {step: told_number(ids) for step, ids in sorted(steps.items())}
    told = ", ".join(f"{number} {state.value}" for state, number in states.items())
    context.result(
        {
            "evidence": people,
            "dispatches": {state.value: number for state, number in states.items()},
            "waiting": [
                {
                    "connection": each.connection,
                    "reference": each.dispatch.reference,
                    "state": each.state.value,
                    "message": each.message,
                }
                for each in waiting
            ],
        },
        [
            f"{len(found)} pieces of evidence.",
            *(f"  {words_for(number):>12}  {step}" for step, number in people.items()),
            f"Dispatches: {told or 'none yet'}.",
            *(
                f"  {each.state.value}  {each.connection} {each.dispatch.reference}"
                f"  {each.message}".rstrip()
                for each in waiting
            ),
        ],
    )
