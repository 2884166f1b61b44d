"""A function of a few inputs for inside other people's loops: the same answer, a thousand times as often."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from math import inf, sqrt
from typing import TYPE_CHECKING, Any, Final

from nodecalc.doors import names
from nodecalc.errors import InputError
from nodecalc.question.graph import ANSWER, RATE
from nodecalc.question.market import YEAR
from nodecalc.question.ranges import NAME_KEYS, axis_keys
from nodecalc.question.units import label, number
from nodecalc.vocabulary import quantity
from nodecalc.vocabulary.spelling import keyed

from .estimate import estimate
from .straight import straight

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.question.at import At

    from .sweep.request import Request

MOST: Final = 8
"""Inputs that may vary."""

_SAMPLES: Final = {"die_area_mm2": 100.0, "units_needed": 1.0, "units_total": 1e6}
"""Where the middle of a range would not go with the rest of a question."""


def estimator(
    size: str | float | None = None,
    *,
    vary: str | Sequence[str],
    output: str | Sequence[str] = ANSWER,
    node: str | Node | At | None = None,
    chip: str | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: Any,
) -> Callable[..., Any]:
    """Return a function of the inputs `vary` that gives `output` as `estimate` does, to the last bit.

    Args:
        size: as for `estimate`; leave it out where the die varies.
        vary: keys of the inputs that the function takes, in any spelling and in this order: ``"d0"`` or
            ``["d0", "wafer_price"]``; numbers, up to 8. Names, such as a node, are fixed: make a function for each.
        output: key of the result, or several keys; the function then returns a tuple.
        node, chip, strict, catalogue, **inputs: as for `estimate`.

    Returns:
        ``f(*values)`` -> float or tuple, which also takes its values by key. They are checked as `estimate` checks
        them, so that a text with a unit is taken and a value outside its range is an error; plain floats are fastest.
        Placements of up to 4096 dies are remembered, none is interpolated. What reads the evidence anew (a year, alpha)
        or prices another wafer (a die at the cost of layers) goes at the speed of `estimate`.

    Raises:
        NodecalcError: what `estimate` would refuse; an input that does not vary, more than 8 of them.

    >>> cost = estimator(100, node="tsmc-n5", vary="d0")
    >>> round(cost(0.1), 2) == round(estimate(100, node="tsmc-n5", d0=0.1).good_die_cost_usd, 2)
    True
    >>> count = estimator(vary=["die_width_mm", "die_height_mm"], output=["gross_dies", "die_yield"], d0=0.1)
    >>> dies, share = count(10, 12)
    >>> dies, round(share, 3)
    (508.0, 0.888)

    """
    if inputs.get(RATE) is not None:
        from nodecalc.question.rates import rated_nodes

        told, _, _ = rated_nodes({**inputs, "node": node})
        node, inputs = told.pop("node"), told
    several = names("vary", vary, "name inputs, such as 'd0' or ['d0', 'wafer_price']")
    keys = tuple(keyed(dict.fromkeys(several), axis_keys(several)))
    _check(keys, several, inputs)
    asked = (output,) if isinstance(output, str) else names("output", output, "name results, such as 'die_yield'")

    def slow(*values: Any) -> Any:
        given: dict[str, Any] = dict(zip(keys, values, strict=True))
        found = estimate(size, node=node, chip=chip, strict=strict, catalogue=catalogue, **inputs, **given)
        results = tuple(getattr(found, key) if key in found.KEYS else found.results.get(key) for key in outputs)
        if None in results:  # of the wafer's layers
            point = plan_of(asked_with({key: [value] for key, value in given.items()}), catalogue)
            results = tuple(point[key].item() for key in outputs)
        return results[0] if isinstance(output, str) else results

    from .sweep.asking import asked as plan_of
    from .sweep.request import read_request

    fixed = inputs if node is None else {**inputs, "node": node}

    def asked_with(samples: Mapping[str, list[Any]]) -> Request:
        whole = {**fixed, **samples}
        return read_request(size, whole, chip=chip, outputs=asked, strict=strict, catalogue=catalogue)

    request = asked_with({key: _samples(key) for key in keys})
    several_of = next((axis.key for axis in request.axes if axis.key not in keys), None)
    if several_of is not None:
        raise InputError(f"{label(quantity(several_of))}: several values; give one, or name it in vary")
    outputs = request.outputs
    plan = plan_of(request, catalogue).plan
    leaves = {key: leaf.data for key, leaf in plan.leaves.items() if leaf.data}
    if YEAR in keys or any(len(data) > 1 for data in leaves.values()):
        return _of_keys(slow, keys)  # what the question starts from is read anew for each value
    numbers = {key: data[0] for key, data in leaves.items()}
    return straight(plan.stages()[0], numbers, keys, outputs[0] if isinstance(output, str) else outputs, slow, True)


def _check(keys: Sequence[str], several: Sequence[str], inputs: Mapping[str, object]) -> None:
    if not keys:
        raise InputError("no input varies; name one, such as 'd0'")
    if len(keys) < len(several):
        raise InputError(f"vary {', '.join(several)}: one input twice; name each once")
    fixed = next((key for key in keyed(inputs, axis_keys(inputs)) if key in keys), None)
    if fixed is not None:
        raise InputError(f"{fixed}: it varies and is given; leave one of them out")
    if len(keys) > MOST:
        raise InputError(f"vary: {len(keys)} inputs; up to {MOST} may, and arrays of any number with evaluate")
    name = next((key for key in keys if key in NAME_KEYS), None)
    if name is not None:
        raise InputError(f"vary {name}: a name, no number; make a function for each of its values")


def _samples(key: str) -> list[float]:
    """Return two values of an input, which show what else of a question follows it; no result depends on them."""
    q = quantity(key)
    if isinstance(q.default, float | int) and q.holds(q.default):
        one = float(q.default)
    else:
        one = _SAMPLES.get(key, sqrt(max(q.low, 1e-3) * min(q.high, 1e15)) if q.high < inf else max(q.low, 1.0))
    others = (0.9 * one, 0.5 * (one + q.low), 0.5 * (one + q.high), one + 1.0)
    return [one, next(other for other in others if other != one and q.holds(other))]


def _of_keys(slow: Callable[..., Any], keys: Sequence[str]) -> Callable[..., Any]:
    """Return `slow` as a function that takes its values by key too."""

    def function(*values: Any, **named: Any) -> Any:
        given = dict(zip(keys, values, strict=False)) | named
        if len(given) != len(keys) or len(values) + len(named) != len(keys):
            raise TypeError(f"takes {', '.join(keys)}, each once")
        return slow(*(number(given[key], key) for key in keys))

    return function
