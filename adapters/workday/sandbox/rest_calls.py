"""One REST request on its way through the sandbox, and how answers are shaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.workday.sandbox.rest_shapes import Operation
from adapters.workday.sandbox.state import TenantState
from adapters.workday.sandbox.store import WID, Instance

DEFAULT_LIMIT = 20


class RestError(Exception):
    """A REST answer that is not a success; `fields` name what is at fault."""

    def __init__(self, status: int, text: str, *fields: str) -> None:
        super().__init__(text)
        self.status = status
        self.body = {
            "error": text,
            "errors": [{"error": text, "field": name} for name in fields],
        }


@dataclass(frozen=True, slots=True)
class RestCall:
    """A checked request: path values by name, query parameters, the body."""

    tenant: TenantState
    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a query parameter, empty without one."""
        return next(iter(self.query.get(name, ())), "")

    def day(self, name: str, default: date) -> date:
        """Return a date of the query."""
        text = self.text(name)
        return date.fromisoformat(text) if text else default

    def find(self, text: str, field: str) -> Instance:
        """Return what a WID or `type=value` denotes; 400 when there is none."""
        found = self.lookup(text)
        if found is None:
            raise RestError(400, f"invalid ID value: {text}", field)
        return found

    def lookup(self, text: str) -> Instance | None:
        """Return what a WID or `type=value` denotes, if anything."""
        id_type, has_type, value = text.partition("=")
        if has_type:
            return self.tenant.store.find(id_type, value)
        return self.tenant.store.find(WID, text)

    def referred(self, name: str, kind: str) -> Instance | None:
        """Return the object that a member of the body names; 400 for another kind."""
        value = self.body.get(name)
        if value is None:
            return None
        found = self.find(str(value["id"]), name)
        if found.kind != kind:
            raise RestError(400, f"{name} is not a {kind}: {value['id']}", name)
        return found

    def page(self, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return the page of the items that the query asks for."""
        limit = int(self.text("limit") or DEFAULT_LIMIT)
        offset = int(self.text("offset") or 0)
        return {"total": len(items), "data": list(items[offset : offset + limit])}

    def worker(self) -> Instance:
        """Return the worker in the path; 404 when there is none."""
        found = self.lookup(self.path["ID"])
        if found is None or found.kind != "worker":
            raise RestError(404, "not found")
        return found


def shown(instance: Instance) -> dict[str, str]:
    """Return a reference to an instance."""
    return {"id": instance.wid, "descriptor": instance.descriptor}
