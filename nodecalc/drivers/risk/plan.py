"""Worlds: every draw of some graphs at shifted Sobol points, and the graphs run in each, plain or in written loops.

Some sequences of Sobol points, each under a digital shift of its own, are as many estimates of everything: what they
differ by is its error. For the shares of variance each graph also runs in second worlds of all draws, and in first
worlds in which one draw is the second's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc_kernels.numbers import sobol
from nodecalc_kernels.stages import Stage, after

from .drawn import Part, draw_all, is_heavy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc_kernels.numbers.draws import Form

    Array = NDArray[np.float64]

SHIFTS: Final = 8
"""Sequences of equal length."""

MOST_DRAWS: Final = sobol.DIMENSIONS // 2
"""Different draws that there are dimensions for, twice."""

Sums = tuple[float, float, float]
Place = tuple[int, str]
"""Number of a part, and a key of its results."""


def ratio_of(key: str) -> str:
    """Return the key of a result over that of the first node.

    >>> ratio_of("good_die_cost_usd"), ratio_of("die_yield")
    ('good_die_cost_ratio', 'die_yield_ratio')
    """
    return f"{key.removesuffix('_usd')}_ratio"


class Plan(NamedTuple):
    """What is run in which worlds."""

    parts: tuple[Part, ...]
    outputs: tuple[str, ...]
    names: tuple[str, ...]
    """Of the draws, the one that matters most first: the first dimensions are the most even."""
    length: int
    """Points of a sequence, a power of 2."""
    seed: int
    indices: bool
    """Whether second worlds are run too, for the shares of variance."""

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        return SHIFTS * self.length

    @property
    def places(self) -> tuple[Place, ...]:
        """The results of all parts: those asked for, and of all but the first part the ratio to the first."""
        return tuple(
            (number, key)
            for number in range(len(self.parts))
            for key in (*self.outputs, *((ratio_of(self.outputs[0]),) if number else ()))
        )

    def add_ratios(self, found: Sequence[dict[str, Array]]) -> None:
        """Put the ratio of the first result to that of the first part beside the results of each other part."""
        from nodecalc_kernels.numpy_whole import np

        key = self.outputs[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            for own in found[1:]:
                own[ratio_of(key)] = own[key] / found[0][key]

    @property
    def steps(self) -> int:
        """How many steps it takes in plain Python."""
        found = 0
        for part in self.parts:
            first = len(after(part.stages, part.drawn)) + len(part.drawn)
            own = sum(len(after(part.stages, part.keys_of(name))) for name in self.names) if self.indices else 0
            found += first * (2 if self.indices else 1) + own
        return found * self.worlds


class Worlds(NamedTuple):
    """What came out, in the order of the worlds: sequence by sequence."""

    first: Mapping[Place, Array]
    second: Mapping[Place, Array]
    """The same in the second worlds; empty where no shares of variance were asked for."""
    changed: Mapping[tuple[Place, str], Array]
    """For each result and draw the sums of `changes`, a row for each sequence."""


class Slice(NamedTuple):
    """What came out of some neighbouring worlds."""

    first: dict[Place, Array]
    second: dict[Place, Array]
    sums: dict[tuple[Place, str], Array]
    """Sums of `changes`, a row for each sequence or block of one."""


def gathered(slices: Sequence[Slice]) -> Worlds:
    """Return all worlds from slices in their order; sums are added in it too, so that bits are those of one slice."""
    from nodecalc_kernels.numpy_whole import np

    first, second, sums = (
        {key: np.concatenate([part[which][key] for part in slices]) for key in slices[0][which]}  # type: ignore[index]
        if len(slices) > 1
        else slices[0][which]
        for which in range(3)
    )
    changed = {key: rows.reshape(SHIFTS, -1, 3).sum(axis=1) for key, rows in sums.items()}
    return Worlds(first, second, changed)  # type: ignore[arg-type]


def cached(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return `stages` with searches that remember: draws that enter by cells meet the same sizes again and again."""

    def remembered(step: Stage) -> Stage:
        return step._replace(function=lru_cache(maxsize=1 << 16)(step.function))

    return tuple(remembered(step) if step.once and not is_heavy(step) else step for step in stages)


def shares_of(plan: Plan, name: str, half: int, turn: int) -> list[float]:
    """Return the shares of a draw in all points of a sequence."""
    dimension = plan.names.index(name) + half * len(plan.names)
    mask = sobol.shift(plan.seed, turn, f"{name} {half}")
    unit, middle = 2.0**-sobol.BITS, 2.0 ** -(sobol.BITS + 1)
    return [(x ^ mask) * unit + middle for x in _digits(dimension, plan.length)]


@lru_cache(maxsize=64)
def _digits(dimension: int, count: int) -> tuple[int, ...]:
    return tuple(sobol.points(dimension, 0, count))


def drawn_in(plan: Plan) -> dict[str, Array]:
    """Return what was drawn in every world, by name; what several nodes draw alike but read otherwise once for each."""
    from nodecalc_kernels.numpy_whole import np

    found: dict[str, Array] = {}
    for name in plan.names:
        forms: dict[tuple[Form, int], str] = {}
        for part in plan.parts:
            for key in part.keys_of(name):
                draw = part.drawn[key]
                forms.setdefault((draw.form, draw.cells), name if not forms else f"{part.label} {name}")
        for (form, cells), column in forms.items():
            turns = [draw_all(form, cells, shares_of(plan, name, 0, turn)) for turn in range(SHIFTS)]
            found[column] = np.array(turns).reshape(-1)
    return found


def changes(first: Array, second: Array, swapped: Array) -> Sums:
    """Return the sums over some worlds of f(B) d, d and d^2 with d = f(AB) - f(A), what one draw's change makes."""
    from nodecalc_kernels.numpy_whole import np

    with np.errstate(invalid="ignore", over="ignore"):
        more = swapped - first
        return float(np.sum(second * more)), float(np.sum(more)), float(np.sum(more * more))
