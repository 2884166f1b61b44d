"""From a wafer's cost to its price: age of the fab, margin of the company and year, and what is left, one chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.margins import Margin, margin_of, start_of
from nodecalc.errors import NodecalcError
from nodecalc.question.figures import used_figure
from nodecalc.question.market import Market
from nodecalc_kernels.cost.die import price_on_diameter
from nodecalc_kernels.wafer.patterning import price_from_cost_usd
from nodecalc_kernels.wafer.price import implied_fab_factor, implied_margin, vintage_factor
from nodecalc_kernels.wafer_graph import FIELDS

from .rule import node_stack
from .starts import priced

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.question.ledger import UsedFigure

DIAMETER_MM: Final = 300.0
"""Of the wafers whose cost is worked out."""

VOLUME_AFTER: Final = 0.5
"""Years from the beginning of the year of volume to the start of a fab whose quarter is not known."""

REMARKED: Final = 0.15
"""Difference of margins that is said."""


class Chain(NamedTuple):
    """A wafer's price as the product of what is known: P = C v k / (1 - g)."""

    cost_usd: float
    """C, in a new fab."""
    vintage_factor: float
    fab_factor: float
    gross_margin: float
    price_usd: float
    year: float
    age_years: float | None
    """Since the start of the node's fab, None where v is given or no start is known."""
    margin_words: str
    """Whose margin it is, and of which year."""
    fab_factor_is: str
    """"left" of the catalogue's price, or "given"."""
    implied_margin: float | None
    """What the catalogue's price would leave at this cost with k = 1; None without such a price."""
    catalogue_price_usd: float | None
    price_words: str
    """Where that price comes from."""
    remarks: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the chain as a flat object."""
        return {**self._asdict(), "remarks": list(self.remarks)}


def chain_of(
    node: Node | None, cost_usd: float, given: Mapping[str, float], year: float, catalogue: Catalogue
) -> Chain | None:
    """Return the chain from a wafer's cost to its price; None where neither a price nor k is known.

    Args:
        node: that the wafer is of.
        cost_usd: of the wafer as it was asked for.
        given: wafer inputs of the user; margin, vintage and k among them stand.
        year: of the margin and of the fab's age.
        catalogue: whose price; and whose capital share.

    What is left, k, is that of the wafer as the node makes it, of the same die: a wafer made without some tools costs
    more in the same fab, and its price moves with it.
    """
    if node is None:
        return None
    quoted = used_figure(node, "wafer_price_usd", Market(year=year, catalogue=catalogue))
    if quoted is None and "fab_factor" not in given:
        return None
    company = margin_of(node.foundry, year)
    margin, words = _margin(node, given, company)
    age, vintage = _vintage(node, given, year, catalogue)
    price, price_words = _price(node, quoted)
    own_cost = _own_cost(node, cost_usd, catalogue, {key: given[key] for key in (FIELDS,) if key in given})
    left = None if price is None else implied_fab_factor(price, own_cost, vintage, margin)
    factor = given.get("fab_factor", left)
    assert factor is not None
    implied = None if price is None else implied_margin(price, own_cost, vintage)
    remarks = []
    if not company.stands_in:
        usual, whose = company.figure.number, _whose(company)
        if "gross_margin" in given and abs(margin - usual) > REMARKED:
            remarks.append(f"the margin given, {margin:.0%}, is not {whose}: {usual:.0%}")
        if implied is not None and abs(implied - usual) > REMARKED:
            remarks.append(
                f"with k = 1 the price of {price:,.0f} USD would leave a margin of {implied:.0%} at the node's own "
                f"cost of {own_cost:,.0f}; {whose}: {usual:.0%}"
            )
    if age is None and "vintage_factor" not in given:
        remarks.append("no year of volume production is known: v = 1; --vintage sets another")
    if left is not None and "fab_factor" not in given and not 0.5 <= left <= 2.0:
        remarks.append(f"k = {left:.3g}: {_why(node, quoted, left, age)}")
    return Chain(
        cost_usd,
        vintage,
        factor,
        margin,
        price_from_cost_usd(cost_usd, vintage, factor, margin),
        year,
        age,
        words,
        "given" if "fab_factor" in given else "left",
        implied,
        price,
        price_words,
        tuple(remarks),
    )


def _whose(margin: Margin) -> str:
    return f"{margin.company}'s of {margin.figure.year}"


def _margin(node: Node, given: Mapping[str, float], company: Margin) -> tuple[float, str]:
    """Return g, and whose it is in words."""
    if "gross_margin" in given:
        return given["gross_margin"], "given"
    words = _whose(company)
    if company.stands_in:
        words += f" (assumed: {node.foundry} discloses none for its foundry)"
    return company.figure.number, words


def _vintage(node: Node, given: Mapping[str, float], year: float, catalogue: Catalogue) -> tuple[float | None, float]:
    """Return the age of the node's fab and v; v = 1 where no start is known."""
    if "vintage_factor" in given:
        return None, given["vintage_factor"]
    known = start_of(node.id) or (start_of(node.variant_of) if node.variant_of else None)
    if known is not None:
        start = known.number
    else:
        volume = node.preferred("volume_year")
        if volume is None and node.variant_of:  # made in the fabs of its parent
            volume = catalogue.node(node.variant_of).preferred("volume_year")
        if volume is None:
            return None, 1.0
        start = volume.number + VOLUME_AFTER
    age = max(year - start, 0.0)
    return age, vintage_factor(age, catalogue.parameter("capital_share"))


def _price(node: Node, quoted: UsedFigure | None) -> tuple[float | None, str]:
    """Return the catalogue's price of a 300 mm wafer: of another diameter it is scaled by area."""
    if quoted is None:
        return None, ""
    words = f"{quoted.kind}{'' if quoted.year is None else f', {quoted.year}'}"
    diameter = used_figure(node, "wafer_diameter_mm")
    if diameter is None or diameter.value == DIAMETER_MM:
        return quoted.value, words
    price = price_on_diameter(quoted.value, diameter.value, DIAMETER_MM)
    return price, f"{words}; of {diameter.value:g} mm, scaled by area"


def _own_cost(node: Node, cost_usd: float, catalogue: Catalogue, printed: Mapping[str, float]) -> float:
    """Cost of the wafer as the node makes it, with the catalogue's figures; that asked for where it has no stack.

    A foundry asks one price for all dies of a node: with the exposures of a die, `printed`, k is what is left of it.
    """
    try:
        stack = node_stack(node.id, catalogue)
    except NodecalcError:
        return cost_usd
    return priced(stack, catalogue, printed).values["wafer_cost_usd"]


def _why(node: Node, quoted: UsedFigure | None, left: float, age: float | None) -> str:
    """What is known of a k far from 1."""
    reasons = []
    if quoted is not None and quoted.kind == "assumed":
        reasons.append("the price is nodecalc's own stand-in")
    if node.wafer_note:
        reasons.append(node.wafer_note)
    if left > 2.0 and not reasons:
        reasons.append("layers, age and margin do not explain a price that high")
    if left < 0.5:
        written_off = (
            "its fabs may be written off" if age is None else "its fabs may be written off further than v says"
        )
        reasons.append(f"{written_off}, or the price is of simpler wafers")
    return "; ".join(reasons)
