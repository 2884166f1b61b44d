"""nodecalc: what one die costs on a process node, and how sure that is.

>>> import nodecalc as nc
>>> nc.gross_dies(10, 10)
616
>>> round(nc.die_yield(1.271), 3)  # 100 mm2 at 1.271 defects/cm2: TSMC's N5 test chip of 2019
0.32

Everything is loaded when it is first used: importing this package loads neither numpy nor numba.
"""

from __future__ import annotations

from ._version import __version__ as __version__

TYPE_CHECKING = False  # type checkers take it for true; importing typing for it costs a third of a bare start

if TYPE_CHECKING:
    from .answer import Estimate as Estimate
    from .answer import estimate as estimate
    from .arrays import evaluate as evaluate
    from .catalogue import Catalogue as Catalogue
    from .catalogue import load_catalogue as load_catalogue
    from .defects import die_yield as die_yield
    from .defects import log_yield as log_yield
    from .defects import mean_faults as mean_faults
    from .defects import yield_loss as yield_loss
    from .dies import gross_dies as gross_dies
    from .errors import NodecalcError as NodecalcError
    from .geometry import chip_density as chip_density
    from .geometry import logic_density as logic_density
    from .patterning import euv_throughput_wph as euv_throughput_wph
    from .patterning import patterning_scheme as patterning_scheme
    from .sweeps.opening import open_sweep as open_sweep
    from .sweeps.sweep import Sweep as Sweep
    from .sweeps.sweep import sweep as sweep
    from .wafer import WaferCost as WaferCost
    from .wafer import wafer_cost as wafer_cost
    from .wafer_arrays import evaluate_wafer as evaluate_wafer

_HOME = {
    "Catalogue": "catalogue",
    "Estimate": "answer",
    "NodecalcError": "errors",
    "Sweep": "sweeps.sweep",
    "chip_density": "geometry",
    "die_yield": "defects",
    "estimate": "answer",
    "euv_throughput_wph": "patterning",
    "evaluate": "arrays",
    "evaluate_wafer": "wafer_arrays",
    "gross_dies": "dies",
    "load_catalogue": "catalogue",
    "log_yield": "defects",
    "logic_density": "geometry",
    "mean_faults": "defects",
    "open_sweep": "sweeps.opening",
    "patterning_scheme": "patterning",
    "sweep": "sweeps.sweep",
    "WaferCost": "wafer",
    "wafer_cost": "wafer",
    "yield_loss": "defects",
}
"""Module of each public name."""

__all__ = [
    "Catalogue",
    "Estimate",
    "NodecalcError",
    "Sweep",
    "WaferCost",
    "__version__",
    "chip_density",
    "die_yield",
    "estimate",
    "euv_throughput_wph",
    "evaluate",
    "evaluate_wafer",
    "gross_dies",
    "load_catalogue",
    "log_yield",
    "logic_density",
    "mean_faults",
    "open_sweep",
    "patterning_scheme",
    "sweep",
    "wafer_cost",
    "yield_loss",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'nodecalc' has no attribute '{name}'")
    from importlib import import_module

    value: object = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
