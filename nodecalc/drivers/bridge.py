"""From one answer to another in steps that add up: what each figure makes of the difference, and how order counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from itertools import combinations, pairwise
from math import comb, fsum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import names as as_names
from nodecalc.errors import InputError, MissingFigureError, NodecalcError
from nodecalc.question.graph import ANSWER, PRICE, is_counted
from nodecalc.question.market import YEAR
from nodecalc.question.salvage import SOLD, SOLD_COST
from nodecalc.vocabulary import WAFER_NAME_KEYS, is_wafer_input
from nodecalc.vocabulary.spelling import key_of
from nodecalc_kernels.stages import behind, run, starts_of
from nodecalc_kernels.wafer.price import repatterned_price

from .printed import FIELDS, USUAL, fields_of
from .wafer_cost import wafer_cost

if TYPE_CHECKING:
    from .estimate import Estimate

YEARS: Final = "year"
PATTERNING: Final = "patterning"
DIES: Final = "gross_dies"
YIELD: Final = "die_yield"
PER_TRANSISTOR: Final = "usd_per_billion_transistors"
OUTPUTS: Final = (ANSWER, PER_TRANSISTOR, SOLD_COST)
"""Results whose difference is taken apart."""


class Step(NamedTuple):
    """What one figure of the second answer changes, put in the place of that of the first."""

    key: str
    """``year``, ``patterning``, or the key of the figure."""
    start: float | None
    """The figure before, and after; None where it is no single number."""
    end: float | None
    usd: float
    """What it adds in this order."""
    low: float
    high: float
    """The least and the most that it adds in any order."""
    mean: float
    """What it adds on the average over all orders."""
    after: float
    """The result behind this step."""


class Bridge(NamedTuple):
    """The difference of two answers in steps: `base` and all `usd` of the steps add up to `other`."""

    base: Estimate
    other: Estimate
    output: str
    start: float
    end: float
    steps: tuple[Step, ...]
    notes: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Keys of the steps, in their order."""
        return tuple(step.key for step in self.steps)

    def rows(self) -> list[dict[str, Any]]:
        """Return a flat row a step."""
        head = {"base": self.base.inputs.label, "node": self.other.inputs.label, "output": self.output}
        return [
            {
                **head,
                "step": step.key,
                "from": step.start,
                "to": step.end,
                "usd": step.usd,
                "share": step.usd / (self.end - self.start) if self.end != self.start else None,
                "usd_low": step.low,
                "usd_high": step.high,
                "usd_mean": step.mean,
                "after": step.after,
                "base_value": self.start,
                "value": self.end,
            }
            for step in self.steps
        ]


class _Ends(NamedTuple):
    """Both answers, each in the years of both: what a figure is by whose it is and of which year."""

    corners: Mapping[tuple[bool, bool], Estimate]
    """By whether the node is the second, and whether the year is."""
    layers: tuple[tuple[float, float], tuple[float, float]] | None
    """Cost of the wafer and of its patterning, of both nodes; None where a stack is not known."""

    def number(self, key: str, other: bool, later: bool) -> float:
        """Return a figure or a result of one node in one year."""
        e = self.corners[other, later]
        return float(e.results[key])

    def price(self, other: bool, later: bool, patterned: bool) -> float:
        """Return a wafer's price, with the patterning of its own node or of the one that is `patterned`."""
        own = self.number(PRICE, other, later)
        if self.layers is None or patterned == other:
            return own
        cost, patterning = self.layers[other]
        return repatterned_price(own, cost, patterning, self.layers[patterned][1])


def bridge(
    base: Estimate,
    other: Estimate,
    again: Callable[[Estimate, float], Estimate],
    output: str = ANSWER,
    order: Sequence[str] | str | None = None,
) -> Bridge:
    """Return the steps from `base` to `other`.

    Args:
        base, other: answers; each of a node, a die and a year of its own.
        again: asks an answer once more, for another year.
        output: ``good_die_cost_usd``, ``usd_per_billion_transistors`` or ``sellable_die_cost_usd``.
        order: keys of the steps in the order wanted; those not named follow in the usual one.

    """
    output = key_of(output, OUTPUTS, "result to compare")
    ends, notes = _ends(base, other, again)
    keys = _keys(ends, output)
    places = _ordered(keys, order)
    value = _value(ends, output, keys)
    chain = [value(frozenset(places[:n])) for n in range(len(places) + 1)]
    sums = _adding_up(chain)
    steps = []
    for n, key in enumerate(places):
        low, high, mean = _over_orders(value, keys, key)
        start, end = _figure(ends, key)
        steps.append(Step(key, start, end, sums[n], low, high, mean, chain[n + 1]))
    return Bridge(base, other, output, chain[0], chain[-1], tuple(steps), tuple(notes))


def _ends(base: Estimate, other: Estimate, again: Callable[[Estimate, float], Estimate]) -> tuple[_Ends, list[str]]:
    first, second = (e.inputs.numbers.get(YEAR) for e in (base, other))
    corners = {(False, False): base, (False, True): base, (True, False): other, (True, True): other}
    if first is not None and second is not None and first != second:
        corners |= {(False, True): again(base, second), (True, False): again(other, first)}
    layers, notes = _layers(base, other)
    return _Ends(corners, layers), notes


