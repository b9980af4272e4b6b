"""A sandbox Moodle site: its state, its switches, and the people who use its pages.

Web service calls are answered elsewhere. What is here plays administrators, teachers
and learners, who act without any web service.
"""

import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.moodle.sandbox import badges, completion, course_store, hourly
from adapters.moodle.sandbox.call import Call, SiteFacts
from adapters.moodle.sandbox.capabilities import EVERYTHING
from adapters.moodle.sandbox.competencies import COMPETENCY
from adapters.moodle.sandbox.contract import load_contract
from adapters.moodle.sandbox.evidence import ACTION_OVERRIDE, Proof, add_evidence
from adapters.moodle.sandbox.faults import Switches
from adapters.moodle.sandbox.records import update_record
from adapters.moodle.sandbox.seed import SiteSeed
from adapters.moodle.sandbox.seeding import build_state
from adapters.moodle.sandbox.state import ADMIN_ID, State
from adapters.moodle.sandbox.tables import Row, Table

_LOG_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One answered call; `errorcode` is empty for success."""

    function: str
    errorcode: str
    writes: bool
    batched: bool


class Site:
    """One site. Everything that touches its state holds `lock`.

    `after_commit(function, arguments)` runs when a call has changed the state and
    before anything is answered, `before_answer(body)` right before the answer leaves.
    Either may raise ConnectionLostError, or end the process.
    """

    def __init__(
        self,
        seed: SiteSeed,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seed = seed
        self.token = seed.token or secrets.token_hex(16)
        self.form_token = secrets.token_hex(16)
        self.lock = threading.RLock()
        self.clock = clock
        self.sleep = sleep
        self.after_commit: Callable[[str, dict[str, Any]], None] | None = None
        self.before_answer: Callable[[str], None] | None = None
        self.state: State = State()
        self.switches = Switches()
        self.service_functions: set[str] = set()
        self.log: deque[LogEntry] = deque(maxlen=_LOG_LENGTH)
        self.reset()

    def reset(self) -> None:
        """Go back to the seed; the token stays, ids start again."""
        with self.lock:
            self.state = build_state(self.seed, now=self.now())
            held = self.seed.capabilities
            self.state.account_capabilities = set(EVERYTHING if held is None else held)
            served = self.seed.service_functions
            everything = load_contract().functions
            self.service_functions = set(everything if served is None else served)
            self.switches = Switches()
            self.log.clear()

    def now(self) -> int:
        """Return the present second."""
        return int(self.clock())

    def counts(self) -> Counter[str]:
        """Return how often each function was called, batched calls included."""
        return Counter(entry.function for entry in self.log)

    def facts(self, address: str) -> SiteFacts:
        """Return what answers say about the site, reached under `address`."""
        return SiteFacts(
            wwwroot=self.seed.wwwroot or address,
            sitename=self.seed.sitename,
            time_zone=self.seed.time_zone,
            functions=tuple(self.service_functions),
            release=self.switches.release,
        )

    def ignore_case(self, *, ignores_case: bool) -> None:
        """Compare idnumbers as a MySQL site does, or as a PostgreSQL site does."""
        with self.lock:
            self.switches.ignores_case = ignores_case
            self.state.use_fold_for_idnumbers(ignores_case=ignores_case)

    def acting(self, user_id: int = ADMIN_ID) -> Call:
        """Return what a person does on the pages, by default an administrator."""
        facts = self.facts(self.seed.wwwroot or "http://localhost")
        return Call(self.state, facts, user_id=user_id, now=self.now())

    def enrol(self, user_idnumber: str, course_idnumber: str) -> None:
        """Enrol a person in a course, as a teacher does; twice is once."""
        with self.lock:
            user = _only(self.state.users, idnumber=user_idnumber)
            course = _only(self.state.courses, idnumber=course_idnumber)
            course_store.enrol(self.state, user["id"], course["id"])

    def complete_course(
        self, user_idnumber: str, course_idnumber: str, when: datetime
    ) -> None:
        """Let an enrolled learner do all of a course; evidence and ratings follow.

        `when` is an aware instant. Finishing again changes nothing, as on a real site.
        Raises ValueError for unknown names, a missing enrolment or a naive instant.
        """
        if when.tzinfo is None:
            raise ValueError("complete_course: give an aware instant, not a naive one")
        with self.lock:
            user = _only(self.state.users, idnumber=user_idnumber)
            course = _only(self.state.courses, idnumber=course_idnumber)
            call = self.acting(user["id"])
            completion.do_course(call, course["id"], when=int(when.timestamp()))

    def reset_course(self, course_idnumber: str) -> int:
        """Reset the completions of a course on its page; returns how many there were.

        A learner who then does the course again completes it at another time.
        """
        with self.lock:
            course = _only(self.state.courses, idnumber=course_idnumber)
            return completion.reset_course(self.acting(), course["id"])

    def add_page(
        self, course_idnumber: str, name: str, *, is_criterion: bool = True
    ) -> int:
        """Let a teacher add a page to a course and return the id of the activity."""
        with self.lock:
            course = _only(self.state.courses, idnumber=course_idnumber)
            page = course_store.add_page(
                self.state,
                course["id"],
                name,
                is_criterion=is_criterion,
                now=self.now(),
            )
            return int(page["id"])

    def award_badge(self, user_idnumber: str, name: str, when: datetime) -> None:
        """Let an administrator award a badge of the seed; `when` is aware."""
        with self.lock:
            user = _only(self.state.users, idnumber=user_idnumber)
            badge = _only(self.state.badges, name=name)
            second = int(when.timestamp())
            badges.award(self.acting(), user["id"], badge, when=second)

    def add_prior_learning(
        self, user_idnumber: str, name: str, *, description: str = "", url: str = ""
    ) -> int:
        """Enter what a person learned elsewhere, and return its id."""
        with self.lock:
            user = _only(self.state.users, idnumber=user_idnumber)
            stored = self.state.prior_learning.add(
                {
                    "userid": user["id"],
                    "name": name,
                    "description": description,
                    "descriptionformat": 1,
                    "url": url,
                    "timecreated": self.now(),
                    "timemodified": self.now(),
                    "usermodified": ADMIN_ID,
                }
            )
            return int(stored["id"])

    def edit_competency(self, idnumber: str, **fields: Any) -> Row:
        """Change a competency by hand on its page and return it.

        Raises ValueError when no or several competencies have the idnumber.
        """
        with self.lock:
            competency = _only(self.state.competencies, idnumber=idnumber)
            return dict(update_record(self.acting(), COMPETENCY, competency, fields))

    def rate(
        self, user_idnumber: str, competency_idnumber: str, grade: int, note: str = ""
    ) -> None:
        """Let an administrator rate a person; the rules above follow."""
        with self.lock:
            call = self.acting()
            user = _only(self.state.users, idnumber=user_idnumber)
            competency = _only(self.state.competencies, idnumber=competency_idnumber)
            proof = Proof(
                action=ACTION_OVERRIDE,
                identifier="evidence_manualoverride",
                context_id=self.state.context("user", user["id"])["id"],
                grade=grade,
                actor_id=ADMIN_ID,
                note=note or None,
            )
            add_evidence(call, user["id"], competency["id"], proof)

    def link_cohort(self, template_id: int, cohort_idnumber: str) -> None:
        """Link a cohort to a template, which only an administrator can do."""
        with self.lock:
            cohort = _only(self.state.cohorts, idnumber=cohort_idnumber)
            template = _only(self.state.templates, id=template_id)
            key = {"templateid": template["id"], "cohortid": cohort["id"]}
            if self.state.template_cohorts.first(**key) is None:
                self.state.template_cohorts.add(key)

    def run_hourly_tasks(self) -> None:
        """Make the plans of linked cohorts, and close plans whose due date passed."""
        with self.lock:
            hourly.run_hourly_tasks(self.acting())


def _only(table: Table, **key: Any) -> Row:
    found = table.find(**key)
    if len(found) != 1:
        shown = ", ".join(f"{name} {value!r}" for name, value in key.items())
        raise ValueError(f"{len(found)} objects with {shown}; exactly one is needed")
    return found[0]
