"""An instance in a temporary folder, with a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from connector.framework import freeze, load_framework
from connector.runtime.home import create_home, open_home
from connector.runtime.instance import Instance, open_instance
from connector.store import documents, releases
from connector.store.documents import DocumentKind
from connector.store.releases import Release

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

SMALL = """\
framework: {key: small, name: Small}
scales:
  - {key: craft, name: Craft, steps: [{key: low, name: Low}, {key: high, name: High}]}
competencies: [{key: knots, name: Knots, scale: craft}]
"""


@contextmanager
def instance_at(folder: Path) -> Iterator[Instance]:
    """Open a new instance whose clock stands at noon of the first of March 2026."""
    home = folder / "home"
    create_home(home, "Harbour", "Europe/Warsaw")
    with open_instance(open_home(str(home), {}), lambda: NOON) as instance:
        yield instance


def store(instance: Instance, kind: DocumentKind, name: str, text: str) -> None:
    with instance.database.write() as conn:
        documents.put(conn, kind=kind, name=name, text=text, person="Ada", at=NOON)


def release(instance: Instance, folder: Path, day: str, name: str = "Small") -> Release:
    """Release the small framework under a name of its own, from a day on."""
    source = folder / f"framework-{name}"
    source.mkdir(exist_ok=True)
    text = SMALL.replace("name: Small", f"name: {name}")
    (source / "framework.yaml").write_text(text, encoding="utf-8")
    with instance.database.write() as conn:
        return releases.add(
            conn,
            content=freeze(load_framework(source)),
            effective_on=datetime.fromisoformat(day).date(),
            author="Ada",
            note="",
            at=NOON,
        )


def at(instance: Instance, day: str) -> Instance:
    """Return the instance with its clock at another day."""
    moment = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    return replace(instance, now=lambda: moment)
