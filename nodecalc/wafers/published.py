"""What the model answers beside what has been published of the same quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.figure import preferred_figure
from nodecalc_kernels.registry import SCHEMES
from nodecalc_kernels.wafer.patterning import scheme_cost_usd
from nodecalc_kernels.wafer_graph import DOSE

from .counts import totals, work_of
from .prices import STEP, exposure_key, priced_exposures
from .schemes import UNIT_TOOL, exposing_wph
from .stacks import chosen_stack
from .starts import priced

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.catalogue.wafer_entries import Published


class Miss(NamedTuple):
    """What the model answers beside what has been published of the same quantity."""

    quantity: str
    model: float
    published: float
    unit: str
    standing: str
    """Whether the model was made to meet the figure, or is tested by it."""
    kind: str
    source: str
    verified: bool
    note: str

    @property
    def off(self) -> float:
        """How far the model is off, relative to what is published."""
        return self.model / self.published - 1.0

    @property
    def missed(self) -> bool:
        """Whether the model is off by more than a tenth from a figure that it was not set by."""
        return not self.standing and abs(self.off) > MISSED

    def to_dict(self) -> dict[str, Any]:
        """Return it as a flat object, with how far the model is off and whether that is a miss."""
        return {**self._asdict(), "off": self.off, "missed": self.missed}


STANDINGS: Final = {"set": "the model was set by it", "": ""}
"""What a published figure is to the model, in words."""

QUANTITY_WORDS: Final = {"wafer_cost_usd": "wafer cost", "masks": "masks", "euv_exposures": "EUV exposures"}
MISSED: Final = 0.1
"""Relative distance from which a figure that the model was not set by counts as missed: the half-width that the
catalogue gives to a disclosed figure without a range."""


def misses(catalogue: Catalogue) -> list[Miss]:
    """Return what the model answers, with the catalogue's own figures, beside what has been published.

    What the model was set by is listed too and says so: it is no test.
    """
    found = _relative(catalogue)
    for row in catalogue.published:
        figure = preferred_figure(catalogue.model[row.field])
        quantity, model = _answer_to(row, catalogue)
        standing = STANDINGS[row.standing]
        found.append(
            Miss(
                quantity,
                model,
                figure.number,
                figure.unit,
                standing,
                figure.kind,
                figure.source,
                figure.verified,
                figure.note,
            )
        )
    return found


def _answer_to(row: Published, catalogue: Catalogue) -> tuple[str, float]:
    """What of the model answers to a published figure, in words and as a number."""
    given = {} if row.dose is None else {DOSE: row.dose}
    if row.quantity == "exposure_ratio":
        prices = priced_exposures(row.tools, catalogue, given).values
        one, other = row.tools
        return row.words, prices[exposure_key(one)] / prices[exposure_key(other)]
    if row.quantity == "throughput":
        return row.words, exposing_wph(row.tools[0], catalogue, given)
    stack, _ = chosen_stack(catalogue, row.node, row.without, None, None, None)
    values = {**priced(stack, catalogue, {}).values, **totals(stack, catalogue)._asdict()}
    name = row.node + (f" without {', '.join(row.without)}" if row.without else "")
    if row.quantity == "exposures_share":
        # Without the steps beside them: what published shares call lithography.
        exposures = sum(values[f"{tool}_passes_usd"] for tool in work_of(stack).passes)
        return f"{name}: exposures' share of the wafer's cost", exposures / values["wafer_cost_usd"]
    if row.quantity == "masks_ratio":
        plain, _ = chosen_stack(catalogue, row.node, (), None, None, None)
        over, _ = chosen_stack(catalogue, row.over, row.without, None, None, None)
        ratio = totals(plain, catalogue).masks / totals(over, catalogue).masks
        return f"{row.node}: masks over {row.over}'s{' without EUV' if row.without else ''}", ratio
    if row.quantity == "masks_replaced":
        with_euv, _ = chosen_stack(catalogue, row.node, (), None, None, None)
        own = totals(with_euv, catalogue)
        replaced = (values["masks"] - (own.masks - own.euv_exposures)) / own.euv_exposures
        return f"{row.node}: 193i masks that one EUV exposure replaces", replaced
    return f"{name}: {QUANTITY_WORDS[row.quantity]}", values[row.quantity]


def _relative(catalogue: Catalogue) -> list[Miss]:
    found = []
    tools = [key.partition("-")[0] for key in catalogue.relative_cost]
    prices = priced_exposures((*tools, UNIT_TOOL), catalogue, {}).values
    step = prices[STEP]
    single = prices[exposure_key(UNIT_TOOL)] + step
    for key, figures in catalogue.relative_cost.items():
        figure = preferred_figure(figures)
        tool, _, name = key.partition("-")
        scheme = SCHEMES[name]
        cost = scheme_cost_usd(scheme.exposures, scheme.aux_steps, 0.0, prices[exposure_key(tool)], 0.0, step)
        found.append(
            Miss(
                f"cost of {key} over arfi-se, no cuts",
                cost / single,
                figure.number,
                "ratio",
                # The 193i rows gave the weights of exposure and step.
                STANDINGS["set"] if tool == UNIT_TOOL else "",
                figure.kind,
                figure.source,
                figure.verified,
                figure.note,
            )
        )
    return found
