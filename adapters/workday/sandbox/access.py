"""Who may come in, and what they may do: users, OAuth tokens, security domains.

OAuth is the refresh token grant only, with rotation: every use of a refresh token
gives a new one and ends the old one. Rights changes wait until they are activated,
as in a tenant (NOTES 9 and 10).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

GET, PUT, INITIATE = "Get", "Put", "Initiate"
# The security domain behind each family of operations of the contract.
DOMAINS = {
    "job_catalog": "Job Information",
    "skills_setup": "Set Up: Skills and Experience",
    "comp_setup": "Set Up: Compensation Packages",
    "positions": "Worker Data: All Positions",
    "organizations": "Manage: Organization Integration",
    "locations": "Manage: Location",
    "worker_read": "Worker Data: Public Worker Reports",
    "worker_talent_write": "Worker Data: Skills and Experience",
    "goals": "Worker Data: Employee Goals",
    "integration": "Integration Build",
    "bp_control": "Business Process Reporting",
}
STAFFING = "Worker Data: Current Staffing Information"
ORGANIZATIONS = "Worker Data: Organization Information"
LEVELS = "Worker Data: Current Management Level Information"
TALENT = "Worker Data: Skills and Experience"
GOALS = DOMAINS["goals"]
PROCESSES = {
    "Manage_Training": "Manage Training",
    "Manage_Certifications": "Manage Certifications",
    "Manage_Competencies": "Manage Competencies",
    "Manage_Goals": "Manage Goals",
    "Change_Job": "Change Job",
}
#: What guards the parts of a job change that REST writes (official file, staffing).
STAFFING_ACTIONS = {
    "jobProfile": "Staffing Actions: Job Profile",
    "businessTitle": "Staffing Actions: Business Title",
}
ALL_RIGHTS = frozenset(
    {(domain, access) for domain in DOMAINS.values() for access in (GET, PUT)}
    | {(domain, GET) for domain in (STAFFING, ORGANIZATIONS, LEVELS, TALENT)}
    | {(process, INITIATE) for process in PROCESSES.values()}
    | {(domain, PUT) for domain in STAFFING_ACTIONS.values()}
)
LOCK_AFTER = 5


@dataclass(slots=True)
class Permissions:
    """The rights of the integration user; changes wait for `activate`."""

    active: frozenset[tuple[str, str]] = ALL_RIGHTS
    pending: frozenset[tuple[str, str]] = ALL_RIGHTS

    def grant(self, rights: Iterable[tuple[str, str]]) -> None:
        """Add rights, not yet active."""
        self.pending |= frozenset(rights)

    def revoke(self, rights: Iterable[tuple[str, str]]) -> None:
        """Take rights away, not yet active."""
        self.pending -= frozenset(rights)

    def activate(self) -> None:
        """Activate the pending security policy changes."""
        self.active = self.pending

    def allows(self, domain: str, access: str) -> bool:
        """Tell whether the user has this access to a domain or process now."""
        return (domain, access) in self.active


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What the token endpoint says: a status and the members of its JSON object."""

    status: int
    body: dict[str, str | int]


@dataclass(slots=True)
class TokenServer:
    """Issues access tokens for one API client and rotates its refresh token."""

    client_id: str
    client_secret: str
    refresh_token: str
    lifetime: int = 3600
    issued: int = 0
    failures: int = 0
    access_tokens: dict[str, datetime] = field(default_factory=dict)

    @property
    def is_locked(self) -> bool:
        """Tell whether too many failures locked the client."""
        return self.failures >= LOCK_AFTER

    def refresh(
        self, client: tuple[str, str] | None, grant: str, token: str, now: datetime
    ) -> TokenAnswer:
        """Answer a token request; a used refresh token is good no more."""
        if self.is_locked or client is None or not self._is_client(client):
            self.failures += 1
            return TokenAnswer(401, {"error": "invalid_client"})
        if grant != "refresh_token":
            return TokenAnswer(400, {"error": "invalid_request"})
        if not hmac.compare_digest(token.encode(), self.refresh_token.encode()):
            self.failures += 1
            return TokenAnswer(400, {"error": "invalid_grant"})
        self.failures = 0
        self.issued += 1
        access = self._derive("access")
        self.access_tokens[access] = now + timedelta(seconds=self.lifetime)
        self.refresh_token = self._derive("refresh")
        return TokenAnswer(
            200,
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": self.lifetime,
                "refresh_token": self.refresh_token,
            },
        )

    def accepts(self, access_token: str, now: datetime) -> bool:
        """Tell whether an access token is known and not expired."""
        expires = self.access_tokens.get(access_token)
        return expires is not None and now < expires

    def expire_access_tokens(self) -> None:
        """End every access token now."""
        self.access_tokens.clear()

    def unlock(self) -> None:
        """Let a locked client try again."""
        self.failures = 0

    def _is_client(self, client: tuple[str, str]) -> bool:
        given, known = ":".join(client), f"{self.client_id}:{self.client_secret}"
        return hmac.compare_digest(given.encode(), known.encode())

    def _derive(self, purpose: str) -> str:
        text = f"{self.client_secret}|{self.refresh_token}|{purpose}|{self.issued}"
        return sha256(text.encode()).hexdigest()
