"""`jobframe reviews`: see what a review will ask, and whether started ones ask it."""

from __future__ import annotations

from pathlib import Path

import click

from connector.commands.common import Context, command, write_file
from connector.framework.model import Framework
from connector.framework.translations import languages_of
from connector.kit.errors import ConfigError
from connector.runtime.editions import draft_edition, release_edition
from connector.store.people import Person
from connector.talent.review_lines import form_json, form_lines
from connector.talent.review_page import review_page
from connector.talent.review_subjects import find_subject
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


def _named(person: Person | None) -> str:
    if person is None:
        return ""
    return f"{person.name} ({person.employee_id})".strip()


def _check_language(framework: Framework, language: str) -> None:
    known = languages_of(framework)
    if language and language not in known:
        raise ConfigError(
            f"no text of this framework is in “{language}”",
            hint=f"Its languages: {', '.join(sorted(known))}.",
        )
