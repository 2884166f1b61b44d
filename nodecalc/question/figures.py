"""The catalogue's figures as a calculation uses them: one value a key, with its range, kind, year and origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.figure import KINDS, figure_range
from nodecalc.errors import MissingFigureError
from nodecalc.vocabulary import QUANTITIES

from .bits import BIT_DENSITY
from .density import logic_density
from .ledger import UsedFigure
from .market import Market

if TYPE_CHECKING:
    from nodecalc.catalogue import Figure, Node, Product

DERIVED: Final = "derived"
"""Id of the source of figures worked out when the catalogue was made."""

UNCERTAIN: Final = ("d0_per_cm2", "wafer_price_usd")
"""Keys whose ranges make the band. A wafer's diameter is a standard size, not an uncertain figure."""


USUAL: Final = Market()
"""The usual year and yield model, by the built-in catalogue."""


def used_figure(node: Node, key: str, market: Market = USUAL) -> UsedFigure | None:
    """Return what the catalogue supplies of `node` for the vocabulary key `key` under `market`, or None."""
    if key == "logic_density_mtr_per_mm2":
        return _density(node)
    if key in UNCERTAIN:
        from .evidence import evidence_figure

        return evidence_figure(node, key, market)
    field = QUANTITIES[key].field
    figure = node.preferred(field) if field else None
    if figure is None or isinstance(figure.value, str):
        return None
    return _ranged(key, figure, node) if key == BIT_DENSITY else _exact(key, figure)


def chip_size(product: Product) -> dict[str, UsedFigure]:
    """Return the figures that give `product`'s die: both sides where they are public, else its area.

    Taken as exact in the band: what a die costs does not depend on how well somebody else measured it.
    """
    width, height, area = (product.preferred(f) for f in ("die_width", "die_height", "die_area"))
    if width and height:
        chosen = {"die_width_mm": width, "die_height_mm": height}
    elif area:
        chosen = {"die_area_mm2": area}
    else:
        raise MissingFigureError(f"the die area of {product.id} is not public; give a size with -n instead of --chip")
    return {key: _exact(key, figure) for key, figure in chosen.items()}


def chip_transistors(product: Product) -> UsedFigure | None:
    """Return how many transistors one die of `product` holds, or None where that is not public.

    The catalogue's count is of the whole product; its dies are taken as equal.
    """
    whole = product.preferred("transistors")
    if whole is None:
        return None
    dies = dies_of(product)
    count = 1e9 * whole.number / dies
    basis = "the chip's own" + (f", {whole.number:g}e9 over its {dies} dies" if dies > 1 else "")
    return UsedFigure("transistors", count, count, count, whole.kind, whole.year, whole.verified, basis, (whole,))


def dies_of(product: Product) -> int:
    """Return how many dies one package of `product` holds; one where the catalogue does not say."""
    dies = product.preferred("dies_per_package")
    return 1 if dies is None else int(dies.number)


def _exact(key: str, figure: Figure) -> UsedFigure:
    value = float(figure.value)
    return UsedFigure(key, value, value, value, figure.kind, figure.year, figure.verified, "", (figure,))


def _ranged(key: str, figure: Figure, node: Node) -> UsedFigure:
    span = figure_range(node.figures[QUANTITIES[key].field])
    rivals = _rivals(node, QUANTITIES[key].field, figure)
    return UsedFigure(
        key, span.value, span.low, span.high, figure.kind, figure.year, figure.verified, span.basis, (figure,), rivals
    )


def _density(node: Node) -> UsedFigure | None:
    """Density from the node's geometry where the catalogue has all of it, else the density it prefers.

    Published densities come from several recipes; nodes compare only on one, so geometry goes first.
    """
    key = "logic_density_mtr_per_mm2"
    cpp, height, diffusion = (node.preferred(f) for f in ("cpp", "cell_height_hd", "diffusion_break"))
    if cpp and height and diffusion:
        parts = (cpp, height, diffusion)
        pitch, tall = figure_range(node.figures["cpp"]), figure_range(node.figures["cell_height_hd"])
        gap = str(diffusion.value)
        return UsedFigure(
            key,
            logic_density(pitch.value, tall.value, gap),
            logic_density(pitch.high, tall.high, gap),
            logic_density(pitch.low, tall.low, gap),
            max((f.kind for f in parts), key=KINDS.index),
            max((f.year for f in parts if f.year is not None), default=None),
            all(f.verified for f in parts),
            f"Bohr yardstick on CPP {cpp.value:g} nm, cell height {height.value:g} nm, {gap} diffusion break",
            parts,
            _rivals(node, "density", None),
        )
    published = node.preferred("density")
    if published is None or isinstance(published.value, str):
        return None
    span = figure_range(node.figures["density"])
    return UsedFigure(
        key,
        span.value,
        span.low,
        span.high,
        published.kind,
        published.year,
        published.verified,
        "as published; geometry not complete in the catalogue",
        (published,),
        _rivals(node, "density", published),
    )


def _rivals(node: Node, field: str, chosen: Figure | None) -> tuple[Figure, ...]:
    # What was derived here from the same geometry is no statement of anybody else's.
    return tuple(f for f in node.figures.get(field, ()) if f is not chosen and f.source != DERIVED)
