"""What can be tried, by name."""

from __future__ import annotations

from .agree import Agree
from .calls import Calls
from .held import Damage, Metadata
from .kills import Kills
from .lines import Lines
from .toml import Toml

TARGETS = {target.name: target for target in (Lines, Calls, Toml, Metadata, Damage, Agree, Kills)}
