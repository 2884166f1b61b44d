"""Wafers priced from their layers on a grid: which stack each combination of names means, and its cost at any block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InputError
from ..exposure import Tariff, read_inputs
from ..figures import UsedFigure
from ..stack_cost import price_stack, totals
from ..stacks import chosen_stack

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..catalogue import Node
    from ..catalogue.litho import Litho, Stack


def stack_for(node: Node | None, names: Mapping[str, str], litho: Litho) -> tuple[Stack, str]:
    """Return the stack that a node means under the tools that `names` allow, and what it is."""
    if node is None:
        raise InputError("--wafer-basis cost needs a node whose layers are known; name one with -n, such as tsmc-n5")
    without, tools = names.get("without", "none"), names.get("tools", "all")
    return chosen_stack(
        litho,
        node.id,
        () if without == "none" else without.split("+"),
        None if tools == "all" else tools.split("+"),
        None,
        None,
        None,
    )


def first_cost(stack: Stack, origin: str, values: Mapping[str, object], litho: Litho, year: int) -> UsedFigure:
    """Return what a wafer of `stack` counts under `values`, as the figure that stands in for its price."""
    from ..catalogue.figure import Figure

    usd = price_stack(stack, Tariff(litho, read_inputs(values)), litho)["wafer_price_usd"]
    note = f"from the layers of the {origin}"
    figure = Figure("wafer_price", usd, "USD", usd, usd, "assumed", "assumed", year, note)
    return UsedFigure("wafer_price_usd", usd, usd, usd, "assumed", year, True, note, (figure,))


class LayerCosts(NamedTuple):
    """The cost of a wafer over name axes (which stack) and numeric ones (source power, dose, prices of tools)."""

    litho: Litho
    stacks: Sequence[Stack]
    """One for each combination of the name axes, the last of them fastest."""
    fixed: Mapping[str, float]

    def usd(self, combination: int, values: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return the cost of the stack of one combination, broadcast over arrays of wafer inputs."""
        from ..wafer_arrays import evaluate_wafer

        return evaluate_wafer({**self.fixed, **values}, node=None, stack=self.stacks[combination], litho=self.litho)

    def counts(self) -> list[dict[str, float]]:
        """Return layers, masks and exposures of each combination's stack."""
        return [{key: float(n) for key, n in totals(stack, self.litho)._asdict().items()} for stack in self.stacks]
