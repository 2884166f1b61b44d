"""The formulas of chip cost as plain scalar functions, which also work inside anyone's own ``@njit`` function.

Importing this package loads neither numpy nor numba. When numba compiles something for the first time it registers
compiled forms of these same functions, through the entry point that the distribution declares.
"""

from __future__ import annotations

from .cost.density import chip_density as chip_density
from .cost.density import logic_density as logic_density
from .cost.density import sram_density as sram_density
from .cost.die import cost_per_die as cost_per_die
from .cost.die import die_area_for as die_area_for
from .cost.die import good_dies as good_dies
from .cost.die import peak_transistors as peak_transistors
from .cost.die import usd_per_billion_transistors as usd_per_billion_transistors
from .cost.size import usable_diameter as usable_diameter
from .defects.faults import mean_faults as mean_faults
from .defects.faults import total_yield as total_yield
from .defects.yields import *  # noqa: F403 - all of the module's own list
from .placement.closed import *  # noqa: F403 - all of the module's own list
from .registry import PLACEMENTS as PLACEMENTS
from .registry import YIELD_MODELS as YIELD_MODELS
from .registry import Placement as Placement
from .registry import YieldModel as YieldModel
