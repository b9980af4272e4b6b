"""How findings are settled: by a person's decision, else by the mapping's policy.

Pure; the digest function is handed in because fingerprints are keyed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from connector.store.decisions import Decision
from connector.sync.match import plain_form
from connector.sync.plan import Finding, FindingKind


class DriftPolicy(StrEnum):
    """What happens to a value of ours that somebody changed in the target."""

    RESTORE = "restore"
    KEEP = "keep"
    ASK = "ask"


#: Turns a JSON value into a short keyed digest.
Digest = Callable[[object], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The policies and decisions of one connection.

    `drift` is by kind, `decisions` by kind, key and the finding's place.
    """

    digest: Digest
    drift: Mapping[str, DriftPolicy] = field(default_factory=dict)
    decisions: Mapping[tuple[str, str, str], Decision] = field(default_factory=dict)

    def identify(self, finding: Finding) -> Finding:
        """Return the finding with the digest of what it is about."""
        about = [
            finding.type.value,
            finding.kind,
            finding.key,
            finding.field,
            finding.row,
            plain_form(finding.desired),
            plain_form(finding.target),
        ]
        return replace(finding, about=self.digest(about))

    def settle(
        self, finding: Finding, *, may_restore: bool = True
    ) -> tuple[Finding, bool | None]:
        """Return the identified finding, and whether to write ours.

        None means that it waits for a person. `may_restore` is false where the
        policy must not write by itself.
        """
        finding = self.identify(finding)
        decision = self.decisions.get((finding.kind, finding.key, finding.place))
        if decision is not None and decision.about == finding.about:
            is_ours = decision.choice == finding.choices[0]
            return replace(finding, is_waiting=False), is_ours
        if finding.type is FindingKind.DRIFT:
            policy = self.drift.get(finding.kind, DriftPolicy.ASK)
            if policy is DriftPolicy.RESTORE and may_restore:
                return replace(finding, is_waiting=False), True
            if policy is DriftPolicy.KEEP:
                return replace(finding, is_waiting=False), False
        return finding, None


def decide(finding: Finding, choice: str, person: str, at: datetime) -> Decision:
    """Return the decision that a person took about a finding.

    Raises:
        ValueError: the finding has no such choice.
    """
    if choice not in finding.choices:
        offered = ", ".join(finding.choices) or "nothing; it settles itself"
        msg = f"a finding of kind {finding.type} can be decided as: {offered}"
        raise ValueError(msg)
    return Decision(
        kind=finding.kind,
        key=finding.key,
        field=finding.place,
        choice=choice,
        about=finding.about,
        person=person,
        decided_at=at,
    )
