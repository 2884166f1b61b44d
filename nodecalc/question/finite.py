"""Results that are no finite numbers: refused with the input that makes them so."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log
from typing import TYPE_CHECKING

from nodecalc.errors import InputError
from nodecalc.vocabulary import quantity
from nodecalc_kernels.stages import needed

from .salvage import BINS, REVENUE
from .units import label

if TYPE_CHECKING:
    from nodecalc_kernels.stages import Stage

    from .inputs import Inputs


def not_finite(key: str, value: float, inputs: Inputs, stages: Sequence[Stage]) -> InputError:
    """Return the error of a result that is no finite number: what is given furthest from 1 is to be given otherwise."""
    if key == REVENUE and BINS in inputs.names:
        return InputError(f"{key}: {value:g}, beyond any number with these prices of bins; give lower ones")
    starts = needed(stages, [key])
    numbers = {name: x for name, x in inputs.numbers.items() if name in starts}
    own = {name: x for name, x in numbers.items() if name in inputs.given} or numbers
    far = max(own, key=lambda name: abs(log(own[name])) if 0.0 < own[name] < inf else 0.0, default="")
    if not far:
        return InputError(f"{key}: {value:g}, no finite number; give other inputs")
    other = "larger" if own[far] < 1.0 else "smaller"
    return InputError(
        f"{key}: {value:g}, no finite number with {label(quantity(far))} {own[far]:g}; give a {other} one"
    )
