"""Results that are products of others, worked out in one step: exponents are added, divisors multiplied.

The cost of a good die is P / (Y_line N Y) with N = pi d^2 / (4 S) e^-a and Y = Y_s e^-b. Where nobody asks for N and Y,
that is P S e^(a + b) / (Y_line Y_s pi d^2 / 4): one exponential and, where the wafer is the same for all points, no
division at all. A stage says with its `Product` that it is such a product; this module multiplies out what leads to
a result, and says nothing that the stages do not. What leads to that result alone, and says with `Free` how to, leaves
the look at its domain to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from .numbers.quotients import decayed, decayed_bits, grown, grown_bits, lesser, plus, plus_bits, times
from .stages import Factor, Stage, behind


def multiplied_out(stages: Sequence[Stage], outputs: Collection[str], given: Collection[str]) -> tuple[Stage, ...]:
    """Return stages that give `outputs` from the keys `given`, without those results in between that products spare.

    What is wanted, or taken by a stage that is no product, is worked out as it was.
    """
    used = behind(stages, outputs, given)
    products = {step.outputs[0]: step for step in used if step.product is not None}
    others = {key for step in used if step.product is None for key in step.inputs}
    inner = {key: step for key, step in products.items() if key not in outputs and key not in others}
    found: list[Stage] = []
    quotients: dict[str, _Quotient] = {}
    for step in used:
        if step.product is None:
            found.append(step)
        elif step.outputs[0] not in inner:
            quotient = _Quotient(step, inner, given)
            if quotient.is_one:
                quotients[step.outputs[0]] = quotient
                # A loop ends behind what is long: what is short had better not wait for it.
                found += sorted(quotient.steps, key=lambda each: not each.long)
            else:
                found += _as_it_was(step, inner)
            found.append(step)
    return behind(_finished(dict.fromkeys(found), quotients, outputs), outputs, given)


class _Quotient:
    """A result as factors and exponents of others, multiplied out."""

    def __init__(self, step: Stage, inner: Mapping[str, Stage], given: Collection[str]) -> None:
        self.given = given
        self.over: list[Factor] = []
        self.under: list[Factor] = []
        self.exponents: list[str] = []
        self.powers: list[tuple[str, str]] = []
        self.directions: set[bool] = set()
        """Whether the exponents count as they stand, as those of factors under it do, or turned about."""
        self.steps: list[Stage] = []
        """What the factors take besides."""
        self.own_margins: list[str] = []
        self.spared = 0
        """Results in between."""
        self.guards: list[Factor] = []
        self.margins: list[str] = []
        """Of what leads to this result alone."""
        self.step = step
        self._take(step, inner, inverse=False)

    def _take(self, step: Stage, inner: Mapping[str, Stage], *, inverse: bool) -> None:
        """Take the factors of a product, or those of its inverse."""
        product = step.product
        assert product is not None
        self.steps += product.steps
        self.own_margins += product.margins
        self.guards += [guard for guard in product.guards if guard.key in self.given]
        self.exponents += product.exponents
        self.powers += product.powers
        self.directions |= {inverse} if product.exponents or product.powers else set()
        for factors, upside_down in ((product.over, inverse), (product.under, not inverse)):
            for factor in factors:
                if factor.key in inner:
                    self.spared += 1
                    self._take(inner[factor.key], inner, inverse=upside_down)
                else:
                    (self.under if upside_down else self.over).append(factor)

    @property
    def is_one(self) -> bool:
        """Whether there is something to gain."""
        sound = len(self.directions) == 1 and len(self.powers) <= 1
        return sound and bool(self.spared and self.over and self.under)

    @property
    def inputs(self) -> set[str]:
        """Keys that it takes."""
        factors = (factor.key for factor in (*self.over, *self.under, *self.guards))
        return {*factors, *self.exponents, *(part for parts in self.powers for part in parts), *self.own_margins}

    def written(self) -> list[Stage]:
        """Return the stages that put it together."""
        key, made = self.step.outputs[0], list[Stage]()

        def chain(name: str, keys: Sequence[str], function: Callable[[float, float], float]) -> str:
            """Put `keys` together, one after the other, and return the key of the last."""
            last = keys[0]
            for place, other in enumerate(keys[1:], 1):
                made.append(Stage((f"{key}_{name}_{place}",), function, (last, other)))
                last = f"{key}_{name}_{place}"
            return last

        def looked_at(factors: Sequence[Factor]) -> list[str]:
            found = [factor for factor in factors if factor.margin is not None]
            made.extend(Stage((f"{key}_{f.key}",), f.margin, (f.key,)) for f in found if f.margin is not None)
            return [f"{key}_{factor.key}" for factor in found]

        # What is often one number for all points comes first: then it is looked at once.
        margins = [*looked_at(self.under), *self.own_margins, *looked_at([*self.over, *self.guards]), *self.margins]
        over = chain("over", [factor.key for factor in self.over], times)
        under = chain("under", [factor.key for factor in self.under], times)
        margin = chain("margin", margins, lesser)
        grows = True in self.directions
        if self.powers:
            ((high, low),) = self.powers
            decay: tuple[str, ...] = (high, chain("bits", [low, *self.exponents], plus_bits))
            function: Callable[..., float] = grown_bits if grows else decayed_bits
        else:
            decay, function = (chain("exponent", self.exponents, plus),), grown if grows else decayed
        made.append(Stage((key,), function, (over, under, *decay, margin), long=self.step.long))
        return made


def _as_it_was(step: Stage, inner: Mapping[str, Stage]) -> list[Stage]:
    """Return the products that lead to another, in the order they run."""
    found: list[Stage] = []
    for key in step.inputs:
        if key in inner:
            found += [*_as_it_was(inner[key], inner), inner[key]]
    return found


def _finished(stages: Collection[Stage], quotients: Mapping[str, _Quotient], outputs: Collection[str]) -> list[Stage]:
    """Return `stages` with the quotients put together, and freed of their domains where one of those looks at them."""
    leads_to: dict[str, set[str]] = {key: {key} for key in outputs}
    found: list[Stage] = []
    for step in reversed(tuple(stages)):
        key = step.outputs[0]
        ends = set[str]().union(*(leads_to.get(each, ()) for each in step.outputs))
        only = quotients.get(next(iter(ends))) if len(ends) == 1 else None
        if key in quotients:
            for each in quotients[key].inputs:
                leads_to.setdefault(each, set()).update(ends)
            found.append(step)
            continue
        for each in step.inputs:
            leads_to.setdefault(each, set()).update(ends)
        if only is not None and step.free is not None:
            only.margins.append(f"{key}_margin")
            found.append(Stage((f"{key}_margin",), step.free.margin, step.inputs))
            found.append(step._replace(function=step.free.function, free=None))
        else:
            found.append(step)
    done: list[Stage] = []
    for step in reversed(found):
        done += quotients[step.outputs[0]].written() if step.outputs[0] in quotients else [step]
    return done
