"""Open positions of a tenant within the connection's scope; nothing is kept.

Only a tenant that staffs by position management keeps positions that nobody holds.
The service filters by single organisations and not by countries, so what is outside
the scope is dropped here, and what cannot be placed counts as outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element, find
from adapters.workday.facts import LARGEST_PAGE, OPERATIONS, WID
from adapters.workday.read import Question, View, count_all, read_all, read_named
from adapters.workday.references import ids_of, reference, wid_of
from adapters.workday.settings import Settings
from adapters.workday.soap import TARGET
from adapters.workday.wire.positions import (
    ShownPosition,
    countries_of,
    shown_position,
    superior_of,
    supervisory,
    unfilled,
)
from connector.kit.errors import ConfigError, ReplyError
from connector.kit.protocols import Services
from connector.kit.values import OpenPosition


@dataclass(frozen=True, slots=True)
class _Organisation:
    """An organisation by its IDs, and the WID of the one above."""

    ids: frozenset[str]
    superior: str


class WorkdayPositions:
    """Reads which positions are open; writes nothing."""

    def __init__(
        self, client: WorkdayClient, settings: Settings, services: Services
    ) -> None:
        self._client = client
        self._settings = settings
        self._scope = services.scope
        self._now = services.now
        self._zone = ZoneInfo(services.time_zone)

    def open(self) -> Iterator[OpenPosition]:
        """Yield every open position within the scope.

        Raises:
            ConfigError: the settings do not switch it on.
            AuthError, RejectedError, ReplyError, TransientError: it cannot be told
                which positions are open.
        """
        if not self._settings.open_positions:
            raise ConfigError(
                "reading open positions is not switched on",
                hint="Write `open_positions: true` into the settings of the connection"
                " and grant what `jobframe doctor` then names.",
            )
        view = View(effective=self._now().astimezone(self._zone).date())
        within = self._organisations(view) if self._scope.organisations else None
        shown = [
            each
            for each in self._shown(view)
            if within is None or each.organisation_wid in within
        ]
        if self._scope.countries:
            shown = self._in_countries(shown, view)
        yield from (each.position for each in shown)

    def _shown(self, view: View) -> list[ShownPosition]:
        asked = self._question("Get_Positions", "Position", unfilled())
        found = list(map(shown_position, self._read(asked, view)))
        if not found:
            self._require_any(view)
        return [each for each in found if each is not None]

    def _require_any(self, view: View) -> None:
        """Believe that none is open only where any position is shown at all."""
        asked = self._question("Get_Positions", "Position", None)
        if not count_all(self._client, asked, view, now=self._now().astimezone(UTC)):
            raise ReplyError(
                "Workday shows no position at all",
                target=TARGET,
                operation="Get_Positions",
                hint=f"{_grant('Get_Positions')} A tenant that staffs by job management"
                " alone keeps none: leave `open_positions` out there.",
            )

    def _organisations(self, view: View) -> frozenset[str]:
        """Return the WIDs of the scope's organisations and of all below them."""
        asked = self._question("Get_Organizations", "Organization", supervisory())
        known: dict[str, _Organisation] = {}
        for element in self._read(asked, view):
            named = find(element, "Organization_Reference")
            ids = frozenset(ids_of(named).values())
            known[wid_of(named)] = _Organisation(ids, superior_of(element))
        wanted = self._scope.organisations
        told = {named for one in known.values() for named in one.ids}
        missing = [each for each in wanted if each not in told]
        if missing:
            raise ReplyError(
                f"Workday does not show the organisations {', '.join(missing)} of the"
                " connection's scope",
                target=TARGET,
                operation="Get_Organizations",
                hint=f"Check the scope. {_grant('Get_Organizations')}",
            )
        return _with_those_below(known, wanted)

    def _in_countries(
        self, shown: Sequence[ShownPosition], view: View
    ) -> list[ShownPosition]:
        """Return the positions at a location in one of the scope's countries."""
        wids = sorted({wid for each in shown for wid in each.location_wids})
        wanted = frozenset(self._scope.countries)
        inside: set[str] = set()
        is_told = False
        for start in range(0, len(wids), LARGEST_PAGE):
            part = wids[start : start + LARGEST_PAGE]
            named = tuple(reference("Location_Reference", WID, wid) for wid in part)
            asked = self._question("Get_Locations", "Location", None, named)
            now = self._now().astimezone(UTC)
            for element in read_named(self._client, asked, view, now=now):
                countries = countries_of(element)
                is_told = is_told or bool(countries)
                if countries & wanted:
                    inside.add(wid_of(find(element, "Location_Reference")))
        if wids and not is_told:
            raise ReplyError(
                "Workday shows no country of any location, and the connection's scope"
                " names countries",
                target=TARGET,
                operation="Get_Locations",
                hint=_grant("Get_Locations"),
            )
        return [each for each in shown if each.location_wids & inside]

    def _question(
        self,
        operation: str,
        record: str,
        criteria: Element | None,
        references: tuple[Element, ...] = (),
    ) -> Question:
        return Question(
            operation=operation,
            record=record,
            criteria=criteria,
            references=references,
            page_size=self._settings.page_size,
        )

    def _read(self, question: Question, view: View) -> Iterator[Element]:
        now = self._now().astimezone(UTC)
        return read_all(self._client, question, view, now=now)


def _with_those_below(
    known: dict[str, _Organisation], wanted: Sequence[str]
) -> frozenset[str]:
    below: dict[str, list[str]] = {}
    for wid, one in known.items():
        below.setdefault(one.superior, []).append(wid)
    found: set[str] = set()
    waiting = [wid for wid, one in known.items() if not one.ids.isdisjoint(wanted)]
    while waiting:
        wid = waiting.pop()
        if wid not in found:
            found.add(wid)
            waiting += below.get(wid, ())
    return frozenset(found)


def _grant(operation: str) -> str:
    return (
        f"Grant Get on the domain {OPERATIONS[operation].domain} to the integration"
        ' user\'s group, then run "Activate Pending Security Policy Changes".'
    )
