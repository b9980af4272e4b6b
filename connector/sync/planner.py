"""From wanted records, links and a reading of the target to a plan.

Pure: no network, no clock, no files; the same input gives the same plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connector.kit.values import (
    RETIRED,
    Found,
    KindSpec,
    Ownership,
    Record,
    Ref,
    Retire,
)
from connector.store.values import Link
from connector.sync.diff import (
    RecordDiff,
    create_record,
    diff_record,
    diff_unwanted,
    label_of,
    privacy_of,
)
from connector.sync.draft import Draft, PlanInput
from connector.sync.fingerprint import fingerprint
from connector.sync.guards import check_guards
from connector.sync.match import Matching, Pair, References, match_kind
from connector.sync.needs import arrange, carry
from connector.sync.plan import (
    Census,
    Change,
    Finding,
    FindingKind,
    Plan,
)
from connector.sync.reach import Reach
from connector.sync.resets import ResetInput, with_rewrites
from connector.sync.verifying import Verifier, manual_notes, reachable, unseen_kind


def make_plan(given: PlanInput) -> Plan:
    """Plan how to make a target equal to the wanted records."""
    references = References()
    matchings = _match(given, references)
    reach = Reach(
        _translated(given, references), references.refs, given.people, given.scope
    )
    draft = Draft()
    for spec in given.specs:
        _plan_kind(given, spec, matchings[spec.name], references, draft)
    specs = {spec.name: spec for spec in given.specs}
    draft.changes = carry(draft.changes, specs)
    _add_rewrites(given, draft, specs, references)
    arranged = arrange(draft.changes, draft.blocked, specs)
    changes = tuple(
        reach.counted(change, is_protected=change.kind in given.protected)
        for change in arranged.changes
    )
    plan = Plan(
        connection=given.connection,
        release=given.release,
        release_id=given.release_id,
        as_of=given.as_of,
        effective_on=given.effective_on,
        mapping_hash=given.mapping_hash,
        fingerprint="",
        changes=changes,
        findings=tuple(sorted(draft.findings, key=_finding_order)),
        tasks=tuple(draft.tasks[ref] for ref in sorted(draft.tasks)),
        waiting=arranged.waiting,
        records=tuple(draft.records),
        forgotten=tuple(draft.forgotten),
        remote_ids=references.remote_ids(),
        census=draft.census,
        scope=given.scope,
        banner=given.banner,
        notes=(*_closed_notes(given), *manual_notes(given, draft)),
    )
    plan = replace(plan, fingerprint=fingerprint(plan, given.rules.digest))
    return replace(plan, refusals=check_guards(plan, given.limits))


def _add_rewrites(
    given: PlanInput,
    draft: Draft,
    specs: Mapping[str, KindSpec],
    references: References,
) -> None:
    rewrites = with_rewrites(
        ResetInput(
            specs=specs,
            wanted={record.ref: record for record in given.records},
            links=given.links,
            found={
                name: tuple(references.found(found) for found in reading.found)
                for name, reading in given.readings.items()
            },
            rules=given.rules,
            unsettled=frozenset(
                Ref(finding.kind, finding.key) for finding in draft.findings
            ),
            unread=frozenset(name for name, of in given.readings.items() if of.gap),
        ),
        draft.changes,
    )
    draft.changes = rewrites.changes
    draft.findings.extend(rewrites.findings)
    draft.blocked |= rewrites.blocked


def _finding_order(finding: Finding) -> tuple[str, ...]:
    return (finding.kind, finding.key, finding.field, finding.row, finding.type)


def _match(given: PlanInput, references: References) -> dict[str, Matching]:
    matchings = {}
    for spec in given.specs:
        matchings[spec.name] = match_kind(
            spec,
            [record for record in given.records if record.kind == spec.name],
            {ref: link for ref, link in given.links.items() if ref.kind == spec.name},
            given.readings[spec.name].found,
            references,
        )
        if given.readings[spec.name].gap:
            _know_linked(given, spec, references)
    return matchings


def _know_linked(given: PlanInput, spec: KindSpec, references: References) -> None:
    """Know linked objects that were not read, where others refer to them."""
    for link in given.links.values():
        if link.kind == spec.name:
            references.add(link.ref, link.remote_id)


def _closed_notes(given: PlanInput) -> Iterator[str]:
    """Say which kinds stay off, and why."""
    for spec in given.specs:
        if reason := given.closed.get(spec.name):
            yield f"{spec.plural} stay off, nothing of them is read or sent: {reason}"


def _translated(given: PlanInput, references: References) -> list[Found]:
    return [
        references.found(found)
        for reading in given.readings.values()
        for found in reading.found
    ]


def _plan_kind(
    given: PlanInput,
    spec: KindSpec,
    matching: Matching,
    references: References,
    draft: Draft,
) -> None:
    reading = given.readings[spec.name]
    is_closed = spec.name in given.closed
    if reading.gap and not is_closed:
        draft.findings.append(_gap_finding(spec, reading.gap))
    planner = _KindPlanner(given, spec, references, draft, is_whole=not reading.gap)
    unseen = unseen_kind(given, spec)
    if is_closed:
        planner.close(matching.pairs)
    elif unseen is not None:
        planner.hold(matching.pairs, unseen)
    else:
        for pair in sorted(matching.pairs, key=lambda pair: pair.ref):
            planner.plan_pair(pair)
        planner.verifier.report_absent()
        planner.report_orphans(matching.unclaimed)
    draft.census[spec.name] = Census(planner.owned, planner.lost)


def _gap_finding(spec: KindSpec, gap: str) -> Finding:
    return Finding(
        type=FindingKind.INCOMPLETE,
        kind=spec.name,
        key="",
        message=f"the reading of {spec.plural} is incomplete ({gap}): nothing is"
        " created or retired among them until they can be read whole",
    )


class _KindPlanner:
    """Plans the records of one kind into the draft."""

    def __init__(
        self,
        given: PlanInput,
        spec: KindSpec,
        references: References,
        draft: Draft,
        *,
        is_whole: bool,
    ) -> None:
        self.given, self.spec, self.references = given, spec, references
        self.draft, self.is_whole = draft, is_whole
        self.owned = 0
        self.lost = 0
        self.verifier = Verifier(given, spec, draft, is_whole=is_whole)

    def plan_pair(self, pair: Pair) -> None:
        """Plan what one record, link and object come to."""
        if pair.found is not None:
            pair = replace(pair, found=self.references.found(pair.found))
        if self.spec.ownership is not Ownership.MANAGED:
            self.verifier.verify(pair)
            return
        if pair.desired is not None:
            pair = replace(pair, desired=reachable(pair.desired, pair.link, self.draft))
        self._report_twins(pair)
        if pair.link is not None and not _is_retired(pair.link):
            self.owned += 1
        if pair.stranger:
            self._refuse_stranger(pair)
        elif pair.found is None:
            self._plan_missing(pair)
        elif pair.desired is None:
            self._plan_unwanted(pair)
        elif pair.link is None and not self._may_adopt(pair, pair.found):
            self.draft.blocked.add(pair.ref)
        else:
            diff = diff_record(
                self.given.rules, self.spec, pair.desired, pair.link, pair.found
            )
            if pair.found.is_closed and diff.change is not None:
                self._leave(pair.ref, "it is closed, so it stays as it is")
            else:
                self._take(pair.link, diff)

    def hold(self, pairs: Sequence[Pair], unseen: KindSpec) -> None:
        """Leave every record as it is: what they refer to was not read whole."""
        self.draft.blocked.update(pair.ref for pair in pairs)
        self.owned = _number_owned(pairs)
        self.draft.findings.append(
            Finding(
                type=FindingKind.INCOMPLETE,
                kind=self.spec.name,
                key="",
                message=f"the reading of {unseen.plural} is incomplete: nothing is"
                f" changed among {self.spec.plural} until they can be read whole",
            )
        )

    def close(self, pairs: Sequence[Pair]) -> None:
        """Leave a kind that stays off; only what is there already is referred to."""
        self.draft.blocked.update(pair.ref for pair in pairs if pair.link is None)
        self.owned = _number_owned(pairs)

    def _leave(self, ref: Ref, message: str) -> None:
        """Tell that an object stays as it is, whatever is wanted."""
        self.draft.findings.append(
            self.given.rules.identify(
                Finding(
                    type=FindingKind.LEFT,
                    kind=ref.kind,
                    key=ref.key,
                    message=message,
                    is_waiting=False,
                )
            )
        )

    def _take(self, link: Link | None, diff: RecordDiff) -> None:
        """Put one record's comparison into the draft."""
        self.draft.findings.extend(diff.findings)
        if diff.change is not None and self._may_write(diff.change):
            self.draft.changes[diff.change.ref] = diff.change
        if diff.link is not None and diff.link != link:
            self.draft.records.append(diff.link)
        if diff.manual and diff.link is not None:
            self.verifier.add_task(diff.link.ref, dict(diff.manual))

    def _may_write(self, change: Change) -> bool:
        """Ask about a write that an entry of a later day would replace."""
        day = self.given.later.get((change.kind, change.remote_id or ""))
        if day is None:
            return True
        finding, is_ours = self.given.rules.settle(
            Finding(
                type=FindingKind.CONFLICT,
                kind=change.kind,
                key=change.key,
                desired=tuple(item.after for item in change.fields),
                target=day,
                message=f"the target holds an entry for {day} that would replace this"
                f" change of {', '.join(item.name for item in change.fields)} on that"
                " day; take it out there, or write ours until then",
                privacy=privacy_of(self.spec, *(item.name for item in change.fields)),
            )
        )
        if not is_ours:
            self.draft.findings.append(finding)
            self.draft.blocked.add(change.ref)
        return bool(is_ours)

    def _plan_unwanted(self, pair: Pair) -> None:
        if pair.link is None or pair.found is None or not self.is_whole:
            return
        is_relation = self.spec.retire is Retire.REMOVE
        if is_relation and self._is_carried_off(pair.link):
            return
        if self.spec.retire is Retire.KEEP:
            self._leave(pair.ref, f"no longer wanted, but {self.spec.retire_means}")
            return
        if is_relation and pair.found.in_use:
            message = f"no longer wanted, but kept: {pair.found.in_use}"
            self._leave(pair.ref, message)
            return
        self._take(
            pair.link, diff_unwanted(self.given.rules, self.spec, pair.link, pair.found)
        )

    def _is_carried_off(self, link: Link) -> bool:
        """Tell whether the record that takes this one along is retired already."""
        base = link.fields.get(self.spec.retires_with or "")
        holder = base.sent if base else None
        holder_link = self.given.links.get(holder) if isinstance(holder, Ref) else None
        return holder_link is not None and _is_retired(holder_link)

    def _plan_missing(self, pair: Pair) -> None:
        """Plan a record whose object is not there: new, vanished or long gone."""
        if not self.is_whole:
            self.draft.blocked.add(pair.ref)
        elif pair.desired is None:
            self.lost += pair.link is not None and not _is_retired(pair.link)
            self.draft.forgotten.append(pair.ref)
        elif pair.link is None:
            self._create(pair.desired)
        else:
            self._plan_vanished(pair, pair.desired, pair.link)

    def _plan_vanished(self, pair: Pair, desired: Record, link: Link) -> None:
        if pair.twins:
            self.lost += 1
            if self._may_adopt(pair, pair.twins[0]):
                found = self.references.found(pair.twins[0])
                self.references.add(pair.ref, found.remote_id)
                diff = diff_record(self.given.rules, self.spec, desired, None, found)
                self._take(None, diff)
            else:
                self.draft.blocked.add(pair.ref)
            return
        is_relation = self.spec.retire is Retire.REMOVE
        finding, is_ours = self.given.rules.settle(
            Finding(
                type=FindingKind.DRIFT if is_relation else FindingKind.VANISHED,
                kind=pair.ref.kind,
                key=pair.ref.key,
                message="it was removed from the target"
                if is_relation
                else "the object is gone from the target",
                desired=link.identity,
                target=link.remote_id,
            )
        )
        # What people decided to leave gone is no sign of a reset any more.
        self.lost += is_ours is not False
        if is_ours:
            self._create(desired, reason="it was removed from the target")
            return
        self.draft.findings.append(finding)
        self.draft.blocked.add(pair.ref)

    def _create(self, desired: Record, *, reason: str = "") -> None:
        change = create_record(self.spec, desired, reason=reason)
        self.draft.changes[desired.ref] = change

    def _may_adopt(self, pair: Pair, found: Found) -> bool:
        """Ask whether an object that somebody else made becomes ours."""
        finding, is_ours = self.given.rules.settle(
            Finding(
                type=FindingKind.ADOPTION,
                kind=pair.ref.kind,
                key=pair.ref.key,
                message=_met(pair, found),
                desired=pair.desired.identity if pair.desired else "",
                target=found.remote_id,
                is_exact=not pair.is_doubtful,
            )
        )
        if not is_ours:
            self.draft.findings.append(finding)
        return bool(is_ours)

    def _refuse_stranger(self, pair: Pair) -> None:
        self.lost += 1
        self.draft.blocked.add(pair.ref)
        identity = pair.link.identity if pair.link else ""
        self.draft.findings.append(
            self.given.rules.identify(
                Finding(
                    type=FindingKind.IDENTITY,
                    kind=pair.ref.kind,
                    key=pair.ref.key,
                    desired=identity,
                    target=pair.stranger,
                    message="the linked object bears another identity now; give it"
                    f" back “{identity}” in the target, or remove it there",
                )
            )
        )

    def _report_twins(self, pair: Pair) -> None:
        if pair.found is None:
            return
        for twin in pair.twins:
            self.draft.findings.append(
                self.given.rules.identify(
                    Finding(
                        type=FindingKind.DUPLICATE,
                        kind=pair.ref.kind,
                        key=pair.ref.key,
                        row=twin.remote_id,
                        target=twin.remote_id,
                        message="a second object bears the same identity; the"
                        " linked one stays ours, the other is left alone",
                    )
                )
            )

    def report_orphans(self, unclaimed: Sequence[Found]) -> None:
        """Name objects that bear an identity of ours and that nobody knows."""
        for found in unclaimed:
            if self.spec.has_identity and self.spec.ownership is Ownership.MANAGED:
                self._report_orphan(found)

    def _report_orphan(self, found: Found) -> None:
        if not found.identity.startswith(f"{self.given.prefix}-"):
            return
        self.draft.findings.append(
            self.given.rules.identify(
                Finding(
                    type=FindingKind.ORPHAN,
                    kind=self.spec.name,
                    key=found.identity,
                    target=found.remote_id,
                    message="it bears an identity of ours, but neither the framework"
                    " nor a link knows it; it is left alone",
                )
            )
        )


def _met(pair: Pair, found: Found) -> str:
    """Say which object of the target a record was met with, and by what."""
    label = found.label or label_of(found.fields, found.identity)
    if not pair.is_doubtful:
        return f"the target already holds it: “{label}”"
    named = f"the target holds one of the same name: “{label}”"
    identity = f" ({found.identity})" if found.identity else ""
    others = f", and {pair.alike} more of that name" if pair.alike else ""
    return f"{named}{identity}{others}"


def _number_owned(pairs: Sequence[Pair]) -> int:
    return sum(pair.link is not None and not _is_retired(pair.link) for pair in pairs)


def _is_retired(link: Link) -> bool:
    base = link.fields.get(RETIRED)
    return base is not None and base.sent is True
