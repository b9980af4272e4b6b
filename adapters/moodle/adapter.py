"""The Moodle adapter: opens connections and starts the sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.moodle.catalogue import MoodleCatalogue
from adapters.moodle.client import MoodleClient
from adapters.moodle.doctor import MoodleDoctor, banner
from adapters.moodle.failures import TARGET
from adapters.moodle.kinds import KINDS
from adapters.moodle.learning import MoodleLearning
from adapters.moodle.settings import check_settings
from connector.kit.http import HttpClient
from connector.kit.protocols import Connection, RunningSandbox, SandboxSeed, Services
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
        learning = None
        if checked.completions_report is not None:
            learning = MoodleLearning(client, checked, services.now)
        return Connection(
            address=checked.url,
            catalogue=MoodleCatalogue(client, checked),
            doctor=MoodleDoctor(client, checked),
            learning=learning,
            banner=banner(client),
            close=http.close,
        )

    def start_sandbox(self, seed: SandboxSeed, port: int = 0) -> RunningSandbox:
        """Start the sandbox on loopback; port 0 takes a free one."""
        # The sandbox is a server of its own: a connection to a real site needs none.
        from adapters.moodle.running import start

        return start(seed, port)


adapter = MoodleAdapter()
