"""What a tenant remembers: objects, rights, events, drafts, its own log.

All access goes through `lock`. Nothing here knows an operation or what people do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import RLock
from time import sleep

from adapters.workday.sandbox.access import PROCESSES, Permissions, TokenServer
from adapters.workday.sandbox.drafts import Draft
from adapters.workday.sandbox.events import EVENT_STATE, EventBook, State
from adapters.workday.sandbox.reviews import ReviewDesk
from adapters.workday.sandbox.seed import TenantSeed
from adapters.workday.sandbox.store import Instance, Store
from adapters.workday.sandbox.switches import Switches


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One line of the request log; no secret and no value of a person in it."""

    number: int
    at: datetime
    path: str
    operation: str
    status: int
    is_write: bool
    is_auto_completed: bool
    page: int


class TenantState:
    """A tenant in memory, opened from a seed.

    `clock` gives aware moments and `pause` waits, so that tests control both.
    """

    def __init__(
        self,
        seed: TenantSeed,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.pause = pause
        self.lock = RLock()
        self.switches = Switches()
        self.log: list[LoggedRequest] = []
        self.tokens = TokenServer(
            seed.client_id, seed.client_secret, seed.refresh_token, seed.token_lifetime
        )
        self._refreshes = 0
        self._open()

    def _open(self) -> None:
        seed = self.seed
        self.store = Store(seed.name, self.clock)
        self.permissions = Permissions()
        self.needing_approval = set(seed.needing_approval)
        self.achievements: dict[str, list[Instance]] = {}
        self.events = EventBook(self.store)
        self.drafts: dict[str, Draft] = {}
        #: Business titles that differ from the job profile's, by the position's WID.
        self.business_titles: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.event_states = {
            state: self.store.add(EVENT_STATE, {}, state.value) for state in State
        }
        self.processes = {
            name: self.store.add(
                "business_process", {"Business_Process_Type": operation}, name
            )
            for operation, name in PROCESSES.items()
        }
        self.reviews = ReviewDesk(self)
        self.plant()
        self.store.seeded(f"refresh {self._refreshes} at {self.clock().isoformat()}")

    def refresh(self) -> None:
        """Reset the tenant to its seed, as a weekly refresh does; tokens stay good."""
        with self.lock:
            self._refreshes += 1
            self._open()

    def today(self) -> date:
        """Return the tenant's calendar day."""
        return self.clock().date()

    def next_id(self, prefix: str) -> str:
        """Return a reference ID that the tenant makes itself."""
        number = self._numbers.get(prefix, 0) + 1
        self._numbers[prefix] = number
        return f"{prefix}-3-{number}"

    def plant(self) -> None:
        """Put the objects of the seed into the store."""
        raise NotImplementedError

    def get(self, id_type: str, value: str) -> Instance:
        """Return what a reference ID denotes; KeyError when nothing has it."""
        instance = self.store.find(id_type, value)
        if instance is None:
            raise KeyError(f"{id_type} {value}")
        return instance
