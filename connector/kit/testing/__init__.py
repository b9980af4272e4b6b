"""What tests of planners, engines and adapters share; no product code uses it."""

from connector.kit.testing.kinds import EXAMPLE_KINDS
from connector.kit.testing.memory import Failure, LoggedWrite, MemoryTarget

__all__ = ["EXAMPLE_KINDS", "Failure", "LoggedWrite", "MemoryTarget"]
