"""What models there are, as the kernels register them: the door for whoever lists them and calls none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from nodecalc.catalogue.figure import KIND_FACTOR
from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS
from nodecalc_kernels.wafer.patterning import SCHEMES
from nodecalc_kernels.wafer.price import A_YEAR_LATER, FIRST_YEAR

from .weights import HALF_LIFE_YEARS, MOST_YEARS, MOVES_A_YEAR, TRUST

YIELD_MODEL, PLACEMENT, SCHEME, RULE = "yield model", "placement", "patterning scheme", "rule"
"""The kinds of models; a rule is what the calculator goes by where nothing is chosen."""


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
    for key, formula, when, reference in RULES:
        yield Model(key, RULE, formula, when, reference)


OURS: Final = "nodecalc's own choice"


def _by_kind(numbers: Mapping[str, float], form: str) -> str:
    return ", ".join(f"{number:{form}} {kind}" for kind, number in numbers.items())


RULES: Final = (
    (
        "evidence-weight",
        f"w = trust(kind) 0.5^(|year - year of the answer| / {HALF_LIFE_YEARS:g})",
        f"a piece of evidence for D0 or wafer price: trust {_by_kind(TRUST, 'g')} where anything else is there; pieces "
        "of one origin share one weight",
        OURS,
    ),
    (
        "evidence-ends",
        f"low = v / f, high = v f; D0 moves them out by {MOVES_A_YEAR['d0']:.2f} a year ({MOST_YEARS['d0']:g} at "
        f"most), price by {MOVES_A_YEAR['wafer_price']:.2f}",
        f"a piece without a range of its own: f {_by_kind(KIND_FACTOR, '.2f')}; half of the mass on each side of v, "
        "rising to it in ln x",
        f"{OURS}, by how far sources lie apart",
    ),
    (
        "evidence-figure",
        "D0, P = median of sum(w F_i) / sum(w)",
        "D0 and wafer price of a node: the median of all pieces; a yield among them is inverted under the yield model "
        "in use",
        OURS,
    ),
    (
        "harvest",
        "P = E_L[exp(-u L) P(Binomial(n, exp(-m L)) >= k)]",
        "dies sold with n - k of n cores bad: m faults a core, u of the rest, L the mixing of the yield model",
        "C. H. Stapper, IBM J. Res. Dev. 33:174, 1989",
    ),
    (
        "wafer-cost",
        "C = c_sub + sum(count c_scheme) + c_layer sum(w count (1 + phi (masks - 1)))",
        "a wafer by its layers: w by class of layer, phi the share of a layer's process that a further mask brings",
        "c_layer is fitted to the cost of a tsmc-n7 wafer of Khan and Mann, CSET 2020",
    ),
    (
        "wafer-price",
        f"P = C v k / (1 - g), v = 1 - delta + delta {FIRST_YEAR} x {A_YEAR_LATER}^age",
        "from a wafer's cost to its price: v the age of the fab, g the margin of the company and year, k what is left",
        "v after the capital consumed in Khan and Mann, CSET 2020",
    ),
    (
        "exposure-defects",
        "D = D0 + share sum(d_tool (exposures - own exposures))",
        "D0 of a node whose wafers are exposed otherwise than it does itself; share 0.5 (0 to 1)",
        OURS,
    ),
)
"""Key, formula, when it is used, reference of each rule."""
