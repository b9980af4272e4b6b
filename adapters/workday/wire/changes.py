"""Questions about what changed: the transaction log criteria of a Get.

A change counts when it was entered within the window, or when it takes effect within
it: a move that was entered in May for July is a change of July. Both ends of a pair are
needed, and entries of the future cannot be asked for (Workday contract, 2.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from lxml import etree

from adapters.workday.elements import Element, group, leaf, tag
from adapters.workday.references import reference

#: Days are the tenant's, which may be a day before or after ours.
_DAY = timedelta(days=1)


def entered(since: datetime, until: datetime, types: Sequence[str] = ()) -> Element:
    """Return the criteria for what was entered between two instants."""
    window = [leaf("Updated_From", since), leaf("Updated_Through", until)]
    return _criteria(window, types)


def taking_effect(since: date, until: date, types: Sequence[str] = ()) -> Element:
    """Return the criteria for what takes effect on the days of a window."""
    window = [
        leaf("Effective_From", f"{since - _DAY}T00:00:00Z"),
        leaf("Effective_Through", f"{until + _DAY}T00:00:00Z"),
    ]
    return _criteria(window, types)


def _criteria(window: Iterable[Element], types: Sequence[str]) -> Element:
    """Return the criteria of a window.

    The types are one side of a choice: the element is sent even where it names none.
    """
    named = etree.Element(tag("Transaction_Type_References"))
    named.extend(
        reference("Transaction_Type_Reference", "Business_Process_Type", name)
        for name in types
    )
    return group(
        "Transaction_Log_Criteria_Data",
        [group("Transaction_Date_Range_Data", window), named],
    )
