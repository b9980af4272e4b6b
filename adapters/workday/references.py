"""References: an object's WID beside its reference IDs, in both directions.

A remote id of ours is a WID; only management and job levels, which the platform lists
by reference ID alone, go by that ID.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from adapters.workday.elements import Element, find_all, tag
from adapters.workday.facts import DATA_NAMESPACE, WID
from connector.kit.errors import RejectedError
from connector.kit.values import Foreign, Ref, RemoteIds, Row, RowKey, Rows, Value

#: 32 hexadecimal digits, stable in a tenant (NOTES 2.3).
_WID_FORM = re.compile(r"[0-9a-f]{32}")

#: Types of reference IDs of a country, the one of our regions first.
_COUNTRY_IDS = ("ISO_3166-1_Alpha-2_Code", "ISO_3166-1_Alpha-3_Code")

#: Kinds that go by a reference ID instead of a WID, and its type.
ID_TYPES: Mapping[str, str] = {
    "management_level": "Management_Level_ID",
    "job_level": "Job_Level_ID",
}


def ids_of(reference: Element | None) -> dict[str, str]:
    """Return the IDs of a reference by type, the WID among them."""
    found: dict[str, str] = {}
    for element in find_all(reference, "ID"):
        found[element.get(tag("type")) or ""] = (element.text or "").strip()
    return found


def country_of(reference: Element | None) -> str:
    """Return the code of a country, of two letters where it has one; empty for none."""
    ids = ids_of(reference)
    return next((ids[id_type] for id_type in _COUNTRY_IDS if ids.get(id_type)), "")


def wid_of(reference: Element | None) -> str:
    """Return a reference's WID, empty where there is none."""
    return ids_of(reference).get(WID, "")


def foreign(kind: str, reference: Element | None) -> Foreign | None:
    """Return a reference as the planner wants it; none where it is empty."""
    ids = ids_of(reference)
    id_type = ID_TYPES.get(kind, WID)
    remote_id = ids.get(id_type) or ids.get(WID, "")
    if reference is None or not remote_id:
        return None
    others = [value for name, value in ids.items() if name != WID]
    label = reference.get(tag("Descriptor")) or (others[0] if others else "")
    return Foreign(kind, remote_id, label)


def reference(name: str, id_type: str, value: str) -> Element:
    """Return a reference element with one ID; one is enough (NOTES 2.3)."""
    element = etree.Element(tag(name), nsmap={"wd": DATA_NAMESPACE})
    if value:
        inner = etree.SubElement(element, tag("ID"))
        inner.set(tag("type"), id_type)
        inner.text = value
    return element


def reference_to(name: str, value: Value, remote_ids: RemoteIds) -> Element:
    """Return the reference element for a `Ref` or `Foreign`; empty for none.

    Raises:
        RejectedError: the referred record has no remote id yet.
    """
    target = resolved(value, remote_ids)
    if not isinstance(target, Foreign):
        return reference(name, WID, "")
    id_type = ID_TYPES.get(target.kind, WID)
    if _WID_FORM.fullmatch(target.remote_id):
        id_type = WID
    return reference(name, id_type, target.remote_id)


def named_reference(name: str, id_type: str, value: str) -> Element:
    """Return the reference element of what goes by its reference ID, or by its WID."""
    return reference(name, WID if _WID_FORM.fullmatch(value) else id_type, value)


def name_of(reference_element: Element | None, id_type: str) -> str:
    """Return what an object goes by: its reference ID, else its WID."""
    ids = ids_of(reference_element)
    return ids.get(id_type) or ids.get(WID, "")


def rating_reference(name: str, rating: str) -> Element:
    """Return the reference element of a rating, known by its own ID or its WID."""
    return named_reference(name, "Proficiency_Rating_ID", rating)


def rating_of(reference_element: Element | None) -> str:
    """Return what a rating goes by: its reference ID, else its WID."""
    return name_of(reference_element, "Proficiency_Rating_ID")


def resolved(value: Value, remote_ids: RemoteIds) -> Value:
    """Return a value with every `Ref` turned into the `Foreign` the target shows.

    Raises:
        RejectedError: a referred record has no remote id.
    """
    if isinstance(value, Ref):
        if value not in remote_ids:
            raise RejectedError(
                f"{value} is not in Workday yet.",
                hint="Apply the change that creates it, then plan again.",
            )
        return Foreign(value.kind, remote_ids[value])
    if isinstance(value, Rows):
        rows = tuple(_resolved_row(row, remote_ids) for row in value.rows)
        return Rows(rows, value.is_ordered)
    return value


def _resolved_row(row: Row, remote_ids: RemoteIds) -> Row:
    fields = {name: resolved(value, remote_ids) for name, value in row.fields.items()}
    return Row(resolved_key(row.key, remote_ids), fields)


def resolved_key(key: RowKey, remote_ids: RemoteIds) -> RowKey:
    """Return a row key as a read yields it."""
    found = resolved(key, remote_ids)
    return found if isinstance(found, Foreign) else str(found)
