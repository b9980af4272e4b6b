"""Facts of the contract about evidence: the order of its requests on the wire.

Names and order only (Talent v28); the tests compare them with the contract.
"""

from __future__ import annotations

from collections.abc import Mapping

TALENT_ORDER: Mapping[str, tuple[str, ...]] = {
    "Business_Process_Parameters": ("Auto_Complete", "Comment_Data"),
    "Comment_Data": ("Comment",),
    "Manage_Competencies_Request": (
        "Business_Process_Parameters",
        "Manage_Competencies_Data",
    ),
    "Manage_Competencies_Data": ("Role_Reference", "Source_Reference", "Competency"),
    "Manage_Competencies_Data/Competency": (
        "Competency_Reference",
        "Competency_Level_Reference",
        "Note",
        "Assessed_On",
    ),
}
