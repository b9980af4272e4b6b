"""Faults on demand: what a test can make the server do wrong.

Each counted switch wears off by itself; `reset` clears all. Nothing here changes what
the tenant holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class SoftException:
    """A message inside a success answer; `Error` means the write did not happen."""

    classification: str
    message: str


@dataclass(frozen=True, slots=True)
class CutPage:
    """Cut the answer to this page of this operation in the middle, once."""

    operation: str
    page: int


@dataclass(slots=True)
class Switches:
    """The current misbehaviour; times in seconds, counts in requests.

    Answers are lost to writes, or to those of `lost_operation` alone. Drafts vanish
    right before they are submitted. A read whose answer has more than `largest_answer`
    bytes is aborted, every time. `is_ui_host` and `is_in_maintenance` let a page stand
    in for every service; `refuses_reads` makes a missing right to read a refusal, where
    it usually shows as nothing.
    """

    latency: float = 0.0
    allowed_requests: int | None = None
    refused_requests: int = 0
    retry_after: int = 1
    errors: int = 0
    error_status: int = 503
    lost_answers: int = 0
    lost_operation: str = ""
    vanishing_drafts: int = 0
    lost_tokens: int = 0
    is_ui_host: bool = False
    is_in_maintenance: bool = False
    refuses_reads: bool = False
    cut_page: CutPage | None = None
    largest_answer: int | None = None
    soft_exceptions: list[SoftException] = field(default_factory=list)
    extra_elements: dict[str, str] = field(default_factory=dict)

    def reset(self) -> None:
        """Behave well again."""
        fresh = Switches()
        for item in fields(self):
            setattr(self, item.name, getattr(fresh, item.name))

    def take_refusal(self) -> int:
        """Return the HTTP status to refuse a request with, 0 to serve it."""
        if self.errors:
            self.errors -= 1
            return self.error_status
        if self.allowed_requests is None:
            return 0
        if self.allowed_requests:
            self.allowed_requests -= 1
            return 0
        if self.refused_requests:
            self.refused_requests -= 1
            return 429
        self.allowed_requests = None
        return 0

    def take_lost_answer(self, operation: str) -> bool:
        """Tell whether this write's answer gets lost."""
        if not self.lost_answers or self.lost_operation not in ("", operation):
            return False
        self.lost_answers -= 1
        return True

    def take_vanishing_draft(self) -> bool:
        """Tell whether the draft that is submitted now is gone."""
        if not self.vanishing_drafts:
            return False
        self.vanishing_drafts -= 1
        return True

    def take_lost_token(self) -> bool:
        """Tell whether this token answer gets lost."""
        if not self.lost_tokens:
            return False
        self.lost_tokens -= 1
        return True

    def take_cut(self, operation: str, page: int) -> bool:
        """Tell whether this page is to be cut."""
        if self.cut_page != CutPage(operation, page):
            return False
        self.cut_page = None
        return True

    def is_too_large(self, size: int) -> bool:
        """Tell whether an answer of so many bytes is aborted."""
        return self.largest_answer is not None and size > self.largest_answer

    def take_soft_exception(self) -> SoftException | None:
        """Return the soft exception for this write, if any."""
        return self.soft_exceptions.pop(0) if self.soft_exceptions else None
