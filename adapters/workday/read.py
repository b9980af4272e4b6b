"""Reading: pages of 999 streamed through, all of one moment and one day.

An answer that is cut, fails or is suspiciously empty ends in `Incomplete` with the
reason: nothing may be retired for the lack of an object (NOTES 2.4, 11).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from lxml import etree

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element, group, leaf, local_name, tag
from adapters.workday.elements import text_of as text_at
from adapters.workday.facts import FLAGS, LARGEST_PAGE, OPERATIONS
from adapters.workday.kinds import KINDS
from adapters.workday.soap import FAULT, TARGET, error_of_fault
from adapters.workday.wire.kind import Kind
from adapters.workday.wire.workers import active_workers, held_profiles
from connector.kit.errors import (
    RejectedError,
    TargetError,
    TransientError,
)
from connector.kit.http import Body
from connector.kit.values import Complete, Found, Incomplete, ReadItem, ReadScope


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


class WorkdaySnapshot:
    """One consistent reading of a tenant, of a day and a moment."""

    def __init__(
        self,
        client: WorkdayClient,
        scope: ReadScope,
        *,
        page_size: int,
        contingent_workers: bool,
        now: datetime,
    ) -> None:
        self._client = client
        self._scope = scope
        self._view = View(effective=scope.as_of)
        self._page_size = page_size
        self._now = now
        self._holders: Counter[str] | None = None
        self._people: int | None = None
        self._contingent_workers = contingent_workers

    def read(self, kind: str) -> Iterator[ReadItem]:
        """Yield every object of a kind, then `Complete` or `Incomplete`.

        Raises:
            AuthError: the credentials or rights are refused.
            ReplyError: the tenant answered something unknown.
        """
        seen = 0
        try:
            for found in self._found(KINDS[kind]):
                seen += 1
                yield found
        except (RejectedError, TransientError) as error:
            yield Incomplete(error.message)
            return
        linked = len(self._scope.linked.get(kind, ()))
        if linked and not seen:
            domain = OPERATIONS[KINDS[kind].get].domain
            yield Incomplete(
                f"Workday shows no {KINDS[kind].spec.label} at all, but {linked} were "
                f"linked: the right to Get in the domain {domain} may be missing."
            )
        else:
            yield Complete()

    def people_in_scope(self) -> int | None:
        """Return how many active workers the tenant shows us, none where none."""
        self._count_holders()
        return self._people

    def _found(self, kind: Kind) -> Iterator[Found]:
        has_holders = kind.spec.name == "job_profile"
        holders = self._count_holders() if has_holders else Counter()
        question = Question(
            operation=kind.get,
            record=kind.record,
            criteria=kind.criteria(),
            page_size=self._page_size,
        )
        for record in read_all(self._client, question, self._view, now=self._now):
            found = kind.found(record)
            people = holders[found.remote_id]
            yield replace(found, people=people) if people else found

    def _count_holders(self) -> Counter[str]:
        """Return how many active workers hold each job profile.

        A tenant that does not let us see workers leaves the numbers unknown.
        """
        if self._holders is not None:
            return self._holders
        self._holders = Counter()
        question = Question(
            operation="Get_Workers",
            record="Worker",
            criteria=active_workers(contingent=self._contingent_workers),
            flags=("Include_Reference", "Include_Employment_Information"),
            page_size=self._page_size,
        )
        holders: Counter[str] = Counter()
        people = 0
        view = View(self._view.effective, self._view.entered)
        try:
            for worker in read_all(self._client, question, view, now=self._now):
                people += 1
                holders.update(held_profiles(worker))
        except TargetError:
            return self._holders
        if people:
            self._holders, self._people = holders, people
        return self._holders
