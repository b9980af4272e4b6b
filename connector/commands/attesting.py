"""`jobframe evidence attest` and its like: what people tell by hand, and take back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from connector.commands.common import Context, command
from connector.kit.values import LearningFact
from connector.runtime.connections import Use, configured, connections_with
from connector.runtime.editions import release_edition
from connector.runtime.ground import ground_of
from connector.runtime.instance import Instance
from connector.runtime.people_view import note_showing, people_view
from connector.runtime.privacy import onlooker
from connector.store import facts, growth
from connector.store.facts import BY_HAND
from connector.talent import withdrawing
from connector.talent.collecting import Collected
from connector.talent.matching import Matcher
from connector.talent.telling import house_of, mutual, tell, word_of
from connector.talent.visibility import What
from connector.talent.withdrawing import TakenBack
from connector.talent.words import FORMS
from connector.talent.words_file import read_words

_DAY = click.DateTime(formats=["%Y-%m-%d"])


def add_attesting(group: click.Group) -> None:
    """Put these commands beside those that collect and send."""
    for each in (
        attest,
        contribute,
        certify,
        load,
        withdraw,
        withdrawals,
        show,
        unmatched,
    ):
        group.add_command(each)


def _on(function: Any) -> Any:
    return click.option("--on", "day", type=_DAY, help="Which day; else today.")(
        function
    )


@click.command()
@click.argument("person")
@click.argument("competency")
@click.argument("step")
@click.option("--note", required=True, help="What you saw.")
@click.option("--link", default="", help="Where others can see it.")
@_on
@command
def attest(
    context: Context,
    person: str,
    competency: str,
    step: str,
    note: str,
    link: str,
    day: datetime | None,
) -> None:
    """Attest that PERSON shows COMPETENCY at STEP; never about yourself.

    PERSON is an employee id or our id. You are recorded with our id of you, and whether
    you stand above PERSON in the line of managers.
    """
    cells = {"competency": competency, "step": step, "note": note, "link": link}
    _tell_one(context, "attestations", person, day, cells)


@click.command()
@click.argument("person")
@click.argument("kind")
@click.option("--words", required=True, help="What it was.")
@click.option("--link", default="", help="Where others can see it.")
@click.option("--activity", default="", help="The activity of a pathway that it is.")
@_on
@command
def contribute(
    context: Context,
    person: str,
    kind: str,
    words: str,
    link: str,
    activity: str,
    day: datetime | None,
) -> None:
    """Record that PERSON did something for others: teaching, mentoring and the like.

    KIND is one that the levels of your framework count.
    """
    cells = {"kind": kind, "words": words, "link": link, "activity": activity}
    _tell_one(context, "contributions", person, day, cells)


@click.command()
@click.argument("person")
@click.argument("certification")
@click.option("--expires", type=_DAY, help="Its last day; else by the certification.")
@click.option("--link", default="", help="Where it can be verified.")
@_on
@command
def certify(
    context: Context,
    person: str,
    certification: str,
    expires: datetime | None,
    link: str,
    day: datetime | None,
) -> None:
    """Record that PERSON holds CERTIFICATION, by its key or name."""
    until = expires.date().isoformat() if expires else ""
    cells = {"certification": certification, "expires": until, "link": link}
    _tell_one(context, "certificates", person, day, cells)


def _tell_one(
    context: Context,
    form: str,
    person: str,
    day: datetime | None,
    cells: dict[str, str],
) -> None:
    with context.instance() as instance:
        names = connections_with(instance, Use.EVIDENCE)
        framework = release_edition(instance, None, instance.today()).framework
        ground = ground_of(instance)
        on = day.date() if day else instance.today()
        house = house_of(ground, framework, context.person, names)
        told = {**cells, "person": person, "on": on.isoformat()}
        word = word_of(house, form, told)
        found = tell(ground, framework, [word], context.person)
        both = _mutual(instance, word.fact)
    if both:
        context.note("You two vouched for one another: packets of evidence say so.")
    context.result({**asdict(found), "mutual": both}, _told(found))


def _mutual(instance: Instance, fact: LearningFact) -> bool:
    with instance.database.read() as conn:
        return fact.detail.get("by", "") in mutual(conn, fact.person_id)


def _told(found: Collected) -> Iterator[str]:
    if not found.facts:
        yield "It was told before: nothing is counted twice."
    parts = [
        f"{found.facts} new facts",
        f"{found.evidence} new pieces of evidence",
        f"{found.contributions} new contributions",
    ]
    yield f"{', '.join(parts)}."
    if found.withdrawn:
        yield f"{found.withdrawn} pieces of evidence were taken back."
    yield from found.notes


@click.command()
@click.argument("form", type=click.Choice(list(FORMS)))
@click.argument("path", type=click.Path(path_type=Path))
@command
def load(context: Context, form: str, path: Path) -> None:
    """Read what people told from the CSV file PATH: all of it, or nothing.

    FORM says what it holds. A file may be read again: each row counts once.
    """
    with context.instance() as instance:
        names = connections_with(instance, Use.EVIDENCE)
        framework = release_edition(instance, None, instance.today()).framework
        ground = ground_of(instance)
        house = house_of(ground, framework, context.person, names)
        words = read_words(path.read_bytes(), str(path), form, house)
        found = tell(ground, framework, words, context.person)
    context.result(asdict(found), _told(found))


@click.command()
@click.argument("numbers", type=int, nargs=-1, metavar="NUMBER...")
@click.option("--contribution", type=int, multiple=True, help="One of these numbers.")
@click.option("--reason", required=True, help="Why it does not hold.")
@command
def withdraw(
    context: Context,
    numbers: tuple[int, ...],
    contribution: tuple[int, ...],
    reason: str,
) -> None:
    """Take the evidence NUMBER back, by your word; see `jobframe evidence show`.

    It stays on record with your reason, and counts for nothing from today.
    """
    if not numbers and not contribution:
        raise click.UsageError("Name the number of what is to be withdrawn.")
    with context.instance() as instance:
        people = withdrawing.withdraw(
            ground_of(instance),
            numbers,
            reason=reason,
            person=context.person,
            contributions=contribution,
        )
    context.result(
        {"evidence": numbers, "contributions": contribution, "people": len(people)},
        [f"Withdrawn: {len(numbers) + len(contribution)}. Nothing was deleted."],
    )


@click.command()
@click.argument("connection", required=False)
@click.option("--confirm", "decision", flag_value="confirm", help="Take it all back.")
@click.option("--refuse", "decision", flag_value="refuse", help="Let it all stand.")
@command
def withdrawals(context: Context, connection: str | None, decision: str | None) -> None:
    """Show what CONNECTION took back and waits for a person; without one, by hand."""
    name = connection or BY_HAND
    with context.instance() as instance:
        if connection:
            configured(instance, connection)
        ground = ground_of(instance)
        done = TakenBack()
        with instance.database.read() as conn:
            found = withdrawing.waiting(conn, name)
        if decision:
            done = withdrawing.decide(
                ground, name, context.person, is_confirmed=decision == "confirm"
            )
    counts = Counter(
        f"{each.revocation.type.value} {each.revocation.object_id}" for each in found
    )
    value = {
        "waiting": 0 if decision else sum(len(each.evidence) for each in found),
        "withdrawn": done.withdrawn,
        "objects": dict(sorted(counts.items())),
    }
    lines = [f"  {number:>5}  {what}" for what, number in sorted(counts.items())]
    if decision:
        head = f"{done.withdrawn} pieces of evidence were taken back."
    else:
        head = f"{value['waiting']} pieces of evidence wait to be taken back."
    context.result(value, [head, *lines])


@click.command()
@click.argument("person")
@command
def show(context: Context, person: str) -> None:
    """Show the evidence of PERSON with its numbers; that is written down."""
    with context.instance() as instance:
        whose = people_view(instance).named(person)
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        viewer.require(whose.id, What.GROWTH)
        note_showing(instance, context.person, 1)
        with instance.database.read() as conn:
            rows = list(facts.evidence_rows(conn, [whose.id]))
            given = growth.contributions(conn, [whose.id])
            both = sorted(mutual(conn, whose.id))
    evidence = [_evidence_json(row) for row in rows]
    contributions = [
        {
            "number": each.id,
            "kind": each.kind,
            "on": each.done_on.isoformat(),
            "words": each.words,
            "by": each.recorded_by,
            "withdrawn_on": _day(each.withdrawn_on),
        }
        for each in given
    ]
    value = {
        "person": whose.id,
        "evidence": evidence,
        "contributions": contributions,
        "mutual": both,
    }
    context.result(value, _shown(value))


def _evidence_json(row: tuple[Any, ...]) -> dict[str, Any]:
    _, number, competency, step, basis, achieved, expires, withdrawn, source = row
    return {
        "number": number,
        "competency": competency,
        "step": step,
        "basis": basis,
        "on": _day(achieved),
        "expires_on": _day(expires),
        "withdrawn_on": _day(withdrawn),
        "provenance": source,
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _shown(value: dict[str, Any]) -> Iterator[str]:
    yield f"{len(value['evidence'])} pieces of evidence of {value['person']}."
    for each in value["evidence"]:
        until = f", until {each['expires_on']}" if each["expires_on"] else ""
        gone = f", withdrawn {each['withdrawn_on']}" if each["withdrawn_on"] else ""
        yield (
            f"  {each['number']}  {each['competency']} at {each['step']}  by"
            f" {each['basis']} on {each['on']}{until}{gone}  {each['provenance']}"
        )
    for each in value["contributions"]:
        gone = f", withdrawn {each['withdrawn_on']}" if each["withdrawn_on"] else ""
        yield (
            f"  contribution {each['number']}  {each['kind']} on {each['on']}{gone}"
            f"  {each['words']}"
        )
    for each in value["mutual"]:
        yield f"  Flagged: {each} vouched for this person, and this person for them."


@click.command()
@command
def unmatched(context: Context) -> None:
    """List facts that match nothing, with the line of the framework that would."""
    with context.instance() as instance:
        framework = release_edition(instance, None, instance.today()).framework
        matcher = Matcher(framework)
        with instance.database.read() as conn:
            left = facts.without_use(conn)
    rows = [
        {
            "connection": each.connection,
            "type": each.fact.type.value,
            "object": each.fact.object_id,
            "facts": number,
            "line": matcher.line_for(each.fact),
        }
        for each, number in left
        if not matcher.matches(each.fact)
    ]
    lines = [
        f"  {row['facts']:>5}  {row['type']} {row['object']}  {row['line']}"
        for row in rows
    ]
    context.result(rows, lines or ["Every fact matches something."])
