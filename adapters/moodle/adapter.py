"""The Moodle adapter: opens connections and starts the sandbox."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.moodle.accounts import MoodleAccounts
from adapters.moodle.by_person import MoodleLearningByPerson
from adapters.moodle.catalogue import MoodleCatalogue
from adapters.moodle.checklist import checklist
from adapters.moodle.client import MoodleClient
from adapters.moodle.completions_file import read_completions
from adapters.moodle.doctor import MoodleDoctor, banner
from adapters.moodle.export import MoodleCsv
from adapters.moodle.failures import TARGET
from adapters.moodle.finished_plans import MoodleFinishedPlans
from adapters.moodle.importing import MoodleImporting
from adapters.moodle.kinds import KINDS
from adapters.moodle.learning import MoodleLearning
from adapters.moodle.ratings import MoodleRatings
from adapters.moodle.settings import MoodleSettings, check_settings
from connector.kit.http import HttpClient
from connector.kit.protocols import Connection, RunningSandbox, SandboxSeed, Services
from connector.kit.setup import ChecklistStep, Export, Needs, ReadFile, Wishes
from connector.kit.values import KindSpec


class MoodleAdapter:
    """Moodle 4.1 and later, through its REST web services."""

    name = "moodle"

    def kinds(self) -> Sequence[KindSpec]:
        """Return the specs of all kinds, in write order."""
        return KINDS

    def connect(self, settings: Mapping[str, Any], services: Services) -> Connection:
        """Open a connection.

        Raises:
            ConfigError: settings are wrong, or the token's secret is missing.
        """
        checked = check_settings(settings)
        http = HttpClient(
            target=TARGET, base_url=checked.url, now=services.now, sleep=services.sleep
        )
        token = services.secrets.get(checked.token)
        client = MoodleClient(http, token, batch_size=checked.batch_size)
        return Connection(
            address=checked.url,
            catalogue=MoodleCatalogue(client, checked),
            doctor=MoodleDoctor(client, checked, services),
            importing=MoodleImporting(client),
            **_readers(client, checked, services),
            banner=banner(client),
            close=http.close,
        )

    def checklist(self, needs: Needs, wishes: Wishes) -> Sequence[ChecklistStep]:
        """Return the steps of setting a site up, in order."""
        return checklist(needs, wishes)

    def exports(self) -> Sequence[Export]:
        """Return the kinds of file for sites without web services."""
        return (MoodleCsv(),)

    def read_learning(
        self, content: bytes, place: str, zone: ZoneInfo | None, now: datetime
    ) -> ReadFile:
        """Return the completed courses in a CSV file."""
        return read_completions(content, place, zone, now)

    def start_sandbox(self, seed: SandboxSeed, port: int = 0) -> RunningSandbox:
        """Start the sandbox on loopback; port 0 takes a free one."""
        # The sandbox is a server of its own: a connection to a real site needs none.
        from adapters.moodle.running import start

        return start(seed, port)


def _readers(
    client: MoodleClient, settings: MoodleSettings, services: Services
) -> dict[str, Any]:
    """Return what reads people's learning, each where its report is set up."""
    readers: dict[str, Any] = {}
    if settings.completions_report is not None:
        readers["learning"] = MoodleLearning(client, settings, services, _new_mark)
    else:
        readers["learning_by_person"] = MoodleLearningByPerson(client)
    if settings.finished_plans:
        readers["plans_by_person"] = MoodleFinishedPlans(client)
    if settings.users_report is not None:
        readers["accounts"] = MoodleAccounts(
            client, settings.users_report, services, _new_mark
        )
    if settings.ratings_report is not None:
        readers["ratings"] = MoodleRatings(
            client, settings.ratings_report, services, _new_mark
        )
    return readers


def _new_mark() -> str:
    """Return what tells one reader of a report from another."""
    return secrets.token_hex(8)


adapter = MoodleAdapter()
