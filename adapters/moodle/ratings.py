"""Who is proficient in what, and what made them so.

The source of this report knows no time: all of it is read, without ratings, which
would cost Moodle a query a row. What is new is then looked at one by one, in batches.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from adapters.moodle import listing, wire
from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.failures import TARGET, RefusedError
from adapters.moodle.report_rows import RowError, proficient_of
from adapters.moodle.reports import Report, ReportShape
from adapters.moodle.settings import RATING_COLUMNS
from adapters.moodle.wire_learning import RATING, Rating, RatingProof
from connector.kit.errors import TransientError
from connector.kit.protocols import Services
from connector.kit.values import JudgedRating, LoweredRating, Proficient, RatingOrigin

_SHAPE = ReportShape(
    name="ratings", source="competencies", condition="usercompetency:proficient"
)
_SUMMARY = "tool_lp_data_for_user_competency_summary"
_SITE_INFO = "core_webservice_get_site_info"
_COURSE = "evidence_coursecompleted"
_RULE = "evidence_competencyrule"
_COURSE_ID = re.compile(r"[?&](?:amp;)?(?:id|course)=(\d+)")


class MoodleRatings:
    """The ratings of one site."""

    def __init__(
        self,
        client: MoodleClient,
        report_id: int,
        services: Services,
        new_mark: Callable[[], str],
    ) -> None:
        self._client = client
        self._report = Report(
            client,
            _SHAPE,
            report_id,
            [RATING_COLUMNS],
            sleep=services.sleep,
            new_mark=new_mark,
        )

    def proficient(self) -> Iterator[Proficient]:
        """Yield everybody who is proficient in anything; the end means completeness.

        Raises:
            AuthError: the account may not see the report.
            ReplyError: the report is not set up as documented.
            TransientError: no answer, or the report changed while it was read.
        """
        ids = _Ids(self._client)
        seen: set[tuple[str, str]] = set()
        with self._report.opened():
            for rows in self._report.pages(None):
                for cells in rows:
                    try:
                        account, employee, framework, number = proficient_of(cells)
                    except RowError as error:
                        raise self._report.wrong(str(error)) from error
                    object_id = ids.of(framework, number)
                    if (account, object_id) not in seen:
                        seen.add((account, object_id))
                        yield Proficient(account, employee, object_id)

    def judged(self, wanted: Sequence[Proficient]) -> Iterator[JudgedRating]:
        """Yield what made these people proficient, by Moodle's own evidence.

        Who is no longer proficient, or gone, is left out.

        Raises:
            AuthError: the account may not see ratings.
            TransientError: no answer.
        """
        if not wanted:
            return
        ours = self._own_id()
        for each, rating in self._ratings(wanted):
            proof = _decisive(rating) if rating.is_proficient else None
            if proof is not None:
                yield _judged(each, rating, proof, ours)

    def lowered(self, wanted: Sequence[Proficient]) -> Iterator[LoweredRating]:
        """Yield whom a person rated as not proficient, by Moodle's own evidence.

        A rating that is gone, or was taken away with a plan or a link, is no such act.

        Raises:
            AuthError: the account may not see ratings.
            TransientError: no answer.
        """
        if not wanted:
            return
        ours = self._own_id()
        for each, rating in self._ratings(wanted):
            proof = None if rating.is_proficient else _decisive(rating)
            if proof is None:
                continue
            judged = _judged(each, rating, proof, ours)
            if judged.origin is RatingOrigin.PERSON:
                yield LoweredRating(each, judged.happened_at)

    def _own_id(self) -> int:
        answer = self._client.call(_SITE_INFO)
        return wire.SITE_INFO.one(answer, _SITE_INFO).userid

    def _ratings(
        self, wanted: Sequence[Proficient]
    ) -> Iterator[tuple[Proficient, Rating]]:
        """Yield how these people are rated now; who is gone is left out."""
        calls = [
            [
                Call(
                    _SUMMARY,
                    {
                        "userid": int(each.account_id),
                        "competencyid": int(each.object_id),
                    },
                    # Moodle fails over its own raw answer here.
                    is_raw=False,
                )
            ]
            for each in wanted
        ]
        for each, ran in zip(
            wanted, self._client.run(calls, is_repeatable=True), strict=True
        ):
            if isinstance(ran.error, RefusedError) and ran.error.is_gone:
                # Gone meanwhile; it stays unknown and is looked at again.
                continue
            if ran.error is not None:
                raise ran.error
            yield each, RATING.one(ran.answers[0], _SUMMARY)


def _decisive(rating: Rating) -> RatingProof | None:
    """Return the entry that gave the rating which stands, none without a grade."""
    rated = [proof for proof in rating.proofs if proof.grade]
    return max(rated, key=lambda proof: proof.id, default=None)


def _judged(
    proficient: Proficient, rating: Rating, proof: RatingProof, ours: int
) -> JudgedRating:
    origin = RatingOrigin.PERSON
    if proof.kind == _COURSE:
        origin = RatingOrigin.COURSE
    elif proof.kind == _RULE:
        origin = RatingOrigin.RULE
    elif proof.actor_id == ours:
        origin = RatingOrigin.OURS
    course = _COURSE_ID.search(proof.url) if origin is RatingOrigin.COURSE else None
    return JudgedRating(
        proficient=proficient,
        origin=origin,
        name=html.unescape(rating.name),
        happened_at=datetime.fromtimestamp(proof.made_at, UTC),
        course_id=course[1] if course else "",
    )


class _Ids:
    """Finds competencies by the ID numbers the report shows; each framework once."""

    def __init__(self, client: MoodleClient) -> None:
        self._client = client
        self._frameworks: dict[str, int] | None = None
        self._nodes: dict[str, dict[str, int]] = {}

    def of(self, framework: str, number: str) -> str:
        """Return a competency's id; raises `TransientError` where there is none now."""
        if framework not in self._nodes:
            self._nodes[framework] = self._read(framework)
        found = self._nodes[framework].get(number)
        if found is None:
            raise _changed(framework)
        return str(found)

    def _read(self, framework: str) -> dict[str, int]:
        if self._frameworks is None:
            found = listing.frameworks(self._client)
            self._frameworks = {each.idnumber: each.id for each in found}
        if framework not in self._frameworks:
            raise _changed(framework)
        try:
            nodes = listing.nodes(self._client, self._frameworks[framework])
        except listing.UnseenError as error:
            raise _changed(framework) from error
        return {node.idnumber: node.id for node in nodes}


def _changed(framework: str) -> TransientError:
    return TransientError(
        f"The framework {framework} changed while ratings were read, or the account "
        "does not see all of it.",
        target=TARGET,
        operation="core_competency_list_competencies",
        hint="Run again; `jobframe doctor` names rights that are missing.",
    )
