"""Quantiles without the step that a world makes: one draw in which a result is linear is integrated, not counted.

In a world a result is often a + b x with one draw x, such as a price. The share of all worlds below c is then the mean,
over the draws of the rest, of the share of x below (c - a) / b. That has no jumps, and Sobol points make far less error
of it than of a count of worlds: conditional Monte Carlo (L'Ecuyer, Puchhammer and Ben Abdellah, arXiv:1906.04607, on
densities; here of distribution functions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc_kernels.numbers import draws
from nodecalc_kernels.numbers.draws import CELLS, TABLED, Form, drawn
from nodecalc_kernels.numbers.roots import find_root

from .drawn import draw_all
from .plan import SHIFTS, Place, Plan, Worlds, shares_of
from .statistics import Estimated, spread_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    from .drawn import Draw, Part

    Below = Callable[[Array], Array]
    Kept = dict[str, tuple[Worlds, Worlds]]

MOST_WORLDS: Final = 1 << 17
"""Worlds up to which it is worth it; of more the step is smaller than anybody asks."""
LINEAR: Final = 1e-9
"""Of a result: by how much it may miss the line."""
FINE: Final = 1 << 14
"""Quantiles between which the shares of a distribution without a closed form are linear."""


class Line(NamedTuple):
    """A result in every world as a line of one draw."""

    form: Form
    start: Array
    slope: Array

    def quantiles(self, shares: Sequence[float], samples: Array) -> list[Estimated]:
        """Return quantiles, with the error from those of each sequence; `samples` are the result in every world."""
        below = below_of(self.form)
        whole = [_quantile(below, self.start, self.slope, share, samples) for share in shares]
        turns = list(zip(*map(_turns, (self.start, self.slope, samples)), strict=True))
        each = [[_quantile(below, start, slope, share, own) for start, slope, own in turns] for share in shares]
        from nodecalc_kernels.numpy_whole import np

        return [Estimated(value, spread_of(np.array(own))) for value, own in zip(whole, each, strict=True)]


def _turns(column: Array) -> Array:
    return column.reshape(SHIFTS, -1)


def _quantile(below: Below, start: Array, slope: Array, share: float, samples: Array) -> float:
    """Return the value that a share of the mass lies below."""
    from nodecalc_kernels.numpy_whole import np

    moves = slope != 0.0
    falls = slope < 0.0
    divisor = np.where(moves, slope, 1.0)

    def over(c: float) -> float:
        reached = below((c - start) / divisor)
        reached = np.where(falls, 1.0 - reached, reached)
        return float(np.where(moves, reached, start <= c).mean()) - share

    low, high = float(samples.min()), float(samples.max())
    under, above = over(low), over(high)
    # The mass reaches beyond the worlds that were drawn.
    if under >= 0.0 or above <= 0.0:
        return low if under >= 0.0 else high
    return find_root(over, low, high, under, above, tolerance=1e-14 * (high - low)).root


def below_of(form: Form) -> Below:
    """Return what share of a distribution lies below each of some values: the inverse of its draws."""
    from nodecalc_kernels.numpy_whole import np

    a, b, c, d = form.numbers
    if form.kind == TABLED:
        falling, grid = np.array(form.table), np.arange(CELLS + 1) / CELLS
        return lambda x: np.interp(-np.log(a / np.maximum(x, 1e-300)), -falling, grid, 0.0, 1.0)
    formula = draws.KINDS[form.kind]
    if formula is draws.uniform_draw:
        return lambda x: np.clip((x - a) / (b - a), 0.0, 1.0)
    if formula is draws.two_piece_ln_draw and min(c, d) > 0.0:
        return lambda x: _two_pieces(np.log(np.maximum(x, 1e-300) / a), c, d)
    if formula is draws.two_piece_draw and min(b, c) > 0.0:
        return lambda x: _two_pieces(x - a, b, c)
    shares = (np.arange(FINE) + 0.5) / FINE
    values = np.array(drawn(form, shares.tolist()))
    return lambda x: np.interp(x, values, shares, 0.0, 1.0)


def _two_pieces(away: Array, under: float, over: float) -> Array:
    """Return the shares of a two-piece triangular distribution by the distance from its median."""
    from nodecalc_kernels.numpy_whole import np

    left = np.clip(1.0 + away / under, 0.0, 1.0)
    right = np.clip(1.0 - away / over, 0.0, 1.0)
    return np.where(away < 0.0, 0.5 * left * left, 1.0 - 0.5 * right * right)


def line_of(plan: Plan, worlds: Worlds, place: Place, run: Callable[[Plan], Worlds], kept: Kept) -> Line | None:
    """Return a result as a line of the draw that moves it most among those in which it is linear; None where none is.

    `run` runs a plan; `kept` holds what it gave for a draw at either end, for other results.
    """
    if plan.worlds > MOST_WORLDS:
        return None
    from nodecalc_kernels.numpy_whole import np

    samples = worlds.first[place]
    parts = _parts_of(plan, place)
    name = _leading(plan, place, parts)
    found = None if name is None else _one_form(parts, name)
    if name is None or found is None or not np.isfinite(samples).all():
        return None
    form, low, high = found
    if name not in kept:
        kept[name] = (run(_held(plan, name, "low")), run(_held(plan, name, "high")))
    at_low, at_high = kept[name]
    column = np.array([draw_all(form, 0, shares_of(plan, name, 0, turn)) for turn in range(SHIFTS)]).reshape(-1)
    slope = (at_high.first[place] - at_low.first[place]) / (high - low)
    start = at_low.first[place] - slope * low
    if not bool(np.all(np.abs(start + slope * column - samples) <= LINEAR * np.abs(samples))):
        return None
    return Line(form, start, slope)


def _parts_of(plan: Plan, place: Place) -> tuple[Part, ...]:
    """Return the graphs that a result comes from: of a ratio two."""
    number, key = place
    return (plan.parts[number],) if key in plan.outputs else (plan.parts[number], plan.parts[0])


def _held(plan: Plan, name: str, end: str) -> Plan:
    """Return a plan in which a draw is always at its P10, ``low``, or its P90, ``high``; the loops are the same."""

    def still(draw: Draw) -> Draw:
        value = getattr(draw, end)
        return draw._replace(form=draws.uniform_form(value, value)) if draw.name == name else draw

    parts = [part._replace(drawn={k: still(d) for k, d in part.drawn.items()}) for part in plan.parts]
    return plan._replace(parts=tuple(parts), indices=False)


def _one_form(parts: Sequence[Part], name: str) -> tuple[Form, float, float] | None:
    """Return the distribution of a draw and its P10 and P90; None where it stands for several, or for middles."""
    found = {(d.form, d.low, d.high, d.cells) for part in parts for d in part.drawn.values() if d.name == name}
    if len(found) != 1:
        return None
    form, low, high, cells = found.pop()
    return None if cells or not low < high else (form, low, high)


def _leading(plan: Plan, place: Place, parts: Sequence[Part]) -> str | None:
    """Return the draw in which a result looks linear at some points and which moves it most."""
    output = place[1] if place[1] in plan.outputs else plan.outputs[0]
    best: tuple[float, str] | None = None
    for name in plan.names:
        found = _one_form(parts, name)
        if found is None or not parts[0].keys_of(name):
            continue
        _, low, high = found
        moved = []
        for corner in ("value", "low", "high"):
            bases = [part.at(part.base(), {k: getattr(d, corner) for k, d in part.drawn.items()}) for part in parts]
            ends = [_at(parts, bases, name, x, output) for x in (low, 0.5 * (low + high), high)]
            if not abs(ends[0] - 2.0 * ends[1] + ends[2]) <= LINEAR * abs(ends[1]):
                break
            moved.append(abs(ends[2] - ends[0]))
        else:
            if moved[0] > 0.0 and (best is None or moved[0] > best[0]):
                best = (moved[0], name)
    return None if best is None else best[1]


def _at(parts: Sequence[Part], bases: Sequence[Mapping[str, float]], name: str, x: float, output: str) -> float:
    values = [
        part.at(base, dict.fromkeys(part.keys_of(name), x))[output] for part, base in zip(parts, bases, strict=True)
    ]
    if len(values) == 1:
        return values[0]
    return values[0] / values[1] if values[1] else float("nan")
