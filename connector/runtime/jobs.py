"""What a schedule can have done: each job is what a person would type, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from connector.kit.errors import ConfigError, TargetError
from connector.kit.protocols import Connection, Talent
from connector.runtime.connections import (
    Use,
    configured,
    connections_with,
    engine_of,
    opened,
    require_use,
)
from connector.runtime.editions import release_edition
from connector.runtime.evidence_rules import dispatch_rules
from connector.runtime.ground import ground_of
from connector.runtime.instance import Instance
from connector.runtime.move_preparing import prepare_moves
from connector.runtime.pausing import PausingTalent
from connector.runtime.privacy import forgets_before, periods_of
from connector.sync.gating import Gatekeeper, refuse_window, window_notice
from connector.talent import dispatching, moving
from connector.talent.collecting import collect
from connector.talent.privacy_retention import retain
from connector.talent.recomputing import Recomputed, recompute
from connector.talent.sources import sources_of
from connector.talent.workforce import sync_people

#: Who stands behind what a schedule does.
SCHEDULE = "schedule"
#: How gates and doctors call completed learning that is sent.
EVIDENCE = "evidence"


def plan_job(instance: Instance, name: str) -> str:
    """Plan, and say what waits; nothing is written."""
    with engine_of(instance, name) as engine:
        made = engine.plan(release_edition(instance, None, instance.today()))
    return (
        f"{len(made.changes)} changes, {len(made.open_findings)} findings,"
        f" {len(made.tasks)} tasks"
    )


def apply_job(instance: Instance, name: str) -> str:
    """Apply the release in effect; a plan that a guard refuses is left to people."""
    with engine_of(instance, name) as engine:
        engine.resume()
        edition = release_edition(instance, None, instance.today())
        report = engine.apply(engine.plan(edition), edition, SCHEDULE)
    told = f"{report.done} of {report.planned} changes written"
    return "; ".join((told, *report.messages[:5]))


def people_job(instance: Instance, name: str) -> str:
    """Read who changed in an HRIS."""
    with opened(instance, name) as target:
        if target.people is None:
            raise ConfigError(
                f"the connection {name} knows no people",
                hint="Name the connection of your HRIS.",
            )
        scope = configured(instance, name).scope
        read = sync_people(
            ground_of(instance),
            name,
            target.people,
            scope=scope,
            left_before=forgets_before(instance),
        )
    return "; ".join((f"{read.stored} people read", *read.notes))


def collect_job(instance: Instance, name: str) -> str:
    """Collect completed learning from an LMS."""
    require_use(instance, name, Use.EVIDENCE)
    edition = release_edition(instance, None, instance.today())
    with opened(instance, name) as target:
        ground = ground_of(instance)
        sources = sources_of(ground, target, edition.framework)
        if sources is None:
            raise ConfigError(
                f"the connection {name} reports no learning",
                hint="Name the connection of your LMS; `jobframe doctor` tells what"
                " it lacks.",
            )
        found = collect(
            ground,
            name,
            sources.learning,
            edition.framework,
            accounts=sources.accounts,
            ratings=sources.ratings,
            plans=sources.plans,
        )
    return f"{found.facts} new facts, {found.evidence} new pieces of evidence"


def send_job(instance: Instance, name: str) -> str:
    """Send evidence to an HRIS."""
    require_use(instance, name, Use.EVIDENCE)
    edition = release_edition(instance, None, instance.today())
    with opened(instance, name) as target:
        talent = talent_of(instance, name, target)
        ground = ground_of(instance)
        rules = dispatch_rules(instance, name)
        dispatching.prepare(ground, name, edition.framework, rules)
        sent = dispatching.send(
            ground, name, talent, sender=SCHEDULE, limit=rules.inbox_tasks
        )
    return (
        f"{sent.confirmed} confirmed, {sent.pending} pending, {sent.denied} denied,"
        f" {sent.rejected} refused, {sent.unknown} unknown"
    )


def moves_job(instance: Instance, name: str) -> str:
    """Look what became of the moves that were started in an HRIS."""
    require_use(instance, name, Use.PROPOSALS)
    with opened(instance, name) as target:
        if target.moves is None:
            raise ConfigError(
                f"the connection {name} moves nobody",
                hint="Name the connection of your HRIS, by an API client.",
            )
        told = moving.follow_all(ground_of(instance), target.moves, name)
    ended = sum(each.proposal.result is not None for each in told)
    return f"{len(told)} moves were under way, {ended} of them are decided now"


def talent_of(instance: Instance, name: str, target: Connection) -> Talent:
    """Return what takes evidence, where it may be sent now.

    Raises:
        ConfigError: the connection takes no evidence.
        PlanError: a window is open in which the target is left alone.
        TargetError: the target takes evidence in another form.
    """
    if target.talent is None:
        raise ConfigError(
            f"the connection {name} takes no evidence",
            hint="Name the connection of your HRIS.",
        )
    refuse_window(target.windows, instance.now())
    if target.gate is not None:
        keeper = Gatekeeper(instance.database, name, target.gate)
        for reason in keeper.closed([EVIDENCE], instance.now()).values():
            raise TargetError(
                f"evidence stays off, nothing of it is sent: {reason}",
                target=name,
                hint=f"`jobframe doctor {name}` tells how to mend it.",
            )
    windows = target.windows
    if not windows:
        return target.talent
    return PausingTalent(target.talent, lambda: window_notice(windows, instance.now()))


def window_of(instance: Instance, name: str) -> str:
    """Return why no job of a connection may start now, empty where one may.

    A connection that cannot be opened is for the job itself to tell.
    """
    try:
        with opened(instance, name) as target:
            return window_notice(target.windows, instance.now())
    except ConfigError:
        return ""


def readiness_job(instance: Instance, name: str) -> str:
    """Make readiness anew where something changed."""
    require_use(instance, name, Use.READINESS)
    done = compute_readiness(instance)
    return f"{done.people} people looked at anew"


def prepare_job(instance: Instance, name: str) -> str:
    """Draft the moves for which all that is asked is there; people decide."""
    compute_readiness(instance)
    done = prepare_moves(instance, name)
    return (
        f"{done.drafted} moves drafted, {done.updated} brought up to date,"
        f" {done.withdrawn} withdrawn, {done.reopened} reopened"
    )


def compute_readiness(instance: Instance) -> Recomputed:
    """Make readiness anew, for the people of connections where it is switched on.

    Raises:
        ConfigError: it is switched on nowhere, or no release is in effect.
    """
    names = connections_with(instance, Use.READINESS)
    edition = release_edition(instance, None, instance.today())
    return recompute(
        ground_of(instance), edition.framework, edition.name, edition.as_of, names
    )


def retention_job(instance: Instance, _name: str) -> str:
    """Delete what was kept for as long as its use allows."""
    done = retain(
        ground_of(instance),
        periods_of(instance),
        instance.today(),
        SCHEDULE,
        is_applied=True,
    )
    return f"{sum(done.rows.values())} rows deleted, {done.people} people forgotten"


#: The jobs by the names a schedule uses.
JOBS: Mapping[str, Callable[[Instance, str], str]] = {
    "plan": plan_job,
    "apply": apply_job,
    "people": people_job,
    "collect": collect_job,
    "send": send_job,
    "moves": moves_job,
    "readiness": readiness_job,
    "prepare": prepare_job,
    "retention": retention_job,
}
