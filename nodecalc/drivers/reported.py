"""A count of dies that was published, beside ours: what would explain the difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.graphs import EDGE_RULES
from nodecalc_kernels.placement.circle import NM_PER_MM
from nodecalc_kernels.registry import PLACEMENTS

from .dies import gross_dies

if TYPE_CHECKING:
    from nodecalc.catalogue import Figure

    from .map import WaferMap

FIELD: Final = "dies_per_wafer"
"""Field of a chip's catalogue entry."""

WIDENED: Final = (("edge_exclusion_mm", 15.0), ("scribe_mm", 2.0))
"""Inputs that could be larger than assumed, and how large is still believable; with each the best count only falls."""


class Explanation(NamedTuple):
    """What would give the published count with all else as it is."""

    key: str
    first: float
    """Smallest value that does, mm."""
    last: float
    """Largest value that does, mm."""

    @property
    def told(self) -> str:
        """The explanation in words."""
        name = QUANTITIES[self.key].option
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name} of {self.first:.2f} to {self.last:.2f} mm"


def reported_dies(m: WaferMap) -> Figure | None:
    """Return the dies per wafer that were published of the chip, where there is such a figure."""
    return None if m.chip is None else m.chip.preferred(FIELD)


def explanations(m: WaferMap, dies: float) -> list[Explanation]:
    """Return what would bring the count of a map down to `dies`, one input changed at a time."""
    if not m.layout.is_plain or m.layout.drop_ins or m.layout.offset is not None or dies >= m.gross_dies:
        return []
    found = []
    for key, most in WIDENED:
        low = m.inputs.numbers[key]
        first = _first(lambda value, key=key: _count(m, key, value) <= dies, low, most)  # type: ignore[misc]
        if first is None or _count(m, key, first) != dies:
            continue
        beyond = _first(lambda value, key=key: _count(m, key, value) < dies, first, most)  # type: ignore[misc]
        found.append(Explanation(key, first, most if beyond is None else beyond))
    return found


def other_rules(m: WaferMap, dies: float) -> list[str]:
    """Return the placements and edge rules that give `dies` with all else as it is."""
    if not m.layout.is_plain or m.layout.drop_ins:
        return []
    own = m.inputs.names
    ways = [(p.key, rule) for p in PLACEMENTS.values() if p.exact for rule in EDGE_RULES]
    return [
        f"placement {placement} ({rule})"
        for placement, rule in ways
        if (placement, rule) != (own["placement"], own["edge_rule"])
        and gross_dies(**_sizes(m), placement=placement, edge_rule=rule) == dies
    ]


def reported_note(m: WaferMap) -> list[str]:
    """Return the line that sets the published count of a chip beside ours, if there is one."""
    figure = reported_dies(m)
    if figure is None or not m.gross_dies:
        return []
    dies = figure.number
    head = f"{figure.kind}: {dies:g} dies on a wafer ({figure.source}), here {m.gross_dies}"
    if dies == m.gross_dies:
        return [head]
    why = [*(e.told for e in explanations(m, dies)), *other_rules(m, dies)]
    missing = m.gross_dies - dies
    if why:
        head += f"; with all else as here {', or '.join(why)} would give {dies:g}"
    if missing > 0:
        head += (
            f"; {'so' if not why else 'or'} {missing:g} sites hold no product, such as test dies or a larger keep-out"
        )
    return [head]


def _sizes(m: WaferMap) -> dict[str, float]:
    keys = ("die_width_mm", "die_height_mm", "scribe_mm", "edge_exclusion_mm", "wafer_diameter_mm")
    return {key: m.inputs.numbers[key] for key in keys}


def _count(m: WaferMap, key: str, value: float) -> float:
    names = m.inputs.names
    return gross_dies(**{**_sizes(m), key: value}, placement=names["placement"], edge_rule=names["edge_rule"])


def _first(holds: Callable[[float], bool], low: float, high: float) -> float | None:
    """Return the smallest value at which a condition holds that stays true once it is; None where it never does."""
    if holds(low):
        return low
    if not holds(high):
        return None
    while high - low > 1.0 / NM_PER_MM:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
