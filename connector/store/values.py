"""What the store keeps about a target: links and their bases.

Plain values, so that the pure parts of the pipeline can work on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.kit.values import Ref, Value


@dataclass(frozen=True, slots=True)
class Base:
    """What one field of ours was when it was last written.

    `sent` is our canonical value at the last confirmed write, `seen` what the
    target showed after it. `is_seen` is false while `seen` is not known (the run
    was killed between the write and the read that follows it).
    """

    sent: Value
    seen: Value = None
    is_seen: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One record of ours tied to one object in the target."""

    kind: str
    key: str
    remote_id: str
    identity: str
    fields: Mapping[str, Base]

    @property
    def ref(self) -> Ref:
        """Return the reference to the linked record."""
        return Ref(self.kind, self.key)
