"""How sure a root is: the same question in worlds where the figures that are not given are others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import copysign, exp, inf, isfinite, isnan, log, nan
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from nodecalc.drivers.estimate import remembering
from nodecalc.drivers.printed import FIELDS
from nodecalc.drivers.risk.band import SHARES
from nodecalc.drivers.risk.drawn import is_heavy
from nodecalc.drivers.risk.plain_worlds import columns_of
from nodecalc.drivers.risk_model import part_of
from nodecalc.errors import NodecalcError
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import SIZE_KEYS
from nodecalc_kernels.numbers.roots import find_root
from nodecalc_kernels.stages import after, behind, needed, run

from .question import BOTH, FIRST, OTHER, Question
from .scan import difference, points
from .side import WAFER_OUTPUTS

if TYPE_CHECKING:
    from nodecalc.drivers.risk.drawn import Part
    from nodecalc.question.ledger import UsedFigure

    from .side import Side
    from .solution import Solution

WORLDS: Final = 256
FEW: Final = 64
"""Worlds of a question whose every value takes a search or an integral: a die's area, dies with some units bad."""
POINTS: Final = 40
APART: Final = 0.02
"""Dies whose areas differ by less than this share are printed with the same exposures in all worlds: each count is a
search, and what few worlds say is not surer than that."""
NARROW: Final = 1e-7
NARROW_ENOUGH: Final = 1e-4
"""Widths of a bracket that are good enough, as shares of its upper end; the second where each value takes a search."""

World = Mapping[str, float]


class Band(NamedTuple):
    """Quantiles of the root over all worlds.

    A world without a root counts as one whose root lies beyond the end of the range that it points to: where no D0 is
    low enough, below all of them. A quantile that falls among those is None.
    """

    p10: float | None
    p50: float | None
    p90: float | None
    share: float
    """Share of the worlds that have one."""


def band_of(solution: Solution) -> Band | None:
    """Return the band of a solution.

    None where every figure that counts is given, so that nothing can be another, and where the figures follow the input
    looked for, as D0 and price follow the year: their evidence is then another at each of its values.
    """
    asked = solution.question
    if asked.output in WAFER_OUTPUTS:
        return None
    start = start_of_band(solution)
    return band_over(asked, [_Drawn(side, own, asked, start) for side, own in _sides(asked)], start)


def start_of_band(solution: Solution) -> float:
    """Return a value of the input that the question has an answer with: the root, or where it comes nearest."""
    return solution.value if solution.value is not None else solution.found.nearest[0]


def band_over(asked: Question, sides: Sequence[Drawn], start: float) -> Band | None:
    """Return the band of the root over the worlds of `sides`, near `start` where there are several."""
    plain = all(side.is_plain for side in sides)
    if not any(side.figures for side in sides) or not (plain or asked.key in SIZE_KEYS):
        return None
    heavy = any(is_heavy(step) for side in sides for step in side.part.stages)
    quick = plain and all(side.is_quick for side in sides)
    worlds = WORLDS if quick and not heavy else FEW
    columns = columns_of([side.part for side in sides], [tuple(side.figures) for side in sides], worlds)
    places = points(asked.low, asked.high, asked.q.is_share, POINTS)
    found = []
    for i in range(worlds):
        here: list[World] = [{key: column[i] for key, column in each.items()} for each in columns]
        found.append(_root(sides, here, places, asked.target, start))
    rising = sum(sign for _, sign in found if sign)
    roots = sorted(x if isfinite(x) else copysign(inf, -x * rising) for x, _ in found)
    share = sum(map(isfinite, roots)) / worlds
    low, middle, high = (x if isfinite(x) else None for x in (roots[int(part * worlds)] for part in SHARES))
    return Band(low, middle, high, share)


class Drawn(Protocol):
    """A side whose uncertain figures are others in each world."""

    figures: Mapping[str, UsedFigure]
    part: Part
    is_plain: bool
    is_quick: bool
    """Whether no dies are laid out anew for the values of the input looked for."""

    def curve(self, world: World) -> Callable[[float], float]:
        """Return the result over the input looked for in a world."""
        ...


def _sides(asked: Question) -> list[tuple[Side, str]]:
    sides = ((asked.first, FIRST), (asked.other, OTHER))
    return [(side, own) for side, own in sides if side is not None]


