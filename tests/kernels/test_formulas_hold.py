"""Every plain formula gives what it gave, inside its domain and on each side of its edges, at arguments by chance.

What is right is shown elsewhere; here a slip shows that no other test looks at. Where a formula changes on purpose,
or a new one comes, `python -m tests.kernels.test_formulas_hold` writes `formulas.json` anew; its diff says which.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from inspect import signature
from math import inf, isclose, isnan, nan, nextafter
from pathlib import Path
from random import Random
from types import FunctionType
from typing import Any

import pytest

from .held_cases import CASES

HELD = Path(__file__).with_name("formulas.json")
ROOMS = ("cost", "defects", "numbers", "package", "placement", "wafer")
EDGES = (0.0, 1.0, nextafter(1.0, 2.0), -5e-324, inf)
INSIDE, MOVED = 30, 4
"""Points a formula is held at where it has a value, and how many of them have each argument moved to each edge."""
MEANT = {
    "cost.density.chip_density": (0.5, 110.0, 0.25, 200.0, 0.25, 30.0),
    "package.sorting.escapes": (-0.5, -0.4),
}
"""Points of formulas whose domain chance does not meet."""
PARTIAL = {
    "defects.binomial.stirling_rest", "defects.fixed_rules.gamma_front", "numbers.draws.lognormal_draw",
    "placement.reticle.utilisation",
}  # fmt: skip
"""Formulas that leave their domain to those who call them, and may raise outside; all others are total."""
TRIES = 1500


@cache
def formulas() -> dict[str, Callable[..., Any]]:
    """Return the public functions of numbers alone, by room, module and name."""
    found: dict[str, Callable[..., Any]] = {}
    for room in ROOMS:
        package = importlib.import_module(f"nodecalc_kernels.{room}")
        for info in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            for name, value in vars(module).items():
                own = isinstance(value, FunctionType) and value.__module__ == module.__name__
                if own and not name.startswith("_") and _takes_numbers(value):
                    found[f"{room}.{info.name}.{name}"] = value
    return found


def _takes_numbers(function: FunctionType) -> bool:
    parameters, given = signature(function).parameters.values(), str(signature(function).return_annotation)
    gives = given == "float" or (given.startswith("tuple[float") and "None" not in given)
    return bool(parameters) and gives and all(p.annotation == "float" for p in parameters)


def arguments(source: Random, count: int) -> list[float]:
    """Return arguments of every size: shares, whole numbers, sizes over five decades."""
    ways = (source.random, lambda: float(source.randint(0, 12)), lambda: 10.0 ** source.uniform(-2.0, 3.0))
    return [source.choice(ways)() for _ in range(count)]


def values(name: str, function: Callable[..., Any]) -> Iterator[float]:
    """Yield what a formula gives at its points."""
    source, count, kept = Random(name), len(signature(function).parameters), 0
    for number in range(TRIES):
        given = list(MEANT[name]) if name in MEANT and number < MOVED else arguments(source, count)
        found = numbers(name, function, given)
        if all(map(isnan, found)):
            continue
        yield from found
        if kept < MOVED:
            for place in range(count):
                for edge in EDGES:
                    yield from numbers(name, function, [*given[:place], edge, *given[place + 1 :]])
        kept += 1
        if kept == INSIDE:
            return


def numbers(name: str, function: Callable[..., Any], given: list[float]) -> list[float]:
    """Return a formula's number or numbers; nan where one of those that may raise does."""
    try:
        found = function(*given)
    except (ValueError, ArithmeticError):
        if name not in PARTIAL:
            raise
        return [nan]
    return [float(x) for x in (found if isinstance(found, tuple) else (found,))]


def written() -> dict[str, str]:
    """Return the text that the file holds."""
    found = {name: values(name, f) for name, f in sorted(formulas().items())}
    found |= {name: map(float, case()) for name, case in CASES.items()}
    return {name: " ".join(f"{x:.10g}" for x in row) for name, row in found.items()}


@cache
def held() -> dict[str, list[float]]:
    """Return what the file holds."""
    if not HELD.exists():
        return {}
    return {name: [float(x) for x in text.split()] for name, text in json.loads(HELD.read_text()).items()}


def check(name: str, row: Iterator[float]) -> None:
    was, now = held()[name], list(row)
    assert len(now) == len(was), name
    rel = 1e-6 if name.startswith("cases.fits") else 1e-8  # a top is flat: where it lies is good to half its digits
    for number, (a, b) in enumerate(zip(now, was, strict=True)):
        assert a == b or isclose(a, b, rel_tol=rel, abs_tol=1e-300) or (isnan(a) and isnan(b)), (name, number, a, b)


@pytest.mark.parametrize("name", [name for name in held() if name not in CASES])
def test_a_formula_gives_what_it_gave(name: str) -> None:
    check(name, values(name, formulas()[name]))


@pytest.mark.parametrize("name", CASES)
def test_formulas_of_more_than_numbers_give_what_they_gave(name: str) -> None:
    check(name, map(float, CASES[name]()))


def test_points_are_where_formulas_have_values() -> None:
    assert len(held()) > 140
    assert all(any(0.0 < abs(x) < inf for x in row) for row in held().values())


if __name__ == "__main__":
    HELD.write_text(json.dumps(written(), indent=1) + "\n")
