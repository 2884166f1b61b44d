"""What models there are, as the kernels register them: the door for whoever lists them and calls none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS
from nodecalc_kernels.wafer.patterning import SCHEMES

YIELD_MODEL, PLACEMENT, SCHEME = "yield model", "placement", "patterning scheme"
"""The kinds of models."""


class Model(NamedTuple):
    """What is said about a model, whatever its kind."""

    key: str
    kind: str
    formula: str
    when: str
    reference: str
    parameters: tuple[str, ...] = ()
    """Vocabulary keys of its own parameters."""
    mixing: str | None = None
    """How the defect density varies, where the model says so."""


def models() -> Iterator[Model]:
    """Yield all models, kind by kind, in the order in which they are registered."""
    for m in YIELD_MODELS.values():
        yield Model(m.key, YIELD_MODEL, m.formula, m.when, m.reference, m.parameters, m.mixing)
    for p in PLACEMENTS.values():
        yield Model(p.key, PLACEMENT, p.formula, p.when, p.reference)
    for s in SCHEMES.values():
        yield Model(s.key, SCHEME, s.formula, s.when, s.reference)
