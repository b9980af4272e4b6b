"""The adapters of this installation, by name.

The manifest alone lists those that ship with the connector; other distributions
announce theirs under an entry-point group. A name twice is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from connector.kit.errors import ConfigError
from connector.kit.protocols import Adapter
from connector.kit.setup import Capability, Needs, Policy
from connector.runtime.resources import shipped

ENTRY_POINTS = "job_framework_connector.adapters"


@dataclass(frozen=True, slots=True)
class Listing:
    """One adapter as a manifest lists it; `mapping` is the one it ships with."""

    name: str
    module: str
    title: str
    mapping: Path
    needs: Needs = field(default_factory=Needs)


def adapters() -> Mapping[str, Listing]:
    """Return every adapter of this installation.

    Raises:
        ConfigError: a manifest is broken, or two adapters share a name.
    """
    path = shipped("manifest.json")
    found = _listings(_read(path), path.parent)
    for point in entry_points(group=ENTRY_POINTS):
        for name, listing in _from_entry_point(point.name, point.value).items():
            if name in found:
                raise ConfigError(
                    f"two installed adapters are named “{name}”",
                    hint=f"Uninstall one: {found[name].module} or {listing.module}.",
                )
            found[name] = listing
    return found


def adapter_listing(name: str) -> Listing:
    """Return what the manifest says of an adapter; raises `ConfigError` for none."""
    listings = adapters()
    if name not in listings:
        raise ConfigError(
            f"there is no adapter “{name}”",
            hint=f"Installed: {', '.join(sorted(listings))}.",
        )
    return listings[name]


def load_adapter(name: str) -> Adapter:
    """Return an adapter by name.

    Raises:
        ConfigError: there is none of that name, or it cannot be imported.
    """
    listing = adapter_listing(name)
    try:
        return cast("Adapter", import_module(listing.module).adapter)
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"the adapter “{name}” cannot be imported: {error}",
            hint="Install the connector again, with this adapter's libraries.",
        ) from error


def _from_entry_point(name: str, value: str) -> dict[str, Listing]:
    """Read the manifest that an adapter of another distribution carries."""
    module = value.partition(":")[0]
    spec = _find(module)
    if spec is None or spec.origin is None:
        raise ConfigError(
            f"the adapter “{name}” is announced in {module}, which is not there",
            hint="Install that distribution again, or uninstall it.",
        )
    folder = Path(spec.origin).parent
    listings = _listings(_read(folder / "manifest.json"), folder)
    if set(listings) != {name}:
        raise ConfigError(
            f"the manifest of {module} does not list the adapter “{name}” alone",
            hint="Correct the distribution's entry point or manifest.",
        )
    return listings


def _find(module: str) -> ModuleSpec | None:
    """Find a module without running it; none where it or its package is missing."""
    try:
        return find_spec(module)
    except (ImportError, ValueError):
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"the manifest {path.name} cannot be read: {error}",
            hint="Install the connector again.",
        ) from error
    return cast("dict[str, Any]", data)


def _listings(data: dict[str, Any], folder: Path) -> dict[str, Listing]:
    try:
        return {
            name: Listing(
                name=name,
                module=entry["module"],
                title=entry["title"],
                mapping=folder / entry["mapping"],
                needs=_needs(entry),
            )
            for name, entry in data["adapters"].items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"the manifest lacks {error} for one of its adapters",
            hint="Each adapter needs module, title and mapping.",
        ) from error


def _needs(entry: dict[str, Any]) -> Needs:
    return Needs(
        functions=tuple(entry.get("functions", ())),
        capabilities=tuple(
            Capability(**capability) for capability in entry.get("capabilities", ())
        ),
        policies=tuple(
            Policy(
                name=policy["name"],
                type=policy["type"],
                area=policy["area"],
                access=tuple(policy["access"]),
                features=tuple(policy["features"]),
                reason=policy["reason"],
            )
            for policy in entry.get("policies", ())
        ),
    )
