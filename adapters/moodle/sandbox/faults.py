"""Switches that make the sandbox misbehave as a real site or network may.

Plain values; the server asks them at the right moments. Connection faults are told
apart from errors of Moodle: no answer arrives at all, or only a part of it.
"""

from dataclasses import dataclass

#: Later releases by their short name: what a site calls itself, and its version.
RELEASES = {
    "5.0": ("5.0 (Build: 20250414)", "2025041400"),
    "5.1": ("5.1 (Build: 20251006)", "2025100600"),
}


class ConnectionLostError(Exception):
    """Raised by a hook: end the connection here, without an answer.

    What was done so far stays done.
    """


@dataclass(slots=True)
class CutPage:
    """Break the connection inside the answer of the n-th call of a function."""

    function: str
    call: int
    seen: int = 0

    def is_hit(self, function: str) -> bool:
        """Count a call of the function; say whether it is the one to cut."""
        if function != self.function:
            return False
        self.seen += 1
        return self.seen == self.call


@dataclass(slots=True)
class Switches:
    """Everything a test or an operator can turn; the defaults are a healthy site.

    `course_check_seconds` lies between the look for equal short names and the storing
    of a new course: requests that come within it do not see each other's courses, as
    on a real site, where eight at once all succeeded. 0 makes creation atomic.
    `release` is "4.5" or one of those in `RELEASES`, and what differs in them differs.
    """

    release: str = "4.5"
    latency_seconds: float = 0.0
    course_check_seconds: float = 0.1
    lost_answers: int = 0
    cut_page: CutPage | None = None
    ignores_case: bool = False
    shows_debugging: bool = False
    database_down: bool = False
    maintenance: bool = False
    upgrade_running: bool = False
    rest_enabled: bool = True
    service_enabled: bool = True
    competencies_enabled: bool = True
    token_expired: bool = False
    account_suspended: bool = False
    policy_not_agreed: bool = False
    address_refused: bool = False
    max_input_vars: int = 5000
    post_max_size: int = 8 * 1024 * 1024
