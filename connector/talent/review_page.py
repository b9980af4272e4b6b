"""A review form as one printable page, whole in itself: it loads nothing.

Everything is escaped; the framework's Markdown becomes plain markup without HTML of
its authors, links or pictures.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from connector.talent.review_words import words_in
from connector.talent.reviews import ReviewForm, Said

_PAGES = Path(__file__).parent / "pages"


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False})
    return made.disable(["image", "link", "autolink", "heading", "lheading"])


_MARKDOWN = _markdown()


def review_page(form: ReviewForm, *, person: str = "") -> str:
    """Return the form as an HTML page; `person` heads it where it is about one."""
    environment = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language, words = words_in(form.language)
    template = environment.get_template("review_form.html")

    def marked(said: Said) -> Markup:
        return _attributes(said, language)

    return template.render(
        form=form,
        person=person,
        language=language,
        words=words,
        attributes=marked,
        rich=_rich,
    )


def _attributes(said: Said, page_language: str) -> Markup:
    """Return the attributes that name a text's language and let it choose its way."""
    if said.language and said.language != page_language:
        return Markup(' lang="{}" dir="auto"').format(said.language)
    return Markup(' dir="auto"')


def _rich(said: Said) -> Markup:
    """Return a text of the framework, its Markdown as markup."""
    # The renderer escapes: HTML of authors is off.
    return Markup(_MARKDOWN.render(said.text))  # noqa: S704 - raw HTML is off
