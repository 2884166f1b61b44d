"""What a yield or a count of dies that is given leaves without effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from nodecalc.errors import InputError
from nodecalc.question.graph import COUNT, DENSITY, SIZE_KEYS, keys_behind
from nodecalc.question.salvage import SOLD
from nodecalc.question.units import label
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.cost.capacity import STARTS

YIELD: Final = "die_yield"
GROSS: Final = "gross_dies"
BASIS: Final = "wafer_basis"
LINE: Final = next(key for step in STARTS for key in step.inputs if key.startswith("line"))


def refuse_idle(inputs: Mapping[str, object], wanted: Sequence[str]) -> None:
    """Refuse what a yield or a count of dies that is given leaves without effect."""
    of_yield = (keys_behind((YIELD, SOLD), {}) | {"yield_model", "bins", "harvest"}) - {LINE}
    of_count = keys_behind((GROSS,), {}) | {"placement", "edge_rule"}
    used = {*SIZE_KEYS, *(of_yield if YIELD in wanted else ()), *(of_count if GROSS in wanted else ())}
    for key in inputs:
        if key not in used and key in of_yield | of_count:
            by = "--yield" if key in of_yield else "--gross-dies"
            raise InputError(f"{label(QUANTITIES[key])} with {by}: it changes nothing there; leave one of them out")


def refuse_density(inputs: Mapping[str, object], what: str) -> None:
    """Refuse a logic density where it sizes no die: `what` counts no transistors."""
    if inputs.get(DENSITY) is not None and inputs.get(COUNT) is None:
        raise InputError(
            f"{label(QUANTITIES[DENSITY])}: it sizes a die from its transistors, which are not given, and {what} "
            "counts none; give both, or leave it out"
        )


def refuse_basis(inputs: Mapping[str, object], what: str) -> None:
    """Refuse another basis of the wafer's price where no price counts."""
    if inputs.get(BASIS) is not None:
        raise InputError(f"{label(QUANTITIES[BASIS])}: no price counts for {what}; leave it out")
