"""Stages over points, made ready once: what `run_points` finds out anew in each call, for calls that are all alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nodecalc_kernels.numpy_whole import np
from nodecalc_kernels.stages import Stage, behind, needed

from .points import _once, point_task
from .threads import PARALLEL_FROM
from .write import written, written_single

MOST_POINTS: Final = PARALLEL_FROM - 1
"""Points of a call at most: of more several threads are made use of, and what a call costs beside them is nothing."""

REMEMBERED: Final = 4096
"""Different searches whose results are remembered, such as counts of dies."""

LEAST_SINGLE: Final = float(np.finfo(np.float32).tiny)
MOST_SINGLE: Final = float(np.finfo(np.float32).max)


class Ready:
    """The loop of some stages, for calls with the same keys, some of them arrays of one shape and the rest numbers."""

    def __init__(
        self,
        stages: Sequence[Stage],
        keys: Sequence[str],
        arrays: Sequence[bool],
        numbers: Mapping[str, float],
        constants: Mapping[str, float],
        outputs: Sequence[str],
        kind: np.dtype[Any],
    ) -> None:
        """Take what `run_points` takes.

        Args:
            stages: the graph.
            keys: what is given in each call, in this order.
            arrays: which of them are arrays.
            numbers: what is the same number in every call.
            constants: keys whose numbers are compiled into the loop.
            outputs: keys of the wanted results, none of them given.
            kind: float64 or float32.

        Raises ValueError where something is given that no result needs.

        """
        given = {*keys, *numbers, *constants}
        if not set(keys) <= needed(stages, outputs, given):
            raise ValueError("given for nothing")
        self._constants, self._numbers, self._stages = constants, numbers, stages
        self._searches = tuple(step for step in behind(stages, outputs, given) if step.once)
        before = {key for step in self._searches for key in needed(stages, step.inputs, given)}
        several = {key for key, is_array in zip(keys, arrays, strict=True) if is_array}
        self._most = 1 if before & several else MOST_POINTS  # a search for each of many points is for `once_array`
        found = [key for step in self._searches for key in step.outputs]
        there = (*keys, *numbers, *found)
        task = point_task(tuple(stages), there, tuple(outputs), tuple(constants.items()))
        self._loop = written_single(task) if kind == np.float32 else written(task)
        self._keys, self._outputs, self._kind = tuple(keys), tuple(outputs), kind
        self._searched = tuple(place for place, key in enumerate(keys) if key in before)
        self._found: dict[tuple[float, ...], tuple[float, ...]] = {}
        # Operands come from the call, from a search or are always the same, laid behind one another in this order.
        self._order = tuple(there.index(key) for key in task.inputs)
        self._always = tuple(map(self._number, numbers.values()))

    def __call__(self, values: list[Any]) -> dict[str, Any] | None:
        """Return the results for values in the order of the keys; None for a call that is not like the others.

        Arrays are of the type and shape of one another, and numbers are floats.
        """
        shape: tuple[int, ...] | None = None
        count = 1
        kind, single = self._kind, self._kind.itemsize == 4
        operands: list[Any] = values.copy()
        for place, value in enumerate(values):
            if value.__class__ is np.ndarray:
                if shape is None:
                    shape, count = value.shape, value.size
                    if not 0 < count <= self._most:
                        return None
                elif value.shape != shape:
                    return None
                if (value.dtype is not kind and value.dtype != kind) or not value.flags.c_contiguous:
                    return None
                if count == 1:  # a number, as it is where it stands beside longer ones
                    operands[place] = value.reshape(())[()] if single else value.item()
                elif value.ndim != 1:
                    operands[place] = value.reshape(-1)
            elif value.__class__ is not float:
                return None
            elif single:
                if value and not LEAST_SINGLE <= abs(value) <= MOST_SINGLE:
                    return None
                operands[place] = np.float32(value)
        if shape is None:
            shape = ()
        operands += self._always
        if self._searches:
            at = tuple([float(values[place] if count > 1 else operands[place]) for place in self._searched])
            found = self._found.get(at)
            operands += self._search(at) if found is None else found
        operands = [operands[place] for place in self._order]
        if count == 1 and operands:
            operands[0] = np.full(1, operands[0], kind)
        results = [np.empty(shape, kind) for _ in self._outputs]
        flat = results if len(shape) == 1 else [array.reshape(-1) for array in results]
        self._loop(count, tuple(operands), tuple(flat))
        return dict(zip(self._outputs, results, strict=True))

    def _search(self, at: tuple[float, ...]) -> tuple[float, ...]:
        """Return what the searches find at some numbers, and remember it."""
        keys = (self._keys[place] for place in self._searched)
        given = {**dict(zip(keys, at, strict=True)), **self._numbers}
        several = [_once(self._stages, step, given, self._constants, None) for step in self._searches]
        found = tuple(self._number(value.item()) for one in several for value in one.values())
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        self._found[at] = found
        return found

    def _number(self, value: float) -> Any:
        """Return a number as a loop takes it."""
        with np.errstate(over="ignore", under="ignore"):
            return np.float32(value) if self._kind == np.float32 else float(value)