class _Drawn:
    """A side whose uncertain figures are others in each world."""

    def __init__(self, side: Side, own: str, asked: Question, start: float) -> None:
        self._side = side
        self._key = asked.key if asked.whose in (own, BOTH) else None
        self._output = asked.output
        first = side.inputs(self._moved(start))
        stages = remembering(first.stages())
        counts = needed(stages, (asked.output,))
        self.figures: Mapping[str, UsedFigure] = {
            key: figure for key, figure in first.figures.items() if key in UNCERTAIN and key in counts
        }
        # Towards the figures alone: a price that is a multiple of a peer's is drawn with the peer's.
        self.part = part_of(first, side.known, (), tuple(self.figures), side.inputs_node() or own, alone=False)
        self.is_plain = self._key is None or side.is_plain(self._key, first)
        self._tail = behind(after(stages, self.figures), (asked.output,))
        values = run(stages, first.numbers)
        made = {name for step in self._tail for name in step.outputs}
        keep = {name: values[name] for name in needed(self._tail, (asked.output,)) if name in values}

        # The exposures of the dies near each of them.
        self._fields = cache(lambda step: side.fields(self._moved(exp(APART * step))))
        self._sets_out = self._key is not None and side.sets_out(self._key, self._output, start)
        self.is_quick = self._key is None or not any(step.once for step in after(stages, (self._key,)))
        if self._key is None:
            self._base: Callable[[float], Mapping[str, float]] = lambda x: keep
        elif self.is_plain:
            key = self._key
            moving = [step for step in after(stages, (key,)) if made.isdisjoint(step.outputs)]
            moved = {name for step in moving for name in step.outputs}
            fixed = {name: value for name, value in values.items() if name not in moved | made and name != key}
            self._base = cache(lambda x: _only(keep, run(moving, {**fixed, key: x})))
        else:
            self._base = cache(lambda x: self._anew(x, made))

    def curve(self, world: World) -> Callable[[float], float]:
        """Return the result over the input looked for in a world."""
        tail, output, base = self._tail, self._output, self._base

        def at(x: float) -> float:
            known = base(x)
            return run(tail, {**known, **world}).get(output, nan) if known else nan

        if self._key is None:
            value = at(nan)
            return lambda x: value
        return at

    def _moved(self, x: float) -> dict[str, float]:
        return {} if self._key is None else {self._key: x}

    def _anew(self, x: float, made: set[str]) -> Mapping[str, float]:
        moved = self._moved(x)
        try:
            if self._sets_out:
                fields = self._fields(round(log(x) / APART))
                moved |= {} if fields is None else {FIELDS: fields}
            inputs = self._side.inputs(moved)
        except NodecalcError:
            return {}
        stages = remembering(inputs.stages())
        # What a world makes another is not worked out here.
        known = run([step for step in stages if made.isdisjoint(step.outputs)], inputs.numbers)
        return _only(needed(self._tail, (self._output,)), known)


def _only(keys: Iterable[str], values: Mapping[str, float]) -> dict[str, float]:
    return {key: values[key] for key in keys if key in values}


def _root(
    sides: Sequence[Drawn], here: Sequence[World], places: Sequence[float], target: float, start: float
) -> tuple[float, int]:
    """Return the root in one world, the one nearest to that at the figures' values, and whether it rises (1) or falls.

    Where there is none: infinite, of the sign that the first result less the other has, and 0.
    """

    curves = [side.curve(world) for side, world in zip(sides, here, strict=True)]
    first, other = curves[0], curves[1] if len(curves) > 1 else lambda x: target

    def off(x: float) -> float:
        return difference(first(x), other(x))

    narrow = NARROW if all(side.is_plain and side.is_quick for side in sides) else NARROW_ENOUGH
    known = [(x, d) for x in places if not isnan(d := off(x))]
    found = [(x, 0) for x, d in known if d == 0.0]
    for (x0, d0), (x1, d1) in pairwise(known):
        if d0 * d1 < 0.0:
            found.append((find_root(off, x0, x1, d0, d1, narrow * x1).root, 1 if d1 > 0.0 else -1))
    if found:
        return min(found, key=lambda root: abs(root[0] - start))
    return copysign(inf, known[0][1] if known else 1.0), 0
