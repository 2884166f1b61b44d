"""The same design on another node: logic by density, SRAM by its bit cell, analog and IO as large as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nodecalc.errors import InputError, MissingFigureError
from nodecalc.question.figures import used_figure
from nodecalc.question.graph import DENSITY
from nodecalc.question.units import label, number
from nodecalc.vocabulary import PORT_KEYS, QUANTITIES
from nodecalc_kernels.cost.port import ported_area

if TYPE_CHECKING:
    from nodecalc.catalogue import Figure, Node, Product

    from .estimate import Estimate

CELL = "sram_hd"
"""Field of the bit cell that SRAM moves by."""


class Mix(NamedTuple):
    """What a die is made of, in shares of its area."""

    sram: float
    analog: float
    notes: tuple[str, ...] = ()

    @property
    def logic(self) -> float:
        """What is left."""
        return 1.0 - self.sram - self.analog


class Ported(NamedTuple):
    """A die moved to another node."""

    area_mm2: float
    mix: Mix
    logic_factor: float
    """Area of the logic there over its area here."""
    sram_factor: float
    """The same of the SRAM."""
    note: str


def mix_of(given: Mapping[str, Any], product: Product | None) -> Mix:
    """Return the mix that is given, else the chip's own where the catalogue knows it.

    Raises:
        MissingFigureError: neither says it.
        InputError: shares above 1.

    """
    shares: dict[str, float] = {}
    notes = []
    for key in PORT_KEYS:
        own = None if product is None else product.preferred(key)
        if given.get(key) is not None:
            shares[key] = number(given[key], key)
        elif own is not None:
            shares[key] = own.number
            notes.append(f"{product.id if product else ''}: {key} {own.number:g}, {own.kind} ({own.source})")
    missing = [label(QUANTITIES[key]) for key in PORT_KEYS if key not in shares]
    if missing:
        of = "nobody publishes them of the chip" if product is not None else "the die is no known chip"
        raise MissingFigureError(
            f"a design that moves needs its mix, and {of}: give {' and '.join(missing)}, such as --sram-share 30% "
            "--analog-share 20%; the rest is logic"
        )
    sram, analog = (shares[key] for key in PORT_KEYS)
    if sram + analog > 1.0:
        raise InputError(f"--sram-share {sram:g} and --analog-share {analog:g}: more than the die; allowed: 1 together")
    return Mix(sram, analog, tuple(notes))


def ported(base: Estimate, node: Node, mix: Mix) -> Ported:
    r"""Return the die of `base` as it would be on `node`.

    .. math:: A' = A \left(l \frac{d}{d'} + s \frac{b'}{b} + a\right)

    with l, s, a the shares of logic, SRAM, analog and IO, d the logic density and b the area of a bit cell.
    """
    here = base.inputs.node
    if here is None:
        raise InputError("a design that moves: from which node? name it with -n")
    logic = sram = 1.0
    if mix.logic > 0.0:
        logic = _density(here, base.inputs.numbers.get(DENSITY)) / _density(node, None)
    if mix.sram > 0.0:
        sram = _cell(node).number / _cell(here).number
    area = ported_area(base.inputs.die.area_mm2, mix.sram, mix.analog, logic, sram)
    q = QUANTITIES["die_area_mm2"]
    if not q.holds(area):
        raise InputError(f"{node.id}: the design would take {area:.4g} mm2 there, outside {q.allowed}")
    note = (
        f"{node.id}: {base.inputs.die.area_mm2:.5g} mm2 on {here.id} become {area:.5g}: logic {mix.logic:.0%} x "
        f"{logic:.3g} by density, SRAM {mix.sram:.0%} x {sram:.3g} by bit cell, analog and IO {mix.analog:.0%} x 1"
    )
    return Ported(area, mix, logic, sram, note)


def _density(node: Node, own: float | None) -> float:
    figure = used_figure(node, DENSITY) if own is None else None
    value = own if own is not None else None if figure is None else figure.value
    if value is None:
        raise MissingFigureError(f"{node.id} has no published logic density; a design with logic cannot move there")
    return value


def _cell(node: Node) -> Figure:
    figure = node.preferred(CELL)
    if figure is None:
        raise MissingFigureError(f"{node.id} has no published SRAM bit cell; give --sram-share 0, or another node")
    return figure
