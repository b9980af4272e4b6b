"""One request on its way through the sandbox, and what handlers ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from lxml import etree

from adapters.workday.sandbox.access import DOMAINS, GET
from adapters.workday.sandbox.documents import Document, Reader, Writer, tag
from adapters.workday.sandbox.faults import ValidationFaultError
from adapters.workday.sandbox.state import TenantState
from adapters.workday.sandbox.store import Store
from adapters.workday.sandbox.trees import Operation, ServiceContract


@dataclass(frozen=True, slots=True)
class Call:
    """A checked request with everything a handler needs."""

    tenant: TenantState
    contract: ServiceContract
    operation: Operation
    request: etree._Element
    writer: Writer

    @property
    def store(self) -> Store:
        """The tenant's instances."""
        return self.tenant.store

    @property
    def path(self) -> str:
        """The Xpath of the request element, as faults name it."""
        return f"/bsvc:{self.operation.request_element}[1]"

    @property
    def may_read(self) -> bool:
        """Tell whether the user may read this domain; without, reads are empty."""
        return self.tenant.permissions.allows(DOMAINS[self.operation.domain], GET)

    @property
    def is_add_only(self) -> bool:
        """Tell whether the request may only create."""
        return self.request.get(tag("Add_Only")) in {"1", "true"}

    def find(self, *names: str) -> etree._Element | None:
        """Return the first element at a path below the request."""
        return self.request.find("/".join(tag(name) for name in names))

    def text(self, *names: str) -> str:
        """Return the text at a path below the request, empty when absent."""
        found = self.find(*names)
        return "" if found is None else (found.text or "").strip()

    def document(self) -> Document:
        """Read the whole request as a document; unknown references are a fault."""
        reader = Reader(self.contract, self.store)
        found = reader.document(self.request, self.operation.request_type, self.path)
        if reader.problems:
            raise ValidationFaultError(reader.problems)
        return found


def parse_instant(text: str) -> datetime:
    """Read a dateTime; one without an offset is taken as UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def parse_date(text: str) -> date:
    """Read a date, its optional offset ignored."""
    return date.fromisoformat(text.strip()[:10])
