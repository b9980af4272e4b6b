"""The Workday adapter."""

from adapters.workday.adapter import WorkdayAdapter
from connector.kit.protocols import Adapter

adapter: Adapter = WorkdayAdapter()

__all__ = ["WorkdayAdapter", "adapter"]
