"""Reading: pages of 999 streamed through, all of one moment and one day.

A page that the tenant aborts is asked for again in smaller pieces. What stays short, or
does not add up, is an error: nothing may be retired for the lack of an object (Workday
contract, 2.4 and 11).
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b

from lxml import etree

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import (
    Element,
    group,
    leaf,
    local_name,
    tag,
)
from adapters.workday.elements import text_of as text_at
from adapters.workday.facts import FLAGS, LARGEST_PAGE, OPERATIONS
from adapters.workday.pages import PageSizes
from adapters.workday.references import wid_of
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

    @property
    def parts(self) -> str:
        """Return what makes answers to this question large or small."""
        return " ".join((self.operation, *(self.flags or ())))

    def request(self, view: View, page: int, size: int = 0) -> Element:
        """Return the request element for one page, of another size if one is given."""
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
                _filter(view, page, size or self.page_size),
                _response_group(name, self.flags),
            ],
        )


def read_all(
    client: WorkdayClient, question: Question, view: View, *, now: datetime
) -> Iterator[Element]:
    """Yield every record element that a question matches, page after page.

    An element is good until the next one is asked for.

    Raises:
        AuthError: the login or the rights are refused.
        RejectedError: the tenant refuses the question.
        ReplyError: an answer is no SOAP envelope.
        TransientError: an answer is missing or cut, however small the pages, or the
            records are not those that were announced.
    """
    yield from _Reading(client, question, view, now).records()


def count_all(
    client: WorkdayClient, question: Question, view: View, *, now: datetime
) -> int:
    """Return how many records a question matches, without reading them.

    Raises:
        As `read_all`.
    """
    reading = _Reading(client, replace(question, page_size=1), view, now)
    next(reading.records(), None)
    if reading.total is None:
        raise _short(question, "a page does not say how many there are")
    return reading.total


class _Reading:
    """One question, read from its first record to its last.

    The view is pinned, so the number of records yielded says where to go on, in pages
    of any size.
    """

    def __init__(
        self, client: WorkdayClient, question: Question, view: View, now: datetime
    ) -> None:
        self._client = client
        self._question = question
        self._view = view
        self._now = now
        self.total: int | None = None
        self._seen = 0
        #: Eight bytes a record, whatever the number of pages.
        self._marks = array("Q")

    def records(self) -> Iterator[Element]:
        """Yield the records."""
        sizes: PageSizes = self._client.page_sizes
        while True:
            size = min(self._question.page_size, sizes.of(self._question.parts))
            before = self._seen
            try:
                yield from self._page(size)
            except TransientError as error:
                if not _is_abort(error) or not sizes.lower(self._question.parts, size):
                    raise
                continue
            if self.total is None:
                raise _short(self._question, "a page does not say how many there are")
            if self._seen >= self.total or self._seen == before:
                break
        if self._seen != self.total:
            what = f"{self._seen} of {self.total} records came"
            raise _short(self._question, what)
        if _has_twins(self._marks):
            raise _short(self._question, "a record came twice, so another is missing")

    def _page(self, size: int) -> Iterator[Element]:
        """Yield the records of the page that holds the next one."""
        page, passed_over = divmod(self._seen, size)
        request = self._question.request(self._view, page + 1, size)
        with self._client.open(self._question.operation, request) as body:
            for number, record in enumerate(self._elements(body)):
                if number >= passed_over:
                    self._note(record)
                    yield record
                _forget(record)

    def _elements(self, body: Body) -> Iterator[Element]:
        """Yield the records of an answer while it arrives."""
        question = self._question
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
                    self._view.pin(entered, otherwise=self._now)
                elif name == "Response_Results":
                    self._note_total(element)
                elif _is_record(element):
                    yield element
        except etree.XMLSyntaxError as error:
            what = "the answer is cut or is no XML"
            raise _short(question, what, is_sent=True) from error

    def _note_total(self, results: Element) -> None:
        total = _number(text_at(results, "Total_Results"))
        if self.total is not None and total != self.total:
            what = f"there were {self.total} records, and then {total}"
            raise _short(self._question, what)
        self.total = total

    def _note(self, record: Element) -> None:
        self._seen += 1
        if wid := wid_of(next(record.iterchildren(tag=etree.Element), None)):
            digest = blake2b(wid.encode(), digest_size=8).digest()
            self._marks.append(int.from_bytes(digest, "big"))


def _has_twins(marks: array[int]) -> bool:
    """Tell whether a mark is there twice, looking at a sixteenth of them at a time."""
    for start in range(16):
        part = [mark for mark in marks if mark >> 60 == start]
        if len(set(part)) != len(part):
            return True
    return False


def _is_abort(error: TransientError) -> bool:
    """Tell whether an answer broke off; one that says it is busy did not."""
    return error.is_sent and error.__cause__ is not None


def _is_record(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent) == "Response_Data"


def _forget(element: Element) -> None:
    """Free a record that was read, and the ones before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _short(question: Question, what: str, *, is_sent: bool = False) -> TransientError:
    return TransientError(
        f"{question.operation} was not read to its end: {what}.",
        target=TARGET,
        operation=question.operation,
        hint="Run again; where it happens again, lower `page_size`.",
        is_sent=is_sent,
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
