"""Calls of every public function with arguments of the wrong kind, shape and size among right ones."""

from __future__ import annotations

import inspect
import random
import warnings
from typing import Any

import numpy as np

import nodecalc as nc

from . import oracle, said, words
from .runner import Fault

SAVED = {"command": "die", "rows": [{"node": "n5", "line_yield": 1.0, "good_die_cost_usd": 20.0}]}
RIGHT: dict[str, dict[str, Any]] = {
    "estimate": {"size": "10x10", "node": "tsmc-n5"},
    "sweep": {"size": "10x10", "node": ["tsmc-n5", "smic-n+2"], "d0_per_cm2": [0.1, 0.2]},
    "evaluate": {"inputs": {"die_area_mm2": np.array([50.0, 100.0]), "d0_per_cm2": 0.1, "wafer_price_usd": 1e4}},
    "evaluate_wafer": {"node": "tsmc-n5", "inputs": {"euv_source_power_w": [100, 250]}},
    "wafer_cost": {"node": "smic-n+3"},
    "wafer_map": {"size": "10x10", "node": "tsmc-n5"},
    "die_yield": {"mean_faults": 0.5, "model": "murphy"},
    "log_yield": {"mean_faults": 0.5, "model": "murphy"},
    "yield_loss": {"mean_faults": 0.5, "model": "murphy"},
    "mean_faults": {"die_yield": 0.5, "model": "murphy"},
    "gross_dies": {"die_width_mm": 10, "die_height_mm": 10},
    "logic_density": {"cpp_nm": 57, "cell_height_nm": 228},
    "patterning_scheme": {"pitch_nm": 36},
    "harvest_yield": {"need": 132, "total": 144, "core_faults": 0.004, "rest_faults": 0.1},
    "implied_d0": {"die_yield": 0.4, "area_mm2": 665.6},
    "bins": {"total": 144, "core_faults": 0.004, "rest_faults": 0.1, "bins": {"full": (144, 4e4), "cut": (132, 3e4)}},
    "repair_yield": {"fixed_faults": 0.3, "repairable_faults": 0.8, "spares": 2},
    "radial_yield": {"die_width_mm": 10, "die_height_mm": 10, "d0_per_cm2": 0.1},
    "reticle_plan": {"die_width_mm": 12.9, "die_height_mm": 16.4},
    "fit": {"data": [{"area_mm2": 665.6, "dies": 85, "good": 34}, {"area_mm2": 100, "dies": 85, "good": 70}]},
    "open_sweep": {"path": "absent.npz"},
    "load_catalogue": {"path": "absent.toml"},
    "at": {"node": "n5", "d0_per_cm2": 0.1},
    "compare": {"size": "10x10", "node": ["tsmc-n7", "smic-n+2"]},
    "risk": {"size": "10x10", "node": ["tsmc-n5", "n7"], "samples": 256, "prob": "cost < 40", "drivers": False},
    "solve": {"key": "d0", "size": "10x10", "node": "tsmc-n5", "target": "cost=30"},
    "capacity": {"size": "10x10", "node": "tsmc-n5", "units": 1e6},
    "system": {"name": "h100"},
    "evaluate_system": {"name": "h100", "varied": {"die.gpu.d0": np.array([0.1, 0.2])}},
    "split": {"area": 800, "node": "smic-n+2", "chiplets": (1, 2, 4)},
    "memory": {"node": "cxmt-g4", "capacity": "16Gb", "wafer_price": 3000, "d0": 0.1},
    "estimator": {"size": "10x10", "node": "tsmc-n5", "vary": "d0"},
    "run_scenario": {"scenario": "absent.toml", "size": "10x10", "node": ["tsmc-n5", "n7"]},
    "diff": {"base": SAVED, "new": {**SAVED, "rows": [{"node": "n5", "line_yield": 0.9}]}},
    "convention": {"name": "catch"},
    "chip_density": {"logic_mtr_per_mm2": 138.0, "logic_share": 0.5, "sram_share": 0.3, "sram_bit_cell_um2": 0.021},
    "defect_level": {"mean_faults": 0.5, "fault_coverage": 0.95},
    "stack_cost": {"base_usd": 10.0, "core_usd": 5.0, "bond_usd": 1.0, "bond_yield": 0.99, "high": 8},
    "euv_throughput_wph": {"source_power_w": 250.0},
}  # fmt: skip
SKIPPED = {"__version__"}
"""What is no function; nor are the classes that functions return."""
NEVER = {"client", "progress", "parallel"}
"""A cluster, a terminal and threads."""


