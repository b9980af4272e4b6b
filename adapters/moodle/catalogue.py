"""Moodle's competency tree as a catalogue: kinds, reading, writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.moodle.client import MoodleClient
from adapters.moodle.kinds import KINDS
from adapters.moodle.languages import in_languages
from adapters.moodle.settings import MoodleSettings
from adapters.moodle.snapshot import MoodleSnapshot
from adapters.moodle.writing.cohorts import CohortWriter
from adapters.moodle.writing.context import Context
from adapters.moodle.writing.course_copies import CourseCopyWriter
from adapters.moodle.writing.courses import CourseLinkWriter
from adapters.moodle.writing.frameworks import FrameworkWriter
from adapters.moodle.writing.nodes import NodeWriter
from adapters.moodle.writing.pace import Pace
from adapters.moodle.writing.plans import PlanWriter
from adapters.moodle.writing.relations import RelationWriter
from adapters.moodle.writing.rules import RuleWriter
from adapters.moodle.writing.run import run
from adapters.moodle.writing.templates import TemplateWriter
from connector.kit.values import ApplyItem, KindSpec, ReadScope, RemoteIds, Write


class MoodleCatalogue:
    """The catalogue of one site."""

    def __init__(self, client: MoodleClient, settings: MoodleSettings) -> None:
        self._client = client
        self._settings = settings
        self._pace = Pace(
            most_writes=settings.batch_size, most_lanes=settings.concurrency
        )
        self._kinds = in_languages(KINDS, settings.languages)

    def kinds(self) -> Sequence[KindSpec]:
        """Return the specs of all kinds, in write order."""
        return self._kinds

    def snapshot(self, scope: ReadScope) -> MoodleSnapshot:
        """Begin one consistent reading; nothing is read before it is asked for."""
        return MoodleSnapshot(self._client, self._settings, scope)

    def apply(
        self, writes: Sequence[Write], remote_ids: RemoteIds
    ) -> Iterator[ApplyItem]:
        """Send one wave of writes that do not depend on one another.

        Raises:
            AuthError: the token or the rights are refused; the rest was not sent.
            ReplyError: Moodle answered something unknown; the rest was not sent.
        """
        context = Context(self._client, self._settings, remote_ids)
        writers = (
            FrameworkWriter(context),
            NodeWriter(context),
            RuleWriter(context),
            RelationWriter(context),
            TemplateWriter(context),
            CourseCopyWriter(context),
            CourseLinkWriter(context),
            CohortWriter(context),
            PlanWriter(context),
        )
        return run(writers, writes, self._pace)
