"""What `talent` stands on, made from a running instance."""

from __future__ import annotations

import uuid

from connector.runtime.instance import Instance
from connector.store.tombstones import Tombstones
from connector.talent.ground import Ground


def ground_of(instance: Instance) -> Ground:
    """Return the ground of an instance; person ids are random (design section 3)."""
    return Ground(
        database=instance.database,
        tombstones=Tombstones(instance.box.derived_key("tombstones")),
        digest=instance.digest,
        now=instance.now,
        new_id=lambda: str(uuid.uuid4()),
        time_zone=instance.home.time_zone,
    )
