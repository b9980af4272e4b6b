"""`jobframe findings`: what waits for a decision, and the decisions taken."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from connector.commands.common import Context, command
from connector.commands.plan import the_connection
from connector.kit.errors import ConfigError
from connector.kit.values import Privacy
from connector.runtime.connections import engine_of
from connector.runtime.editions import release_edition
from connector.runtime.instance import Instance
from connector.store import audit, decisions
from connector.sync.plan import Choice, Finding, Plan
from connector.sync.plan_json import plan_to_json
from connector.sync.render import render_findings
from connector.sync.rules import decide as make_decision

_ADOPTING = (Choice.ADOPT,)


@click.group()
def findings() -> None:
    """See what waits for a decision, and decide it; it counts from the next plan on."""


@findings.command("list")
@click.argument("connection", required=False)
@command
def list_findings(context: Context, connection: str | None) -> None:
    """List the findings of CONNECTION."""
    with context.instance() as instance:
        name = the_connection(instance, connection)
        with engine_of(instance, name) as engine:
            made = engine.plan(release_edition(instance, None, instance.today()))
            lines = list(render_findings(made, engine.specs, most=sys.maxsize))
    if not made.open_findings:
        lines.insert(0, Text("No finding waits."))
    lines += _matched(made)
    lines += [
        Text(f"    · {item.type} {item.kind} {item.key}  {item.place}", style="dim")
        for item in made.findings
        if not item.is_waiting
    ]
    data = plan_to_json(made, frozenset({Privacy.PLAIN}))["findings"]
    context.result(data, lines)


def _matched(made: Plan) -> list[Text]:
    """Return how many objects wait to be adopted, and by what they were met."""
    adoptions = [item for item in made.open_findings if item.choices[:1] == _ADOPTING]
    exact = sum(item.is_exact for item in adoptions)
    told = [
        (exact, "met by their identity: `jobframe findings decide … adopt` takes all"),
        (len(adoptions) - exact, "met by name alone: look, then add --match name"),
    ]
    return [Text(f"    {number:>5}  {what}") for number, what in told if number]


@findings.command()
@click.argument("connection", required=False)
@click.option("--kind", help="Only findings about this kind of record.")
@click.option("--key", help="Only the record with this key.")
@click.option("--field", help="Only this field.")
@click.option("--type", "type_", help="Only this type: drift, conflict, adoption …")
@click.option(
    "--match",
    type=click.Choice(["exact", "name"]),
    help="Only adoptions met by their identity, or those met by their name alone.",
)
@click.argument("choice", type=click.Choice([item.value for item in Choice]))
@command
def decide(
    context: Context,
    connection: str | None,
    choice: str,
    **chosen: str | None,
) -> None:
    """Decide the chosen findings of CONNECTION as CHOICE.

    With --key, a decision that was taken before can be taken anew. Without --match or
    --key, `adopt` takes only objects that bear the very identity: those met by their
    name alone are decided apart.
    """
    with context.instance() as instance:
        name = the_connection(instance, connection)
        with engine_of(instance, name) as engine:
            made = engine.plan(release_edition(instance, None, instance.today()))
        picked = _picked(made, choice, chosen)
        _store(instance, name, picked, choice, context.person)
    context.result(
        {"decided": len(picked), "choice": choice},
        [
            f"Decided as {choice}: {item.type} {item.kind} {item.key} {item.place}"
            for item in picked
        ]
        + ["It counts from the next plan on."],
    )


def _picked(made: Plan, choice: str, chosen: dict[str, str | None]) -> list[Finding]:
    wanted = {
        name.rstrip("_"): value for name, value in chosen.items() if value is not None
    }
    match = wanted.pop("match", None)
    among_all = [
        item
        for item in made.findings
        if choice in item.choices
        and (item.is_waiting or "key" in wanted)
        and all(str(getattr(item, name)) == value for name, value in wanted.items())
    ]
    if match is None and choice == Choice.ADOPT and "key" not in wanted:
        match = "exact"
    picked = [item for item in among_all if match in (None, _match_of(item))]
    if among_all and not picked:
        by, other = (
            ("name alone", "name") if match == "exact" else ("identity", "exact")
        )
        raise ConfigError(
            f"{len(among_all)} objects can be decided as “{choice}”, all met by their"
            f" {by}",
            hint="Look at them (`jobframe findings list`), then decide them with"
            f" --match {other}, or one by one with --kind and --key.",
        )
    if not picked:
        offered = sorted({str(c) for item in made.open_findings for c in item.choices})
        among = ", ".join(f"{name} {value}" for name, value in wanted.items())
        raise ConfigError(
            f"no finding{f' with {among}' if among else ''} can be decided as"
            f" “{choice}”",
            hint=f"What waits can be decided as: {', '.join(offered)}. See `jobframe"
            " findings list`."
            if offered
            else "Nothing waits for a decision.",
        )
    return picked


def _match_of(finding: Finding) -> str:
    return "exact" if finding.is_exact else "name"


def _store(
    instance: Instance, name: str, picked: list[Finding], choice: str, person: str
) -> None:
    at = instance.now()
    with instance.database.write() as conn:
        decisions.decide(
            conn, name, [make_decision(item, choice, person, at) for item in picked]
        )
        for item in picked:
            audit.append(
                conn,
                at=at,
                actor="sync",
                action="decide",
                detail={
                    "connection": name,
                    "kind": item.kind,
                    "key": item.key,
                    "field": item.place,
                    "choice": choice,
                    "person": person,
                },
            )
