"""Calls of web service functions, single and batched.

Checks what Moodle checks before a function runs, runs it under the site's lock, and
keeps the log. Knows nothing of HTTP.
"""

from dataclasses import dataclass
from typing import Any

from adapters.moodle.sandbox import answers
from adapters.moodle.sandbox.call import HANDLERS, Call, SiteFacts
from adapters.moodle.sandbox.contract import FunctionContract, ValueNode, load_contract
from adapters.moodle.sandbox.errors import (
    MoodleError,
    access_denied,
    missing_record,
    moodle_error,
)
from adapters.moodle.sandbox.parameters import (
    PhpArray,
    check_parameters,
    read_json_arguments,
)
from adapters.moodle.sandbox.site import LogEntry, Site
from adapters.moodle.sandbox.state import State

_EMPTY = {"INT": 0, "BOOL": False}
_MEANINGFUL = {"grade": None, "note": None}
BATCH = "tool_mobile_call_external_functions"
_CONFIGURATION = "tool_mobile_get_config"
CREATE_COURSES = "core_course_create_courses"


@dataclass(frozen=True, slots=True)
class _Seen:
    """The newest ids a request could see when it came."""

    competency: int
    course: int

    @classmethod
    def by(cls, state: State) -> "_Seen":
        return cls(state.competencies.next_id - 1, state.courses.next_id - 1)


class Service:
    """The web service of one site, for one HTTP request."""

    def __init__(self, site: Site, facts: SiteFacts) -> None:
        self._site = site
        self._facts = facts
        self.has_written = False
        self.is_cut = False

    def answer(self, name: str, values: PhpArray, *, raw: bool) -> Any:
        """Return the shaped answer of a function.

        Raises MoodleError for everything Moodle answers with an error object.
        """
        contract = self._require_function(name)
        if name == BATCH:
            self._note(name, "", writes=False, batched=False)
            arguments = check_parameters(contract.parameters, values)
            return {"responses": self._run_batch(arguments["requests"])}
        return self._run(contract, values, raw=raw, batched=False)

    def _require_function(self, name: str) -> FunctionContract:
        contract = load_contract()
        if name not in contract.functions and name not in contract.known_elsewhere:
            raise missing_record("external_functions")
        is_offered = name in self._site.service_functions
        if not is_offered or not self._site.switches.service_enabled:
            raise access_denied(f"Access to the function {name}() is not allowed.")
        return contract.functions[name]

    def _run(
        self, contract: FunctionContract, values: PhpArray, *, raw: bool, batched: bool
    ) -> Any:
        seen = _Seen.by(self._site.state)
        self._let_others_come(contract.name)
        errorcode = ""
        try:
            with self._site.lock:
                return self._execute(contract, values, raw=raw, seen=seen)
        except MoodleError as error:
            errorcode = error.errorcode or error.exception
            raise
        finally:
            name = contract.name
            self._note(name, errorcode, writes=contract.writes, batched=batched)

    def _let_others_come(self, name: str) -> None:
        switches = self._site.switches
        seconds = switches.latency_seconds
        if name == CREATE_COURSES:
            seconds += switches.course_check_seconds
        if seconds:
            self._site.sleep(seconds)

    def _execute(
        self, contract: FunctionContract, values: PhpArray, *, raw: bool, seen: "_Seen"
    ) -> Any:
        site = self._site
        arguments = check_parameters(contract.parameters, values)
        # These two never look whether the account may enter the site (read in 4.5).
        is_open = contract.name in ("core_webservice_get_site_info", _CONFIGURATION)
        if site.switches.policy_not_agreed and not is_open:
            raise moodle_error("sitepolicynotagreed", "Site policy not agreed", "error")
        is_off = not site.switches.competencies_enabled
        if is_off and contract.name.startswith(("core_competency_", "tool_lp_")):
            message = "Competencies are not enabled."
            raise moodle_error("competenciesarenotenabled", message, "core_competency")
        call = Call(
            state=site.state,
            site=self._facts,
            user_id=site.state.account_id,
            now=site.now(),
            arguments=_without_nulls(contract, arguments),
            wants_raw_text=raw,
            arrival=seen.competency,
            newest_course=seen.course if site.switches.course_check_seconds else None,
        )
        value = HANDLERS[contract.name](call)
        if contract.writes:
            self.has_written = True
            if site.after_commit is not None:
                site.after_commit(contract.name, arguments)
        return answers.shape_answer(contract.returns, value)

    def _note(self, name: str, errorcode: str, *, writes: bool, batched: bool) -> None:
        with self._site.lock:
            self._site.log.append(LogEntry(name, errorcode, writes, batched))
            cut = self._site.switches.cut_page
            if cut is not None and cut.is_hit(name):
                self.is_cut = True

    def _run_batch(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Run the inner calls in order and stop at the first that fails."""
        responses = []
        for request in requests:
            response = self._run_inner(request)
            responses.append(response)
            if response["error"]:
                break
        return responses

    def _run_inner(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["function"]
        if name not in self._site.service_functions:
            denied = {"errorcode": "accessexception", "module": "webservice"}
            return {"error": True, "exception": answers.php_json(denied)}
        contract = load_contract().functions[name]
        values = read_json_arguments(request["arguments"])
        try:
            if name == BATCH:
                data = self.answer(name, values, raw=request["settingraw"])
            else:
                raw = request["settingraw"]
                data = self._run(contract, values, raw=raw, batched=True)
        except MoodleError as error:
            body = error.batch_body(self._facts.wwwroot)
            return {"error": True, "exception": answers.php_json(body)}
        text = None if data is None else answers.php_json(data)
        return {"error": False, "data": text}


def _without_nulls(
    contract: FunctionContract, arguments: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments with null read as PHP reads it: zero, empty or false.

    Only a batch can send null. A rating and its note may really be null.
    """
    read = dict(arguments)
    for key, node in contract.parameters.keys.items():
        if isinstance(node, ValueNode) and arguments.get(key, "") is None:
            read[key] = _MEANINGFUL.get(key, _EMPTY.get(node.type, ""))
    return read
