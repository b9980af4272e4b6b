"""Reading: pages of 999 streamed through, all of one moment and one day.

An answer that is cut, fails or is suspiciously empty ends in `Incomplete` with the
reason: nothing may be retired for the lack of an object (NOTES 2.4, 11).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from lxml import etree

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element, group, leaf, local_name, tag
from adapters.workday.elements import text_of as text_at
from adapters.workday.facts import FLAGS, LARGEST_PAGE, OPERATIONS
from adapters.workday.soap import FAULT, TARGET, error_of_fault
from connector.kit.errors import (
    RejectedError,
    TransientError,
)
from connector.kit.http import Body


@dataclass(slots=True)
class View:
    """The day and the moment a reading is of.

    The moment is the one that the first answer states for itself: repeated with every
    later page it keeps them stable, and it is the tenant's clock, not ours.
    """

    effective: date | None = None
    entered: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pin(self, answered: str, *, otherwise: datetime) -> None:
        """Keep the moment of the first answer."""
        with self.lock:
            if not self.entered:
                self.entered = answered or otherwise.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a Get asks for, apart from the page.

    `references` are reference elements of the objects wanted; none asks for all that
    match `criteria`. `flags` are the parts wanted, none for all the request knows.
    """

    operation: str
    record: str
    references: tuple[Element, ...] = ()
    criteria: Element | None = None
    flags: tuple[str, ...] | None = None
    page_size: int = LARGEST_PAGE

    def request(self, view: View, page: int) -> Element:
        """Return the request element for one page."""
        name = OPERATIONS[self.operation].request
        references = None
        if self.references:
            references = etree.Element(tag("Request_References"))
            references.extend(_copies(self.references))
        return group(
            name,
            [
                references,
                None if self.references else self.criteria,
                _filter(view, page, self.page_size),
                _response_group(name, self.flags),
            ],
        )


class PageTotals:
    """What the pages say about themselves, against what they held."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.pages: int | None = None
        self.seen = 0

    def note(self, results: Element) -> None:
        """Keep the totals of a page."""
        self.total = _number(text_at(results, "Total_Results"))
        self.pages = _number(text_at(results, "Total_Pages"))


def read_all(
    client: WorkdayClient, question: Question, view: View, *, now: datetime
) -> Iterator[Element]:
    """Yield every record element that a question matches, page after page.

    An element is good until the next one is asked for.

    Raises:
        AuthError: the login or the rights are refused.
        RejectedError: the tenant refuses the question.
        ReplyError: an answer is no SOAP envelope.
        TransientError: an answer is missing, cut, or short of what it announced.
    """
    page, totals = 1, PageTotals()
    while True:
        request = question.request(view, page)
        with client.open(question.operation, request) as body:
            yield from _records(body, question, view, totals, now=now)
        if totals.total is None or totals.pages is None:
            raise _short(question, f"page {page} does not say how many there are")
        if page >= totals.pages:
            break
        page += 1
    if totals.seen != totals.total:
        raise _short(question, f"{totals.seen} of {totals.total} records came")


def _records(
    body: Body, question: Question, view: View, totals: PageTotals, *, now: datetime
) -> Iterator[Element]:
    """Yield the records of one page while it arrives."""
    names = [question.record, "Response_Filter", "Response_Results"]
    events = etree.iterparse(
        body,
        events=("end",),
        tag=[*map(tag, names), FAULT],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            if element.tag == FAULT:
                raise error_of_fault(element, operation=question.operation)
            name = local_name(element)
            if name == "Response_Filter":
                entered = text_at(element, "As_Of_Entry_DateTime").strip()
                view.pin(entered, otherwise=now)
            elif name == "Response_Results":
                totals.note(element)
            elif _is_record(element):
                totals.seen += 1
                yield element
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise _short(question, "the answer is cut or is no XML") from error


def _is_record(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent) == "Response_Data"


def _forget(element: Element) -> None:
    """Free a record that was read, and the ones before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _short(question: Question, what: str) -> TransientError:
    return TransientError(
        f"{question.operation} was not read to its end: {what}.",
        target=TARGET,
        operation=question.operation,
        hint="Run again; where it happens again, lower `page_size`.",
    )


def _filter(view: View, page: int, size: int) -> Element:
    effective, entered = view.effective, view.entered
    return group(
        "Response_Filter",
        [
            leaf("As_Of_Effective_Date", effective) if effective else None,
            leaf("As_Of_Entry_DateTime", entered) if entered else None,
            leaf("Page", page),
            leaf("Count", size),
        ],
    )


def _response_group(request: str, wanted: Iterable[str] | None) -> Element | None:
    """Return the flags of a request: without any, everything would come."""
    known = FLAGS.get(request, ())
    flags = known if wanted is None else [name for name in known if name in wanted]
    if not flags:
        return None
    element = etree.Element(tag("Response_Group"))
    element.extend(leaf(name, value=True) for name in flags)
    return element


def _copies(elements: Iterable[Element]) -> list[Element]:
    return [etree.fromstring(etree.tostring(element)) for element in elements]


def _number(text: str) -> int | None:
    text = text.strip()
    return int(float(text)) if text else None


def read_named(
    client: WorkdayClient, question: Question, view: View, *, now: datetime
) -> Iterator[Element]:
    """Yield the objects a question names; one that is not there is left out.

    Not every Get can skip unknown references, so they are then asked for one by one.

    Raises:
        As `read_all`, but for `RejectedError`.
    """
    try:
        yield from read_all(client, question, view, now=now)
    except RejectedError:
        if len(question.references) > 1:
            for named in question.references:
                one = replace(question, references=(named,))
                yield from read_named(client, one, view, now=now)
