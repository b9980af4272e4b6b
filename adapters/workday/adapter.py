"""The Workday platform: opens a connection, starts the sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from adapters.workday.catalogue import WorkdayCatalogue
from adapters.workday.checklist import checklist
from adapters.workday.client import WorkdayClient
from adapters.workday.doctor import WorkdayDoctor
from adapters.workday.gate import WorkdayGate
from adapters.workday.importing import WorkdayImporting
from adapters.workday.kinds import KINDS
from adapters.workday.moves import WorkdayMoves
from adapters.workday.outlook import WorkdayOutlook
from adapters.workday.people import WorkdayPeople
from adapters.workday.positions import WorkdayPositions
from adapters.workday.rest import RestClient
from adapters.workday.reviews import WorkdayReviews
from adapters.workday.settings import OAuthAuth, Settings, load_settings
from adapters.workday.talent import WorkdayTalent
from connector.kit.addresses import is_loopback
from connector.kit.oauth import RefreshingToken
from connector.kit.protocols import (
    Connection,
    RunningSandbox,
    SandboxSeed,
    Services,
)
from connector.kit.setup import ChecklistStep, Needs, Wishes
from connector.kit.values import KindSpec


class WorkdayAdapter:
    """Implements the adapter protocol for Workday."""

    name = "workday"

    def kinds(self) -> Sequence[KindSpec]:
        """Return the specs of all kinds, in write order."""
        return tuple(kind.spec for kind in KINDS.values())

    def connect(self, settings: Mapping[str, Any], services: Services) -> Connection:
        """Open a connection; nothing is sent yet.

        Raises:
            ConfigError: with every wrong setting.
        """
        checked = load_settings(settings)
        token = _token(checked, services)
        authorise = token.headers if token is not None else None
        client = WorkdayClient(checked, services, authorise)
        rest = None
        if authorise is not None:
            rest = RestClient(checked, services, authorise, client.budget)
        banner = _banner(checked)

        def close() -> None:
            client.close()
            if rest is not None:
                rest.close()
            if token is not None:
                token.close()

        return Connection(
            address=checked.address,
            catalogue=WorkdayCatalogue(client, checked, services),
            doctor=WorkdayDoctor(
                client, checked, services=services, rest=rest, banner=banner
            ),
            people=WorkdayPeople(client, checked, services),
            positions=WorkdayPositions(client, checked, services),
            talent=WorkdayTalent(client, checked, services.now, rest),
            # REST takes no user name and password (Workday contract, 9).
            moves=WorkdayMoves(client, rest, checked, services.now) if rest else None,
            reviews=WorkdayReviews(client, checked, rest),
            importing=WorkdayImporting(
                WorkdayCatalogue(client, checked, services), services
            ),
            gate=WorkdayGate(client, checked),
            outlook=WorkdayOutlook(client, checked, services.now),
            windows=checked.windows,
            banner=banner,
            close=close,
        )

    def checklist(self, needs: Needs, wishes: Wishes) -> Sequence[ChecklistStep]:
        """Return how a tenant is set up, step by step."""
        return checklist(needs, wishes)

    def start_sandbox(self, seed: SandboxSeed, port: int = 0) -> RunningSandbox:
        """Start the sandbox on loopback; port 0 takes a free one."""
        from adapters.workday.running_sandbox import start

        return start(seed, port)


def _token(settings: Settings, services: Services) -> RefreshingToken | None:
    auth = settings.auth
    if not isinstance(auth, OAuthAuth):
        return None
    return RefreshingToken(
        target="workday",
        token_url=auth.token_url,
        client_id=auth.client_id,
        client_secret_name=auth.client_secret,
        refresh_token_name=auth.refresh_token,
        secrets=services.secrets,
        now=services.now,
        sleep=services.sleep,
    )


def _banner(settings: Settings) -> str:
    """Return what is shown for a sandbox: no real tenant is on this machine."""
    if not is_loopback(urlsplit(settings.base_url).hostname or ""):
        return ""
    return f"Workday sandbox on this machine (tenant {settings.tenant}), not a tenant."
