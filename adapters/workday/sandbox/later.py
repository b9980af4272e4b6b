"""What a person enters for a day to come: an entry that hides earlier ones then.

An ordinary read does not show it before its day (NOTES 11).
"""

from __future__ import annotations

from datetime import date

from adapters.workday.sandbox.documents import part_of
from adapters.workday.sandbox.profiles import BASIC
from adapters.workday.sandbox.tenant import Tenant

_TITLES = {
    "Job_Profile_ID": "Job_Title",
    "Job_Family_ID": "Name",
    "Competency_ID": "Competency_Name",
}


def enter_later(tenant: Tenant, id_type: str, value: str, day: str, name: str) -> None:
    """Give an object another name from a later day on; KeyError where it is not there.

    The entry is a copy of the last one but for the name, as a tenant makes it.
    """
    with tenant.lock:
        instance = tenant.store.find(id_type, value)
        if instance is None:
            raise KeyError(f"{id_type} {value}")
        document = {**instance.latest, "Effective_Date": day}
        if id_type == "Job_Profile_ID":
            basic = part_of(document, BASIC)
            document[BASIC] = {**basic, _TITLES[id_type]: name}
        else:
            document[_TITLES[id_type]] = name
        tenant.store.put_version(instance, date.fromisoformat(day), document)
