"""Worlds in written loops: blocks of draws through the loop of each graph, on as many threads as there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc_kernels.compiled import run_points
from nodecalc_kernels.compiled.draws import Sampler
from nodecalc_kernels.compiled.threads import in_shares, thread_count, use_threads
from nodecalc_kernels.compiled.write import written_packed
from nodecalc_kernels.numbers import sobol
from nodecalc_kernels.numpy_whole import np
from nodecalc_kernels.stages import Stage, after, behind, settled
from nodecalc_kernels.tasks import task_of

from .drawn import Draw, Part
from .plan import SHIFTS, Plan, Slice, cached, changes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Work = Callable[["Array", Mapping[str, int]], dict[str, "Array"]]
"""From a block's draws, and which row of them each key has, to its results."""

MOST_ARRAYS: Final = 8
"""Arrays that a loop may read to be a SIMD loop."""


class _Rows(NamedTuple):
    """Where the draws of all graphs lie in a block."""

    draws: tuple[Draw, ...]
    of: tuple[Mapping[str, int], ...]
    """For each part, row by key."""


class Loops:
    """The loops of a plan, ready to run any of its blocks: `whole` of them, sequence by sequence."""

    def __init__(self, plan: Plan) -> None:
        """Write the loops and lay out the draws of a block."""
        self.plan = plan
        self._rows = _rows(plan.parts)
        halves = 1 + plan.indices
        where = {name: place for place, name in enumerate(plan.names)}
        draws = self._rows.draws
        dimensions = [where[draw.name] + half * len(plan.names) for half in range(halves) for draw in draws]
        forms, cells = [draw.form for draw in draws] * halves, [draw.cells for draw in draws] * halves
        self._sampler = Sampler(forms, dimensions, cells, plan.length)
        self._columns = len(forms)
        self.size = self._sampler.size
        self.blocks = plan.length // self.size
        self.whole = SHIFTS * self.blocks
        self._shifts = np.array(
            [
                [sobol.shift(plan.seed, turn, f"{draw.name} {half}") for half in range(halves) for draw in draws]
                for turn in range(SHIFTS)
            ],
            dtype=np.int64,
        ).reshape(SHIFTS, len(forms))
        self._works = [_work(part, plan.outputs) for part in plan.parts]

    def run(self, begin: int, end: int, parallel: bool | None = None) -> Slice:
        """Return the results of the blocks from `begin` up to, without, `end`; the same bits on any threads."""
        plan, count = self.plan, end - begin
        first = {place: np.empty(count * self.size) for place in plan.places}
        second = {place: np.empty(count * self.size) for place in plan.places} if plan.indices else {}
        named = plan.names if plan.indices else ()
        sums = {(place, name): np.empty((count, 3)) for place in plan.places for name in named}
        found = Slice(first, second, sums)

        def work(low: int, high: int) -> None:
            columns = np.empty((self._columns, self.size))
            for number in range(low, high):
                self._block(begin + number, number, columns, found)

        runs = count * self.size * (2 + len(plan.names) if plan.indices else 1)
        work(0, 1)  # what the first call compiles is compiled once
        threads = thread_count()
        if use_threads(parallel, runs):
            in_shares(work, count, 1 if plan.indices else max(1, count // (8 * threads)), threads)
        else:
            work(0, count)
        return found

    def _block(self, number: int, row: int, columns: Array, found: Slice) -> None:
        """Run one block and put its results into their place."""
        plan, size, each = self.plan, self.size, len(self._rows.draws)
        named = plan.names if plan.indices else ()
        turn, block = divmod(number, self.blocks)
        self._sampler.fill(block, self._shifts[turn], columns)
        here = slice(row * size, (row + 1) * size)
        ones: list[dict[str, Array]] = []
        twos: list[dict[str, Array]] = []
        mixed: dict[str, list[dict[str, Array]]] = {name: [] for name in named}
        for which, part in enumerate(plan.parts):
            given = self._rows.of[which]
            ones.append(self._works[which](columns, given))
            if not plan.indices:
                continue
            other = {key: each + place for key, place in given.items()}
            twos.append(self._works[which](columns, other))
            for name in named:
                keys = part.keys_of(name)
                swapped = {**given, **{key: other[key] for key in keys}}
                mixed[name].append(self._works[which](columns, swapped) if keys else dict(ones[-1]))
        for several in (ones, twos, *mixed.values()):
            plan.add_ratios(several)
        for place in plan.places:
            which, key = place
            found.first[place][here] = ones[which][key]
            if plan.indices:
                found.second[place][here] = twos[which][key]
            for name in named:
                found.sums[place, name][row] = changes(ones[which][key], twos[which][key], mixed[name][which][key])


def _rows(parts: tuple[Part, ...]) -> _Rows:
    draws: list[Draw] = []
    of = []
    for part in parts:
        own = {}
        for key, draw in part.drawn.items():
            same = [row for row, other in enumerate(draws) if (other.name, other.form) == (draw.name, draw.form)]
            if not same:
                draws.append(draw)
            own[key] = same[0] if same else len(draws) - 1
        of.append(own)
    return _Rows(tuple(draws), tuple(of))


def _work(part: Part, outputs: tuple[str, ...]) -> Work:
    """Return what works out a block of one graph."""
    moved = after(part.stages, part.drawn)
    numbers: dict[str, Any] = settled(part.stages, part.numbers, part.drawn)
    made = {key for step in moved for key in step.outputs}
    numbers = {key: value for key, value in numbers.items() if key not in part.drawn and key not in made}
    if any(step.once for step in moved):
        return _by_points(cached(behind(moved, outputs, numbers)), numbers, outputs)
    still = {key: numbers[key] for key in outputs if key in numbers}
    wanted = tuple(key for key in outputs if key not in still and key not in part.drawn)
    drawn = tuple(key for key in outputs if key in part.drawn)
    task = task_of(in_short_runs(moved, part.drawn), (*part.drawn, *numbers), wanted) if wanted else None
    loop: Any = written_packed(task, tuple(key for key in task.inputs if key in part.drawn)) if task else None
    fixed = np.array([numbers.get(key, np.nan) for key in task.inputs]) if task else None

    def work(columns: Array, given: Mapping[str, int]) -> dict[str, Array]:
        count = columns.shape[1]
        found = {key: np.empty(count) for key in wanted}
        if task is not None:
            places = np.array([given.get(key, 0) for key in task.inputs], dtype=np.int64)
            loop(count, columns, places, fixed, tuple(found.values()))
        found |= {key: columns[given[key]] for key in drawn}
        return found | {key: np.full(count, value) for key, value in still.items()}

    return work


def in_short_runs(stages: Iterable[Stage], drawn: Iterable[str]) -> tuple[Stage, ...]:
    """Return `stages` with an end of a loop wherever the next one would read more arrays than a SIMD loop may.

    Before such a loop the compiled code compares each array that it writes with each that it reads; of more than
    some there is none, and points are worked out one by one, at ten times the time.
    """
    arrays, found, reads = set(drawn), list(stages), set[str]()
    for place, step in enumerate(found):
        more = arrays.intersection(step.inputs)
        if reads and len(reads | more) > MOST_ARRAYS:
            found[place - 1] = found[place - 1]._replace(long=True)
            reads = set()
        reads |= more
        if step.long:
            reads = set()
        # Results from before the run wait in buffers, which are arrays too.
        arrays.update(step.outputs)
        reads -= set(step.outputs)
    return tuple(found)


def _by_points(stages: tuple[Stage, ...], numbers: Mapping[str, Any], outputs: tuple[str, ...]) -> Work:
    """Return the same where something is searched for in every world."""

    def work(columns: Array, given: Mapping[str, int]) -> dict[str, Array]:
        inputs = {**numbers, **{key: columns[place] for key, place in given.items()}}
        found = run_points(stages, inputs, outputs, parallel=False)
        return {key: np.broadcast_to(values, columns.shape[1:]) for key, values in found.items()}

    return work
