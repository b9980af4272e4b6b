"""The sandbox as a running server, with the settings of a connection to it.

It turns the people of an example organisation into workers, and changes a record as a
person would. It shares nothing with the adapter but this.
"""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from adapters.workday.sandbox import (
    NamedSeed,
    Tenant,
    TenantSeed,
    WorkerSeed,
    create_app,
    create_tenant,
)
from connector.kit.protocols import SandboxSeed, SeedCompletion, SeedPerson
from connector.kit.sandbox import ServedSandbox, serve

_TENANT = "sandbox"
_USER = "ISU_CONNECTOR"
_CLIENT = "connector-sandbox"
_TRAINING_TYPE = "ONLINE_LEARNING"
#: What the shipped mapping calls the job profile of a role.
_PROFILE = "jf-jp-"
#: A sandbox needs no protection from us.
_CALLS_PER_SECOND = 1000.0
_PROFILES = "job_profile"
_GROUPS = (
    "Qualification_Replacement_Data",
    "Responsibility_Qualification_Replacement",
    "Responsibility_Qualification_Replacement_Data",
)
_TEXT = "Responsibility_Description"


class RunningWorkdaySandbox:
    """A Workday sandbox that is up on loopback."""

    def __init__(self, tenant: Tenant, served: ServedSandbox) -> None:
        self.tenant = tenant
        self.url = served.url
        self.note = served.note
        self._served = served

    def settings(self) -> dict[str, Any]:
        """Return the settings of a connection that logs in as a user."""
        return self._settings(
            {"kind": "username_token", "user": self.tenant.seed.user_name}
        )

    def oauth_settings(self) -> dict[str, Any]:
        """Return the settings of a connection by tokens, the refresh token rotated."""
        return self._settings(
            {"kind": "oauth", "client_id": self.tenant.seed.client_id}
        )

    def secrets(self) -> dict[str, str]:
        """Return the credentials it made for itself, by the default secret names."""
        seed = self.tenant.seed
        return {
            "workday.password": seed.password,
            "workday.client_secret": seed.client_secret,
            "workday.refresh_token": seed.refresh_token,
        }

    def complete_courses(self, completions: Sequence[SeedCompletion]) -> int:
        """Return 0: courses are finished in the learning platform, not here."""
        del completions
        return 0

    def edit_by_hand(self) -> str:
        """Reword one responsibility of one job profile, and say which."""
        with self.tenant.lock:
            for profile in self.tenant.store.of_kind(_PROFILES):
                part: Any = profile.latest
                for name in _GROUPS:
                    part = part.get(name) or {}
                if not part:
                    continue
                text = str(part[0][_TEXT])
                key = profile.reference_ids["Job_Profile_ID"]
                changed = "<p>Reworded by hand in Workday.</p>"
                self.tenant.edit_responsibility(key, text, changed)
                return (
                    f"In Workday, somebody reworded a responsibility of the job "
                    f"profile {profile.descriptor} ({key})."
                )
        return "No job profile in the Workday sandbox has a responsibility to reword."

    def close(self) -> None:
        """End the server."""
        self._served.close()

    def _settings(self, auth: dict[str, str]) -> dict[str, Any]:
        return {
            "base_url": self.url,
            "tenant": self.tenant.seed.name,
            "auth": auth,
            "calls_per_second": _CALLS_PER_SECOND,
            "training_type": _TRAINING_TYPE,
        }


def start(seed: SandboxSeed, port: int = 0) -> RunningWorkdaySandbox:
    """Start a sandbox whose workers are the people of the seed."""
    # Levels, pay elements and rules are the tenant's own: nobody makes them by API.
    levels = tuple(NamedSeed(key, name) for key, name in seed.levels.items())
    tenant = create_tenant(
        TenantSeed(
            name=_TENANT,
            user_name=_USER,
            password=random_secrets.token_urlsafe(24),
            client_id=_CLIENT,
            client_secret=random_secrets.token_urlsafe(24),
            refresh_token=random_secrets.token_urlsafe(24),
            management_levels=levels,
            job_levels=levels,
            compensation_elements=(NamedSeed("BASE_PAY", "Base pay"),),
            condition_rules=tuple(
                NamedSeed(f"REGION_{key}", f"Works in {key}") for key in seed.regions
            ),
            currencies=tuple(
                NamedSeed(code, code) for code in sorted({*seed.regions.values()})
            ),
            frequencies=(NamedSeed("Annual", "Annual"),),
            training_types=(NamedSeed(_TRAINING_TYPE, "Online learning"),),
            workers=tuple(_worker(person) for person in seed.people),
        )
    )
    return serve_tenant(tenant, port)


def serve_tenant(tenant: Tenant, port: int = 0) -> RunningWorkdaySandbox:
    """Start a sandbox on a tenant of one's own."""
    return RunningWorkdaySandbox(tenant, serve(create_app(tenant), port))


def _worker(person: SeedPerson) -> WorkerSeed:
    """Return a person as a worker; the profile held may be written later."""
    role = "/".join(filter(None, (person.role, person.focus_area)))
    return WorkerSeed(
        employee_id=person.employee_id,
        name=f"{person.given_name} {person.family_name}",
        job_profile_id=f"{_PROFILE}{role}" if role else "NONE",
        supervisory_organization=person.organisation or "Organisation",
        location=person.location or "Office",
        hire_date=person.hired_on or date(2020, 1, 1),
        manager_id=person.manager_id,
        email=person.email,
    )
