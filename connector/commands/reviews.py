"""`jobframe reviews`: see what a review will ask, and whether started ones ask it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from connector.commands.common import Context, command, write_file
from connector.commands.plan import parse_day, the_connection
from connector.framework.model import Framework
from connector.framework.translations import languages_of
from connector.kit.errors import ConfigError
from connector.kit.protocols import Connection, Reviews
from connector.kit.values import DispatchKind
from connector.runtime.connections import Use, engine_of, opened, require_use
from connector.runtime.editions import draft_edition, release_edition
from connector.runtime.ground import ground_of
from connector.runtime.instance import Instance
from connector.runtime.review_ground import gather
from connector.store import audit
from connector.store.people import Person
from connector.talent.dispatching import Dispatched, send
from connector.talent.goals import WantedGoal, choices, prepare_goals, wanted_goals
from connector.talent.review_checks import check_reviews
from connector.talent.review_guide import close_proven, open_guide
from connector.talent.review_lines import form_json, form_lines
from connector.talent.review_page import review_page
from connector.talent.review_subjects import find_subject
from connector.talent.review_told import (
    check_json,
    check_lines,
    goals_json,
    goals_lines,
    guide_json,
    guide_lines,
    sent_line,
)
from connector.talent.reviews import review_form


@click.group()
def reviews() -> None:
    """Let review forms ask what a person's own level and role ask for."""


@reviews.command()
@click.argument("subject", metavar="ROLE|PERSON")
@click.option("--language", default="", help="Language of the texts, as en or pl.")
@click.option("--position", default="", help="Of a person with several: which one.")
@click.option(
    "--framework",
    "folder",
    type=click.Path(path_type=Path),
    help="Show a draft folder instead of the release in effect.",
)
@click.option("--release", metavar="ID", help="Show this release.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    help="Write the form as a page to print.",
)
@command
def preview(
    context: Context,
    subject: str,
    language: str,
    position: str,
    folder: Path | None,
    release: str | None,
    page: Path | None,
) -> None:
    """Show the review form of ROLE, ROLE/FOCUS-AREA or PERSON (an employee id)."""
    with context.instance() as instance:
        today = instance.today()
        edition = (
            draft_edition(folder, today)
            if folder
            else release_edition(instance, release, today)
        )
        framework = edition.framework
        _check_language(framework, language)
        with instance.database.read() as conn:
            found = find_subject(conn, framework, subject, position=position)
        if found.person is not None:
            _write_down(instance, found.person, context.person)
    form = review_form(
        framework, found.role, found.focus_area, language=language, on=edition.as_of
    )
    person = _named(found.person)
    if page:
        write_file(page, review_page(form, person=person))
    value = {
        **form_json(form),
        "person": found.person.employee_id if found.person else None,
        "position": found.position_id or None,
        "html": str(page) if page else None,
    }
    lines = [f"The form is in {page}."] if page else form_lines(form, person=person)
    context.result(value, lines)


@reviews.command()
@click.argument("connection", required=False)
@click.option("--exit-code", is_flag=True, help="Leave with 1 if a review is wrong.")
@command
def check(context: Context, connection: str | None, *, exit_code: bool) -> int:
    """Compare the reviews started in CONNECTION, your HRIS, with the framework.

    Only who is reviewed, how and on which competencies is read; nothing that anybody
    wrote.
    """
    with context.instance() as instance:
        name = the_connection(instance, connection)
        edition = release_edition(instance, None, instance.today())
        with engine_of(instance, name) as engine:
            target = _reviews_of(engine.connection, name)
            started = list(target.started())
            found = gather(instance, engine, edition, target, started)
            steps = target.guide()
        checked = check_reviews(started, found.ground)
        if found.gap:
            checked.notes.append(found.gap)
        left = close_proven(ground_of(instance), name, steps, checked, context.person)
    context.result(check_json(checked, left), check_lines(checked, left))
    return 1 if exit_code and checked.findings else 0


