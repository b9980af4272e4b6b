"""The fingerprint that binds an apply to the plan a person saw.

Keyed, so that a fingerprint gives away nothing about hidden values.
"""

from __future__ import annotations

import hashlib
import hmac

from connector.kit.values import canonical_json
from connector.sync.match import plain_form
from connector.sync.plan import Change, Plan
from connector.sync.rules import Digest


def keyed_digest(key: bytes) -> Digest:
    """Return the digest function of one deployment: 32 hexadecimal digits."""

    def digest(data: object) -> str:
        text = canonical_json(data).encode()
        return hmac.new(key, text, hashlib.sha256).hexdigest()[:32]

    return digest


def fingerprint(plan: Plan, digest: Digest) -> str:
    """Return the fingerprint of what a plan would write, and on what ground."""
    return digest(
        {
            "connection": plan.connection,
            "release": plan.release,
            "as_of": plan.as_of.isoformat(),
            "effective_on": plan.effective_on.isoformat(),
            "mapping": plan.mapping_hash,
            "changes": sorted(change_digest_parts(change) for change in plan.changes),
        }
    )


def change_digest_parts(change: Change) -> str:
    """Return one change as the text that is fingerprinted."""
    return canonical_json(
        [
            change.kind,
            change.key,
            change.part,
            change.operation.value,
            change.identity,
            change.remote_id,
            [
                [field.name, plain_form(field.before), plain_form(field.after)]
                for field in change.fields
            ],
            [[ref.kind, ref.key] for ref in change.carries],
        ]
    )
