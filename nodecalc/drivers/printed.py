"""How many exposures print the dies of a wafer, where its price is made from its layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, Final

from nodecalc.errors import InputError
from nodecalc.question.caution import Caution
from nodecalc.question.ground import Layout
from nodecalc.question.size import RETICLE_FIELD_MM, Die, from_area
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.cost.size import SIZES
from nodecalc_kernels.placement.fields import FEW_STEPS
from nodecalc_kernels.registry import PLACEMENTS
from nodecalc_kernels.stages import keys_of, run
from nodecalc_kernels.wafer_graph import FIELDS

from .placing import place

__all__ = [
    "EACH_DIE",
    "FIELDS",
    "MOST_COUNTED",
    "ON_WAFER",
    "TOO_MANY",
    "USUAL",
    "fields_along",
    "fields_note",
    "fields_of",
    "fields_of_area",
    "fields_of_die",
]

SIDES: Final = ("die_width_mm", "die_height_mm")
DIAMETER: Final = "wafer_diameter_mm"
ON_WAFER: Final = ("scribe_mm", "edge_exclusion_mm")
USUAL: Final = 96.0
"""Full fields at which throughputs of scanners are stated."""
MOST_COUNTED: Final = 1024
"""Different dies of a sweep that are set out; of more all wafers have the usual number."""


EACH_DIE: Final = (
    f"each wafer is priced with the exposures that its own die takes, not the usual {USUAL:g} full fields; "
    f"--{QUANTITIES[FIELDS].option} sets a number"
)


TOO_MANY: Final = Caution(
    f"of more than {MOST_COUNTED:,} different dies each wafer is priced with the usual {USUAL:g} full fields, and not, "
    f"as 'nodecalc die' does, with the exposures that its own die takes; --{QUANTITIES[FIELDS].option} sets a number"
)


def fields_of(numbers: Mapping[str, float], names: Mapping[str, Any]) -> float | None:
    """Return the exposures of a pass, each as its scan is to that of a full field; None where no field holds the die.

    Args:
        numbers: sides of the die, street and edge by key; the wafer is of the usual size, as costs of layers are.
        names: placement and edge rule. A closed formula places no dies: those of the best placement are printed.

    """
    method = names["placement"]
    exact = PLACEMENTS[method].exact
    return _fields(
        *(float(numbers[key]) for key in (*SIDES, *ON_WAFER)), method if exact else "best", names["edge_rule"]
    )


@lru_cache(maxsize=1024)
def _fields(
    width_mm: float, height_mm: float, scribe_mm: float, edge_mm: float, placement: str, edge_rule: str
) -> float | None:
    usual = float(QUANTITIES[DIAMETER].default or 0.0)
    numbers = dict(zip((*SIDES, *ON_WAFER, DIAMETER), (width_mm, height_mm, scribe_mm, edge_mm, usual), strict=True))
    try:
        plan = place(
            numbers, {"placement": placement, "edge_rule": edge_rule}, Layout(RETICLE_FIELD_MM), FEW_STEPS
        ).plan
    except InputError:  # too small, or larger than the field
        return None
    if plan is None:
        return None
    columns, rows = plan.dies_per_field
    side, count = (width_mm, columns) if plan.turned else (height_mm, rows)
    return plan.exposures * (count * (side + scribe_mm) - scribe_mm) / max(RETICLE_FIELD_MM)


def fields_of_die(die: Die) -> float | None:
    """Return `fields_of` for a die of which its size alone is known, all else as usual."""
    usual = {key: float(QUANTITIES[key].default or 0.0) for key in ON_WAFER}
    names = {key: QUANTITIES[key].default for key in ("placement", "edge_rule")}
    return fields_of({**die.numbers, **usual}, names)


def fields_of_area(die_area_mm2: float) -> float | None:
    """Return `fields_of_die` for a die of which its area alone is known."""
    return fields_of_die(from_area(die_area_mm2, None))


def fields_note(fields: float, owner: str) -> str:
    """Return what is said of a wafer that is priced with the exposures of its die."""
    return (
        f"{owner}: each pass exposes what {fields:.4g} full fields take, as the fewest exposures print this die, not "
        f"the usual {USUAL:g}; --{QUANTITIES[FIELDS].option} sets another number"
    )


def fields_along(
    rows: Sequence[tuple[Mapping[str, float], Mapping[str, Any]]],
    way: str,
    varied: Sequence[tuple[str, Sequence[float]]],
) -> list[float]:
    """Return the exposures for each of `rows` at each point of the product of `varied`.

    Args:
        rows: numbers and names of each combination.
        way: key of `SIZES`: how the die is given.
        varied: keys of what changes size or place of dies, and their values.

    """
    sized = keys_of(SIZES[way])
    found = []
    for numbers, names in rows:
        for point in product(*(values for _, values in varied)):
            changed = dict(zip((key for key, _ in varied), point, strict=True))
            known = {**numbers, **changed}
            if any(key not in ON_WAFER for key in changed):
                known = {key: value for key, value in known.items() if key not in sized or key in changed}
            fields = fields_of(run(SIZES[way], known), names)
            found.append(USUAL if fields is None else fields)
    return found