@reviews.command()
@click.argument("connection", required=False)
@command
def guide(context: Context, connection: str | None) -> None:
    """Say what to configure by hand in CONNECTION, and keep it as tasks.

    `jobframe reviews check` closes each task that it sees done.
    """
    with context.instance() as instance:
        name = the_connection(instance, connection)
        with opened(instance, name) as target:
            steps = _reviews_of(target, name).guide()
        states = open_guide(ground_of(instance), name, steps)
    context.result(
        [guide_json(step, state) for step, state in states],
        [line for step, state in states for line in guide_lines(step, state)],
    )


@reviews.command()
@click.argument("whom", metavar="PERSON")
@click.option(
    "--for",
    "competencies",
    multiple=True,
    metavar="COMPETENCY",
    help="What to grow in.",
)
@click.option("--asked-on", metavar="DATE", help="The day on which the person asked.")
@click.option("--language", default="", help="Language of the goals, as en or pl.")
@click.option("--position", default="", help="Of a person with several: which one.")
@click.option("--connection", help="Your HRIS, where there are several connections.")
@command
def goals(
    context: Context,
    whom: str,
    competencies: tuple[str, ...],
    asked_on: str | None,
    language: str,
    position: str,
    connection: str | None,
) -> int:
    """Add development goals to the record of PERSON, who asked for them.

    Without `--for` the goals on offer are shown and nothing is sent. A goal is looked
    up first and sent once; the HRIS's own approvals decide about it.
    """
    with context.instance() as instance:
        name = the_connection(instance, connection)
        edition = release_edition(instance, None, instance.today())
        _check_language(edition.framework, language)
        with instance.database.read() as conn:
            found = find_subject(conn, edition.framework, whom, position=position)
        if found.person is None:
            raise ConfigError(
                f"“{whom}” is a role, and goals are a person's",
                hint="Name the person by the employee id.",
            )
        form = review_form(
            edition.framework,
            found.role,
            found.focus_area,
            language=language,
            on=edition.as_of,
        )
        if not competencies:
            offered = choices(form).values()
            context.result(goals_json(offered), goals_lines(offered))
            return 0
        wanted = wanted_goals(form, competencies)
        sent = _send_goals(context, instance, name, found.person, wanted, asked_on)
    context.result(
        {**asdict(sent), "goals": goals_json(wanted)},
        [*goals_lines(wanted), sent_line(sent), *sent.messages],
    )
    return 5 if sent.rejected or sent.unknown else 0


def _send_goals(
    context: Context,
    instance: Instance,
    name: str,
    person: Person,
    wanted: Sequence[WantedGoal],
    asked_on: str | None,
) -> Dispatched:
    require_use(instance, name, Use.EVIDENCE)
    if asked_on is None:
        raise ConfigError(
            "a goal is written only for a person who asked for it",
            hint="Say when that was: --asked-on DATE.",
        )
    ground = ground_of(instance)
    with opened(instance, name) as target:
        if target.talent is None:
            raise ConfigError(
                f"the connection {name} takes no goals",
                hint="Name the connection of your HRIS.",
            )
        prepare_goals(
            ground,
            name,
            person,
            wanted,
            asked_on=parse_day(asked_on),
            by=context.person,
        )
        context.note("What is new starts one process: up to one task in an inbox.")
        return send(ground, name, target.talent, kinds=(DispatchKind.GOAL,))


def _reviews_of(target: Connection, name: str) -> Reviews:
    if target.reviews is None:
        raise ConfigError(
            f"the connection {name} knows no reviews",
            hint="Name the connection of your HRIS.",
        )
    return target.reviews


def _write_down(instance: Instance, person: Person, by: str) -> None:
    """Record that somebody looked at a person's form."""
    with instance.database.write() as conn:
        audit.append(
            conn,
            at=instance.now(),
            actor="talent",
            action="preview review",
            detail={"person": person.id, "by": by},
            person_id=person.id,
        )


def _named(person: Person | None) -> str:
    if person is None:
        return ""
    return f"{person.name} ({person.employee_id})".strip()


def _check_language(framework: Framework, language: str) -> None:
    known = languages_of(framework) if language else frozenset()
    if language and language not in known:
        raise ConfigError(
            f"no text of this framework is in “{language}”",
            hint=f"Its languages: {', '.join(sorted(known))}.",
        )