class Call(tuple):
    """A function's name and its keywords, shown as one types them."""

    def __repr__(self) -> str:
        return f"nc.{self[0]}({', '.join(f'{key}={value!r}' for key, value in self[1].items())})"


class Calls:
    """Every public function."""

    name = "calls"

    def __init__(self) -> None:
        public = (name for name in nc.__all__ if name not in SKIPPED)
        self.functions = [name for name in public if not isinstance(getattr(nc, name), type)]
        self.keywords = {name: self._keywords(name) for name in self.functions}

    def _keywords(self, name: str) -> tuple[list[str], bool]:
        rows = inspect.signature(getattr(nc, name)).parameters.values()
        more = any(row.kind is row.VAR_KEYWORD for row in rows)
        return [row.name for row in rows if row.kind is not row.VAR_KEYWORD and row.name not in NEVER], more

    def case(self, rng: random.Random) -> Call:
        name = rng.choice((*self.functions, "estimate", "sweep", "evaluate"))
        known, more = self.keywords[name]
        given = {key: value for key, value in RIGHT.get(name, {}).items() if key in known or more}
        self.sound = rng.random() < 0.3
        for _ in range(rng.choice((1, 1, 2, 3))):
            own = rng.random() < 0.5 or not more
            key = rng.choice(known) if own and known else rng.choice(words.KEYS)
            given[key] = self._value(rng, key)
        if name in ("evaluate", "evaluate_wafer") and rng.random() < 0.6 and isinstance(given.get("inputs"), dict):
            key = rng.choice(words.KEYS)
            given["inputs"] = {**given["inputs"], key: self._value(rng, key)}
        return Call((name, given))

    def _value(self, rng: random.Random, key: str) -> Any:
        if not self.sound and rng.random() < 0.6:
            return words.bad_object(rng)
        if key in said.CALLED:
            return rng.choice(said.CALLED[key])
        if key in words.QUANTITIES:
            return rng.choice((words.word(rng, key), words.amount(rng, key) if _numeric(key) else words.word(rng, key)))
        if key == "node":
            return words.node(rng)
        if key == "size":
            return words.size(rng)
        if key == "chip":
            return rng.choice(words.CHIPS)
        if key in ("model", "placement", "yield_model"):
            return rng.choice(words.MODELS)
        return rng.choice((0.5, 1, 2, 10.0, 1000, "a", "0.5"))

    def check(self, case: Call) -> bool:
        name, given = case
        try:
            inspect.signature(getattr(nc, name)).bind(**given)
        except TypeError:
            return False  # Python's own refusal
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                answer = getattr(nc, name)(**given)
            except nc.NodecalcError as error:
                text = str(error)
                if "\n" in text or not text.strip() or len(text) > 4000:
                    raise Fault(f"an error that is no line: {text[:500]!r}") from None
                return False
            except OSError:
                if name in ("open_sweep", "load_catalogue") or {"catalogue", "stack"} & given.keys():
                    return False  # a file that is not there
                raise
            if name == "estimator":
                _asked(answer)
            _looked_at(answer)
        return True


def _numeric(key: str) -> bool:
    return not words.QUANTITIES[key].is_name


def _asked(function: Any) -> None:
    """Ask an estimator what it is for, and what nobody should."""
    for value in (0.1, None, "x", float("nan"), 10**400, [1], np.ma.masked, 1 + 2j):
        try:
            function(value)
        except (nc.NodecalcError, TypeError) as error:
            if isinstance(error, TypeError) and "argument" not in str(error):
                raise


def _looked_at(answer: Any) -> None:
    """Take what an answer works out only when it is asked for."""
    for name in ("to_dict", "_repr_html_", "__repr__"):
        made = getattr(answer, name, None)
        if made is not None and not isinstance(answer, type):
            found = made()
            if name == "to_dict" and isinstance(found, dict):
                oracle.check_row(found)
    if isinstance(answer, nc.Sweep) and not answer.reductions and not answer.best and answer.front is None:
        arrays = answer.arrays
        for key in ("die_yield", "sellable_yield"):
            if key in arrays and not ((arrays[key] >= 0) & (arrays[key] <= 1)).all():
                raise Fault(f"a share outside 0 to 1: {key}")
