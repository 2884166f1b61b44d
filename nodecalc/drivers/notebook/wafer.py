"""A wafer's cost in a notebook: the sum and how sure it is, what it is made of, what doing without tools costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.charts.words import label_of
from nodecalc.drivers.wafer_penalties import sign_notes
from nodecalc.files import html

from .common import figures, head_of, notes, text_of

if TYPE_CHECKING:
    from nodecalc.drivers.wafer_cost import WaferCost

COST: Final = "wafer_cost_usd"
PARTS: Final = ("patterning_usd", "process_usd", "substrate_usd")
COUNTS: Final = ("design_layers", "masks", "exposures", "euv_exposures", "layer_usd")
COLOURS: Final = ("#3d8fc4", "#e69f00", "#009e73")
"""Of the parts; seen on white and on black, told apart by colour-blind readers."""
LAYER_HEADS: Final = ("layer", "feature", "layers", "pitch nm", "scheme", "masks", "USD", "share")
PENALTY_HEADS: Final = ("penalty", "", "P10", "P90", "against")


def page(w: WaferCost) -> str:
    """Return the card of a wafer's cost."""
    penalties = w.penalties  # first: they bring the wafer's band along
    low, middle, high = w.wafer_cost_usd_p10, w.wafer_cost_usd_p50, w.wafer_cost_usd_p90
    texts = [f"P10 {text_of(COST, low)}", f"P50 {text_of(COST, middle)}", f"P90 {text_of(COST, high)} USD"]
    made_of = [(f"{label_of(key)} {text_of(key, value)} USD", value) for key in PARTS if (value := getattr(w, key))]
    keys = [*COUNTS, *(["wafer_price_usd"] if w.is_priced else [])]
    parts = [
        html.headline(f"a wafer of {w.node}, stack {w.stack}", f"{text_of(COST, w.wafer_cost_usd)} USD", "its cost"),
        html.span_bar(low, w.wafer_cost_usd, high, texts),
        html.parts_bar(made_of, COLOURS),
        html.table(
            [head_of(key) for key in keys], [[text_of(key, getattr(w, key)) for key in keys]], right=range(len(keys))
        ),
    ]
    if penalties:
        rows = [(p.name, *(p.text(v) for v in (p.value, p.p10, p.p90)), p.counterfactual) for p in penalties]
        parts.append(html.table(PENALTY_HEADS, rows, right=(1, 2, 3)))
    layers = [
        (
            row.layer,
            row.feature,
            f"{row.count}",
            "" if row.pitch_nm is None else f"{row.pitch_nm:g}",
            row.scheme_text,
            f"{row.masks}",
            f"{row.usd:,.0f}",
            f"{row.share:.1%}",
        )
        for row in w.rows
    ]
    parts += [
        notes((w.stack_origin, *w.notes, *sign_notes(penalties)), w.ledger.values()),
        html.folded(f"{len(layers)} groups of layers", html.table(LAYER_HEADS, layers, right=(2, 3, 5, 6, 7))),
        html.folded("figures and sources", figures(w.ledger)),
    ]
    return html.card(*parts)
