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
    from .catalogue import Catalogue as Catalogue
    from .catalogue import load_catalogue as load_catalogue
    from .catalogue.conventions import convention as convention
    from .drivers.bridge import Bridge as Bridge
    from .drivers.compare_nodes import compare as compare
    from .drivers.defects import die_yield as die_yield
    from .drivers.defects import log_yield as log_yield
    from .drivers.defects import mean_faults as mean_faults
    from .drivers.defects import yield_loss as yield_loss
    from .drivers.dies import gross_dies as gross_dies
    from .drivers.diff import diff as diff
    from .drivers.estimate import Estimate as Estimate
    from .drivers.estimate import estimate as estimate
    from .drivers.estimator import estimator as estimator
    from .drivers.evaluate import evaluate as evaluate
    from .drivers.evaluate_wafer import evaluate_wafer as evaluate_wafer
    from .drivers.fit import Fit as Fit
    from .drivers.fit import fit as fit
    from .drivers.harvest import harvest_yield as harvest_yield
    from .drivers.harvest import implied_d0 as implied_d0
    from .drivers.map import WaferMap as WaferMap
    from .drivers.map import wafer_map as wafer_map
    from .drivers.packages import defect_level as defect_level
    from .drivers.packages import stack_cost as stack_cost
    from .drivers.placing import ReticlePlan as ReticlePlan
    from .drivers.radial import radial_yield as radial_yield
    from .drivers.reticle import reticle_plan as reticle_plan
    from .drivers.risk_answer import Risk as Risk
    from .drivers.risk_question import risk as risk
    from .drivers.salvage import Bins as Bins
    from .drivers.salvage import bins as bins
    from .drivers.salvage import repair_yield as repair_yield
    from .drivers.solve.along import Solutions as Solutions
    from .drivers.solve.solution import Solution as Solution
    from .drivers.solve.solve import solve as solve
    from .drivers.sweep.asking import sweep as sweep
    from .drivers.sweep.sweep import Sweep as Sweep
    from .drivers.wafer_cost import WaferCost as WaferCost
    from .drivers.wafer_cost import wafer_cost as wafer_cost
    from .errors import NodecalcError as NodecalcError
    from .question.at import at as at
    from .question.density import chip_density as chip_density
    from .question.density import logic_density as logic_density
    from .render.saving import save_answers as save_answers
    from .scenarios.answers import Answers as Answers
    from .scenarios.answers import run_scenario as run_scenario
    from .systems.arrays import evaluate_system as evaluate_system
    from .systems.capacity import Capacity as Capacity
    from .systems.capacity import capacity as capacity
    from .systems.memory import Memory as Memory
    from .systems.memory import memory as memory
    from .systems.opening import open_sweep as open_sweep
    from .systems.risk import risk_system as risk_system
    from .systems.solve import solve_system as solve_system
    from .systems.split import split as split
    from .systems.sweep import sweep_system as sweep_system
    from .systems.system import System as System
    from .systems.system import system as system
    from .wafers.schemes import euv_throughput_wph as euv_throughput_wph
    from .wafers.schemes import patterning_scheme as patterning_scheme

_HOME = {
    "Answers": "scenarios.answers",
    "Bins": "drivers.salvage",
    "Bridge": "drivers.bridge",
    "Capacity": "systems.capacity",
    "Catalogue": "catalogue",
    "Estimate": "drivers.estimate",
    "Fit": "drivers.fit",
    "Memory": "systems.memory",
    "NodecalcError": "errors",
    "ReticlePlan": "drivers.placing",
    "Risk": "drivers.risk_answer",
    "Solution": "drivers.solve.solution",
    "Solutions": "drivers.solve.along",
    "Sweep": "drivers.sweep.sweep",
    "System": "systems.system",
    "WaferMap": "drivers.map",
    "bins": "drivers.salvage",
    "at": "question.at",
    "capacity": "systems.capacity",
    "convention": "catalogue.conventions",
    "defect_level": "drivers.packages",
    "split": "systems.split",
    "stack_cost": "drivers.packages",
    "chip_density": "question.density",
    "compare": "drivers.compare_nodes",
    "die_yield": "drivers.defects",
    "diff": "drivers.diff",
    "estimate": "drivers.estimate",
    "estimator": "drivers.estimator",
    "euv_throughput_wph": "wafers.schemes",
    "evaluate": "drivers.evaluate",
    "evaluate_system": "systems.arrays",
    "risk_system": "systems.risk",
    "solve_system": "systems.solve",
    "sweep_system": "systems.sweep",
    "evaluate_wafer": "drivers.evaluate_wafer",
    "fit": "drivers.fit",
    "gross_dies": "drivers.dies",
    "harvest_yield": "drivers.harvest",
    "implied_d0": "drivers.harvest",
    "load_catalogue": "catalogue",
    "log_yield": "drivers.defects",
    "logic_density": "question.density",
    "mean_faults": "drivers.defects",
    "memory": "systems.memory",
    "open_sweep": "systems.opening",
    "patterning_scheme": "wafers.schemes",
    "reticle_plan": "drivers.reticle",
    "radial_yield": "drivers.radial",
    "repair_yield": "drivers.salvage",
    "risk": "drivers.risk_question",
    "run_scenario": "scenarios.answers",
    "save_answers": "render.saving",
    "solve": "drivers.solve.solve",
    "sweep": "drivers.sweep.asking",
    "system": "systems.system",
    "WaferCost": "drivers.wafer_cost",
    "wafer_cost": "drivers.wafer_cost",
    "wafer_map": "drivers.map",
    "yield_loss": "drivers.defects",
}
"""Module of each public name."""

_OVER_ARRAYS = ("Sweep", "evaluate", "evaluate_wafer", "open_sweep", "sweep")
"""Names whose every use takes numpy: it is loaded with them, as a whole."""

__all__ = [
    "Answers",
    "Bins",
    "Bridge",
    "Capacity",
    "Catalogue",
    "Estimate",
    "Fit",
    "Memory",
    "NodecalcError",
    "ReticlePlan",
    "Risk",
    "Solution",
    "Solutions",
    "Sweep",
    "System",
    "WaferCost",
    "WaferMap",
    "__version__",
    "at",
    "bins",
    "capacity",
    "chip_density",
    "compare",
    "convention",
    "defect_level",
    "die_yield",
    "diff",
    "estimate",
    "estimator",
    "euv_throughput_wph",
    "evaluate",
    "evaluate_system",
    "evaluate_wafer",
    "fit",
    "gross_dies",
    "harvest_yield",
    "implied_d0",
    "load_catalogue",
    "log_yield",
    "logic_density",
    "mean_faults",
    "memory",
    "open_sweep",
    "patterning_scheme",
    "radial_yield",
    "repair_yield",
    "reticle_plan",
    "risk",
    "risk_system",
    "run_scenario",
    "save_answers",
    "solve",
    "solve_system",
    "split",
    "stack_cost",
    "sweep",
    "sweep_system",
    "system",
    "wafer_cost",
    "wafer_map",
    "yield_loss",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'nodecalc' has no attribute '{name}'")
    from importlib import import_module

    if name in _OVER_ARRAYS:
        from nodecalc_kernels.loading import load_whole

        load_whole("numpy")
    value: object = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
