"""The formulas of chip cost as plain scalar functions, which also work inside anyone's own ``@njit`` function.

Importing this package loads neither numpy nor numba. When numba compiles something for the first time it registers
compiled forms of these same functions, through the entry point that the distribution declares.
"""

from __future__ import annotations

from .cost import cost_per_die as cost_per_die
from .cost import die_area_for as die_area_for
from .cost import good_dies as good_dies
from .cost import peak_transistors as peak_transistors
from .cost import usd_per_billion_transistors as usd_per_billion_transistors
from .density import chip_density as chip_density
from .density import logic_density as logic_density
from .density import sram_density as sram_density
from .die_size import usable_diameter as usable_diameter
from .faults import mean_faults as mean_faults
from .faults import total_yield as total_yield
from .placement import *  # noqa: F403 - all of the module's own list
from .registry import PLACEMENTS as PLACEMENTS
from .registry import YIELD_MODELS as YIELD_MODELS
from .registry import Placement as Placement
from .registry import YieldModel as YieldModel
from .yields import *  # noqa: F403 - all of the module's own list
