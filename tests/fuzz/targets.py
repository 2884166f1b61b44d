"""What can be tried, by name."""

from __future__ import annotations

from .calls import Calls
from .lines import Lines

TARGETS = {"lines": Lines, "calls": Calls}