def _layers(
    base: Estimate, other: Estimate
) -> tuple[tuple[tuple[float, float], tuple[float, float]] | None, list[str]]:
    """Return what the wafers of both and their patterning cost; a note instead where that is not known."""
    found = []
    for e in (base, other):
        if e.node is None:
            return None, []
        own: dict[str, Any] = {k: v for k, v in e.inputs.names.items() if k in WAFER_NAME_KEYS}
        own |= {k: v for k, v in e.inputs.numbers.items() if is_wafer_input(k)}
        if FIELDS not in own:
            own[FIELDS] = fields_of(e.inputs.numbers, e.inputs.names) or USUAL
        try:
            w = wafer_cost(e.node, catalogue=e.catalogue, **own)
        except NodecalcError as error:
            return None, [f"patterning is part of the price: {error}"]
        found.append((w.wafer_cost_usd, w.patterning_usd))
    return (found[0], found[1]), []


def _keys(ends: _Ends, output: str) -> list[str]:
    """Return the steps in their usual order: year and further inputs where they differ, the others in any case."""
    base, other = ends.corners[False, False], ends.corners[True, True]
    keys = [YEARS] if ends.corners[False, True] is not base else []
    keys += [PATTERNING] if ends.layers is not None else []
    keys += _figures(output)
    between = set(starts_of(_tail(other, output))) - set(keys)
    keys += [key for key in sorted(between) if base.results.get(key) != other.results.get(key)]
    return keys


def _tail(e: Estimate, output: str) -> tuple[Any, ...]:
    """Return the stages from price, dies and yield to the result."""
    whole = behind(e.inputs.stages(), (output,))
    figures = _figures(output)
    found = behind(whole, (output,), set(figures))
    counts = {"peak_transistors"} if not is_counted(e.inputs.numbers) else set()
    return behind(found, (output,), {*figures, *counts})


def _figures(output: str) -> tuple[str, str, str]:
    """Return price, dies and the share of them that counts: the good ones, or all that sell."""
    return PRICE, DIES, SOLD if output == SOLD_COST else YIELD


def _value(ends: _Ends, output: str, keys: Collection[str]) -> Callable[[frozenset[str]], float]:
    """Return the result where some of the steps are taken, each worked out once."""
    base, other = ends.corners[False, False], ends.corners[True, True]
    if output not in base.results or output not in other.results:
        lacking = base if output not in base.results else other
        if output == SOLD_COST:
            raise MissingFigureError(
                f"{output} of {lacking.inputs.label}: which dies sell? give --harvest NEED/TOTAL, such as 132/144"
            )
        raise MissingFigureError(
            f"{output} of {lacking.inputs.label}: it rests on a figure that nobody publishes of it; "
            f"compare {ANSWER} instead"
        )
    tail = _tail(other, output)
    if starts_of(tail) != starts_of(_tail(base, output)):
        raise InputError(
            f"{output}: on one side over the transistors that are there, on the other over those at peak density; "
            f"compare {ANSWER} instead"
        )

    @cache
    def value(taken: frozenset[str]) -> float:
        later = YEARS in taken or YEARS not in keys
        numbers = {key: ends.number(key, key in taken or key not in keys, later) for key in starts_of(tail)}
        # Without a step of its own the patterning comes with the price.
        patterned = PATTERNING in taken if PATTERNING in keys else PRICE in taken
        numbers[PRICE] = ends.price(PRICE in taken, later, patterned)
        return float(run(tail, numbers)[output])

    return value


def _figure(ends: _Ends, key: str) -> tuple[float | None, float | None]:
    """Return what a step replaces, and by what."""
    if key == PATTERNING:
        assert ends.layers is not None
        return ends.layers[0][1], ends.layers[1][1]
    if key == YEARS:
        return tuple(ends.corners[which, which].inputs.numbers[YEAR] for which in (False, True))  # type: ignore[return-value]
    return ends.number(key, other=False, later=True), ends.number(key, other=True, later=True)


def _adding_up(chain: Sequence[float]) -> list[float]:
    """Return the differences along a chain; the smallest takes what rounding the others left."""
    steps = [after - before for before, after in pairwise(chain)]
    moved = [n for n, step in enumerate(steps) if step != 0.0]
    if moved:
        smallest = min(moved, key=lambda n: abs(steps[n]))
        steps[smallest] += fsum((chain[-1], -chain[0], *(-step for step in steps)))
    return steps


def _over_orders(value: Callable[[frozenset[str]], float], keys: Sequence[str], key: str) -> tuple[float, float, float]:
    """Return the least, the most and the mean that a step adds over all orders of the steps."""
    others = [name for name in keys if name != key]
    adds = []
    for n in range(len(others) + 1):
        weight = 1.0 / (len(keys) * comb(len(others), n))
        for before in combinations(others, n):
            taken = frozenset(before)
            adds.append((value(taken | {key}) - value(taken), weight))
    return min(a for a, _ in adds), max(a for a, _ in adds), fsum(a * w for a, w in adds)


def _ordered(keys: Sequence[str], order: Sequence[str] | str | None) -> list[str]:
    if order is None:
        return list(keys)
    given = order.split(",") if isinstance(order, str) else as_names("order", order, f"give some of {', '.join(keys)}")
    wanted = [_step_called(name, keys) for name in given]
    twice = next((name for name in wanted if wanted.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"order: {twice} twice; give each step once, of {', '.join(keys)}")
    return [*wanted, *(key for key in keys if key not in wanted)]


_SPELLED: Final = {"price": PRICE, "dies": DIES, "yield": YIELD}


def _step_called(name: str, keys: Sequence[str]) -> str:
    plain = name.strip().lower().lstrip("-").replace("-", "_")
    meant = _SPELLED.get(plain, plain)
    meant = SOLD if meant == YIELD and SOLD in keys else meant
    return key_of(meant, keys, "step of the bridge", f"here: {', '.join(keys)}")
