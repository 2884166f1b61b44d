"""P10, P50 and P90 of a graph's results in few worlds, in plain Python: nothing is loaded or compiled for them.

The worlds are one sequence of Sobol points under a digital shift, the draws that move the result most in its first,
most even dimensions. One draw in which the result is linear, such as a price, is integrated instead of drawn (`smooth`
says why), and a yield that is an integral is worked out at few points and interpolated between them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from math import ceil, exp, fsum, inf, isfinite, log
from typing import Any, Final

from nodecalc_kernels.numbers import draws, sobol
from nodecalc_kernels.numbers.draws import CELLS, TABLED, Form
from nodecalc_kernels.numbers.roots import find_root
from nodecalc_kernels.numbers.tabled import quantile_of
from nodecalc_kernels.stages import Stage, after, behind, settled

from .band import SHARES
from .drawn import Draw, Part, by_strength, draw_all, is_heavy

WORLDS: Final = 1024
SALT: Final = 4
"""Of the digital shifts: of 60 tried, one of the best for the built-in systems. P10 and P90 of what their units cost
are within 0.1 % of those of 2^20 worlds."""
ERROR: Final = 0.003
"""Largest relative error of P10 and P90 of what a unit of a built-in system costs; a test holds it."""
LINEAR: Final = 1e-9
"""Of a result: by how much it may miss the line of a draw."""
NARROW: Final = 1e-5
"""Width of the bracket of a quantile, as a share of it, that is good enough."""
NODES: Final = 4.0
"""Points of a yield that is interpolated, for each factor e between the ends of what it hangs on."""
LEAST_NODES: Final = 4

Columns = Mapping[str, Sequence[float]]
Band = tuple[float, ...]


def bands_of(part: Part, outputs: Sequence[str], leading: Sequence[str]) -> dict[str, Band]:
    """Return P10, P50 and P90 of each of `outputs`, all in the same worlds.

    Args:
        part: the graph and its draws.
        outputs: keys of results.
        leading: those of them that are integrated over a draw in which they are linear; the first says which draws
            matter most.

    """
    return Quick(part, outputs, leading).bands({})


class Quick:
    """A graph ready for its bands, some of the numbers that it starts from others each time."""

    def __init__(self, part: Part, outputs: Sequence[str], leading: Sequence[str], given: Sequence[str] = ()) -> None:
        """Work out what the numbers `given` do not change: the draws, and stages behind them alone."""
        self.part, self.outputs, self.leading = part, tuple(outputs), tuple(leading)
        self.names = by_strength([part], leading[0])
        drawn = {key: _column(draw, self.names.index(draw.name)) for key, draw in part.drawn.items()}
        anew = {step.outputs for step in after(part.stages, given)}
        moved = after(part.stages, drawn)
        self._moved = [step for step in moved if step.outputs in anew]
        still = [step for step in moved if step.outputs not in anew]
        self._columns = columns_behind(still, drawn, settled(part.stages, part.numbers, drawn), WORLDS)

    def bands(self, given: Mapping[str, float]) -> dict[str, Band]:
        """Return P10, P50 and P90 of each result, numbers being as `given`."""
        part = self.part._replace(numbers={**self.part.numbers, **given}) if given else self.part
        fixed = settled(part.stages, part.numbers, part.drawn)
        columns = columns_behind(self._moved, self._columns, fixed, WORLDS)
        found = {}
        for key in self.outputs:
            samples = columns[key] if key in columns else [fixed[key]] * WORLDS
            line = _line(part, self.names, columns, fixed, key, samples) if key in self.leading else None
            rising = sorted(samples)
            if line is None:
                found[key] = tuple(quantile_of(rising, share) for share in SHARES)
            else:
                found[key] = tuple(_quantile(*line, share, rising) for share in SHARES)
        return found


def _column(draw: Draw, dimension: int) -> list[float]:
    """Return a draw in every world: each of as many equal shares of its mass in one of them, by its middle."""
    middles, figure = _middles(), draw.figure
    if figure is not None and figure.law is None and not draw.cells:
        rising = figure.quantiles(middles)
    else:
        rising = draw_all(draw.form, draw.cells, list(middles))
    return [rising[place] for place in _places(dimension, draw.name)]


@lru_cache(maxsize=1)
def _middles() -> tuple[float, ...]:
    return tuple([(place + 0.5) / WORLDS for place in range(WORLDS)])


@lru_cache(maxsize=256)
def _places(dimension: int, name: str) -> tuple[int, ...]:
    """Return which of the equal shares a draw lies in, in each world."""
    bits = WORLDS.bit_length() - 1
    shift = _mixed(name.encode()) >> (64 - bits)
    return tuple([(x >> sobol.BITS - bits) ^ shift for x in sobol.points(dimension, 0, WORLDS)])


def _mixed(name: bytes) -> int:
    """Return 64 bits that hang on a name: FNV-1a, then the mixer of MurmurHash3; loading hashlib takes longer."""
    ones = (1 << 64) - 1
    found = 14695981039346656037 ^ SALT
    for byte in name:
        found = (found ^ byte) * 1099511628211 & ones
    for factor in (18397679294719823053, 14181476777654086739):
        found = (found ^ found >> 33) * factor & ones
    return found ^ found >> 33


def columns_behind(
    stages: Sequence[Stage], columns: Columns, fixed: Mapping[str, float], count: int
) -> dict[str, Sequence[float]]:
    """Return `columns` with those that `stages` make, a stage in all worlds at a time."""
    found: dict[str, Sequence[float]] = dict(columns)
    for step in stages:
        results = _interpolated(step, found, fixed) if is_heavy(step) else None
        if results is None:
            given = [found[k] if k in found else repeat(fixed[k], count) for k in step.inputs]
            rows = map(step.function, *given)
            results = [list(rows)] if len(step.outputs) == 1 else list(zip(*rows, strict=True))
        found.update(zip(step.outputs, results, strict=True))
    return found


# Quantiles along a line


def _line(
    part: Part,
    names: Sequence[str],
    columns: Columns,
    fixed: Mapping[str, float],
    output: str,
    samples: Sequence[float],
) -> tuple[Form, list[float], list[float]] | None:
    """Return a result in every world as a line of the strongest draw in which it is linear: form, starts, slopes."""
    if not all(map(isfinite, samples)):
        return None
    for name in names:
        keys = part.keys_of(name)
        several = {part.drawn[key].form for key in keys}
        draw = part.drawn[keys[0]]
        low, high = draw.low, draw.high
        moved = behind(after(part.stages, keys), (output,))
        if len(several) != 1 or draw.cells or not low < high or any(map(is_heavy, moved)):
            continue
        first = {key: column[0] for key, column in columns.items()}
        at = [_moved(part, first, fixed, keys, x, moved, output) for x in (low, 0.5 * (low + high), high)]
        if at[0] == at[2] or not abs(at[0] - 2.0 * at[1] + at[2]) <= LINEAR * abs(at[1]):
            continue
        ends = [_held(columns, fixed, keys, x, moved, output) for x in (low, high)]
        span = high - low
        slopes = [(two - one) / span for one, two in zip(*ends, strict=True)]
        starts = [one - slope * low for one, slope in zip(ends[0], slopes, strict=True)]
        rows = zip(starts, slopes, columns[keys[0]], samples, strict=True)
        if all(abs(start + slope * x - sample) <= LINEAR * abs(sample) for start, slope, x, sample in rows):
            return draw.form, starts, slopes
    return None


def _moved(
    part: Part, first: Mapping[str, float], fixed: Mapping[str, float], keys: Sequence[str], x: float,
    moved: Sequence[Stage], output: str,
) -> float:  # fmt: skip
    """Return a result in the first world with a draw at another place."""
    here = {**fixed, **first, **dict.fromkeys(keys, x)}
    for step in moved:
        result = step.function(*[here[key] for key in step.inputs])
        here.update(zip(step.outputs, [result] if len(step.outputs) == 1 else result, strict=True))
    return here[output]


def _held(
    columns: Columns, fixed: Mapping[str, float], keys: Sequence[str], x: float, moved: Sequence[Stage], output: str
) -> Sequence[float]:
    """Return a result in every world with a draw at one place in all of them."""
    return columns_behind(moved, {**columns, **dict.fromkeys(keys, [x] * WORLDS)}, fixed, WORLDS)[output]


def _quantile(form: Form, starts: list[float], slopes: list[float], share: float, rising: Sequence[float]) -> float:
    """Return the value that a share of the mass lies below; `rising` are the worlds, which it lies among."""
    below = below_of(form)
    lines = [(start, slope) for start, slope in zip(starts, slopes, strict=True) if slope > 0.0]
    falling = [(start, slope) for start, slope in zip(starts, slopes, strict=True) if slope < 0.0]
    still = [start for start, slope in zip(starts, slopes, strict=True) if slope == 0.0]

    def over(c: float) -> float:
        reached = fsum([below((c - start) / slope) for start, slope in lines])
        reached += fsum([1.0 - below((c - start) / slope) for start, slope in falling])
        return (reached + sum(start <= c for start in still)) / len(starts) - share

    near = quantile_of(rising, share)
    low, high, step = near, near, 0.02 * abs(near)
    under = above = over(near)
    while under > 0.0 and low > rising[0]:
        low = max(rising[0], low - step)
        under, step = over(low), 2.0 * step
    while above < 0.0 and high < rising[-1]:
        high = min(rising[-1], high + step)
        above, step = over(high), 2.0 * step
    if not under <= 0.0 <= above:
        return low if under > 0.0 else high
    return find_root(over, low, high, under, above, tolerance=NARROW * abs(near)).root


@lru_cache(maxsize=64)
def below_of(form: Form) -> Callable[[float], float]:
    """Return what share of a distribution lies below a value: the inverse of its draws."""
    a, b, c, d = form.numbers
    if form.kind == TABLED:
        table = [-x for x in form.table]

        def tabled(x: float) -> float:
            if x <= 0.0:
                return 0.0
            at = log(x / a)
            place = bisect_right(table, at)
            if place in (0, CELLS + 1):
                return 0.0 if place == 0 else 1.0
            lower, upper = table[place - 1], table[place]
            return (place - 1 + (at - lower) / (upper - lower)) / CELLS

        return tabled
    formula = draws.KINDS[form.kind]
    if formula is draws.two_piece_ln_draw and min(c, d) > 0.0:
        low, high = a * exp(-c), b
        return lambda x: 0.0 if x <= low else 1.0 if x >= high else _two_pieces(log(x / a), c, d)
    if formula is draws.two_piece_draw and min(b, c) > 0.0:
        return lambda x: 0.0 if x <= a - b else 1.0 if x >= a + c else _two_pieces(x - a, b, c)
    if formula is draws.uniform_draw:
        return lambda x: min(1.0, max(0.0, (x - a) / (b - a)))
    values = draws.drawn(form, [(place + 0.5) / WORLDS for place in range(WORLDS)])

    def counted(x: float) -> float:
        place = bisect_right(values, x)
        if place in (0, WORLDS):
            return 0.0 if place == 0 else 1.0
        lower, upper = values[place - 1], values[place]
        return (place - 0.5 + (x - lower) / (upper - lower)) / WORLDS

    return counted


def _two_pieces(away: float, under: float, over: float) -> float:
    """Return the share of a two-piece triangular distribution by the distance from its median."""
    if away < 0.0:
        left = 1.0 + away / under
        return 0.5 * left * left
    right = 1.0 - away / over
    return 1.0 - 0.5 * right * right


# Yields that are integrals


def _interpolated(step: Stage, columns: Columns, fixed: Mapping[str, float]) -> list[Sequence[float]] | None:
    """Return the results of a stage of one or two inputs that vary, by cubics between few points; None of others."""
    moved = [place for place, key in enumerate(step.inputs) if key in columns]
    own = [columns[step.inputs[place]] for place in moved]
    if len(moved) not in (1, 2) or any(not 0.0 < min(column) < max(column) < inf for column in own):
        return None
    grids = [_Nodes(column) for column in own]
    given = [fixed.get(key, 0.0) for key in step.inputs]

    def at(*values: float) -> Any:
        for place, value in zip(moved, values, strict=True):
            given[place] = value
        return step.function(*given)

    if len(moved) == 1:
        table = [at(x) for x in grids[0].nodes]
        several = [table] if len(step.outputs) == 1 else list(zip(*table, strict=True))
        return [_inside([_along(values, *w) for w in grids[0].weights], values) for values in several]
    rows = [[at(x, y) for y in grids[1].nodes] for x in grids[0].nodes]
    layers = [rows] if len(step.outputs) == 1 else [
        [[value[which] for value in row] for row in rows] for which in range(len(step.outputs))
    ]  # fmt: skip
    found: list[Sequence[float]] = []
    for layer in layers:
        column = []
        for (i, a, b, c, d), w in zip(grids[0].weights, grids[1].weights, strict=True):
            column.append(
                a * _along(layer[i], *w) + b * _along(layer[i + 1], *w) + c * _along(layer[i + 2], *w)
                + d * _along(layer[i + 3], *w)
            )  # fmt: skip
        found.append(_inside(column, [value for line in layer for value in line]))
    return found


def _inside(column: list[float], values: Sequence[float]) -> list[float]:
    """Return what cubics give, within the values at their nodes: a cubic's rounding makes a yield of 1 more than 1."""
    low, high = min(values), max(values)
    return [min(max(value, low), high) for value in column]


def _along(values: Sequence[float], i: int, a: float, b: float, c: float, d: float) -> float:
    return a * values[i] + b * values[i + 1] + c * values[i + 2] + d * values[i + 3]


class _Nodes:
    """Points evenly spaced in ln x, and the weights of four of them for each of some values."""

    def __init__(self, column: Sequence[float]) -> None:
        low, high = log(min(column)), log(max(column))
        count = max(LEAST_NODES, ceil(NODES * (high - low)))
        step = (high - low) / (count - 1)
        self.nodes = [exp(low + step * i) for i in range(count)]
        self.weights = [_cubic((log(x) - low) / step, count) for x in column]


def _cubic(place: float, count: int) -> tuple[int, float, float, float, float]:
    """Return the first of four nodes around a place, and the weights of a cubic through them (Lagrange)."""
    first = min(max(int(place) - 1, 0), count - 4)
    t = place - first
    u, v, w = t - 1.0, t - 2.0, t - 3.0
    return first, -u * v * w / 6.0, t * v * w / 2.0, -t * u * w / 2.0, t * u * v / 6.0
