"""What drives a result: how far each input moves it, and how much of its variance each makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from .risk.drawn import Draw, Part, elasticity, names_of, swing
from .risk.plan import Place, Plan, Worlds
from .risk.statistics import Estimated, variance_shares

NOTHING: Final = 1e-9
"""Of a result, or of its variance: what is less is rounding."""


class Driver(NamedTuple):
    """What one input does to one result."""

    node: str
    """Whose result it is."""
    key: str
    """Of the result."""
    name: str
    """Of the input."""
    low: float
    """P10 of the input."""
    high: float
    at_low: float
    """The result there, everything else at its value."""
    at_high: float
    elasticity: float | None
    """d ln result / d ln input, at the values."""
    first: Estimated | None
    """First-order Sobol index: the share of the variance that it makes alone."""
    total: Estimated | None
    """Total Sobol index: the same with all in which it takes part."""
    draw: Draw

    @property
    def swing(self) -> float:
        """How far the result moves between the input's P10 and P90."""
        return abs(self.at_high - self.at_low)


def drivers_of(plan: Plan, worlds: Worlds, place: Place) -> list[Driver]:
    """Return what drives one result, or a ratio to the first node's, the strongest first."""
    number, key = place
    # A ratio hangs on what either side does.
    parts = plan.parts[number : number + 1] if key in plan.outputs else (plan.parts[number], plan.parts[0])
    output = key if key in plan.outputs else plan.outputs[0]
    bases = [part.base() for part in parts]
    found = []
    for name in names_of(parts):
        ends = _ends(parts, bases, name, output)
        shares = None
        if plan.indices:
            shares = variance_shares(worlds.first[place], worlds.second[place], worlds.changed[place, name])
        still = abs(ends[1] - ends[0]) <= NOTHING * abs(ends[0])
        if still and (shares is None or shares[1].value <= NOTHING):
            continue  # it drives other results, or cancels
        own, total = shares or (None, None)
        draw = next(part.drawn[part.keys_of(name)[0]] for part in parts if part.keys_of(name))
        slope = _slope(parts, bases, name, output)
        found.append(Driver(parts[0].label, key, name, draw.low, draw.high, *ends, slope, own, total, draw))
    return sorted(found, key=_strength, reverse=True)


def ratio(above: float, below: float) -> float:
    """Return a quotient, nan over 0."""
    return above / below if below else float("nan")


def _ends(parts: Sequence[Part], bases: Sequence[Mapping[str, float]], name: str, output: str) -> tuple[float, float]:
    """Return a result at P10 and at P90 of an input; of two parts that of the first over that of the second."""
    several = []
    for part, base in zip(parts, bases, strict=True):
        several.append(swing(part, base, name, output) or (base[output], base[output]))
    if len(several) == 1:
        return several[0]
    return ratio(several[0][0], several[1][0]), ratio(several[0][1], several[1][1])


def _slope(parts: Sequence[Part], bases: Sequence[Mapping[str, float]], name: str, output: str) -> float | None:
    """Return the elasticity of a result to an input; that of a quotient is the difference of both."""
    several = [
        elasticity(part, base, name, output) if part.keys_of(name) else 0.0
        for part, base in zip(parts, bases, strict=True)
    ]
    first, second = several[0], several[1] if len(several) > 1 else 0.0
    return None if first is None or second is None else first - second


def _strength(driver: Driver) -> tuple[float, float]:
    return (driver.total.value if driver.total is not None else 0.0, driver.swing)
