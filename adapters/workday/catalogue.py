"""The job catalogue of a tenant: kinds, readings and writes behind one protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.workday.apply import Applier
from adapters.workday.client import WorkdayClient
from adapters.workday.kinds import KINDS
from adapters.workday.remembered import REMEMBERED
from adapters.workday.settings import Settings
from adapters.workday.snapshot import Holders, WorkdaySnapshot
from connector.kit.protocols import Services
from connector.kit.values import ApplyItem, KindSpec, ReadScope, RemoteIds, Write


class WorkdayCatalogue:
    """What the planner and the engine see of a tenant."""

    def __init__(
        self, client: WorkdayClient, settings: Settings, services: Services
    ) -> None:
        self._client = client
        self._settings = settings
        self._services = services
        self._holders = Holders(client, settings, services.scope)
        self._applier = Applier(
            client, settings, now=services.now, time_zone=services.time_zone
        )

    def kinds(self) -> Sequence[KindSpec]:
        """Return the specs of the kinds, in write order."""
        return [kind.spec for kind in KINDS.values()]

    def snapshot(self, scope: ReadScope) -> WorkdaySnapshot:
        """Begin one consistent reading as of the scope's date."""
        return WorkdaySnapshot(
            self._client, scope, self._holders, self._settings, self._services
        )

    def apply(
        self, writes: Sequence[Write], remote_ids: RemoteIds
    ) -> Iterator[ApplyItem]:
        """Send one wave; see `Applier.apply`."""
        if any(write.kind == REMEMBERED for write in writes):
            self._services.memory.forget(REMEMBERED)
        return self._applier.apply(writes, remote_ids)
