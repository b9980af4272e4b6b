"""`jobframe moves prepare` and its like: drafts by evidence, packets, fairness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from connector.commands.common import Context, command, write_file
from connector.commands.plan import the_connection
from connector.framework.model import Framework, PayBand
from connector.kit.errors import ConfigError
from connector.runtime.connections import Use, connections_with
from connector.runtime.editions import release_edition
from connector.runtime.ground import ground_of
from connector.runtime.instance import Instance
from connector.runtime.jobs import compute_readiness
from connector.runtime.move_preparing import prepare_moves
from connector.runtime.people_view import note_showing
from connector.runtime.privacy import onlooker
from connector.store import people, proposals
from connector.store.proposals import Proposal
from connector.talent import proposing
from connector.talent.fair_cases import cases
from connector.talent.fairness import Difference, Fairness, fairness
from connector.talent.packet_page import packet_page
from connector.talent.packets import band_of, packet_lines
from connector.talent.small_groups import words_for
from connector.talent.telling import vouchers
from connector.talent.visibility import What

_HIDDEN = "<hidden: pay>"


def add_packets(group: click.Group) -> None:
    """Put these commands beside those that decide and start."""
    for each in (prepare, packet, withdraw, fair):
        group.add_command(each)


@click.command()
@click.argument("connection", required=False)
@command
def prepare(context: Context, connection: str | None) -> None:
    """Draft every move of CONNECTION's people for which all that is asked is there.

    Readiness is made anew first. Drafts that are there are brought up to date.
    """
    with context.instance() as instance:
        among = connections_with(instance, Use.PROPOSALS)
        only = among[0] if len(among) == 1 else None
        name = the_connection(instance, connection or only)
        compute_readiness(instance)
        done = prepare_moves(instance, name)
    told = (
        f"{done.drafted} drafted, {done.updated} brought up to date,"
        f" {done.withdrawn} withdrawn, {done.reopened} reopened."
    )
    waits = [f"  not drafted: {number}, {why}" for why, number in done.waits.items()]
    context.result(asdict(done), [told, *waits])


@click.command()
@click.argument("reference")
@click.option(
    "--html", type=click.Path(path_type=Path), help="Write a page to print here."
)
@click.option("--pay", "is_paid", is_flag=True, help="With the pay bands, by right.")
@command
def packet(context: Context, reference: str, html: Path | None, is_paid: bool) -> None:
    """Show the evidence packet of the proposal REFERENCE; that is written down."""
    with context.instance() as instance:
        proposal = _named(instance, reference)
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        viewer.require(proposal.person_id, What.MOVES)
        bands: dict[str, Any] = {}
        if is_paid:
            for what in (What.OWN_BAND, What.NEXT_BAND):
                seen = viewer.may_see(proposal.person_id, what)
                bands[what.value] = _band(instance, proposal, what) if seen else _HIDDEN
        note_showing(instance, context.person, 1)
        with instance.database.read() as conn:
            whose = people.get(conn, proposal.person_id)
            vouched = vouchers(conn, [proposal.person_id]).get(proposal.person_id, ())
            names = {each.id: each.name for each in people.some(conn, vouched)}
    value = {**_told(proposal), "packet": dict(proposal.packet), "bands": bands}
    if html is not None:
        name = whose.name if whose else proposal.person_id
        write_file(html, packet_page(value, person=name, names=names))
    context.result(value, [*packet_lines(value), *_band_lines(bands)])


@click.command()
@click.argument("reference")
@click.option("--reason", required=True, help="Why it is taken back.")
@command
def withdraw(context: Context, reference: str, reason: str) -> None:
    """Take the proposal REFERENCE back, before it is started; the person may, too."""
    with context.instance() as instance:
        proposal = _named(instance, reference)
        after = proposing.withdraw(
            ground_of(instance), proposal, context.person, reason
        )
    context.result(_told(after), [f"{reference}: withdrawn."])


@click.command("fairness")
@command
def fair(context: Context) -> None:
    """Compare people with equal evidence: did it give equal proposals?

    Numbers of fewer than five people are not told.
    """
    with context.instance() as instance:
        names = connections_with(instance, Use.PROPOSALS)
        connections_with(instance, Use.READINESS)
        compute_readiness(instance)
        edition = release_edition(instance, None, instance.today())
        with instance.database.read() as conn:
            found = fairness(cases(conn, edition.framework, edition.as_of, names))
    value = {**asdict(found), "is_silent": found.is_silent}
    context.result(value, _fairness_lines(found))


def _named(instance: Instance, reference: str) -> Proposal:
    with instance.database.read() as conn:
        found = proposals.get(conn, reference)
    if found is None:
        raise ConfigError(
            f"there is no proposal “{reference}”", hint="See jobframe moves list."
        )
    return found


def _told(proposal: Proposal) -> dict[str, Any]:
    return {
        "reference": proposal.reference,
        "person": proposal.person_id,
        "kind": proposal.kind.value,
        "state": proposal.state.value,
        "result": proposal.result.value if proposal.result else "",
        "effective_on": proposal.effective_on.isoformat(),
        "reason": proposal.reason,
        "message": proposal.message,
        "drafted_by": proposal.drafted_by,
        "first_approved_by": proposal.first_approved_by,
        "approved_by": proposal.approved_by,
        "confirmed": list(proposal.confirmed),
    }


def _band(instance: Instance, proposal: Proposal, what: What) -> dict[str, str] | None:
    """Return the band of the present level or of the next, where the person works."""
    framework = release_edition(instance, None, instance.today()).framework
    key = proposal.from_role if what is What.OWN_BAND else proposal.to_role
    role = framework.roles.get(key.partition("/")[0])
    region = _region(instance, framework, proposal)
    band = band_of(framework, role.level, region) if role and role.level else None
    return _band_json(band) if band else None


def _region(instance: Instance, framework: Framework, proposal: Proposal) -> str:
    with instance.database.read() as conn:
        held = people.assignments(conn, [proposal.person_id])
    positions = held.get(proposal.person_id, ())
    country = next((each.country for each in positions if each.is_primary), "")
    return next(
        (key for key, one in framework.regions.items() if country in one.countries), ""
    )


def _band_json(band: PayBand) -> dict[str, str]:
    return {
        "grade": band.grade,
        "region": band.region,
        "currency": band.currency,
        "minimum": f"{band.minimum:f}",
        "midpoint": f"{band.midpoint:f}",
        "maximum": f"{band.maximum:f}",
    }


def _band_lines(bands: Mapping[str, Any]) -> Iterator[str]:
    for name, band in bands.items():
        if isinstance(band, dict):
            figures = (band["minimum"], band["midpoint"], band["maximum"])
            yield f"  {name}: {' / '.join(figures)} {band['currency']} a year"
        else:
            yield f"  {name}: {band or 'none is known for where this person works'}"


def _fairness_lines(found: Fairness) -> Iterator[str]:
    yield f"Compared, people who have equals: {words_for(found.compared)}."
    for each in found.differences:
        yield from _difference_lines(each)
    if found.untold != 0:
        yield (
            "People in groups too small to show, with a difference that nothing"
            f" explains: {words_for(found.untold)}."
        )
    if found.is_silent:
        yield "Equal evidence gave equal proposals, or the reason is on record."


def _difference_lines(found: Difference) -> Iterator[str]:
    head = "explained" if found.is_explained else "NOT explained"
    yield (
        f"{head}: {found.people} people on level {found.level} with equal evidence for"
        f" {found.target}"
    )
    for name, number in found.parts.items():
        yield f"  {words_for(number)}: {name}"
