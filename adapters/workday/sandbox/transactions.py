"""The transaction log filter of Get_Workers and Get_Job_Profiles (NOTES 2.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from lxml import etree

from adapters.workday.sandbox.calls import Call, parse_instant
from adapters.workday.sandbox.documents import tag
from adapters.workday.sandbox.faults import refuse
from adapters.workday.sandbox.store import Instance

_RANGE = "Transaction_Date_Range_Data"


def transaction_filter(
    call: Call, criteria: etree._Element
) -> Callable[[Instance], bool] | None:
    """Return a test for "changed within the windows"; None without such criteria."""
    windows = [
        _windows(call, log)
        for log in criteria.iterchildren(tag("Transaction_Log_Criteria_Data"))
    ]
    if not windows:
        return None
    return lambda instance: any(
        instance.has_entry(updated, effective) for updated, effective in windows
    )


def _windows(
    call: Call, log: etree._Element
) -> tuple[tuple[datetime, datetime] | None, tuple[date, date] | None]:
    if log.find(tag("Subscriber_Reference")) is not None:
        # No subscriber of this tenant has the transaction log service.
        raise refuse("The subscriber does not have the transaction log enabled.")
    updated = _pair(log, "Updated")
    effective = _pair(log, "Effective")
    if updated and updated[1] > call.store.now():
        raise refuse("Updated_Through may not be in the future.", _path(call))
    days = (effective[0].date(), effective[1].date()) if effective else None
    return updated, days


def _pair(log: etree._Element, name: str) -> tuple[datetime, datetime] | None:
    texts = [
        (log.findtext(f"{tag(_RANGE)}/{tag(f'{name}_{end}')}") or "").strip()
        for end in ("From", "Through")
    ]
    if not any(texts):
        return None
    if not all(texts):
        raise refuse(f"{name}_From and {name}_Through must both be given.")
    start, end = (parse_instant(text) for text in texts)
    if start > end:
        raise refuse(f"{name}_From may not be after {name}_Through.")
    return start, end


def _path(call: Call) -> str:
    return f"{call.path}/bsvc:Request_Criteria[1]/bsvc:Transaction_Log_Criteria_Data[1]"
