"""Certifications of the catalogue, which job profiles ask for; sent back whole.

Undated. The issuer is a text of ours; a tenant that keeps issuers in a list of their
own keeps its reference beside it.
"""

from __future__ import annotations

from adapters.workday.elements import (
    Element,
    boolean_of,
    find,
    group,
    leaf,
    text_of,
)
from adapters.workday.references import ids_of, wid_of
from adapters.workday.texts import canonical_name
from adapters.workday.wire.kind import (
    Change,
    Kind,
    addressed,
    echoed,
    everything,
    text,
)
from connector.kit.values import (
    RETIRED,
    FieldSpec,
    FieldType,
    Found,
    KindSpec,
    Repeat,
    Retire,
)

_REQUEST, _DATA = "Put_Certification_Request", "Certification_Data"
_REFERENCE = "Certification_Reference"
_RENEWABLE, _MONTHS = "Renewable_Required_", "Renewable_In__months_"


def _found(record: Element) -> Found:
    data = find(record, _DATA)
    named = find(record, _REFERENCE)
    name = text_of(data, "Name")
    months = text_of(data, _MONTHS).strip()
    identity = ids_of(named).get("Certification_ID", "")
    return Found(
        kind="certification",
        remote_id=wid_of(named),
        identity=identity or text_of(data, "ID").strip(),
        fields={
            "name": canonical_name(name),
            "issuer": canonical_name(text_of(data, "Issuer")),
            "valid_months": int(float(months or 0)) or None,
            RETIRED: boolean_of(data, "Inactive"),
        },
        label=name,
    )


def _build(change: Change) -> Element:
    wanted, write = change.wanted, change.write
    data = find(change.current, _DATA)
    replaced: dict[str, list[Element]] = {"Usage_Count": []}
    if data is None:
        replaced["ID"] = [leaf("ID", write.identity)]
    for field, element in (("name", "Name"), ("issuer", "Issuer")):
        if field in wanted or data is None or find(data, element) is None:
            replaced[element] = [leaf(element, text(wanted.get(field)))]
    if "valid_months" in wanted:
        months = wanted["valid_months"]
        replaced[_RENEWABLE] = [leaf(_RENEWABLE, months is not None)]
        replaced[_MONTHS] = [leaf(_MONTHS, int(str(months or 0)))]
    if RETIRED in wanted:
        replaced["Inactive"] = [leaf("Inactive", bool(wanted[RETIRED]))]
    body = echoed(data, _DATA, replaced, path="Certification", within=_REQUEST)
    return group(_REQUEST, [addressed(_REFERENCE, write), body])


CERTIFICATION = Kind(
    spec=KindSpec(
        name="certification",
        label="certification",
        plural="certifications",
        tag="ce",
        fields=(
            FieldSpec(name="name", is_required=True, canonical=canonical_name),
            FieldSpec(name="issuer", canonical=canonical_name),
            FieldSpec(name="valid_months", type=FieldType.INTEGER),
        ),
        natural_key=("name",),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means="set to inactive; never deleted",
    ),
    get="Get_Certifications",
    criteria=everything,
    record="Certification",
    reference=_REFERENCE,
    found=_found,
    put="Put_Certification",
    build=_build,
)
