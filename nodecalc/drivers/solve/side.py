"""One side of an equation: a die on a node, and what comes out of it as one input changes."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from math import nan
from typing import TYPE_CHECKING, Any, Final

from nodecalc.drivers.estimate import Estimate, compute, remembering
from nodecalc.drivers.prepare import prepare
from nodecalc.drivers.printed import FIELDS, ON_WAFER, fields_of
from nodecalc.drivers.wafer_cost import wafer_cost
from nodecalc.errors import MissingFigureError, NodecalcError
from nodecalc.question.at import At, apart
from nodecalc.question.graph import COUNT, D0, DENSITY, DIAMETER, PRICE, SIZE_KEYS, check_beyond
from nodecalc.question.market import BEHIND_D0
from nodecalc.question.resize import resized
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.stages import after, behind, run, starts_of

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.drivers.wafer_cost import WaferCost
    from nodecalc.question.inputs import Inputs

Curve = Callable[[float], float]

WAFER_OUTPUTS: Final = tuple(q.key for q in QUANTITIES.values() if q.role == "output" and q.group == "wafer")
"""Results of a wafer by its layers."""
BASIS: Final = "wafer_basis"
OF_DIE: Final = frozenset((*SIZE_KEYS, *ON_WAFER, "placement", "edge_rule"))
"""What says which die a wafer is made for, and where its dies stand."""


class Side:
    """A die on a node, resolved anew wherever an input changes that its other figures follow."""

    def __init__(
        self,
        size: str | float | None,
        node: str | Node | At | None,
        chip: str | None,
        given: Mapping[str, Any],
        strict: bool,
        known: Catalogue,
    ) -> None:
        """Take what `estimate` takes; `given` under vocabulary keys."""
        self.size, self.chip, self.strict, self.known = size, chip, strict, known
        self.given = dict(given)
        self.node = node

    @property
    def own(self) -> Mapping[str, Any]:
        """Inputs that the node was given alone."""
        return apart(self.node)[1]

    def inputs(self, moved: Mapping[str, float] | None = None) -> Inputs:
        """Return what goes into the answer where the inputs `moved` are as they say."""
        return self._prepared(moved)[0]

    def _prepared(
        self,
        moved: Mapping[str, float] | None,
        wanted: Container[str] | None = None,
        keys: Container[str] | None = None,
    ) -> tuple[Inputs, Any]:
        """Return what `prepare` does, of those inputs alone that are in `keys`; None for all."""
        size, given, chip = self.size, self.given, self.chip
        node = self.node
        for key in moved or ():
            if key in SIZE_KEYS and chip is not None:
                # The die is another, on the node and with everything else that the chip has.
                product = self.known.product(chip)
                node = node or product.node or None
                chip = None
            size, given = resized(size, given, key)
        given = {**given, **(moved or {})}
        if keys is not None:
            node, own = apart(node)
            given = {key: value for key, value in {**given, **own}.items() if key in keys}
        return prepare(size, node, chip, self.strict, self.known, given, wanted=wanted)

    def estimate(self, moved: Mapping[str, float] | None = None) -> Estimate:
        """Return the whole answer."""
        inputs, chip = self._prepared(moved)
        return compute(inputs, self.known, chip)

    def wafer(self, moved: Mapping[str, float] | None = None) -> WaferCost:
        """Return what a wafer costs by its layers: no die is needed for it, but where one is given it is printed."""
        node, own = apart(self.node)
        given: dict[str, Any] = {**self.given, **own, **(moved or {})}
        asked = {key: value for key, value in given.items() if key != BASIS}
        if self.size is not None or self.chip is not None or not asked.keys().isdisjoint(OF_DIE):
            asked = {key: value for key, value in asked.items() if key not in OF_DIE}
            fields = self.fields(moved)
            if fields is not None:
                asked.setdefault(FIELDS, fields)
        return wafer_cost(node, catalogue=self.known, **asked)

    def fields(self, moved: Mapping[str, float] | None = None) -> float | None:
        """Return the exposures of the die; None where no field holds it."""
        inputs, _ = self._prepared(moved, (), OF_DIE)
        return fields_of(inputs.numbers, inputs.names)

    def sets_out(self, key: str, output: str, start: float) -> bool:
        """Say whether each value of `key`, such as `start`, is another die whose exposures its wafer is priced with."""
        if key not in OF_DIE or FIELDS in {**self.given, **self.own}:
            return False
        return output in WAFER_OUTPUTS or self.inputs({key: start}).names[BASIS] == "cost"

    def figure(self, key: str) -> float | None:
        """Return what `key` is where it is not what is asked for; None where nothing says."""
        try:
            inputs = self.inputs()
        except NodecalcError:
            return None
        return inputs.numbers.get(key)

    @property
    def name(self) -> str:
        """What it is called where its own inputs do not matter."""
        node = apart(self.node)[0]
        name = node if isinstance(node, str) else "" if node is None else node.id
        return self.chip if self.chip is not None else name

    def value(self, output: str, moved: Mapping[str, float] | None = None) -> float:
        """Return a result as it is where the inputs `moved` are as they say."""
        if output in WAFER_OUTPUTS:
            return float(getattr(self.wafer(moved), output))
        e = self.estimate(moved)
        value = e.inputs.numbers[output] if output == PRICE else getattr(e, output)
        if value is None:
            check_beyond((output,), e.inputs.numbers)
            raise MissingFigureError(
                f"{output} of {self.label}: it rests on a figure that nobody publishes of it; ask for another result"
            )
        return float(value)

    def curve(self, key: str, output: str, start: float, moved: Mapping[str, float] | None = None) -> Curve:
        """Return `output` as a function of `key`; nan where there is no such answer.

        Args:
            key: input that changes.
            output: result.
            start: a value of `key` with which the question has an answer; what is wrong there is an error.
            moved: other inputs that are as they say.

        """
        others = dict(moved or {})
        if output in WAFER_OUTPUTS:
            self.wafer({**others, key: start})
            return _total(lambda x: getattr(self.wafer({**others, key: x}), output))
        first = self.inputs({**others, key: start})
        if output in Estimate.BAND:
            return _total(lambda x: getattr(self.estimate({**others, key: x}), output))
        stages = remembering(first.stages())
        if not self.is_plain(key, first):
            return _total(lambda x: _result(self.inputs({**others, key: x}), output))
        values = run(stages, first.numbers)
        check_known(values, output, self.label)
        moving = behind(after(stages, (key,)), (output,))
        made = {name for step in moving for name in step.outputs}
        fixed = {name: value for name, value in values.items() if name not in made and name != key}

        def at(x: float) -> float:
            return run(moving, {**fixed, key: x})[output]

        return at if moving else lambda x: x if key == output else values[output]

    @property
    def label(self) -> str:
        """What the side is called."""
        node, own = apart(self.node)
        name = "" if node is None else str(At(self.inputs_node() or "", tuple(own.items())))
        if self.chip is not None:
            return f"{self.chip} on {name}" if name else self.chip
        return name or "the die"

    def inputs_node(self) -> str | None:
        """Return the id of the node, that of the chip where none is named."""
        node = apart(self.node)[0]
        if node is None and self.chip is not None:
            return self.known.product(self.chip).node or None
        return self.known.node(node).id if isinstance(node, str) else None if node is None else node.id

    def is_plain(self, key: str, inputs: Inputs) -> bool:
        """Say whether nothing but the stages reads `key`: no evidence, no size, no price stated for a wafer."""
        if key in (*SIZE_KEYS, DIAMETER) or key not in starts_of(inputs.stages()):
            return False
        if key == DENSITY and COUNT in inputs.given:
            return False
        return QUANTITIES[key].group == "die" and not (key in BEHIND_D0 and D0 in inputs.figures)


def check_known(values: Mapping[str, float], output: str, label: str) -> None:
    """Refuse a result that there is nothing to work out from."""
    check_beyond((output,), values)
    if output not in values:
        raise MissingFigureError(
            f"{output} of {label}: it rests on a figure that nobody publishes of it; ask for another result"
        )


def _result(inputs: Inputs, output: str) -> float:
    return run(remembering(inputs.stages()), inputs.numbers).get(output, nan)


def _total(function: Callable[[float], float | None]) -> Curve:
    """Return `function` with nan where there is no answer: a die of no size, a wafer that it does not fit."""

    def at(x: float) -> float:
        try:
            found = function(x)
        except NodecalcError:
            return nan
        return nan if found is None else found

    return at
