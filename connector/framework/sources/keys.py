"""Makes keys for imported elements: a slug where it is free, with a hash where not.

A key depends on the set of identities only, never on the order of rows. Keys given
earlier are kept.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping

#: Longest key, and the room left for a slug before a hyphen and eight digits.
KEY_LENGTH = 48
_SLUG_LENGTH = KEY_LENGTH - 9

#: What a source calls an element: one text, or several that only together name it.
Identity = tuple[str, ...]


def identity_text(identity: Identity) -> str:
    """Return an identity as one text, as it is remembered."""
    return " | ".join(identity)


def slug(text: str) -> str:
    """Return a text as lower-case words joined by hyphens, accents dropped."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain.lower()).strip("-")


def assign_keys(
    kind: str,
    wanted: Mapping[Identity, str],
    *,
    taken: Collection[str] = (),
    known: Mapping[str, str] | None = None,
) -> dict[Identity, str]:
    """Return a key for every identity; `wanted` has the text each is made from.

    `known` has keys by identity text from an earlier import, `taken` further keys in
    use. All identities that would share a slug get their own hash.
    """
    kept = known or {}
    slugs = {identity: slug(text) for identity, text in wanted.items()}
    new = {one for one in wanted if identity_text(one) not in kept}
    in_use = {*taken, *kept.values()}
    counts = Counter(slugs[identity] for identity in new)
    keys = {}
    for identity, text in slugs.items():
        is_free = counts[text] == 1 and text not in in_use and len(text) <= KEY_LENGTH
        if identity not in new:
            keys[identity] = kept[identity_text(identity)]
        elif text and is_free:
            keys[identity] = text
        else:
            stem = text[:_SLUG_LENGTH].rstrip("-") or kind
            keys[identity] = f"{stem}-{_hash(identity)}"
    return keys


def _hash(identity: Identity) -> str:
    return hashlib.sha256(identity_text(identity).encode()).hexdigest()[:8]
